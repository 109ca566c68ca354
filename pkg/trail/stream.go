package trail

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

const (
	whiteSpace = " \t\r\n"
	leftover   = ",]}" // what follows in a list that was left for the top
)

// reader splits an input into values and unwraps each. What is inside an
// envelope has a reader of its own, which yields to the same consumer.
type reader struct {
	in      *input
	find    *finder // for Calls: what may hold a call; else nil, and everything is read
	wraps   int     // how many envelopes are around this input
	account string  // of the EventBridge event around it
	call    string  // what an EventBridge event of another kind calls itself
	yield   func(Item) bool
	done    bool // the consumer or the input is through
	lost    bool // a list was left for the top before its end
	unwind  bool // what comes next belongs to the top, whatever list is open
}

// emit says whether the consumer wants more.
func (r *reader) emit(it Item) bool {
	if !r.done && !r.yield(it) {
		r.done = true
	}
	return !r.done
}

func (r *reader) malformed(start, at Position, found, expected string) {
	at.Path = start.Path
	r.emit(Item{Pos: start, Err: &Error{Pos: at, Found: found, Expected: expected}})
}

// run reads all values at the top of the input.
func (r *reader) run() {
	if !r.in.space(whiteSpace) {
		found := r.in.end()
		if errors.Is(r.in.err, io.EOF) {
			found = "nothing"
		}
		r.malformed(r.in.pos, r.in.pos, found, "a CloudTrail record or an envelope of one")
		return
	}
	for !r.done && r.in.space(whiteSpace) {
		r.unwind = false
		r.pass("", 0)
		switch c := r.in.buf()[0]; {
		case c == '{' || c == '[' || c == '"':
			r.value(r.in.pos, 0, true)
		case r.in.hasMark(): // files with byte order marks, one after the other
			r.in.drop(len(byteOrderMark))
		case r.lost && strings.IndexByte(leftover, c) >= 0:
			r.in.drop(1)
		default:
			r.broken(r.in.pos, 0, "a JSON object, array or string", &scanner{}, true)
		}
	}
	if !r.done && !errors.Is(r.in.err, io.EOF) {
		r.malformed(r.in.pos, r.in.pos, r.in.end(), "the rest of the input")
	}
}

// value reads the value at the front of the input; start is its position,
// with its path. Outside it, depth brackets are open; at the top none is.
func (r *reader) value(start Position, depth int, top bool) {
	if r.in.buf()[0] == '[' {
		r.in.drop(1)
		r.list(start, depth+1)
		r.follow(start, 0, top)
		return
	}
	s := &scanner{lists: r.in.buf()[0] == '{', outside: depth}
	streamed := false
	for i := 0; !r.done && !r.unwind; {
		n, st := s.scan(r.in.buf(), i)
		switch {
		case n > MaxRecord:
			r.malformed(start, start, fmt.Sprintf("a value of more than %d bytes", MaxRecord), "one of at most that")
			r.skip(s, n, st, top)
			return
		case st == scanDeep:
			r.tooDeep(start)
			r.skip(s, n, st, top)
			return
		case st == scanDone && streamed:
			r.in.drop(n)
			r.follow(start, 0, top)
			return
		case st == scanDone:
			r.element(start, n, top)
			return
		case st == scanBad:
			r.broken(start, n, expected[s.state], s, top)
			return
		case st == scanList:
			streamed = true
			r.in.drop(n + 1)
			inner := start
			inner.Path = join(start.Path, s.key)
			r.list(inner, depth+2)
			s.ended()
			s.str, n = 0, 0
		case r.in.more():
		case s.state == inLiteral && len(s.stack) == 0:
			r.element(start, n, top)
			return
		default:
			r.cut(start, n, s, top)
			return
		}
		i = n
	}
}

// element unwraps the whole value in the first n bytes.
func (r *reader) element(start Position, n int, top bool) {
	raw := bytes.Clone(r.in.buf()[:n])
	r.in.drop(n)
	if r.follow(start, raw[0], top) {
		r.unwrap(node{raw: raw, hi: len(raw), base: start, fixed: r.in.fixed, path: start.Path})
	}
}
