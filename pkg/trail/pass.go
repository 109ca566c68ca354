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
	if r.find == nil || !r.find.seen && !r.beginsLog(depth) {
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

// beginsLog says whether a list begins as those of CloudTrail's log files do. That
// is enough to tell that the input is a log.
func (r *reader) beginsLog(depth int) bool {
	for depth > 0 {
		if have := r.in.buf(); len(have) >= len(first) || !r.in.more() {
			return bytes.HasPrefix(r.in.buf(), []byte(first))
		}
	}
	return false
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
	i = blank(b, i)
	if i < len(b) && b[i] == ']' && !top {
		return i
	}
	if !top {
		if i == len(b) || b[i] != ',' {
			return -1
		}
		i = blank(b, i+1)
	}
	if i == len(b) || b[i] != '{' {
		return -1
	}
	return i
}

// first is how CloudTrail's records begin. No string of a valid JSON document
// has this in it: its second byte would end the string.
const first = `{"eventVersion":`

// whole says by the last few records alone that the input ends as it should, and
// how much may be dropped then; else it is 0. It saves to follow all that is
// before them. A single record would not do: a record's own parameters may end
// in what looks like one and its list, and there the input may have been cut.
func (r *reader) whole(path string, depth int) int {
	b := r.in.buf()
	from := len(b) - r.find.tail
	if r.find.judged || !errors.Is(r.in.err, io.EOF) || from <= 0 {
		return 0
	}
	r.find.judged = true
	i := bytes.Index(b[from:], []byte(first))
	if i < 0 || i > r.find.tail/2 {
		return 0
	}
	from += i
	n, _ := elements(b[from:], depth)
	last := from + n
	switch {
	case depth == 0 && only(b[max(skip(b, last, maxDepth), last):], ""),
		depth == 1 && only(b[last:], "]"),
		depth == 2 && only(b[last:], "]}") && slices.Contains(listKeys, path):
		return last
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
