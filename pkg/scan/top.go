package scan

import (
	"cmp"
	"slices"
)

const (
	maxListed  = 10 // values that a Top lists
	maxCounted = 64 // values that are counted meanwhile
)

// top counts values in bounded space (Space-Saving: Metwally, Agrawal and El
// Abbadi, 2005): a value that is new takes the place of the rarest one, and as
// many occurrences as that had may be its own, forgotten before. As long as all
// values have a place, and mostly they do, every number is exact.
type top struct{ values []counter }

type counter struct {
	value string
	most  int // how often it was met, at most
	over  int // how many of these may be others'
}

func (t *top) add(value string, p *purse) {
	if value == "" {
		return
	}
	value = bounded(value)
	rarest := 0
	for i := range t.values {
		v := &t.values[i]
		if v.value == value {
			v.most++
			return
		}
		if v.most < t.values[rarest].most {
			rarest = i
		}
	}
	if len(t.values) < maxCounted {
		if p.pay(len(value) + slot) {
			t.values = append(t.values, counter{value: value, most: 1})
		}
		return
	}
	v := &t.values[rarest]
	if p.pay(len(value) - len(v.value)) {
		*v = counter{value: value, most: v.most + 1, over: v.most}
	}
}

// top are the values, the most frequent first, with numbers that none is above.
func (t *top) top() Top {
	all := make([]Counted, 0, len(t.values))
	for _, v := range t.values {
		all = append(all, Counted{v.value, v.most - v.over})
	}
	slices.SortFunc(all, func(a, b Counted) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
	})
	n := min(len(all), maxListed)
	return Top{Listed: all[:n:n], More: len(all) - n}
}
