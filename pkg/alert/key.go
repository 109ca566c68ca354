package alert

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"

	"whydenied/pkg/evidence"
	"whydenied/pkg/oidc"
	"whydenied/pkg/report"
)

// names are what leads to the incident of a report.
type names struct {
	own   string // the very incident: place, cause and whether it is a stranger's
	place string // the last incident of this role, provider and shape
}

// partialCause stands for a cause that is not known because the evidence could
// not be read, as opposed to one that the evidence does not show.
const partialCause = "?"

// blank makes the incident that a report would open, without its counts.
func blank(r *report.Report) Incident {
	d := &r.Denial
	in := Incident{
		Account: strings.ToValidUTF8(d.Account, "\ufffd"), Role: value(d.RoleARN), Provider: value(d.ProviderARN),
		Stranger: r.Stranger, Partial: r.Partial && len(r.Causes) == 0,
	}
	in.Shape = oidc.ShapeOf(in.Provider, value(d.Sub))
	if len(r.Causes) > 0 {
		in.Cause = r.Causes[0].Code
	}
	return in
}

// value is a string of a record, if it is there, as a store takes it.
func value(s *string) string {
	if s == nil {
		return ""
	}
	return strings.ToValidUTF8(*s, "\ufffd")
}

func (in *Incident) names() names {
	cause, kind := in.Cause, "caller"
	if in.Partial {
		cause = partialCause
	}
	if in.Stranger {
		kind = "stranger"
	}
	return names{
		own:   name("incident", in.Account, in.Role, in.Provider, in.Shape, cause, kind),
		place: name("place", in.Account, in.Role, in.Provider, in.Shape),
	}
}

// reason is what tells an incident from others of its account, for people.
func (in *Incident) reason() string {
	role, cause := evidence.RoleName(in.Role), in.Cause
	if role == "" {
		role = "role not recorded"
	}
	if cause == "" {
		cause = "no known cause"
	}
	return role + ", " + cause + ", " + in.Shape
}

// name is a key that no choice of its parts can make equal to that of others.
func name(kind string, parts ...string) string {
	return kind + "#" + digest(parts...)
}

func digest(parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		sum := sha256.Sum256([]byte(p))
		b.Write(sum[:])
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:16])
}

const idLength = 12

// newID is the ID of the incident that an event opens. It is made of the event,
// so that a second try makes no other one.
func newID(own, event string) string { return digest(own, event)[:idLength] }

// eventID is what an event is deduplicated by: CloudTrail's, or where a record
// lacks it, all that it says.
func eventID(r *report.Report) string {
	if r.Denial.EventID != "" {
		return r.Denial.EventID
	}
	data, err := json.Marshal(r.Denial)
	if err != nil {
		return digest(r.Summary) // a Denial is strings and times, which do encode
	}
	return "record#" + digest(string(data))
}

// eventTime is when the attempt was made. A record without a time counts as
// made now, at the moment when it is handled.
func eventTime(r *report.Report, now time.Time) time.Time {
	if r.Denial.Time == nil {
		return now.UTC()
	}
	return r.Denial.Time.UTC()
}

func hourOf(t time.Time) string { return t.UTC().Format("2006-01-02T15") }
