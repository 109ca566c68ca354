package scan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"whydenied/pkg/trail"
)

// group is a [Group] while it is counted.
type group struct {
	account, role, provider string

	found *finding // of the denial that stands for the group
	best  trail.Denial

	count int
	span
	hours hours

	subjects, sources, agents top
}

// newGroup makes the group of a denial, where that can be paid for.
func newGroup(f *finding, d *trail.Denial, p *purse) *group {
	g := &group{account: bounded(d.Account), role: bounded(d.RoleARN.Value), provider: bounded(d.Provider.Value), found: f, best: *d}
	const itself = 1000
	if !p.pay(itself + len(g.account) + len(g.role) + len(g.provider) + len(f.shape) + weight(d)) {
		return nil
	}
	return g
}

func (g *group) add(f *finding, d *trail.Denial, p *purse) {
	g.count++
	if t := when(d.Time); !t.IsZero() {
		g.span.add(t)
		g.hours.add(t, p)
	}
	g.subjects.add(d.Subject.Value, p)
	g.sources.add(d.SourceIP, p)
	g.agents.add(d.UserAgent, p)
	if g.better(f, d) && p.pay(weight(d)-weight(&g.best)) {
		g.found, g.best = f, *d
	}
}

// better tells whether a denial stands for the group better than the one that
// does: its cause is surer, or it is later. Between two that are alike in that,
// what they hold decides, so that the order in which they came does not.
func (g *group) better(f *finding, d *trail.Denial) bool {
	if n := cmp.Or(cmp.Compare(f.rank, g.found.rank), when(d.Time).Compare(when(g.best.Time)), cmp.Compare(g.best.EventID, d.EventID)); n != 0 {
		return n > 0
	}
	return slices.Compare(texts(d), texts(&g.best)) < 0
}

// texts are what a report shows of a call.
func texts(d *trail.Denial) []string {
	list := []string{d.Region, d.Subject.Value, d.Audience.Value, d.SessionName.Value, d.SourceIdentity.Value, d.SourceIP, d.VPCEndpoint,
		d.UserAgent, d.ErrorCode, d.ErrorMessage, d.RequestID, d.HostHeader, d.EndpointType}
	return append(list, fmt.Sprint(d.DurationSeconds, d.HasRequestParameters, d.PrincipalTags, d.TransitiveTagKeys, d.Missing))
}

// weight is what it takes to keep a denial, roughly.
func weight(d *trail.Denial) int {
	n := 600 + len(d.EventID) + len(d.RoleARN.Value) + len(d.Provider.Value) + len(d.Account)
	for _, s := range []string{d.Region, d.Subject.Value, d.Audience.Value, d.SessionName.Value, d.SourceIdentity.Value, d.SourceIP, d.VPCEndpoint,
		d.UserAgent, d.ErrorCode, d.ErrorMessage, d.RequestID, d.HostHeader, d.EndpointType} {
		n += len(s)
	}
	for k, v := range d.PrincipalTags {
		n += len(k) + len(v) + slot
	}
	for _, list := range [][]string{d.TransitiveTagKeys, d.Missing, d.Notes} {
		for _, s := range list {
			n += len(s) + slot
		}
	}
	return n
}

// group is what the result has, but for the report. newest is the archive's last
// call, allowed the last of the same caller that was.
func (g *group) group(newest, allowed time.Time) Group {
	return Group{
		Account: g.account, Role: g.role, Provider: g.provider, Shape: g.found.shape, Cause: g.found.cause, Stranger: g.found.stranger,
		Count: g.count, Hours: g.hours.count(), First: known(g.first), Last: known(g.last),
		Still: still(g.last, allowed, newest), Succeeded: known(allowed),
		Subjects: g.subjects.top(), Sources: g.sources.top(), UserAgents: g.agents.top(),
	}
}

func still(last, allowed, newest time.Time) Still {
	switch {
	case last.IsZero():
		return StillUnknown
	case allowed.After(last):
		return StillMended
	case newest.Sub(last) <= 24*time.Hour:
		return StillYes
	}
	return StillQuiet
}

// byHurt orders groups, the one that hurts most first: what still happens comes
// before what does not, and somebody's own callers before strangers, who are to
// be refused; then what fails in more hours, so that many retries of one job
// count as little as one; then what fails more often; at last the names.
func byHurt(a, b *Group) int {
	return cmp.Or(
		first(a.Still == StillYes, b.Still == StillYes), first(!a.Stranger, !b.Stranger),
		cmp.Compare(b.Hours, a.Hours), cmp.Compare(b.Count, a.Count),
		strings.Compare(a.Account, b.Account), strings.Compare(a.Role, b.Role), strings.Compare(a.Provider, b.Provider),
		strings.Compare(a.Shape, b.Shape), strings.Compare(a.Cause, b.Cause),
	)
}

// first puts what is so before what is not.
func first(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}
