package live

import (
	"fmt"
	"strings"
	"time"
)

// noteGaps says what could not be read, each reason once.
func (h *history) noteGaps() {
	unread := make(map[string][]string) // names by reason
	var reasons []string
	for _, name := range changeEvents() {
		v := h.views[name]
		if v.err == nil {
			continue
		}
		h.partial = true
		if v.from.Before(v.readAt) {
			h.notes = append(h.notes, fmt.Sprintf("of %s, CloudTrail was read back to %s: %v", name, clock(v.from), v.err))
			continue
		}
		reason := h.reason(v.err)
		if unread[reason] == nil {
			reasons = append(reasons, reason)
		}
		unread[reason] = append(unread[reason], name)
	}
	for _, reason := range reasons {
		what := ""
		if len(unread[reason]) < len(changeEvents()) {
			what = " (" + strings.Join(unread[reason], ", ") + ")"
		}
		h.notes = append(h.notes, fmt.Sprintf("changes of roles and identity providers%s were not read: %s", what, reason))
	}
}

// reason is why one kind of change was not read. What came too late waited for
// the others, so theirs is the reason, if there is one.
func (h *history) reason(err error) string {
	if !is(err, late) {
		return err.Error()
	}
	for _, name := range changeEvents() {
		if other := h.views[name].err; is(other, throttled) || is(other, unreachable) {
			return other.Error()
		}
	}
	return err.Error()
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
