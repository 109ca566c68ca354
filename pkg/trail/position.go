package trail

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// Position is a place in an input. Inside a JSON string (an SQS body, a
// CloudTrailEvent) the place is where that string begins, and Path goes on.
type Position struct {
	Name   string // of the input, as the caller gave it
	Line   int    // from 1; 0 where lines are not counted, as in [Calls]
	Column int    // from 1, in runes; 0 where lines are not counted
	Offset int64  // from 0, in bytes of the unpacked input
	Path   string // "Records[3]", "Events[0].CloudTrailEvent"; "" at the top
}

// beginning is the position of the first byte of an input.
func beginning(name string) Position { return Position{Name: name, Line: 1, Column: 1} }

// String is "file:3:14 (Records[3])", without the parts that are empty; where
// lines are not counted, it is "file:byte 1208 (Records[3])".
func (p Position) String() string {
	s := fmt.Sprintf("%d:%d", p.Line, p.Column)
	if p.Line == 0 {
		s = fmt.Sprintf("byte %d", p.Offset)
	}
	if p.Name != "" {
		s = p.Name + ":" + s
	}
	if p.Path != "" {
		s += " (" + p.Path + ")"
	}
	return s
}

// after is the position behind b, when p is that of its first byte.
func (p Position) after(b []byte) Position {
	p.Offset += int64(len(b))
	if p.Line == 0 {
		return p
	}
	if last := bytes.LastIndexByte(b, '\n'); last >= 0 {
		p.Line += bytes.Count(b, []byte{'\n'})
		p.Column = 1
		b = b[last+1:]
	}
	for _, c := range b {
		// Counting what begins a rune gives the same sum however b is cut.
		if c&0xC0 != 0x80 {
			p.Column++
		}
	}
	return p
}

// join is a path with one more key in it. A key that is no plain word, such as
// that of a session tag, is quoted.
func join(path, key string) string {
	plain := strings.TrimFunc(key, func(c rune) bool {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-'
	})
	switch {
	case plain != "" || key == "" || len(key) > 40:
		return path + "[" + quoted(key) + "]"
	case path == "":
		return key
	default:
		return path + "." + key
	}
}

// index is the step of a path to the element i.
func index(i int) string { return "[" + strconv.Itoa(i) + "]" }

// quoted is s in quotation marks, short enough for one line of an error.
func quoted(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return strconv.Quote(s)
}
