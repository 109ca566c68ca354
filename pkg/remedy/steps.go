package remedy

import (
	"strings"

	"whydenied/pkg/policy"
)

// replaceValue writes another value in the place of one of a condition.
func replaceValue(statement int, operator, key, old, with string) step {
	return func(t *text) error {
		for _, n := range values(t.block(statement, operator).Get(key)) {
			if n.Text == old && n.Kind != policy.Object {
				return t.splice(n.Start, n.End, quoted(with))
			}
		}
		return errPlace
	}
}

// addValue writes a value behind those of a condition.
func addValue(statement int, operator, key, value string) step {
	return func(t *text) error {
		block := t.block(statement, operator)
		n := block.Get(key)
		if n == nil {
			return errPlace
		}
		return t.append(n, block, value)
	}
}

// addAction allows one action more.
func addAction(statement int, action string) step {
	return func(t *text) error {
		st := t.statement(statement)
		n := st.Get("Action")
		if n == nil {
			return errPlace
		}
		return t.append(n, st, action)
	}
}

// append writes a value behind one, or behind those of a list, in the way in
// which the object around them is written.
func (t *text) append(n, around *policy.Node, value string) error {
	elems := values(n)
	for _, e := range elems {
		if e.Text == value {
			return nil
		}
	}
	last := len(elems) - 1
	switch {
	case n.Kind != policy.Array:
		l := t.layoutAt(around)
		if l.newline == "" {
			return t.splice(n.Start, n.End, "["+t.slice(n.Start, n.End)+", "+quoted(value)+"]")
		}
		inner := l.newline + t.indentAt(n.Start)
		return t.splice(n.Start, n.End, "["+inner+l.unit+t.slice(n.Start, n.End)+","+inner+l.unit+quoted(value)+inner+"]")
	case last < 0:
		return t.splice(n.Start, n.End, "["+quoted(value)+"]")
	case last == 0:
		before := t.slice(n.Start+1, elems[0].Start)
		if !strings.Contains(before, "\n") {
			before = " "
		}
		return t.splice(elems[0].End, elems[0].End, ","+before+quoted(value))
	default:
		between := t.slice(elems[last-1].End, elems[last].Start)
		return t.splice(elems[last].End, elems[last].End, between+quoted(value))
	}
}

// renameKey gives a condition another key. Where the block has that key
// already, the two cannot become one.
func renameKey(statement int, operator, old, with string) step {
	return func(t *text) error {
		block := t.block(statement, operator)
		i := memberIndex(block, old)
		if i < 0 || memberIndex(block, with) >= 0 {
			return errPlace
		}
		k := block.Members[i].Key
		return t.splice(k.Start, k.End, quoted(with))
	}
}

// addCondition tests one key more under an operator that the statement has.
func addCondition(statement int, operator, key, value string) step {
	return func(t *text) error {
		block := t.block(statement, operator)
		if block == nil || len(block.Members) == 0 || memberIndex(block, key) >= 0 {
			return errPlace
		}
		return t.insert(block, len(block.Members)-1, key, quoted(value))
	}
}

// insert writes a member behind another one of an object.
func (t *text) insert(n *policy.Node, behind int, key, value string) error {
	m := n.Members[behind]
	before := t.source[:m.Key.Start]
	space := string(before[len(strings.TrimRight(string(before), " \t\r\n")):])
	if !strings.Contains(space, "\n") {
		space = " "
	}
	return t.splice(m.Value.End, m.Value.End, ","+space+quoted(key)+t.slice(m.Key.End, m.Value.Start)+value)
}

// moveCondition tests a key under another operator, with other values.
func moveCondition(statement int, operator, key, to string, list []string) step {
	return func(t *text) error {
		condition := t.statement(statement).Get("Condition")
		at := memberIndex(condition, operator)
		block := t.block(statement, operator)
		k := memberIndex(block, key)
		target := t.block(statement, to)
		switch {
		case at < 0 || k < 0 || memberIndex(target, key) >= 0:
			return errPlace
		case len(block.Members) == 1 && target == nil:
			return t.renameOperator(condition.Members[at], to, list)
		}
		colon := t.slice(block.Members[k].Key.End, block.Members[k].Value.Start)
		value := t.valueText(block, list)
		if target != nil {
			if err := t.insert(target, len(target.Members)-1, key, value); err != nil {
				return err
			}
			return t.drop(statement, operator, key)
		}
		l := t.layoutAt(block)
		body := "{" + quoted(key) + colon + value + "}"
		if l.newline != "" {
			body = "{" + l.newline + l.indent + l.unit + quoted(key) + colon + value + l.newline + l.indent + "}"
		}
		if err := t.insert(condition, at, to, body); err != nil {
			return err
		}
		return t.drop(statement, operator, key)
	}
}

// renameOperator renames a block of one key, and writes the values anew only
// where they differ.
func (t *text) renameOperator(m policy.Member, to string, list []string) error {
	n := m.Value.Members[0].Value
	same := len(values(n)) == len(list)
	for i, v := range values(n) {
		same = same && v.Text == list[i]
	}
	if !same {
		if err := t.splice(n.Start, n.End, t.valueText(m.Value, list)); err != nil {
			return err
		}
	}
	return t.splice(m.Key.Start, m.Key.End, quoted(to)) // the key stands before its value
}

// valueText writes one value, or a list of them as deep as the members of a
// block.
func (t *text) valueText(block *policy.Node, list []string) string {
	if len(list) == 1 {
		return quoted(list[0])
	}
	parts := make([]string, len(list))
	for i, v := range list {
		parts[i] = quoted(v)
	}
	l := t.layoutAt(block)
	if l.newline == "" {
		return "[" + strings.Join(parts, ", ") + "]"
	}
	inner := l.newline + l.indent + l.unit
	return "[" + inner + l.unit + strings.Join(parts, ","+inner+l.unit) + inner + "]"
}

// drop takes a key out of a block, and an empty block out of the conditions.
func (t *text) drop(statement int, operator, key string) error {
	n, name := t.block(statement, operator), key
	if n != nil && len(n.Members) == 1 {
		n, name = t.statement(statement).Get("Condition"), operator
	}
	i := memberIndex(n, name)
	switch {
	case i < 0:
		return errPlace
	case i > 0:
		return t.splice(n.Members[i-1].Value.End, n.Members[i].Value.End, "")
	case len(n.Members) > 1:
		return t.splice(n.Members[0].Key.Start, n.Members[1].Key.Start, "")
	default:
		return t.splice(n.Start, n.End, "{}")
	}
}

// dropCondition is for the wide cures, which are evaluated and never shown.
func dropCondition(statement int, operator, key string) step {
	return func(t *text) error { return t.drop(statement, operator, key) }
}
