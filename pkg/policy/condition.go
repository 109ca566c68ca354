package policy

import (
	"fmt"
	"strings"
)

// conditions reads a Condition element. An unresolved part of it becomes one
// condition whose truth is unknown.
func (d *Document) conditions(n *Node, path string) ([]Condition, error) {
	if n.Kind == Unresolved {
		return []Condition{unresolved(n, Operator{}, path)}, nil
	}
	if n.Kind != Object {
		return nil, Errorf(n.Pos, "found %s, expected an object of operators for Condition", n.Kind)
	}
	var conditions []Condition
	for _, m := range n.Members {
		block, err := d.block(m, path)
		if err != nil {
			return nil, err
		}
		conditions = append(conditions, block...)
	}
	return conditions, nil
}

// block reads one operator with its keys.
func (d *Document) block(m Member, path string) ([]Condition, error) {
	path += "." + m.Key.Text
	if m.Key.Kind == Unresolved {
		return []Condition{unresolved(m.Key, Operator{Text: m.Key.Text}, path)}, nil
	}
	op, suggestion, ok := ParseOperator(m.Key.Text)
	if !ok {
		hint := ""
		if suggestion != "" {
			hint = fmt.Sprintf(" (did you mean %q?)", suggestion)
		}
		return nil, Errorf(m.Key.Pos, "unknown operator %q%s", m.Key.Text, hint)
	}
	if m.Value.Kind == Unresolved {
		return []Condition{unresolved(m.Value, op, path)}, nil
	}
	if m.Value.Kind != Object {
		return nil, Errorf(m.Value.Pos, "found %s, expected an object of condition keys under %s", m.Value.Kind, m.Key.Text)
	}
	conditions := make([]Condition, 0, len(m.Value.Members))
	for _, k := range m.Value.Members {
		c, err := d.condition(op, k, path)
		if err != nil {
			return nil, err
		}
		conditions = append(conditions, c)
	}
	return conditions, nil
}

func unresolved(n *Node, op Operator, path string) Condition {
	return Condition{
		Operator: op, Pos: n.Pos, Path: path, Unresolved: true,
		Key: Value{Text: n.Text, Pos: n.Pos, Unresolved: true},
	}
}

func (d *Document) condition(op Operator, m Member, path string) (Condition, error) {
	c := Condition{
		Operator: op, Pos: m.Key.Pos, Path: fmt.Sprintf("%s[%q]", path, m.Key.Text),
		Key: Value{Text: m.Key.Text, Pos: m.Key.Pos, Unresolved: m.Key.Kind == Unresolved},
	}
	var err error
	if c.Values, err = texts(m.Value, m.Key.Text, true); err != nil {
		return c, err
	}
	if c.Key.Unresolved {
		c.Unresolved = true
		return c, nil
	}
	c.folded = strings.ToLower(m.Key.Text)
	c.patterns = make([]pattern, len(c.Values))
	c.none = true
	for i, v := range c.Values {
		if v.Unresolved || !d.versionKnown() && strings.Contains(v.Text, "${") {
			c.patterns[i].unresolved = true
			c.none = false
			continue
		}
		p := op.base.compile(v.Text, d.Version == Version2012)
		if op.IsNull() && !p.valid {
			return c, Errorf(v.Pos, "found %q, expected true or false under Null", v.Text)
		}
		c.patterns[i] = p
		// What is not even a number, say, equals nothing that a request holds.
		c.none = c.none && !p.valid && !p.unresolved && op.base.match(&p, &Request{}, "") == False
		c.any = c.any || (op.base.universal != nil && op.base.universal(&c.patterns[i]))
	}
	return c, nil
}
