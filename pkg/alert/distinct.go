package alert

import (
	"hash/fnv"
	"slices"
	"strings"
)

const (
	maxListed = 20   // values of a Distinct that are kept whole
	maxHashed = 1000 // further ones that are told apart, by their hashes
	maxValue  = 512  // bytes of a value that is kept
)

// Distinct are the different values that were met: the first twenty whole, the
// rest counted. The zero Distinct is empty.
type Distinct struct {
	Listed  []string `json:"listed,omitempty"`   // in the order in which they came, each cut to 512 bytes
	Hashes  []uint64 `json:"hashes,omitempty"`   // of every value that was told apart
	AtLeast bool     `json:"at_least,omitempty"` // there may be more than were told apart
}

// Add counts a value, if it is a new one.
func (d *Distinct) Add(value string) {
	h := fnv.New64a()
	_, _ = h.Write([]byte(value)) // a hash takes everything
	sum := h.Sum64()
	switch {
	case slices.Contains(d.Hashes, sum):
		return
	case len(d.Hashes) >= maxHashed:
		d.AtLeast = true
		return
	}
	d.Hashes = append(slices.Clone(d.Hashes), sum)
	if len(d.Listed) < maxListed {
		d.Listed = append(slices.Clone(d.Listed), cut(value))
	}
}

// Count is how many different values there were; AtLeast says that it may be
// more.
func (d *Distinct) Count() int { return len(d.Hashes) }

// More is how many there were beside those that are listed.
func (d *Distinct) More() int { return len(d.Hashes) - len(d.Listed) }

// cut bounds a value that a caller chose. What is cut is no value any more, so
// it is marked.
func cut(value string) string {
	if len(value) <= maxValue {
		return value
	}
	return strings.ToValidUTF8(value[:maxValue], "") + "…"
}
