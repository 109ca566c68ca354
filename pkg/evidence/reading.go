package evidence

import "time"

// overtaken tells whether a change is on record between the reading and t.
func (a *Account) overtaken(before, after []Change, t time.Time) bool {
	switch {
	case a.readBy(t):
		return len(before) > 0 && a.ReadBefore(before[len(before)-1].Time)
	default:
		return len(after) > 0 && !a.ReadBefore(after[0].Time)
	}
}

// readBy tells whether the account was read at t or before. An undated reading
// was not, unless t is now.
func (a *Account) readBy(t time.Time) bool {
	return t.IsZero() || !a.TakenAt.IsZero() && !a.TakenAt.After(t)
}

// read tells whether the role was, or that it is missing.
func (a *Account) read(h *History) bool { return h.Role != nil || a.missing(h.arn) }

// present is the version as it was read, or that of a change on record since
// then, even if its text is not held.
func (a *Account) present(h *History, before []Change) Version {
	if last := lastOf(before, h.After); last != nil && a.ReadBefore(last.Time) {
		return version(last)
	}
	return a.reading(h)
}

// reading is the version as it was read.
func (a *Account) reading(h *History) Version {
	if h.Role == nil {
		return Version{Missing: a.missing(h.arn)}
	}
	doc, err := h.Role.TrustPolicy()
	return Version{Policy: doc, Err: err}
}

func lastOf(before, after []Change) *Change {
	switch {
	case len(after) > 0:
		return &after[len(after)-1]
	case len(before) > 0:
		return &before[len(before)-1]
	}
	return nil
}

// ReadBefore tells whether the account was read before a moment. An undated
// reading is one of whatever moment is asked about.
func (a *Account) ReadBefore(t time.Time) bool { return !a.TakenAt.IsZero() && a.TakenAt.Before(t) }
