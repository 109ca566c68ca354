package policy

import (
	"bytes"
	"encoding/json"
)

// MarshalJSON prints the document in the order that it has. Parsing the
// result gives the same document up to positions; an unresolved expression is
// printed as its source text.
func (d *Document) MarshalJSON() ([]byte, error) {
	var top object
	if d.HasVersion {
		top.add("Version", d.Version)
	}
	if d.ID != "" {
		top.add("Id", d.ID)
	}
	statements := make([]*object, len(d.Statements))
	for i := range d.Statements {
		statements[i] = d.Statements[i].object()
	}
	top.add("Statement", statements)
	return top.MarshalJSON()
}

func (s *Statement) object() *object {
	var o object
	if s.Sid != "" {
		o.add("Sid", s.Sid)
	}
	o.add("Effect", s.Effect.String())
	o.add(either(s.Principal.Not, "NotPrincipal", "Principal"), s.Principal.value())
	o.add(either(s.Action.Not, "NotAction", "Action"), values(s.Action.Values))
	if len(s.Conditions) > 0 {
		o.add("Condition", s.conditionObject())
	}
	return &o
}

func (p *Principal) value() any {
	if len(p.Entries) == 1 && p.Entries[0].Type == "" {
		return "*"
	}
	var o object
	for i := 0; i < len(p.Entries); {
		var same []Value
		kind := p.Entries[i].Type
		for ; i < len(p.Entries) && p.Entries[i].Type == kind; i++ {
			same = append(same, p.Entries[i].Value)
		}
		o.add(kind, values(same))
	}
	return &o
}

func (s *Statement) conditionObject() *object {
	var operators object
	for i := 0; i < len(s.Conditions); {
		var keys object
		op := s.Conditions[i].Operator.Text
		for ; i < len(s.Conditions) && s.Conditions[i].Operator.Text == op; i++ {
			keys.add(s.Conditions[i].Key.Text, values(s.Conditions[i].Values))
		}
		operators.add(op, &keys)
	}
	return &operators
}

func values(vs []Value) any {
	if len(vs) == 1 {
		return vs[0].Text
	}
	list := make([]string, len(vs))
	for i, v := range vs {
		list[i] = v.Text
	}
	return list
}

func either(not bool, negative, positive string) string {
	if not {
		return negative
	}
	return positive
}

// object is a JSON object in the order of insertion.
type object struct {
	keys   []string
	values []any
}

func (o *object) add(key string, value any) {
	o.keys, o.values = append(o.keys, key), append(o.values, value)
}

// MarshalJSON leaves "<", ">" and "&" as they are: policies are for people.
func (o *object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	b.WriteByte('{')
	for i, k := range o.keys {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := enc.Encode(k); err != nil {
			return nil, err
		}
		b.WriteByte(':')
		if err := enc.Encode(o.values[i]); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
