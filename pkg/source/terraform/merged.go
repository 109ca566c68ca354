package terraform

import (
	"slices"

	"whydenied/pkg/policy"
)

// principals are the principal blocks of a statement as one element: those of
// one type are one list.
func (r *reader) principals(blocks []block, replace bool) (*policy.Node, error) {
	n := &policy.Node{Kind: policy.Object, Pos: blocks[0].at}
	for _, b := range blocks {
		if err := r.arguments(b.body, []string{"type", "identifiers"}); err != nil {
			return nil, err
		}
		kind, err := r.argument(b, "type")
		if err != nil {
			return nil, err
		}
		who, err := r.argument(b, "identifiers")
		if err != nil {
			return nil, err
		}
		if replace {
			variables(who)
		}
		if kind.Kind != policy.String || kind.Text == "*" && (b.dynamic || holdsUnresolved(who)) {
			// Which type of principal the block adds is not known, so no entry says it.
			return r.unknown(b), nil
		}
		if kind.Text == "*" && len(blocks) == 1 && len(who.Elems) == 1 && who.Elems[0].Text == "*" {
			return &policy.Node{Kind: policy.String, Text: "*", Pos: who.Elems[0].Pos}, nil
		}
		list(n, kind).add(b, who, r)
	}
	return n, nil
}

func holdsUnresolved(n *policy.Node) bool {
	return n.Kind == policy.Unresolved || slices.ContainsFunc(n.Elems, holdsUnresolved)
}

// listNode is the list in an object under a key.
type listNode struct{ *policy.Node }

// list is the list under a key, made where there is none.
func list(n, key *policy.Node) listNode {
	if i := memberOf(n, key.Text); i >= 0 {
		return listNode{n.Members[i].Value}
	}
	l := &policy.Node{Kind: policy.Array, Pos: key.Pos}
	add(n, key, l)
	return listNode{l}
}

// add appends what a block gives; of a dynamic one, something unknown.
func (l listNode) add(b block, values *policy.Node, r *reader) {
	switch {
	case b.dynamic:
		l.Elems = append(l.Elems, r.unknown(b))
	case values.Kind == policy.Array:
		l.Elems = append(l.Elems, values.Elems...)
	default:
		l.Elems = append(l.Elems, values)
	}
}

// condition is one condition block.
type condition struct {
	block
	test, variable, values *policy.Node
	key                    shape // of the variable
}

// conditions are the condition blocks of a statement as one element. The data
// source makes one list of the values of blocks with the same test and
// variable, so what is not known of one block may add a value to another.
func (r *reader) conditions(blocks []block, replace bool) (*policy.Node, error) {
	var all []condition
	for _, b := range blocks {
		c, err := r.condition(b, replace)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	n := &policy.Node{Kind: policy.Object, Pos: blocks[0].at}
	for i, c := range all {
		if c.unknown() {
			whole := r.unknown(c.block)
			add(n, whole, whole)
			continue
		}
		if c.dynamic && !slices.ContainsFunc(all, c.sameAndStatic) {
			whole := r.unknown(c.block)
			add(n, whole, whole)
			continue
		}
		l := list(r.keys(n, c.test), c.variable)
		l.add(c.block, c.values, r)
		for k, other := range all {
			if k != i && other.unknown() && other.mayBe(c) {
				l.Elems = append(l.Elems, r.unknown(other.block))
			}
		}
	}
	return n, nil
}

func (r *reader) condition(b block, replace bool) (c condition, err error) {
	c.block = b
	if err = r.arguments(b.body, []string{"test", "variable", "values"}); err != nil {
		return c, err
	}
	for _, a := range []struct {
		name string
		to   **policy.Node
	}{{"test", &c.test}, {"variable", &c.variable}, {"values", &c.values}} {
		if *a.to, err = r.argument(b, a.name); err != nil {
			return c, err
		}
	}
	c.key = shapeOf(c.body.Attributes["variable"].Expr)
	if replace {
		variables(c.values)
	}
	return c, nil
}

// unknown tells whether it is open which key the block tests, or how.
func (c condition) unknown() bool {
	return c.test.Kind != policy.String || c.variable.Kind != policy.String
}

// mayBe tells whether both may have the same test and variable. Of d both are
// known.
func (c condition) mayBe(d condition) bool {
	return (c.test.Kind != policy.String || c.test.Text == d.test.Text) &&
		(c.variable.Kind == policy.String && c.variable.Text == d.variable.Text ||
			c.variable.Kind != policy.String && c.key.mayBe(d.variable.Text))
}

func (c condition) sameAndStatic(d condition) bool {
	return !d.dynamic && !d.unknown() && c.mayBe(d)
}

// keys is the object of keys under an operator.
func (r *reader) keys(n, operator *policy.Node) *policy.Node {
	if i := memberOf(n, operator.Text); i >= 0 {
		return n.Members[i].Value
	}
	keys := &policy.Node{Kind: policy.Object, Pos: operator.Pos}
	add(n, operator, keys)
	return keys
}
