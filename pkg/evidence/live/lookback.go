package live

import (
	"context"
	"fmt"
	"time"

	"whydenied/pkg/evidence"
)

// lookBack looks for the last change of a role before the event, where the day
// before it has none and it matters: the present policy tells little of a
// moment long ago, and nothing once it is known to have changed since. role is
// the role as it was read, nil where it was not or does not exist.
func (h *history) lookBack(ctx context.Context, name string, role *evidence.Role, event time.Time) {
	last, changedSince := h.of(name, event)
	old := h.s.c.Now().Sub(event) > delivery
	if !last.IsZero() || !old && !changedSince || h.since(roleEvents()).After(h.asked) {
		return
	}
	oldest := h.s.c.Now().Add(-kept).Truncate(time.Second).Add(time.Second)
	// A role that is still there was neither made nor deleted since its
	// CreateDate.
	standing := role != nil && !role.Created.IsZero() && !role.Created.After(event)
	if standing && role.Created.Add(-skew).After(oldest) {
		oldest = role.Created.Add(-skew)
	}
	if !oldest.Before(h.asked) {
		return
	}
	h.s.progress("looking in CloudTrail for the last change of the role %s before the call", quote(name))
	mine := func(c *evidence.Change) bool { return c.Role == name && !c.Time.After(event) }
	to := h.extend(ctx, "UpdateAssumeRolePolicy", oldest, mine)
	switch {
	case h.partial:
	case !standing:
		h.extend(ctx, "CreateRole", to, mine)
		h.extend(ctx, "DeleteRole", to, mine)
		if last, _ = h.of(name, event); !last.IsZero() {
			to = last
		}
	case to.Equal(oldest) && role.Created.Add(-skew).Equal(oldest):
		h.keep("CreateRole", h.s.around(ctx, h.t, h.t.reels["CreateRole"], role.Created))
	}
	if !h.partial {
		h.settled = to
	}
}

// extend reads one kind of change further back. It returns the time of the
// change that was looked for, or how far back there is none.
func (h *history) extend(ctx context.Context, name string, to time.Time, mine func(*evidence.Change) bool) time.Time {
	v := h.s.back(ctx, h.t, h.t.reels[name], to, mine)
	h.keep(name, v)
	last := to
	for i := range v.changes {
		if c := &v.changes[i]; mine(c) && c.Time.After(last) {
			last = c.Time
		}
	}
	return last
}

// keep puts a longer view in the place of the one before.
func (h *history) keep(name string, v view) {
	h.views[name] = v
	if v.err != nil {
		h.partial = true
		h.notes = append(h.notes, fmt.Sprintf("of %s, CloudTrail was read back to %s, and the last change of the role before the call may be older: %v", name, clock(v.from), v.err))
	}
}
