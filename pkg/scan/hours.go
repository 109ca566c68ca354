package scan

import (
	"cmp"
	"math/bits"
	"slices"
	"time"
)

// hours is a set of hours, as 24 bits for each day that has any.
type hours struct{ days []day }

type day struct {
	number int32 // since 1970
	hours  uint32
}

func (h *hours) add(t time.Time, p *purse) {
	hour := t.Unix() / 3600
	n := int32(hour / 24)
	i, found := slices.BinarySearchFunc(h.days, n, func(d day, n int32) int { return cmp.Compare(d.number, n) })
	if !found {
		if !p.pay(8) {
			return
		}
		h.days = slices.Insert(h.days, i, day{number: n})
	}
	h.days[i].hours |= 1 << (hour % 24)
}

func (h *hours) count() int {
	n := 0
	for _, d := range h.days {
		n += bits.OnesCount32(d.hours)
	}
	return n
}
