package policy

import (
	"bytes"
	"encoding/json"
	"slices"
)

// diff says how one statement became another.
func (m *meaning) diff(o *meaning) []Difference {
	var diffs []Difference
	add := func(d Difference) {
		d.Before, d.After = m.statement, o.statement
		diffs = append(diffs, d)
	}
	switch {
	case m.statement.Effect == EffectUnresolved || o.statement.Effect == EffectUnresolved:
		add(Difference{Part: DiffEffect, Kind: DiffNotKnown})
	case m.effect != o.effect:
		add(Difference{Part: DiffEffect, Kind: DiffChanged, Removed: []Value{{Text: m.effect}}, Added: []Value{{Text: o.effect}}})
	}
	for _, d := range m.diffPrincipals(o) {
		add(d)
	}
	if d, differ := m.action.diff(&o.action); differ {
		d.Part = DiffAction
		add(d)
	}
	for _, d := range diffConditions(m.conditions, o.conditions) {
		add(d)
	}
	return diffs
}

// diffPrincipals has one difference for each type of principal.
func (m *meaning) diffPrincipals(o *meaning) []Difference {
	if m.statement.Principal.Unresolved || o.statement.Principal.Unresolved {
		return []Difference{{Part: DiffPrincipal, Kind: DiffNotKnown}}
	}
	var diffs []Difference
	for _, kind := range principalTypes {
		some, others := m.principal.of(kind), o.principal.of(kind)
		if len(some.members)+len(others.members) == 0 {
			continue
		}
		if d, differ := some.diff(others); differ {
			d.Part, d.Key = DiffPrincipal, kind
			diffs = append(diffs, d)
		}
	}
	if len(diffs) == 0 && m.principal.name != o.principal.name {
		d, _ := m.principal.diff(&o.principal) // of nobody at all
		d.Part = DiffPrincipal
		diffs = append(diffs, d)
	}
	return diffs
}

// of are the members of one type.
func (s *valueSet) of(kind string) *valueSet {
	some := &valueSet{name: s.name}
	for _, m := range s.members {
		if m.kind == kind {
			some.members = append(some.members, m)
		}
	}
	return some
}

// diff says which values went and came. Under another name, say NotAction for
// Action, every value means something else.
func (s *valueSet) diff(o *valueSet) (d Difference, differ bool) {
	d = Difference{Kind: DiffChanged, WasOperator: s.name, Operator: o.name}
	for _, m := range s.members {
		if s.name != o.name || !o.has(m.id) {
			d.Removed = append(d.Removed, m.Value)
		}
	}
	for _, m := range o.members {
		if s.name != o.name || !s.has(m.id) {
			d.Added = append(d.Added, m.Value)
		}
	}
	return d, s.name != o.name || len(d.Removed)+len(d.Added) > 0
}

// diffConditions takes conditions with the same key and operator for one that
// was changed, then those with the same key alone. Both lists are in order, so
// that the same are taken together in either direction.
func diffConditions(before, after []conditionMeaning) []Difference {
	gone := slices.Clone(before)
	come := slices.Clone(after)
	var diffs []Difference
	match := func(same func(a, b *conditionMeaning) bool) {
		for i := 0; i < len(gone); i++ {
			k := slices.IndexFunc(come, func(c conditionMeaning) bool { return same(&gone[i], &c) })
			if k < 0 {
				continue
			}
			if gone[i].id != come[k].id {
				d, _ := gone[i].valueSet.diff(&come[k].valueSet)
				d.Part, d.Key = DiffCondition, come[k].shown
				diffs = append(diffs, d)
			}
			gone, come = slices.Delete(gone, i, i+1), slices.Delete(come, k, k+1)
			i--
		}
	}
	match(func(a, b *conditionMeaning) bool { return a.id == b.id })
	match(func(a, b *conditionMeaning) bool { return a.key == b.key && a.name == b.name })
	match(func(a, b *conditionMeaning) bool { return a.key == b.key })
	for i := range gone {
		diffs = append(diffs, Difference{Part: DiffCondition, Kind: DiffRemoved, WasOperator: gone[i].name, Key: gone[i].shown, Removed: gone[i].values()})
	}
	for i := range come {
		diffs = append(diffs, Difference{Part: DiffCondition, Kind: DiffAdded, Operator: come[i].name, Key: come[i].shown, Added: come[i].values()})
	}
	return diffs
}

func (s *valueSet) values() []Value {
	list := make([]Value, 0, len(s.members))
	for _, m := range s.members {
		list = append(list, m.Value)
	}
	return list
}

// Text is the statement as JSON on one line; an unresolved expression is its
// source.
func (s *Statement) Text() string {
	if s.Unresolved {
		return "(unresolved)"
	}
	var line bytes.Buffer
	text, err := s.object().MarshalJSON()
	if err == nil {
		err = json.Compact(&line, text)
	}
	if err != nil {
		return "(cannot be printed)"
	}
	return line.String()
}
