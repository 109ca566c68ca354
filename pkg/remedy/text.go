package remedy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"

	"whydenied/pkg/policy"
)

// text is a policy document as it is written. Each change of it is a splice,
// so that whatever is not concerned stays to the letter.
type text struct {
	source []byte
	parsed *policy.Node // nil where the source changed since
	name   string       // of the file
}

// root is the tree of the text as it stands. A step leaves JSON behind it; if
// it did not, nothing is found in the text any more, and the last step's
// document cannot be read.
func (t *text) root() *policy.Node {
	if t.parsed == nil {
		n, err := policy.ParseNode("", t.source)
		if err != nil {
			n = &policy.Node{}
		}
		t.parsed = n
	}
	return t.parsed
}

// step is one change of a document. Steps follow one another: each finds its
// place in the text that the one before left.
type step func(t *text) error

var errUnresolved = errors.New("parts of the trust policy are not resolved")

var errPlace = errors.New("the place to change was not found in the trust policy")

// textOf is the text that a document was parsed from, or where that is none of
// JSON, the indented JSON of the document, with no file's name. A document with
// a part that is not resolved has no such text.
func textOf(doc *policy.Document) (*text, error) {
	if root, err := policy.ParseNode("", doc.Source); err == nil {
		name := "trust-policy.json"
		if len(doc.Statements) > 0 && doc.Statements[0].Pos.File != "" {
			name = doc.Statements[0].Pos.File
		}
		return &text{source: doc.Source, parsed: root, name: name}, nil
	}
	if unresolved(doc) {
		return nil, errUnresolved
	}
	compact, err := json.Marshal(doc)
	if err != nil {
		return nil, err
	}
	source := policy.Indented(string(compact))
	root, err := policy.ParseNode("", source)
	if err != nil {
		return nil, err
	}
	return &text{source: source, parsed: root, name: "trust-policy.json"}, nil
}

// unresolved tells whether some part of a document is an expression whose value
// is not known: written as text it would be another document.
func unresolved(doc *policy.Document) bool {
	value := func(v policy.Value) bool { return v.Unresolved }
	for i := range doc.Statements {
		s := &doc.Statements[i]
		if s.Unresolved || s.Effect == policy.EffectUnresolved || s.Principal.Unresolved || slices.ContainsFunc(s.Action.Values, value) {
			return true
		}
		for _, e := range s.Principal.Entries {
			if e.Unresolved {
				return true
			}
		}
		for k := range s.Conditions {
			if c := &s.Conditions[k]; c.Unresolved || c.Key.Unresolved || slices.ContainsFunc(c.Values, value) {
				return true
			}
		}
	}
	return doc.Version != policy.Version2008 && doc.Version != policy.Version2012
}

// apply takes the steps on a copy and reads the result.
func (t *text) apply(steps []step) (*text, *policy.Document, error) {
	changed := &text{source: t.source, parsed: t.parsed}
	for _, s := range steps {
		if err := s(changed); err != nil {
			return nil, nil, err
		}
	}
	doc, err := policy.Decode(changed.root())
	if err != nil {
		return nil, nil, err
	}
	doc.Source = changed.source
	return changed, doc, nil
}

func (t *text) splice(start, end int, with string) error {
	t.source, t.parsed = slices.Concat(t.source[:start], []byte(with), t.source[end:]), nil
	return nil
}

func (t *text) slice(start, end int) string { return string(t.source[start:end]) }

// statement is the node of a statement; IAM takes one alone without a list.
func (t *text) statement(index int) *policy.Node {
	n := t.root().Get("Statement")
	switch {
	case n == nil:
		return nil
	case n.Kind == policy.Object && index == 0:
		return n
	case n.Kind == policy.Array && index >= 0 && index < len(n.Elems):
		return n.Elems[index]
	}
	return nil
}

// block is the object of keys under an operator.
func (t *text) block(index int, operator string) *policy.Node {
	return t.statement(index).Get("Condition").Get(operator)
}

func memberIndex(n *policy.Node, key string) int {
	if n == nil {
		return -1
	}
	return slices.IndexFunc(n.Members, func(m policy.Member) bool { return m.Key.Text == key })
}

// values are the nodes of one value or of a list.
func values(n *policy.Node) []*policy.Node {
	if n != nil && n.Kind == policy.Array {
		return n.Elems
	}
	if n == nil {
		return nil
	}
	return []*policy.Node{n}
}

// quoted is a JSON string that shows all it holds: what is not ASCII, or has
// no shape, is escaped. IAM takes no character beyond U+00FF in a document
// (IAM User Guide, "IAM and AWS STS quotas").
func quoted(s string) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return `""` // a string always encodes
	}
	return escaped(strings.TrimSuffix(b.String(), "\n"))
}

// escaped writes what is not ASCII in JSON text as escapes; in JSON such a
// character stands only within strings.
func escaped(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r < 0x7f:
			b.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// layout is how the lines around a place are set.
type layout struct {
	newline string // "" where the part stands on one line
	indent  string // of the line on which the part begins
	unit    string // one level more
}

// layoutAt looks at how an object or a list is written, and where that is on
// one line, at how it is indented.
func (t *text) layoutAt(n *policy.Node) layout {
	l := layout{indent: t.indentAt(n.Start), unit: t.unit()}
	if inside := t.source[n.Start:n.End]; bytes.IndexByte(inside, '\n') >= 0 {
		l.newline = "\n"
		if bytes.Contains(inside, []byte("\r\n")) {
			l.newline = "\r\n"
		}
	}
	return l
}

// indentAt is the white space with which the line of a place begins.
func (t *text) indentAt(offset int) string {
	line := t.source[bytes.LastIndexByte(t.source[:offset], '\n')+1:]
	return string(line[:len(line)-len(bytes.TrimLeft(line, " \t"))])
}

// unit is the indentation of the outermost members, four spaces where they
// stand on one line.
func (t *text) unit() string {
	if len(t.root().Members) > 0 {
		outer, inner := t.indentAt(t.root().Start), t.indentAt(t.root().Members[0].Key.Start)
		if unit, ok := strings.CutPrefix(inner, outer); ok && unit != "" {
			return unit
		}
	}
	return "    "
}
