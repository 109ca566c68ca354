package scan

import "time"

// Times outside of these years are none that CloudTrail wrote: a call that has
// one counts as one without a time, so that it cannot stretch the timeline over
// millennia.
const (
	firstYear = 2000
	lastYear  = 2999
)

// when is a call's moment, zero where it has none that counts.
func when(t time.Time) time.Time {
	if y := t.Year(); y < firstYear || y > lastYear {
		return time.Time{}
	}
	return t.UTC()
}

// span is from the first to the last of some moments; zero where there is none.
type span struct{ first, last time.Time }

func (s *span) add(t time.Time) {
	if t.IsZero() {
		return
	}
	if s.first.IsZero() || t.Before(s.first) {
		s.first = t
	}
	if t.After(s.last) {
		s.last = t
	}
}

// known is a moment as a result has it: nil where there is none.
func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
