package live

import (
	"context"
	"slices"
	"sync"
	"time"

	"whydenied/pkg/evidence"
)

const (
	// before is how far before the event changes are always read.
	before = 24 * time.Hour
	// delivery is how late CloudTrail may be (CloudTrail User Guide, "event
	// history"), and how long a reading of the account counts as fresh.
	delivery = 15 * time.Minute
	// skew is how far a role's CreateDate and its CreateRole record may be
	// apart.
	skew = time.Minute
)

// roleEvents are the names of the changes of a role. In this order, changes of
// the same second tell of a role that was replaced.
func roleEvents() []string { return []string{"DeleteRole", "CreateRole", "UpdateAssumeRolePolicy"} }

// changeEvents are the names of all changes that bear on a web identity.
func changeEvents() []string {
	return append(roleEvents(), "DeleteOpenIDConnectProvider", "CreateOpenIDConnectProvider",
		"RemoveClientIDFromOpenIDConnectProvider", "AddClientIDToOpenIDConnectProvider")
}

// history is what CloudTrail has of an account's changes.
type history struct {
	s     *Source
	t     *trail
	asked time.Time // how far back was asked
	views map[string]view
	// settled is since when all changes of a role are known, where that is
	// before the rest; by its name.
	settled map[string]time.Time
	// gapless is since when those of all roles are.
	gapless time.Time
	notes   []string
	partial bool
}

// changes reads what changed from a day before the event until now.
func (s *Source) changes(ctx context.Context, a *account, event time.Time) *history {
	now := s.c.Now()
	if event.IsZero() {
		event = now
	}
	// To the hour, so that the events of one storm ask for the same.
	asked := event.Add(-before).Truncate(time.Hour)
	h := &history{s: s, t: a.trail(a.partition.home), asked: asked, views: make(map[string]view), settled: make(map[string]time.Time)}
	if oldest := now.Add(-kept); asked.Before(oldest) {
		h.asked = oldest.Truncate(time.Second).Add(time.Second)
		if event.Before(oldest) {
			h.notes = append(h.notes, "CloudTrail keeps 90 days, so the changes around the time of the call cannot be looked up any more")
		}
	}
	s.progress("reading changes of roles and identity providers from CloudTrail in %s, back to %s", h.t.region, clock(h.asked))
	h.readAll(ctx)
	h.gapless = h.since(roleEvents())
	return h
}

// readAll reads each kind of change, those of roles first: they matter most
// where the time is short. Where one is refused, the others would be.
func (h *history) readAll(ctx context.Context) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	h.readSome(ctx, cancel, changeEvents()[:len(roleEvents())])
	h.readSome(ctx, cancel, changeEvents()[len(roleEvents()):])
	h.noteGaps()
}

func (h *history) readSome(ctx context.Context, cancel context.CancelCauseFunc, names []string) {
	views := make([]view, len(names))
	var wait sync.WaitGroup
	for i, name := range names {
		wait.Go(func() {
			views[i] = h.s.back(ctx, h.t, h.t.reels[name], h.asked, nil)
			if err := views[i].err; is(err, denied) || is(err, credentials) {
				cancel(err)
			}
		})
	}
	wait.Wait()
	for i, name := range names {
		if cause := context.Cause(ctx); is(views[i].err, canceled) && (is(cause, denied) || is(cause, credentials)) {
			views[i].err = cause
		}
		h.views[name] = views[i]
	}
}

// known is since when all changes of a role are known.
func (h *history) known(role string) time.Time {
	if at, ok := h.settled[role]; ok {
		return at
	}
	return h.gapless
}

// of finds a role's last change up to an event, back to a moment, and tells
// whether there is one after the event.
func (h *history) of(role string, event, since time.Time) (last time.Time, after bool) {
	for _, name := range roleEvents() {
		for i := range h.views[name].changes {
			c := &h.views[name].changes[i]
			switch {
			case c.Role != role:
			case c.Time.After(event):
				after = true
			case c.Time.After(last) && !c.Time.Before(since):
				last = c.Time
			}
		}
	}
	return last, after
}

// fill gives an account the changes that are known without a gap: what is
// older than a gap would pass for the last one before it.
func (h *history) fill(a *evidence.Account) {
	a.ChangesRead = h.whole()
	for _, name := range changeEvents() {
		v := h.views[name]
		for i := len(v.changes) - 1; i >= 0; i-- {
			if c := &v.changes[i]; c.Kind > evidence.TrustPolicyUpdated || !c.Time.Before(h.known(c.Role)) {
				a.Changes = append(a.Changes, *c)
			}
		}
		for _, note := range v.bad {
			a.Notes, a.Partial = append(a.Notes, note), true
		}
		if v.err == nil && (a.ChangesAt.IsZero() || v.readAt.Before(a.ChangesAt)) {
			a.ChangesAt = v.readAt
		}
	}
	slices.SortStableFunc(a.Changes, func(x, y evidence.Change) int { return x.Time.Compare(y.Time) })
	a.Notes, a.Partial = append(a.Notes, h.notes...), a.Partial || h.partial
}

// changedAfter tells whether a role changed after a moment.
func (h *history) changedAfter(at time.Time) bool {
	for _, name := range roleEvents() {
		for i := range h.views[name].changes {
			if !h.views[name].changes[i].Time.Before(at.Truncate(time.Second)) {
				return true
			}
		}
	}
	return false
}
