package scan

import (
	"maps"
	"slices"
	"time"
)

const (
	maxMoments = 120  // of a result's timeline, from its first to its last
	maxSlots   = 2000 // that are counted meanwhile; beyond, they are put together
)

// steps are the lengths that a moment may have, in hours: each a multiple of
// the one before, so that moments can be put together.
var steps = [...]int64{1, 6, 24, 7 * 24, 4 * 7 * 24, 16 * 7 * 24, 64 * 7 * 24}

// monday is when the hours are counted from: a week then begins on a Monday.
var monday = time.Date(1999, time.January, 4, 0, 0, 0, 0, time.UTC).Unix()

// timeline counts denials by time and cause.
type timeline struct {
	span
	step  int                      // index of the slots' length
	slots map[int64]map[string]int // by slot, counted from monday
}

func (l *timeline) add(t time.Time, cause string) {
	if t.IsZero() {
		return
	}
	l.span.add(t)
	if l.slots == nil {
		l.slots = make(map[int64]map[string]int)
	}
	count(l.slots, slotOf(t, l.step), cause, 1)
	for len(l.slots) > maxSlots && l.step < len(steps)-1 {
		l.slots = l.coarser(l.step + 1)
		l.step++
	}
}

func count(slots map[int64]map[string]int, at int64, cause string, n int) {
	if slots[at] == nil {
		slots[at] = make(map[string]int)
	}
	slots[at][cause] += n
}

func slotOf(t time.Time, step int) int64 { return (t.Unix() - monday) / (steps[step] * 3600) }

// coarser are the slots as those of a longer step.
func (l *timeline) coarser(step int) map[int64]map[string]int {
	slots := make(map[int64]map[string]int)
	for at, causes := range l.slots {
		for cause, n := range causes {
			count(slots, at*steps[l.step]/steps[step], cause, n)
		}
	}
	return slots
}

// moments are the timeline at the shortest step that leaves few enough, and
// that step in seconds.
func (l *timeline) moments() ([]Moment, int) {
	step := 0
	for step < len(steps)-1 && slotOf(l.last, step)-slotOf(l.first, step) >= maxMoments {
		step++
	}
	// That many slots never lie within so short a time that they were put
	// together to more than this.
	step = max(step, l.step)
	slots := l.coarser(step)
	list := make([]Moment, 0, len(slots))
	for _, at := range slices.Sorted(maps.Keys(slots)) {
		list = append(list, Moment{Start: time.Unix(monday+at*steps[step]*3600, 0).UTC(), Causes: slots[at]})
	}
	return list, int(steps[step] * 3600)
}
