package evidence

import "time"

const (
	// freshness is how far from the event a reading still counts as of the
	// event's moment, and how late CloudTrail may be: its events appear
	// within 15 minutes (CloudTrail User Guide, "event history").
	freshness = 15 * time.Minute
	// propagation is how long a changed trust policy may take to reach STS:
	// seconds as a rule, up to five minutes as reported.
	propagation = 5 * time.Minute
	// skew is how far a role's CreateDate and the time of its CreateRole
	// record may be apart: two hosts, each to the second.
	skew = time.Minute
)

// History is what is known of a role around a moment.
type History struct {
	Role    *Role   // as it was read; nil where it was not found or not read
	InForce Version // the version at the moment, or the present one in its place
	Guessed bool    // no record holds the version at the moment, and the role changed since
	// Recent are other versions that STS may have gone by: those replaced in
	// the minutes before, and the present one where it shows a change that
	// CloudTrail does not show yet.
	Recent  []Version
	Steps   []Step   // changes up to the moment, the last one first
	After   []Change // changes since the moment
	Present Version  // the version as it was read, or that of a change on record since the reading
	// Reliable tells whether InForce counts as the evidence of the moment.
	Reliable bool
	// CreatedSince: the role, or another of its name, was created after the
	// moment.
	CreatedSince bool

	arn string
}

// RoleAt says which version of a role's trust policy was in force at t. A zero
// t means now.
func (a *Account) RoleAt(arn string, t time.Time) History {
	h := History{Role: a.Role(arn), arn: arn}
	before, after := a.roleChanges(arn, t)
	h.After = after
	h.Present = a.present(&h, before)
	h.CreatedSince = created(after) || !t.IsZero() && h.Role != nil && !h.Role.Created.IsZero() && h.Role.Created.After(t)
	if !h.CreatedSince {
		before = ofRole(h.Role, before)
	}
	read := a.read(&h)
	recorded := h.find(a, before, t)
	h.Recent, h.Steps = recent(before, h.Role, t), a.steps(before)
	unseen := recorded && read && len(after) == 0 && !h.CreatedSince && !h.InForce.same(h.Present)
	if unseen && !a.readLate(t) {
		h.Recent = append(h.Recent, h.Present)
	}
	h.Reliable = !h.Guessed && !h.CreatedSince && a.reliable(t, read, recorded, len(after) > 0)
	return h
}

// find sets the version in force, and tells whether a record holds it. Of the
// present moment, what was read tells more than the last record before it.
func (h *History) find(a *Account, before []Change, t time.Time) (recorded bool) {
	if len(before) == 0 {
		if h.CreatedSince && !deletedFirst(h.After) {
			h.InForce = Version{Missing: true}
		} else {
			h.standIn(a, before, t)
		}
		return false
	}
	last := version(&before[len(before)-1])
	readNow := t.IsZero() && a.read(h) && !a.ReadBefore(last.Since.Time)
	if last.Held() && !readNow {
		h.InForce = last
		return true
	}
	h.standIn(a, before, t)
	h.InForce.Since = last.Since
	return false
}

// standIn puts what was read in the place of a version that no record holds.
// Where a change is on record between the reading and the moment, that says
// nothing of a moment after it; for one before it the present version stands
// in. A role that changed since was there, even if it is gone now.
func (h *History) standIn(a *Account, before []Change, t time.Time) {
	overtaken := a.overtaken(before, h.After, t)
	h.Guessed = overtaken && len(h.After) > 0
	switch {
	case !overtaken:
		h.InForce = a.reading(h)
	case a.readBy(t) || h.Present.Missing:
	default:
		h.InForce = h.Present
		h.InForce.Since = nil // that came after the moment
	}
}

func version(c *Change) Version {
	return Version{Missing: c.Kind == RoleDeleted, Policy: c.Policy, Since: c}
}

// recent are the versions that each change of the last minutes replaced. A
// role's CreateDate tells of a change, too.
func recent(before []Change, role *Role, t time.Time) []Version {
	if t.IsZero() {
		return nil
	}
	if len(before) == 0 && role != nil && !role.Created.After(t) && t.Sub(role.Created) <= propagation {
		return []Version{{Missing: true}}
	}
	var versions []Version
	for i := len(before) - 1; i >= 0 && t.Sub(before[i].Time) <= propagation; i-- {
		switch {
		case i > 0:
			versions = append(versions, version(&before[i-1]))
		case before[i].Kind == RoleCreated:
			versions = append(versions, Version{Missing: true})
		default:
			versions = append(versions, Version{})
		}
	}
	return versions
}

// reliable tells whether the version found counts as that of t. read is
// whether the role itself was: a record alone is never fresh, for a change in
// the minutes after it may not be on record yet.
func (a *Account) reliable(t time.Time, read, recorded, changedSince bool) bool {
	if t.IsZero() {
		return true
	}
	fresh := a.TakenAt.IsZero() || (read || !recorded) && a.TakenAt.Sub(t).Abs() <= freshness
	if fresh && !changedSince {
		return true
	}
	// A recorded change holds the version itself: what counts is that no
	// other came between it and t, which CloudTrail tells once it is late no
	// more. Where the version is the present one, a change in the minutes
	// before the reading could not be seen yet.
	return a.ChangesRead && recorded && (a.TakenAt.IsZero() || a.readLate(t))
}

// readLate tells whether CloudTrail was read so long after t that it had every
// change up to t.
func (a *Account) readLate(t time.Time) bool {
	at := a.ChangesAt
	if at.IsZero() {
		at = a.TakenAt
	}
	return !at.IsZero() && at.Sub(t) >= freshness
}
