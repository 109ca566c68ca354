package live

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"whydenied/pkg/evidence"
)

// maxLooked is for how many roles the last change before the call is looked
// for, where the record names none.
const maxLooked = 5

// lookForRole looks for the last change of the role that was asked for, where
// it matters: the present policy tells little of a moment long ago, and
// nothing once it is known to have changed since.
func (h *history) lookForRole(ctx context.Context, name string, role *evidence.Role, event time.Time) {
	_, changedSince := h.of(name, event, h.gapless)
	if changedSince || h.s.c.Now().Sub(event) > delivery {
		h.lookBack(ctx, name, role, event)
	}
	h.lookBefore(ctx, name, role, event)
}

// lookBefore looks for the version that a change of the day before replaced: it
// tells whether undoing that change would let the call in. The diagnosis does
// without, so that what cannot be found is not missing in it.
func (h *history) lookBefore(ctx context.Context, name string, role *evidence.Role, event time.Time) {
	last, _ := h.of(name, event, h.gapless)
	if last.IsZero() || last.Before(h.asked) {
		return
	}
	was := *h
	was.views, was.settled = maps.Clone(h.views), maps.Clone(h.settled)
	if h.lookBack(ctx, name, role, last.Add(-time.Second)); h.partial && !was.partial {
		*h = was
	}
}

// lookForRoles does so for roles that changed since. Which role the call was
// about is not known.
func (h *history) lookForRoles(ctx context.Context, roles []evidence.Role, event time.Time) {
	looked := make(map[string]bool)
	for _, name := range roleEvents() {
		for _, c := range h.views[name].changes {
			if !c.Time.After(event) || looked[c.Role] || len(looked) >= maxLooked {
				continue
			}
			looked[c.Role] = true
			var role *evidence.Role
			if i := slices.IndexFunc(roles, func(r evidence.Role) bool { return r.Name == c.Role }); i >= 0 {
				role = &roles[i]
			}
			h.lookBack(ctx, c.Role, role, event)
		}
	}
}

// lookBack looks for the last change of a role before the event, if the day
// before has none. role is the role as it was read, nil where it was not or
// does not exist.
func (h *history) lookBack(ctx context.Context, name string, role *evidence.Role, event time.Time) {
	last, _ := h.of(name, event, h.gapless)
	if !last.IsZero() || h.since(roleEvents()).After(h.asked) {
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
	to, ok := h.extend(ctx, "UpdateAssumeRolePolicy", oldest, mine)
	switch {
	case !ok:
	case !standing:
		_, made := h.extend(ctx, "CreateRole", to, mine)
		_, gone := h.extend(ctx, "DeleteRole", to, mine)
		ok = made && gone
		if last, _ = h.of(name, event, to); !last.IsZero() {
			to = last
		}
	case to.Equal(oldest) && role.Created.Add(-skew).Equal(oldest):
		ok = h.keep("CreateRole", h.s.around(ctx, h.t, h.t.reels["CreateRole"], role.Created))
	}
	if ok {
		h.settled[name] = to
	}
}

// extend reads one kind of change further back. It returns the time of the
// change that was looked for, or how far back there is none, and whether that
// could be read.
func (h *history) extend(ctx context.Context, name string, to time.Time, mine func(*evidence.Change) bool) (time.Time, bool) {
	v := h.s.back(ctx, h.t, h.t.reels[name], to, mine)
	last := to
	for i := range v.changes {
		if c := &v.changes[i]; mine(c) && c.Time.After(last) {
			last = c.Time
		}
	}
	return last, h.keep(name, v)
}

// keep puts a longer view in the place of the one before, and tells whether it
// is as long as it was to be.
func (h *history) keep(name string, v view) bool {
	h.views[name] = v
	if v.err != nil {
		h.partial = true
		h.notes = append(h.notes, fmt.Sprintf("of %s, CloudTrail was read back to %s, and the last change of the role before the call may be older: %v", name, clock(v.from), v.err))
	}
	return v.err == nil
}
