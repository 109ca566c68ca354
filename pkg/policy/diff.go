package policy

import (
	"cmp"
	"slices"
	"strings"
)

// DiffPart is the part of a document that a [Difference] is about.
type DiffPart string

// The parts.
const (
	DiffVersion   DiffPart = "version" // only where it decides what "${" means
	DiffStatement DiffPart = "statement"
	DiffEffect    DiffPart = "effect"
	DiffPrincipal DiffPart = "principal"
	DiffAction    DiffPart = "action"
	DiffCondition DiffPart = "condition"
)

// DiffKind is what became of a part.
type DiffKind string

// The kinds.
const (
	DiffAdded    DiffKind = "added"
	DiffRemoved  DiffKind = "removed"
	DiffChanged  DiffKind = "changed"
	DiffNotKnown DiffKind = "not_known" // it stands on both sides and is resolved on neither, or not on one
)

// Difference is one point in which two documents differ in meaning.
type Difference struct {
	Part DiffPart
	Kind DiffKind
	// Before and After are the statement on either side, nil where it is on
	// the other side alone.
	Before, After *Statement
	// WasOperator and Operator are those of a condition, in IAM's spelling, or
	// "Principal", "NotPrincipal", "Action", "NotAction"; "" where the part is
	// on the other side alone. Where the two differ, Removed and Added are all
	// the values of either side.
	WasOperator, Operator string
	Key                   string // of a condition, as the document writes it; a principal's type
	Removed, Added        []Value
}

// Diff says how the meaning of two documents differs: statements, principals,
// actions, conditions and their values. The order of statements and of
// values, repetitions, one value or a list of one, Sids, the letter case of
// keys, operators and actions do not count. An unresolved part is compared by
// its source. Documents without a difference give the same answer to every
// request.
func Diff(before, after *Document) []Difference {
	var diffs []Difference
	if before.Version != after.Version && (before.usesVariables() || after.usesVariables()) {
		diffs = append(diffs, Difference{Part: DiffVersion, Kind: DiffChanged,
			Removed: []Value{{Text: before.Version}}, Added: []Value{{Text: after.Version}}})
	}
	gone, come := meanings(before), meanings(after)
	same := shared(gone, come)
	for _, pair := range same {
		if pair[0].open() {
			diffs = append(diffs, Difference{Part: DiffStatement, Kind: DiffNotKnown, Before: pair[0].statement, After: pair[1].statement})
		}
	}
	gone, come = without(gone, same, 0), without(come, same, 1)
	pairs := pair(gone, come)
	for _, p := range pairs {
		diffs = append(diffs, p[0].diff(p[1])...)
	}
	for _, m := range without(gone, pairs, 0) {
		diffs = append(diffs, Difference{Part: DiffStatement, Kind: DiffRemoved, Before: m.statement})
	}
	for _, m := range without(come, pairs, 1) {
		diffs = append(diffs, Difference{Part: DiffStatement, Kind: DiffAdded, After: m.statement})
	}
	return diffs
}

// usesVariables tells whether the version decides how some value is read.
func (d *Document) usesVariables() bool {
	for i := range d.Statements {
		for k := range d.Statements[i].Conditions {
			values := d.Statements[i].Conditions[k].Values
			if slices.ContainsFunc(values, func(v Value) bool { return strings.Contains(v.Text, "${") }) {
				return true
			}
		}
	}
	return false
}

// meanings are a document's statements, those that repeat another left out.
func meanings(d *Document) []*meaning {
	var list []*meaning
	for i := range d.Statements {
		m := meaningOf(&d.Statements[i])
		if !slices.ContainsFunc(list, func(o *meaning) bool { return o.text == m.text }) {
			list = append(list, m)
		}
	}
	return list
}

func shared(before, after []*meaning) (pairs [][2]*meaning) {
	for _, b := range before {
		if i := slices.IndexFunc(after, func(a *meaning) bool { return a.text == b.text }); i >= 0 {
			pairs = append(pairs, [2]*meaning{b, after[i]})
		}
	}
	return pairs
}

func without(list []*meaning, pairs [][2]*meaning, side int) []*meaning {
	var left []*meaning
	for _, m := range list {
		if !slices.ContainsFunc(pairs, func(p [2]*meaning) bool { return p[side] == m }) {
			left = append(left, m)
		}
	}
	return left
}

// maxPaired bounds the statements that are compared each with each. IAM keeps
// a trust policy to 8,192 characters at most, which hold fewer.
const maxPaired = 64

// pair finds statements that are one statement, changed: the most alike first.
// Between pairs that are alike as much their own text decides, so that it
// makes no difference which of the documents is the earlier one.
func pair(before, after []*meaning) (pairs [][2]*meaning) {
	if len(before) > maxPaired || len(after) > maxPaired {
		return nil
	}
	type scored struct {
		pair        [2]*meaning
		alike       int
		first, last string
	}
	var all []scored
	for _, b := range before {
		for _, a := range after {
			if n := b.alike(a); n > 0 {
				all = append(all, scored{[2]*meaning{b, a}, n, min(b.text, a.text), max(b.text, a.text)})
			}
		}
	}
	slices.SortFunc(all, func(x, y scored) int {
		return cmp.Or(-cmp.Compare(x.alike, y.alike), cmp.Compare(x.first, y.first), cmp.Compare(x.last, y.last))
	})
	for _, s := range all {
		if !slices.ContainsFunc(pairs, func(p [2]*meaning) bool { return p[0] == s.pair[0] || p[1] == s.pair[1] }) {
			pairs = append(pairs, s.pair)
		}
	}
	slices.SortFunc(pairs, func(x, y [2]*meaning) int { return x[0].statement.Index - y[0].statement.Index })
	return pairs
}

// alike is how much speaks for two statements being one that was changed: the
// Sid, a principal, a condition; 0 where nothing does. That they allow the
// same call or have the same effect says nothing by itself.
func (m *meaning) alike(o *meaning) int {
	n := 0
	if m.statement.Sid != "" && m.statement.Sid == o.statement.Sid {
		n += 16
	}
	if m.principal.name == o.principal.name && m.principal.meets(&o.principal) {
		n += 8
	}
	for i := range m.conditions {
		for k := range o.conditions {
			a, b := &m.conditions[i], &o.conditions[k]
			if a.key != b.key {
				continue
			}
			n++
			if a.name == b.name {
				n++
			}
			if a.meets(&b.valueSet) {
				n += 2
			}
		}
	}
	if n > 0 && m.effect == o.effect {
		n += 4
	}
	if n > 0 && m.action.meets(&o.action) {
		n++
	}
	return n
}

func (s *valueSet) meets(o *valueSet) bool {
	return slices.ContainsFunc(s.members, func(m member) bool { return o.has(m.id) })
}
