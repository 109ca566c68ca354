package alert

import (
	"cmp"
	"context"
	"errors"
	"time"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/evidence"
	"whydenied/pkg/report"
)

// count counts a report in its incident, once for each event, and returns the
// incident's ID.
func (a *Alerter) count(ctx context.Context, r *report.Report) (string, error) {
	event, full := eventID(r), false
	for try := 0; ; try++ {
		id, err := a.Store.Counted(ctx, event)
		if err != nil || id != "" {
			return id, err
		}
		c, err := a.find(ctx, event, r)
		// Whoever filled the cap may have opened this very incident.
		if err == nil && full && c.Incident.Version == 0 {
			c, err = a.overflow(ctx, event, r)
		}
		if err != nil {
			return "", err
		}
		a.add(&c, event, r)
		switch err = a.Store.Save(ctx, c); {
		case err == nil:
			return c.Incident.ID, nil
		case errors.Is(err, ErrFull):
			full = true
		case errors.Is(err, ErrConflict), errors.Is(err, ErrCounted):
			if err := pause(ctx, try); err != nil {
				return "", err
			}
		default:
			return "", err
		}
	}
}

// add counts the event in the change's incident.
func (a *Alerter) add(c *Change, event string, r *report.Report) {
	in := &c.Incident
	due := a.due(in.Last)
	in.addTime(eventTime(r, a.Now()))
	// One that could not be read this time is not gone.
	in.Alias = cmp.Or(evidence.AliasOf([]string{r.AccountAlias}), in.Alias)
	if r.Denial.Sub != nil {
		in.Subjects.Add(value(r.Denial.Sub))
	}
	if in.Overflow {
		would := blank(r)
		in.Reasons.Add(would.reason())
	} else if len(in.Report) == 0 || !r.Partial {
		in.Report = encode(r)
	}
	if r.Present != nil && r.Present.Verdict == string(diagnosis.PresentAllows) {
		in.Allowed++
	}
	in.Mute = in.Mute.counted(a.Now())
	c.Event, c.Expires, c.EventExpires = event, a.expiry(in), a.Now().Add(eventKept)
	if next := a.due(in.Last); a.Closing && next != due {
		c.Due = next
	}
}

// due is the hour in which an incident has been quiet for long enough to close,
// if nothing comes after its last attempt.
func (a *Alerter) due(last time.Time) time.Time { return nextHour(last.Add(a.Quiet)) }

func nextHour(t time.Time) time.Time { return t.UTC().Truncate(time.Hour).Add(time.Hour) }

// find says in which incident a report is to be counted: the open one for the
// same reason; where the reason is not known on either side, for want of
// evidence, the open one of the same place; else a new one.
func (a *Alerter) find(ctx context.Context, event string, r *report.Report) (Change, error) {
	in, at := blank(r), eventTime(r, a.Now())
	n := in.names()
	own, ownID, err := a.named(ctx, n.own)
	if err != nil {
		return Change{}, err
	}
	if a.open(&own, at) || own.late(at) {
		c := Change{Incident: own}
		if anotherDay(own.Last, at) {
			c.Names, c.Lists = []Name{{Name: n.own, Was: own.ID}}, own.lists(at)
		}
		return c, nil
	}
	there, thereID, err := a.named(ctx, n.place)
	if err != nil {
		return Change{}, err
	}
	if a.open(&there, at) && there.Mute == nil && (in.Partial || there.Partial) {
		c := Change{Incident: there}
		if !in.Partial { // the cause of what was met before becomes known
			c.Incident.Cause, c.Incident.Stranger, c.Incident.Partial = in.Cause, in.Stranger, false
			c.Names = []Name{{Name: n.own, Was: ownID}}
		}
		return c, nil
	}
	in.ID, in.Previous, in.Route = newID(n.own, event), previous(&own), a.Routes.For(&in, r.RoleTags)
	c := Change{
		Incident: in, Names: []Name{{Name: n.own, Was: ownID}, {Name: n.place, Was: thereID}},
		Count: Counter{Name: "cap#" + in.Account + "#" + hourOf(at), Limit: a.Cap}, Lists: in.lists(at),
	}
	// A change closed the one before; what follows is muted still, and has no
	// message for a cap to hold back.
	if own.Mute.holds(a.Now()) {
		c.Incident.Mute, c.Count = own.Mute.clone(), Counter{}
	}
	return c, nil
}

// anotherDay tells whether an attempt is the first of its day. Then what leads
// to the incident is written anew: it lasts from when it was written, and would
// be forgotten before an incident that goes on for months.
func anotherDay(last, at time.Time) bool {
	const day = 24 * time.Hour
	return at.Truncate(day).After(last.Truncate(day))
}

// overflow is where a new incident is counted when its account has had its
// fill of them for the hour.
func (a *Alerter) overflow(ctx context.Context, event string, r *report.Report) (Change, error) {
	in := Incident{Account: r.Denial.Account, Overflow: true}
	key := name("overflow", in.Account, hourOf(eventTime(r, a.Now())))
	had, hadID, err := a.named(ctx, key)
	if err != nil || had.ID != "" && !had.Closed {
		return Change{Incident: had}, err
	}
	in.ID, in.Route = newID(key, event), a.Routes.For(&in, nil)
	return Change{Incident: in, Names: []Name{{Name: key, Was: hadID}}, Lists: in.lists(eventTime(r, a.Now()))}, nil
}

// named follows a name. An incident that was forgotten meanwhile is the zero
// Incident.
func (a *Alerter) named(ctx context.Context, name string) (in Incident, id string, err error) {
	if id, err = a.Store.Named(ctx, name); err != nil || id == "" {
		return in, id, err
	}
	in, err = a.Store.Incident(ctx, id)
	return in, id, err
}

// open tells whether an attempt at a time belongs to the incident, or opens a
// new one.
func (a *Alerter) open(in *Incident, at time.Time) bool {
	if in.ID != "" && in.Mute != nil { // only a change closes it before the end of that
		return in.Mute.holds(a.Now()) && !in.Closed
	}
	return in.ID != "" && !in.Closed && at.Sub(in.Last) < a.Quiet
}

func previous(in *Incident) *Previous {
	if in.ID == "" {
		return nil
	}
	p := &Previous{ID: in.ID, First: in.First, Last: in.Last, Attempts: in.Attempts, Refs: make(map[string]Ref), Mute: in.Mute, Answer: in.closedBy()}
	for name, d := range in.Deliveries {
		p.Refs[name] = d.Ref
	}
	return p
}
