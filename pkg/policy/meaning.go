package policy

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// meaning is a statement without what has none: its Sid, the order and the
// repetition of values, the letter case of names, one value or a list of one.
type meaning struct {
	statement  *Statement
	effect     string
	principal  valueSet
	action     valueSet
	conditions []conditionMeaning // by key, then operator and values; none twice
	text       string             // all of it: two statements mean the same if these are equal
}

// conditionMeaning is one condition: its values under an operator and a key.
type conditionMeaning struct {
	valueSet
	key   string // in lower case, or the source of one that is not known
	shown string // as the document writes it
	id    string
}

// valueSet are values under one name: an operator in IAM's spelling,
// "Principal", "NotPrincipal", "Action" or "NotAction".
type valueSet struct {
	name    string
	members []member // in document order
}

// member is one value; those with the same id mean the same.
type member struct {
	id, kind string // kind is a principal's type
	Value
}

func (s *valueSet) add(id, kind string, v Value) {
	if v.Unresolved {
		id = "?" + kind + ":" + v.Text // whatever its value is, it is that of the same source
	} else {
		id = "=" + id
	}
	if !s.has(id) {
		s.members = append(s.members, member{id: id, kind: kind, Value: v})
	}
}

func (s *valueSet) has(id string) bool {
	return slices.ContainsFunc(s.members, func(m member) bool { return m.id == id })
}

// id is the same for sets that mean the same.
func (s *valueSet) id() string {
	ids := make([]string, 0, len(s.members))
	for _, m := range s.members {
		ids = append(ids, m.id)
	}
	slices.Sort(ids)
	return fmt.Sprintf("%s %q", s.name, ids)
}

func meaningOf(s *Statement) *meaning {
	m := &meaning{statement: s, effect: s.Effect.String()}
	m.principal.name = either(s.Principal.Not, "NotPrincipal", "Principal")
	for i := range s.Principal.Entries {
		e := &s.Principal.Entries[i]
		m.principal.add(principalID(e), principalType(e), e.Value)
	}
	m.action.name = either(s.Action.Not, "NotAction", "Action")
	for _, v := range s.Action.Values {
		m.action.add(lowerASCII(v.Text), "", v)
	}
	for i := range s.Conditions {
		m.addCondition(&s.Conditions[i])
	}
	slices.SortFunc(m.conditions, func(a, b conditionMeaning) int { return strings.Compare(a.id, b.id) })
	ids := make([]string, 0, len(m.conditions))
	for i := range m.conditions {
		ids = append(ids, m.conditions[i].id)
	}
	m.text = fmt.Sprintf("%t %s %t %s %s %q", s.Unresolved, m.effect, s.Principal.Unresolved, m.principal.id(), m.action.id(), ids)
	return m
}

func (m *meaning) addCondition(c *Condition) {
	n := conditionMeaning{key: "=" + c.folded, shown: c.Key.Text}
	if c.Unresolved {
		n.key = "?" + c.Key.Text
	}
	n.name = c.Operator.String()
	for _, v := range c.Values {
		n.add(c.Operator.valueID(v.Text), "", v)
	}
	n.id = fmt.Sprintf("%q %s", n.key, n.valueSet.id())
	if !slices.ContainsFunc(m.conditions, func(o conditionMeaning) bool { return o.id == n.id }) {
		m.conditions = append(m.conditions, n)
	}
}

// open tells whether something in the statement is not known and has no
// source by which to compare it.
func (m *meaning) open() bool {
	s := m.statement
	return s.Unresolved || s.Effect == EffectUnresolved || s.Principal.Unresolved
}

// accountRoot is how IAM itself rewrites an account's number (IAM User Guide,
// "Principal").
var accountRoot = regexp.MustCompile(`^arn:aws[a-z-]*:iam::([0-9]{12}):root$`)

// principalID: "*" and {"AWS": "*"} are documented to be equivalent, and so
// are an account's number and the ARN of its root.
func principalID(e *PrincipalEntry) string {
	text := e.Text
	if e.Type == "AWS" {
		text = accountRoot.ReplaceAllString(text, "$1")
	}
	return principalType(e) + ":" + text
}

func principalType(e *PrincipalEntry) string {
	if e.Type == "" {
		return "AWS"
	}
	return e.Type
}

// valueID leaves out what the comparison does not look at: letter case, of
// true and false, and under an operator that ignores it. Case within a policy
// variable is left as it is.
func (o Operator) valueID(text string) string {
	switch {
	case strings.Contains(text, "${"):
		return text
	case o.IsNull() || o.Base() == "Bool":
		return strings.ToLower(text)
	case strings.HasSuffix(o.Base(), "IgnoreCase"):
		return strings.Map(folded, text)
	}
	return text
}

// folded is the same for all characters that strings.EqualFold takes for one.
func folded(r rune) rune {
	least := r
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		least = min(least, f)
	}
	return least
}

// lowerASCII is what action names are compared by.
func lowerASCII(s string) string {
	b := []byte(s)
	for i := range b {
		b[i] = lower(b[i])
	}
	return string(b)
}
