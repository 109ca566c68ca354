package policy

import (
	"bytes"
	"fmt"
	"strings"

	"whydenied/pkg/internal/edit"
)

// Parse reads a trust policy as JSON. The error is a [*ParseError].
func Parse(file string, data []byte) (*Document, error) {
	n, err := ParseNode(file, data)
	if err != nil {
		return nil, err
	}
	doc, err := Decode(n)
	if err != nil {
		return nil, err
	}
	doc.Source = bytes.TrimPrefix(data, byteOrderMark)
	return doc, nil
}

// Decode reads a trust policy out of a tree. The error is a [*ParseError].
func Decode(n *Node) (*Document, error) {
	if n == nil {
		return nil, Errorf(Pos{}, "found nothing, expected a policy document (an object with Version and Statement)")
	}
	if n.Kind != Object {
		return nil, Errorf(n.Pos, "found %s, expected a policy document (an object with Version and Statement)", n.Kind)
	}
	if d := n.duplicate(); d != nil {
		return nil, d
	}
	doc := &Document{Version: Version2008}
	if unknown := n.unresolvedKey(); unknown != nil {
		// It may be any element, so nothing of the document is known.
		doc.Version, doc.HasVersion = unknown.Text, true
		doc.Statements = []Statement{{Pos: unknown.Pos, Unresolved: true}}
		return doc, nil
	}
	var statements *Node
	for _, m := range n.Members {
		var err error
		switch m.Key.Text {
		case "Version":
			err = doc.version(m.Value)
		case "Id":
			doc.ID, err = text(m.Value, "Id")
		case "Statement":
			statements = m.Value
		default:
			err = unknownElement(m.Key, "a policy document", "Version", "Id", "Statement")
		}
		if err != nil {
			return nil, err
		}
	}
	if statements == nil {
		return nil, Errorf(n.Pos, "no Statement in the policy document")
	}
	if err := doc.statements(statements); err != nil {
		return nil, err
	}
	doc.keys = doc.collectKeys()
	return doc, nil
}

func (d *Document) version(n *Node) error {
	v, err := text(n, "Version")
	if err != nil {
		return err
	}
	d.Version, d.HasVersion = v, true
	if n.Kind == String && !d.versionKnown() {
		return Errorf(n.Pos, "unknown Version %q, expected %q or %q", v, Version2012, Version2008)
	}
	return nil
}

func (d *Document) statements(n *Node) error {
	list := []*Node{n}
	switch n.Kind {
	case Array:
		list = n.Elems
	case Object, Unresolved:
	default:
		return Errorf(n.Pos, "found %s, expected a statement or a list of statements", n.Kind)
	}
	for i, e := range list {
		s, err := d.statement(e, i)
		if err != nil {
			return err
		}
		d.Statements = append(d.Statements, s)
	}
	return nil
}

func statementPath(i int) string { return fmt.Sprintf("Statement[%d]", i) }

func (d *Document) statement(n *Node, index int) (Statement, error) {
	s := Statement{Index: index, Pos: n.Pos}
	if n.Kind == Unresolved || n.unresolvedKey() != nil {
		s.Unresolved = true
		return s, nil
	}
	if n.Kind != Object {
		return s, Errorf(n.Pos, "found %s, expected a statement", n.Kind)
	}
	has := make(map[string]bool)
	for _, m := range n.Members {
		has[m.Key.Text] = true
		if err := d.element(&s, m); err != nil {
			return s, err
		}
	}
	switch {
	case !has["Effect"]:
		return s, Errorf(n.Pos, "%s has no Effect", s.Path())
	case has["Principal"] == has["NotPrincipal"]:
		return s, Errorf(n.Pos, "%s needs either Principal or NotPrincipal", s.Path())
	case has["Action"] == has["NotAction"]:
		return s, Errorf(n.Pos, "%s needs either Action or NotAction", s.Path())
	}
	return s, nil
}

func (d *Document) element(s *Statement, m Member) (err error) {
	path := s.Path() + "." + m.Key.Text
	switch m.Key.Text {
	case "Sid":
		s.Sid, err = text(m.Value, "Sid")
	case "Effect":
		s.Effect, err = effect(m.Value)
	case "Principal", "NotPrincipal":
		s.Principal, err = principal(m.Value, path, m.Key)
	case "Action", "NotAction":
		s.Action, err = action(m.Value, path, m.Key)
	case "Condition":
		s.Conditions, err = d.conditions(m.Value, path)
	case "Resource", "NotResource":
		// IAM: "MalformedPolicyDocument: Has prohibited field Resource".
		err = Errorf(m.Key.Pos, "%s is not allowed in a trust policy", m.Key.Text)
	default:
		err = unknownElement(m.Key, "a statement", "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Condition")
	}
	return err
}

func effect(n *Node) (Effect, error) {
	if n.Kind == Unresolved {
		return EffectUnresolved, nil
	}
	v, err := text(n, "Effect")
	switch {
	case err != nil:
		return 0, err
	case v == "Allow":
		return Allow, nil
	case v == "Deny":
		return Deny, nil
	}
	return 0, Errorf(n.Pos, "unknown Effect %q, expected %q or %q", v, "Allow", "Deny")
}

var principalTypes = []string{"AWS", "Federated", "Service", "CanonicalUser"}

func principal(n *Node, path string, key *Node) (Principal, error) {
	p := Principal{Not: key.Text == "NotPrincipal", Pos: n.Pos, Path: path}
	switch n.Kind {
	case Unresolved:
		p.Unresolved = true
		return p, nil
	case String:
		if n.Text != "*" {
			return p, Errorf(n.Pos, "found %q, expected %q or an object such as {\"Federated\": …}", n.Text, "*")
		}
		p.Entries = []PrincipalEntry{{Value: Value{Text: "*", Pos: n.Pos}}}
		return p, nil
	case Object:
	default:
		return p, Errorf(n.Pos, "found %s, expected %q or an object such as {\"Federated\": …}", n.Kind, "*")
	}
	if n.unresolvedKey() != nil {
		p.Unresolved = true
		return p, nil
	}
	for _, m := range n.Members {
		if err := knownName(m.Key, "principal type", principalTypes); err != nil {
			return p, err
		}
		values, err := texts(m.Value, m.Key.Text, false)
		if err != nil {
			return p, err
		}
		for _, v := range values {
			p.Entries = append(p.Entries, PrincipalEntry{Type: m.Key.Text, Value: v})
		}
	}
	return p, nil
}

func action(n *Node, path string, key *Node) (Action, error) {
	a := Action{Not: key.Text == "NotAction", Pos: n.Pos, Path: path}
	var err error
	a.Values, err = texts(n, key.Text, false)
	return a, err
}

func unknownElement(key *Node, in string, names ...string) error {
	return knownName(key, "element of "+in, names)
}

func knownName(key *Node, what string, names []string) error {
	for _, n := range names {
		if key.Text == n {
			return nil
		}
	}
	hint := "expected one of " + strings.Join(names, ", ")
	for _, n := range names {
		if strings.EqualFold(n, key.Text) {
			return Errorf(key.Pos, "unknown %s %q (did you mean %q?)", what, key.Text, n)
		}
	}
	if near, ok := edit.Nearest(key.Text, names); ok {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	return Errorf(key.Pos, "unknown %s %q (%s)", what, key.Text, hint)
}

// text reads a string, or the source of an expression in its place.
func text(n *Node, what string) (string, error) {
	if n.Kind != String && n.Kind != Unresolved {
		return "", Errorf(n.Pos, "found %s, expected a string for %s", n.Kind, what)
	}
	return n.Text, nil
}

// texts reads one text or a list of them; scalars admits numbers and booleans,
// which IAM turns into strings (IAM User Guide, "Condition").
func texts(n *Node, what string, scalars bool) ([]Value, error) {
	list := []*Node{n}
	if n.Kind == Array {
		list = n.Elems
	}
	values := make([]Value, 0, len(list))
	for _, e := range list {
		switch {
		case e.Kind == String, e.Kind == Unresolved, scalars && (e.Kind == Number || e.Kind == Bool):
			values = append(values, Value{Text: e.Text, Pos: e.Pos, Unresolved: e.Kind == Unresolved})
		case scalars:
			return nil, Errorf(e.Pos, "found %s, expected a string, a number, true, false, or a list of them for %s", e.Kind, what)
		default:
			return nil, Errorf(e.Pos, "found %s, expected a string or a list of strings for %s", e.Kind, what)
		}
	}
	return values, nil
}
