package trail

import (
	"encoding/json"
	"fmt"
)

type member struct {
	key   string
	value node
}

type object struct {
	node
	members []member
}

func (o object) has(key string) bool {
	for _, m := range o.members {
		if m.key == key {
			return true
		}
	}
	return false
}

// fields reads members of objects and keeps the first error, so that a record
// is read straight through and judged once. A member that is missing or null
// gives the zero value.
type fields struct{ err *Error }

func (f *fields) fail(err *Error) {
	if f.err == nil {
		f.err = err
	}
}

// get finds a member. Where one is read and stands there twice, the record
// says two things, and neither of them is taken.
func (f *fields) get(o object, key string) (found node, ok bool) {
	for _, m := range o.members {
		if m.key != key {
			continue
		}
		m.value.path = join(o.path, key)
		if ok {
			f.fail(repeated(m.value))
			return node{}, false
		}
		found, ok = m.value, true
	}
	return found, ok && found.kind() != "null"
}

func repeated(n node) *Error {
	return &Error{Pos: n.place(0), Found: "the key a second time", Expected: "it once"}
}

func (f *fields) text(o object, key string) Text {
	n, ok := f.get(o, key)
	if !ok {
		return Text{}
	}
	s, err := n.text()
	if err != nil {
		f.fail(err)
		return Text{}
	}
	return Known(s)
}

// object is the member as an object, with no members where it is missing.
func (f *fields) object(o object, key string) (object, bool) {
	n, ok := f.get(o, key)
	if !ok {
		return object{}, false
	}
	inner, err := n.object()
	if err != nil {
		f.fail(err)
	}
	return inner, err == nil
}

func (f *fields) array(o object, key string) []node {
	n, ok := f.get(o, key)
	if !ok {
		return nil
	}
	all, err := n.array()
	if err != nil {
		f.fail(err)
	}
	return all
}

func (f *fields) texts(o object, key string) []string {
	var all []string
	for _, n := range f.array(o, key) {
		s, err := n.text()
		if err != nil {
			f.fail(err)
			return nil
		}
		all = append(all, s)
	}
	return all
}

func (f *fields) whole(o object, key string) int {
	n, ok := f.get(o, key)
	if !ok {
		return 0
	}
	var i int
	if err := json.Unmarshal(n.bytes(), &i); err != nil {
		f.fail(&Error{Pos: n.place(0), Found: n.kind(), Expected: "a whole number"})
	}
	return i
}

// flag is a boolean as its text; a string is taken as it is.
func (f *fields) flag(o object, key string) Text {
	n, ok := f.get(o, key)
	switch {
	case !ok:
		return Text{}
	case n.kind() == "a boolean":
		return Known(string(n.bytes()))
	case n.kind() == "a string":
		return f.text(o, key)
	}
	f.fail(&Error{Pos: n.place(0), Found: n.kind(), Expected: "a boolean"})
	return Text{}
}

// outline describes an object that is nothing known, by its first key.
func (o object) outline() string {
	if len(o.members) == 0 {
		return "an empty object"
	}
	s := "an object that begins with " + quoted(o.members[0].key)
	if more := len(o.members) - 1; more > 0 {
		s += fmt.Sprintf(" and has %d more", more)
	}
	return s
}
