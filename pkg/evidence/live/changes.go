package live

import (
	"context"
	"errors"
	"fmt"
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
	// settled is since when all changes of the role that was asked for are
	// known, if that is before the rest.
	settled time.Time
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
	h := &history{s: s, t: a.trail(a.partition.home), asked: asked, views: make(map[string]view)}
	if oldest := now.Add(-kept); asked.Before(oldest) {
		h.asked = oldest.Truncate(time.Second).Add(time.Second)
		if event.Before(oldest) {
			h.notes = append(h.notes, "CloudTrail keeps 90 days, so the changes around the time of the call cannot be looked up any more")
		}
	}
	s.progress("reading changes of roles and identity providers from CloudTrail in %s, back to %s", h.t.region, clock(h.asked))
	h.readAll(ctx)
	return h
}

// readAll reads each kind of change. Where one is refused, the others would be.
func (h *history) readAll(ctx context.Context) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var mu sync.Mutex
	var wait sync.WaitGroup
	for _, name := range changeEvents() {
		wait.Go(func() {
			v := h.s.back(ctx, h.t, h.t.reels[name], h.asked, nil)
			if is(v.err, denied) || is(v.err, credentials) {
				cancel(v.err)
			}
			if is(v.err, canceled) && !errors.Is(context.Cause(ctx), context.Canceled) {
				v.err = context.Cause(ctx)
			}
			mu.Lock()
			defer mu.Unlock()
			h.views[name] = v
		})
	}
	wait.Wait()
	h.noteGaps()
}

// noteGaps says what could not be read, each reason once.
func (h *history) noteGaps() {
	told := make(map[string]bool)
	for _, name := range changeEvents() {
		v := h.views[name]
		if v.err == nil {
			continue
		}
		h.partial = true
		note := fmt.Sprintf("changes of roles and identity providers were not read: %v", v.err)
		if v.from.Before(v.readAt) {
			note = fmt.Sprintf("of %s, CloudTrail was read back to %s: %v", name, clock(v.from), v.err)
		}
		if !told[note] {
			h.notes = append(h.notes, note)
		}
		told[note] = true
	}
}

// since is from when on all changes of some kinds are known.
func (h *history) since(names []string) time.Time {
	var latest time.Time
	for _, name := range names {
		if from := h.views[name].from; from.After(latest) {
			latest = from
		}
	}
	return latest
}

// read tells whether anything was.
func (h *history) read() bool {
	for _, v := range h.views {
		if v.err == nil || v.from.Before(v.readAt) {
			return true
		}
	}
	return false
}

// whole tells whether each record was read, as far back as was asked.
func (h *history) whole() bool {
	for _, v := range h.views {
		if len(v.bad) > 0 {
			return false
		}
	}
	return !h.partial && !h.since(changeEvents()).After(h.asked)
}

// of finds a role's last change up to a moment, and tells whether there is one
// after it.
func (h *history) of(role string, event time.Time) (last time.Time, after bool) {
	for _, name := range roleEvents() {
		for i := range h.views[name].changes {
			c := &h.views[name].changes[i]
			switch {
			case c.Role != role:
			case c.Time.After(event):
				after = true
			case c.Time.After(last):
				last = c.Time
			}
		}
	}
	return last, after
}

// fill gives an account the changes that are known without a gap: what is
// older than a gap would pass for the last one before it.
func (h *history) fill(a *evidence.Account, role string) {
	since := h.since(roleEvents())
	settled := since
	if !h.settled.IsZero() {
		settled = h.settled
	}
	a.ChangesRead = h.whole()
	for _, name := range changeEvents() {
		v := h.views[name]
		for i := len(v.changes) - 1; i >= 0; i-- {
			c := v.changes[i]
			unsettled := c.Kind <= evidence.TrustPolicyUpdated &&
				(c.Role == role && c.Time.Before(settled) || c.Role != role && c.Time.Before(since))
			if !unsettled {
				a.Changes = append(a.Changes, c)
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
