package trail_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/trail"
)

// forms are the ways in which an input may come, and be held.
var forms = []struct {
	name         string
	window, tail int // a tail of less than a record's size is easily misled
	reader       func(io.Reader) io.Reader
}{
	{"as it is", 2 << 20, 8 << 10, func(r io.Reader) io.Reader { return r }},
	{"judged by its end", 2 << 20, 1000, func(r io.Reader) io.Reader { return r }},
	{"judged by little", 2 << 20, 100, func(r io.Reader) io.Reader { return r }},
	{"small window", 700, 1 << 20, iotest.HalfReader},
	{"smallest window", 1, 100, iotest.OneByteReader},
	{"small pieces", 300, 1000, func(r io.Reader) io.Reader { return pieces{r, 7} }},
	{"pieces", 3000, 2000, func(r io.Reader) io.Reader { return pieces{r, 600} }},
}

// pieces gives a few bytes at a time.
type pieces struct {
	r io.Reader
	n int
}

func (p pieces) Read(b []byte) (int, error) { return p.r.Read(b[:min(p.n, len(b))]) }

// disagreement compares what Calls yields with what Read does, in each form; ""
// if it is what Calls promises.
func disagreement(data []byte) string {
	slow := slices.Collect(trail.Read("f", bytes.NewReader(data)))
	for _, f := range forms {
		fast := trail.CallsWithin(f.window, f.tail, "f", f.reader(bytes.NewReader(data)))
		if diff := differ(slow, fast, f.tail >= 1000); diff != "" {
			return f.name + ": " + diff
		}
	}
	return differ(slow, trail.Calls("f", bytes.NewReader(data)), true)
}

func differ(slow []trail.Item, calls iter.Seq[trail.Item], end bool) string {
	fast := slices.Collect(calls)
	if diff := cmp.Diff(essence(slow, isCall), essence(fast, isCall)); diff != "" {
		return "calls (-Read +Calls)\n" + diff
	}
	if i := slices.IndexFunc(fast, func(it trail.Item) bool { return it.Kind == trail.KindOther }); i >= 0 {
		return "another call: " + fast[i].Call
	}
	if i := slices.IndexFunc(fast, func(it trail.Item) bool { return it.Pos.Line != 0 || it.Pos.Column != 0 }); i >= 0 {
		return fmt.Sprintf("a line, but not its own: %+v", fast[i].Pos)
	}
	if extra := beyond(essence(slow, isAny), essence(fast, isAny)); extra != "" {
		return "Read does not yield, or not in this order: " + extra
	}
	for i, it := range slow {
		alone := i == 0 && !slices.ContainsFunc(slow, isRecord)
		before := isStructure(it) && slices.ContainsFunc(slow[i:], isCall)
		if it.Kind != trail.KindMalformed || !alone && !before && !(end && isEnd(it)) {
			continue
		}
		if want := essence(slow[i:i+1], isAny)[0]; !slices.Contains(essence(fast, isAny), want) {
			return "must not pass unseen: " + want
		}
	}
	return ""
}

func isAny(trail.Item) bool       { return true }
func isRecord(it trail.Item) bool { return it.Kind != trail.KindMalformed }
func isCall(it trail.Item) bool {
	return it.Kind == trail.KindDenied || it.Kind == trail.KindSucceeded
}

// isEnd says whether the fault is that the input itself ends too early.
func isEnd(it trail.Item) bool {
	var e *trail.Error
	if !errors.As(it.Err, &e) {
		return false
	}
	return e.Found == "the end of the input" && !isInside(e) || e.Found == "the early end of the gzip data" ||
		strings.HasPrefix(e.Found, "a read error") || strings.HasPrefix(e.Found, "gzip data that cannot")
}

// isStructure says whether the fault is one of brackets, commas, colons, quotation
// marks, control characters, depth or size.
func isStructure(it trail.Item) bool {
	var e *trail.Error
	faults := []string{"a value", "a value or ']'", "a key or '}'", "a key in quotation marks", "':'", "',' or a closing bracket",
		"no control character inside a string", "an element or ']'", "',' or ']' after the element", "another object after the ','",
		"another value or the end of the line", "one of at most that", "one nested at most so", "a JSON object, array or string"}
	return errors.As(it.Err, &e) && slices.Contains(faults, e.Expected) && !isInside(e)
}

// isInside says whether the fault is in a string, or in what is a value of an
// envelope.
func isInside(e *trail.Error) bool {
	return slices.ContainsFunc([]string{"ody", "Message.", "Message[", "CloudTrailEvent", "requestPayload", "detail"}, func(key string) bool {
		return strings.Contains(e.Pos.Path, key)
	}) || strings.HasSuffix(e.Pos.Path, "Message")
}

// essence is what must be the same of items: all but lines and columns.
func essence(items []trail.Item, of func(trail.Item) bool) []string {
	var all []string
	for _, it := range items {
		if !of(it) {
			continue
		}
		s := fmt.Sprintf("%v %s %s at %d: %+v", it.Kind, it.Pos.Name, it.Pos.Path, it.Pos.Offset, it.Denial)
		var e *trail.Error
		if errors.As(it.Err, &e) {
			s += fmt.Sprintf(" %s at %d: found %s, expected %s", e.Pos.Path, e.Pos.Offset, e.Found, e.Expected)
		}
		all = append(all, s)
	}
	return all
}

// beyond is the first of some that all does not have, in its order.
func beyond(all, some []string) string {
	for _, s := range some {
		i := slices.Index(all, s)
		if i < 0 {
			return s
		}
		all = all[i+1:]
	}
	return ""
}
