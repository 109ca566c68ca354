package trail

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// beginnings are the first keys of what may stand in a list: a CloudTrail
// record, an EventBridge event, an entry of LookupEvents, SQS messages, an SNS
// record, an SNS notification.
var beginnings = []string{"eventVersion", "version", "EventId", "messageId", "MessageId", "EventSource", "EventVersion", "Type"}

// broken reports the value that begins at start for its byte at n, and goes on
// at what looks like the next one.
func (r *reader) broken(start Position, n int, want string, s *scanner, top bool) {
	r.in.at(n + utf8.UTFMax - 1) // the character may go on in what is not read yet
	r.malformed(start, r.in.place(n), character(r.in.buf()[n:]), want)
	r.resync(s, top)
}

// cut reports a value that the input ends in. A record that was cut before
// may have swallowed whole ones, so these are looked for.
func (r *reader) cut(start Position, n int, s *scanner, top bool) {
	r.malformed(start, r.in.place(n), r.in.end(), "the rest of the value")
	r.resync(s, top)
}

func (r *reader) tooDeep(start Position) {
	r.malformed(start, start, fmt.Sprintf("a value nested deeper than %d", maxDepth), "one nested at most so")
}

// skip drops the value that s is in, of which n bytes have been scanned, and
// keeps nothing of it.
func (r *reader) skip(s *scanner, n int, st status, top bool) {
	s.skipping, s.lists = true, false
	for {
		r.in.drop(n)
		switch {
		case st == scanDone:
			return
		case st == scanBad:
			r.resync(&scanner{}, top)
			return
		case len(r.in.buf()) == 0 && !r.in.more():
			r.done = true
			return
		}
		n, st = s.scan(r.in.buf(), 0)
	}
}

// resync drops the broken value at the front and what follows it, up to where
// another value seems to begin: a line that opens a bracket, at the top; else
// an object whose first key is one of the beginnings, or that of the broken
// value itself, since the elements of a list are alike. The search goes on
// from the last string before the fault: a quotation mark too few turns the
// next record's beginning into the end of a string. Earlier lines count only
// from their first column, so that nothing nested is taken for a record.
func (r *reader) resync(s *scanner, top bool) {
	from := s.str
	for i := 1; ; i++ {
		if i > chunk {
			r.in.drop(i - 1)
			from -= i - 1
			i = 1
		}
		c, ok := r.in.at(i)
		if !ok {
			r.done = true
			return
		}
		if c != '{' && c != '[' && c != '"' {
			continue
		}
		opens := r.in.buf()[i-1] == '\n'
		switch {
		case opens && top && (c == '{' || c == '[' || c == s.opening):
		case c == '{' && (opens || i >= from) && r.begins(i, s.first, top):
		case c == '"' && s.opening == '"' && i >= from && r.isKeyAt(i+1, `{\"`):
		default:
			continue
		}
		r.in.drop(i)
		return
	}
}

// begins says whether an element begins with the brace at i. One that holds a
// list of its own stands at the top.
func (r *reader) begins(i int, first string, top bool) bool {
	for n := 1; n < 256; n++ {
		c, ok := r.in.at(i + n)
		if ok && strings.IndexByte(whiteSpace, c) >= 0 {
			continue
		}
		is := func(key string) bool { return r.isKeyAt(i+n, `"`+key+`"`) }
		if slices.ContainsFunc(listKeys, is) {
			if !top {
				r.unwind, r.lost = true, true
			}
			return true
		}
		return first != "" && is(first) || slices.ContainsFunc(beginnings, is)
	}
	return false
}

func (r *reader) isKeyAt(i int, s string) bool {
	_, long := r.in.at(i + len(s) - 1)
	return long && string(r.in.buf()[i:i+len(s)]) == s
}

// character names what b begins with, for an error.
func character(b []byte) string {
	c, n := utf8.DecodeRune(b)
	if c == utf8.RuneError && n < 2 {
		return fmt.Sprintf("the byte 0x%02x, which is not UTF-8", b[0])
	}
	return fmt.Sprintf("%q", c)
}
