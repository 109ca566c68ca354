package trail

import (
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"
)

// node is a value inside a whole and valid piece of JSON.
type node struct {
	raw    []byte // the piece
	lo, hi int    // the value in it
	base   Position
	fixed  bool // base is the position of all of raw
	path   string
}

func (n node) bytes() []byte { return n.raw[n.lo:n.hi] }

func (n node) place(i int) Position {
	p := n.base
	if !n.fixed {
		p = p.after(n.raw[:n.lo+i])
	}
	p.Path = n.path
	return p
}

// kind names the type of the value, as errors do.
func (n node) kind() string {
	switch n.raw[n.lo] {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a string"
	case 'n':
		return "null"
	case 't', 'f':
		return "a boolean"
	default:
		return "a number"
	}
}

// valid says what is wrong with n as JSON or as UTF-8, if anything is.
func (n node) valid() *Error {
	b := n.bytes()
	if !utf8.Valid(b) {
		i := 0
		for {
			if c, size := utf8.DecodeRune(b[i:]); c != utf8.RuneError || size > 1 {
				i += size
				continue
			}
			return &Error{Pos: n.place(i), Found: character(b[i:]), Expected: "UTF-8"}
		}
	}
	if json.Valid(b) {
		return nil
	}
	at := 0
	var ignored json.RawMessage
	var syntax *json.SyntaxError
	if errors.As(json.Unmarshal(b, &ignored), &syntax) && syntax.Offset > 0 {
		at = min(int(syntax.Offset), len(b)) - 1
	}
	return &Error{Pos: n.place(at), Found: character(b[at:]), Expected: "valid JSON"}
}

// text is the string that n is. Half of a surrogate pair has no UTF-8, and a
// replacement for it would be a value that nobody sent.
func (n node) text() (string, *Error) {
	if n.raw[n.lo] != '"' {
		return "", &Error{Pos: n.place(0), Found: n.kind(), Expected: "a string"}
	}
	raw := string(n.raw[n.lo+1 : n.hi-1])
	if strings.IndexByte(raw, '\\') < 0 {
		return raw, nil
	}
	var s string
	if err := json.Unmarshal(n.bytes(), &s); err != nil {
		return "", &Error{Pos: n.place(0), Found: "a string that cannot be read", Expected: "a string"}
	}
	const replacement = string(utf8.RuneError)
	if written := strings.Count(raw, replacement) + strings.Count(strings.ToLower(raw), `\ufffd`); strings.Count(s, replacement) > written {
		return "", &Error{Pos: n.place(0), Found: "half of a surrogate pair", Expected: "a string of whole characters"}
	}
	return s, nil
}

// object splits n into its members, in their order and with their keys as
// they are written, since encoding/json would match keys of another case.
func (n node) object() (object, *Error) {
	o := object{node: n}
	if n.raw[n.lo] != '{' {
		return o, &Error{Pos: n.place(0), Found: n.kind(), Expected: "an object"}
	}
	o.members = make([]member, 0, 24) // a record has some twenty
	for i := n.lo + 1; ; {
		key, ok := n.next(i)
		if !ok {
			return o, nil
		}
		name, err := key.text()
		if err != nil {
			return o, err
		}
		value, _ := n.next(key.hi)
		o.members = append(o.members, member{name, value})
		i = value.hi
	}
}

// array splits n into its elements.
func (n node) array() ([]node, *Error) {
	if n.raw[n.lo] != '[' {
		return nil, &Error{Pos: n.place(0), Found: n.kind(), Expected: "an array"}
	}
	var all []node
	for i := n.lo + 1; ; {
		e, ok := n.next(i)
		if !ok {
			return all, nil
		}
		e.path = n.path + index(len(all))
		all = append(all, e)
		i = e.hi
	}
}

// next is the value behind i and behind the punctuation there; none is left
// where a bracket closes.
func (n node) next(i int) (node, bool) {
	for i < n.hi && strings.IndexByte(whiteSpace+",:", n.raw[i]) >= 0 {
		i++
	}
	if i >= n.hi || n.raw[i] == '}' || n.raw[i] == ']' {
		return n, false
	}
	var s scanner
	size, _ := s.scan(n.raw[i:n.hi], 0)
	n.lo, n.hi = i, i+size
	return n, true
}
