package terraform

import "whydenied/pkg/policy"

// merging puts documents together as the data source does: the newest version
// counts, and a statement takes the place of an earlier one with its Sid.
type merging struct {
	version    *policy.Node
	statements []*policy.Node
}

func (m *merging) document(n *policy.Node, override bool) {
	statements := []*policy.Node{n.Get("Statement")}
	if statements[0].Kind == policy.Array {
		statements = statements[0].Elems
	}
	if v := n.Get("Version"); v != nil {
		m.newer(v)
	}
	m.add(statements, override)
}

// unknown merges a document of which nothing is known.
func (m *merging) unknown(n *policy.Node, override bool) {
	m.newer(n)
	m.add([]*policy.Node{n}, override)
}

// newer takes a version that is later than the one so far. None is later than
// that of 2012.
func (m *merging) newer(v *policy.Node) {
	switch {
	case m.version.Kind == policy.Unresolved || m.version.Text == policy.Version2012:
	case v.Kind == policy.Unresolved || v.Text > m.version.Text:
		m.version = v
	}
}

// add appends statements. Where they override, one with a Sid replaces an
// earlier one; the data source refuses a Sid that two of its sources have.
func (m *merging) add(statements []*policy.Node, override bool) {
	for _, s := range statements {
		var kept []*policy.Node
		for _, earlier := range m.statements {
			switch same := sameSid(earlier, s); {
			case !override || same == policy.False || earlier.Kind == policy.Unresolved:
				kept = append(kept, earlier)
			case same == policy.Unknown:
				kept = append(kept, &policy.Node{Kind: policy.Unresolved, Text: s.Text, Pos: s.Pos})
			}
		}
		kept = append(kept, s)
		m.statements = kept
	}
}

// sameSid tells whether two statements have one Sid; without one a statement
// replaces nothing.
func sameSid(a, b *policy.Node) policy.Truth {
	x, y := sid(a), sid(b)
	switch {
	case x.Kind == policy.String && x.Text == "" || y.Kind == policy.String && y.Text == "":
		return policy.False
	case x.Kind != policy.String || y.Kind != policy.String:
		return policy.Unknown
	case x.Text == y.Text:
		return policy.True
	}
	return policy.False
}

func sid(statement *policy.Node) *policy.Node {
	if statement.Kind == policy.Unresolved {
		return statement
	}
	if s := statement.Get("Sid"); s != nil {
		return s
	}
	return &policy.Node{Kind: policy.String}
}
