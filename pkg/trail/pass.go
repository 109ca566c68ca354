package trail

import (
	"bytes"
	"errors"
	"io"
	"slices"
)

// pass drops whole elements that hold no call, unread, from a list or, where
// depth is 0, from the top of the input. It stops before the first that may
// hold one, that is not simply an object, or that is the last: these are read
// as if nothing had been before them. It returns how many it dropped.
func (r *reader) pass(path string, depth int) (passed int) {
	if r.find == nil || !r.find.seen {
		return 0
	}
	for r.in.buf()[0] == '{' {
		end, found := r.find.next(r.in)
		if !found && len(r.in.buf()) < r.find.window && r.in.more() {
			continue
		}
		if !found {
			if n := r.whole(path, depth); n > 0 {
				r.in.drop(n)
				return passed
			}
			end = len(r.in.buf())
		}
		n, count := elements(r.in.buf()[:end], depth)
		r.in.drop(n)
		passed += count
		if n == 0 || found || r.in.err != nil {
			break
		}
	}
	return passed
}

// elements returns where the last element begins of those that follow one
// another in b, or the bracket that ends them, and how many are before it.
func elements(b []byte, depth int) (end, count int) {
	for {
		n := skip(b, end, maxDepth-depth)
		if n < 0 {
			return end, count
		}
		if n = between(b, n, depth == 0); n < 0 {
			return end, count
		}
		end = n
		count++
		if b[end] == ']' {
			return end, count
		}
	}
}

// between passes what is between two objects in a list, or at the top, if it is
// what usually is there.
func between(b []byte, i int, top bool) int {
	behind := i
	i = blank(b, i)
	switch {
	case i == len(b):
		return -1
	case top:
		if b[i] != '{' || !bytes.Contains(b[behind:i], []byte{'\n'}) {
			return -1
		}
		return i
	case b[i] == ']':
		return i
	case b[i] != ',':
		return -1
	}
	if i = blank(b, i+1); i == len(b) || b[i] != '{' {
		return -1
	}
	return i
}

// start is how CloudTrail's records begin. No string of a valid JSON document
// has this in it: its second byte would end the string.
const start = `{"eventVersion":`

// whole says by its last record alone that the input ends as it should, and how
// much may be dropped then; else it is 0. It saves to follow all the records
// before it. The record has the keys that any record has.
func (r *reader) whole(path string, depth int) int {
	b := r.in.buf()
	if !errors.Is(r.in.err, io.EOF) || len(b) <= r.find.tail {
		return 0
	}
	from := max(0, len(b)-chunk)
	last := bytes.LastIndex(b[from:], []byte(start))
	if last < 0 {
		return 0
	}
	last += from
	n := skip(b, last, maxDepth-depth)
	if n < 0 {
		return 0
	}
	for _, key := range [...]string{`"eventSource":`, `"eventName":`, `"eventID":`} {
		if !bytes.Contains(b[last:n], []byte(key)) {
			return 0
		}
	}
	switch {
	case depth == 0 && only(b[n:], ""):
		return last
	case depth == 1 && only(b[n:], "]"), depth == 2 && only(b[n:], "]}") && slices.Contains(listKeys, path):
		return n
	}
	return 0
}

// only says whether b is these brackets, with or without white space.
func only(b []byte, brackets string) bool {
	i := blank(b, 0)
	for _, c := range []byte(brackets) {
		if i == len(b) || b[i] != c {
			return false
		}
		i = blank(b, i+1)
	}
	return i == len(b)
}
