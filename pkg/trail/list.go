package trail

import "strings"

// list reads the elements of an array, of which the opening bracket has been
// dropped. A comma too many loses nothing and is passed.
func (r *reader) list(start Position, depth int) {
	if depth > maxDepth {
		r.tooDeep(start)
		r.skip(&scanner{stack: []byte{'['}, state: atFirstValue}, 0, scanMore, false)
		return
	}
	for n := 0; !r.done && !r.unwind; n++ {
		if !r.in.space(whiteSpace + ",") {
			r.malformed(start, r.in.pos, r.in.end(), "']' or another element")
			r.done = true
			return
		}
		n += r.pass(start.Path, depth)
		at := r.in.pos
		at.Path = start.Path + index(n)
		switch c := r.in.buf()[0]; {
		case c == ']':
			r.in.drop(1)
			return
		case strings.IndexByte(`{["-0123456789tfn`, c) >= 0:
			r.value(at, depth, false)
		default:
			r.broken(at, 0, "an element or ']'", &scanner{}, false)
		}
	}
}

// follow looks at what comes after a value. A bracket too many ends a record
// early; what stands behind it then shows that the record is not all there,
// and it must not be read as if it were.
func (r *reader) follow(start Position, first byte, top bool) bool {
	if r.done || r.unwind {
		return false
	}
	set, allowed, want := whiteSpace, "]{[", "',' or ']' after the element"
	if top {
		set, allowed, want = " \t\r", "\n{[", "another value or the end of the line"
	}
	if first != '{' {
		allowed += `"`
	}
	if !r.in.space(set) {
		return true
	}
	c := r.in.buf()[0]
	if c == ',' {
		// Elements are alike, so a string behind an object is a key of it. At
		// the top a comma is what is left of a list that was copied in part.
		if !r.in.space(whiteSpace+",") || r.in.buf()[0] != '"' || first != '{' {
			return true
		}
		want = "another object after the ','"
	} else if strings.IndexByte(allowed, c) >= 0 || top && (r.lost && strings.IndexByte(leftover, c) >= 0 || r.in.hasMark()) {
		return true
	}
	r.broken(start, 0, want, &scanner{opening: first}, top)
	return false
}
