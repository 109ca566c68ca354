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
	window, tail int
	reader       func(io.Reader) io.Reader
}{
	{"as it is", 2 << 20, 8 << 10, func(r io.Reader) io.Reader { return r }},
	{"judged by its end", 2 << 20, 0, func(r io.Reader) io.Reader { return r }},
	{"small window", 700, 1 << 20, iotest.HalfReader},
	{"smallest window", 1, 0, iotest.OneByteReader},
	{"small pieces", 5000, 0, func(r io.Reader) io.Reader { return pieces{r, 37} }},
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
		if diff := differ(slow, fast); diff != "" {
			return f.name + ": " + diff
		}
	}
	return differ(slow, trail.Calls("f", bytes.NewReader(data)))
}

func differ(slow []trail.Item, calls iter.Seq[trail.Item]) string {
	fast := slices.Collect(calls)
	if diff := cmp.Diff(comparable(slow, isCall), comparable(fast, isCall)); diff != "" {
		return "calls (-Read +Calls)\n" + diff
	}
	if i := slices.IndexFunc(fast, func(it trail.Item) bool { return it.Kind == trail.KindOther }); i >= 0 {
		return "another call: " + fast[i].Call
	}
	if extra := beyond(comparable(slow, isAny), comparable(fast, isAny)); extra != "" {
		return "Read does not yield, or not in this order: " + extra
	}
	for i, it := range slow {
		if it.Kind != trail.KindMalformed || !isEnd(it) && (i > 0 || slices.ContainsFunc(slow, isRecord)) {
			continue
		}
		if want := comparable(slow[i:i+1], isAny)[0]; !slices.Contains(comparable(fast, isAny), want) {
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
	inside := strings.Contains(e.Pos.Path, "ody") || strings.Contains(e.Pos.Path, "Message") || strings.Contains(e.Pos.Path, "CloudTrailEvent")
	return e.Found == "the end of the input" && !inside || e.Found == "the early end of the gzip data" ||
		strings.HasPrefix(e.Found, "a read error") || strings.HasPrefix(e.Found, "gzip data that cannot")
}

// comparable is what must be the same of items: all but lines and columns.
func comparable(items []trail.Item, of func(trail.Item) bool) []string {
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
