package live

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// PartialError says what a snapshot does not hold. What is there is right.
type PartialError struct {
	Missing []string // one line each: what was not read, and why
}

// Error is one line.
func (e *PartialError) Error() string {
	return "the snapshot is not whole: " + strings.Join(e.Missing, "; ")
}

// The shapes of an account file, which are those that the AWS CLI prints. A
// nil list was not read, and its key is left out; an empty one says that there
// are none.
type (
	file struct {
		AccountID string     `json:"AccountId"`
		TakenAt   time.Time  `json:"TakenAt"`
		Roles     *[]role    `json:",omitempty"`
		Providers *[]idp     `json:"OpenIDConnectProviders,omitempty"`
		Events    *[]rawJSON `json:",omitempty"`
	}
	role struct {
		RoleName, Arn            string
		CreateDate               *time.Time `json:",omitempty"`
		MaxSessionDuration       int32      `json:",omitempty"`
		AssumeRolePolicyDocument rawJSON
		Tags                     *[]tag `json:",omitempty"`
	}
	tag struct{ Key, Value string }
	idp struct {
		Arn          string
		ClientIDList []string
		CreateDate   *time.Time `json:",omitempty"`
	}
	rawJSON = json.RawMessage
)

// Snapshot writes the own account to a file that [evidence.ParseSnapshot]
// reads: its roles, its identity providers, and the changes of both as far
// back as CloudTrail keeps them. What could not be read leaves its key out,
// which means "not read", and is told by a [*PartialError]. Any other error
// means that nothing was written, or not all of it.
func (s *Source) Snapshot(ctx context.Context, w io.Writer) error {
	a, err := s.reach(ctx, "")
	if err != nil {
		return err
	}
	t := &taking{s: s, a: a, f: file{AccountID: a.id, TakenAt: s.c.Now().UTC().Truncate(time.Second)}}
	t.roles(ctx)
	t.providers(ctx)
	if len(t.missing) == 2 {
		return fmt.Errorf("account %s could not be read: %s", a.id, t.missing[0])
	}
	t.events(ctx)
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	if err := out.Encode(t.f); err != nil {
		return err
	}
	if len(t.missing) > 0 {
		return &PartialError{Missing: t.missing}
	}
	return nil
}

// taking is one snapshot, while it is put together.
type taking struct {
	s       *Source
	a       *account
	f       file
	missing []string
}

func (t *taking) lack(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	t.missing = append(t.missing, text)
	t.s.progress("%s", text)
}

func (t *taking) roles(ctx context.Context) {
	all := []role{}
	err := t.s.eachRole(ctx, t.a, func(r *iamtypes.Role) { all = append(all, asPrinted(r)) })
	if err != nil {
		t.lack("the roles were not read: %v", err)
		return
	}
	for i := range all {
		if mentionsTags(all[i].AssumeRolePolicyDocument) {
			t.tags(ctx, &all[i])
		}
	}
	t.f.Roles = &all
}

// mentionsTags tells whether a trust policy may look at the role's own tags.
func mentionsTags(document []byte) bool {
	return strings.Contains(strings.ToLower(string(document)), "resourcetag")
}

// tags asks for a role's tags, which ListRoles leaves out.
func (t *taking) tags(ctx context.Context, r *role) {
	out, err := call(ctx, t.s.limits(), "iam:GetRole", quote(r.RoleName), func(ctx context.Context) (*iam.GetRoleOutput, error) {
		return t.a.iam.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String(r.RoleName)})
	})
	if err != nil {
		t.lack("the tags of a role were not read: %v", err)
		return
	}
	tags := []tag{}
	for _, e := range out.Role.Tags {
		tags = append(tags, tag{aws.ToString(e.Key), aws.ToString(e.Value)})
	}
	r.Tags = &tags
}

// asPrinted decodes the document as the AWS CLI does. A text that is no JSON
// stays what it is.
func asPrinted(from *iamtypes.Role) role {
	r := role{
		RoleName: aws.ToString(from.RoleName), Arn: aws.ToString(from.Arn), CreateDate: from.CreateDate,
		MaxSessionDuration: aws.ToInt32(from.MaxSessionDuration),
	}
	text := aws.ToString(from.AssumeRolePolicyDocument)
	decoded, err := url.PathUnescape(text)
	if err == nil && strings.HasPrefix(strings.TrimSpace(decoded), "{") && json.Valid([]byte(decoded)) {
		r.AssumeRolePolicyDocument = rawJSON(decoded)
		return r
	}
	r.AssumeRolePolicyDocument, _ = json.Marshal(text) // a string always encodes
	return r
}

func (t *taking) providers(ctx context.Context) {
	p, _, err := t.s.listProviders(ctx, t.a, 0)
	if err != nil {
		t.lack("the identity providers were not read: %v", err)
		return
	}
	all := []idp{}
	for _, e := range p.all {
		out := idp{Arn: e.ARN, ClientIDList: append([]string{}, e.ClientIDs...)}
		if !e.Created.IsZero() {
			out.CreateDate = &e.Created
		}
		all = append(all, out)
	}
	t.f.Providers = &all
}

// found is a record of a change.
type found struct {
	at   time.Time
	text rawJSON
}

// events reads every change that CloudTrail keeps. Where one kind cannot be
// read to its end, all end where that one does: a list with a gap would say
// that nothing changed there.
func (t *taking) events(ctx context.Context) {
	kinds := changeEvents()
	read := make([][]found, len(kinds))
	from, errs := make([]time.Time, len(kinds)), make([]error, len(kinds))
	trail := t.a.trail(t.a.partition.home)
	var wait sync.WaitGroup
	for i, name := range kinds {
		wait.Go(func() { read[i], from[i], errs[i] = t.kind(ctx, trail, name) })
	}
	wait.Wait()
	start, told := slices.MaxFunc(from, time.Time.Compare), map[string]bool{}
	for _, err := range errs {
		if err != nil && !told[err.Error()] {
			told[err.Error()] = true
			t.lack("changes before %s were not read: %v", clock(start), err)
		}
	}
	if !start.Before(t.f.TakenAt) {
		return
	}
	all := []found{}
	for _, kind := range read {
		slices.Reverse(kind)
		all = append(all, slices.DeleteFunc(kind, func(f found) bool { return f.at.Before(start) })...)
	}
	slices.SortStableFunc(all, func(x, y found) int { return x.at.Compare(y.at) })
	events := []rawJSON{}
	for _, f := range all {
		events = append(events, f.text)
	}
	t.f.Events = &events
}

// kind reads one kind of change, and tells from when on it is whole.
func (t *taking) kind(ctx context.Context, trail *trail, name string) (all []found, from time.Time, err error) {
	now := t.s.c.Now()
	q := search{key: types.LookupAttributeKeyEventName, value: name, from: now.Add(-kept)}
	from, n := now, 0
	var bound error
	err = t.s.pages(ctx, trail, q, func(events []types.Event, last bool) bool {
		n++
		for i := range events {
			text := aws.ToString(events[i].CloudTrailEvent)
			from = aws.ToTime(events[i].EventTime)
			if !json.Valid([]byte(text)) {
				bound = fmt.Errorf("CloudTrail's record %s is no JSON", aws.ToString(events[i].EventId))
				return false
			}
			all = append(all, found{from, rawJSON(text)})
		}
		t.s.progress("reading %s from CloudTrail in %s: %d, back to %s", name, trail.region, len(all), clock(from))
		switch {
		case last:
			from = q.from
		case n >= t.s.c.MaxPages:
			bound = &boundError{name, n}
			return false
		}
		return true
	})
	from = from.Truncate(time.Second).Add(time.Second)
	if err == nil {
		err = bound
	}
	return all, from, err
}
