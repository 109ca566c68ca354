package scan_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/klauspost/compress/zstd"

	"whydenied/pkg/evidence"
	"whydenied/pkg/explain"
	"whydenied/pkg/oidc"
	"whydenied/pkg/scan"
	"whydenied/pkg/trail"
)

// naive is a scan by the simplest means: everything is parsed and kept, and
// each denial is explained alone.
type naive struct {
	calls, denied []trail.Item
	rows          map[row][]trail.Denial
	damaged       int
}

func slowScan(t *testing.T, source evidence.Source, list []scan.File) *naive {
	t.Helper()
	n := &naive{rows: make(map[row][]trail.Denial)}
	for _, f := range list {
		whole := true
		for it := range trail.Read(f.Name, slowUnpacked(t, f)) {
			switch it.Kind {
			case trail.KindMalformed:
				whole = false
			case trail.KindSucceeded:
				n.calls = append(n.calls, it)
			case trail.KindDenied:
				n.calls, n.denied = append(n.calls, it), append(n.denied, it)
				r := explain.Call(t.Context(), it.Denial, false, source)
				g := row{it.Denial.Account, it.Denial.RoleARN.Value, it.Denial.Provider.Value, shape(&it.Denial), primary(&r), r.Stranger}
				n.rows[g] = append(n.rows[g], it.Denial)
			case trail.KindOther:
			}
		}
		if !whole {
			n.damaged++
		}
	}
	return n
}

func shape(d *trail.Denial) string { return oidc.ShapeOf(d.Provider.Value, d.Subject.Value) }

// slowUnpacked is what can be unpacked of a file, and then the error.
func slowUnpacked(t *testing.T, f scan.File) io.Reader {
	t.Helper()
	rc, err := f.Open(context.Background())
	if err != nil {
		return broken{err}
	}
	data, err := io.ReadAll(rc)
	if err != nil {
		t.Fatal(err)
	}
	var r io.Reader = bytes.NewReader(data)
	switch {
	case bytes.HasPrefix(data, []byte{0x1f, 0x8b}):
		if r, err = gzip.NewReader(r); err != nil {
			return broken{err}
		}
	case bytes.HasPrefix(data, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		if r, err = zstd.NewReader(r, zstd.WithDecoderConcurrency(1)); err != nil {
			return broken{err}
		}
	}
	all, err := io.ReadAll(r)
	if err != nil {
		return io.MultiReader(bytes.NewReader(all), broken{err})
	}
	return bytes.NewReader(all)
}

type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

// groups are what a scan should find, by the words of result.go.
func (n *naive) groups() []scan.Group {
	var newest time.Time
	for _, c := range n.calls {
		newest = later(newest, c.Denial.Time)
	}
	var list []scan.Group
	for g, denials := range n.rows {
		out := scan.Group{Account: g.Account, Role: g.Role, Provider: g.Provider, Shape: g.Shape, Cause: g.Cause, Stranger: g.Stranger, Count: len(denials)}
		hours := map[string]bool{}
		var first, last, allowed time.Time
		subjects, sources, agents := map[string]int{}, map[string]int{}, map[string]int{}
		for _, d := range denials {
			if hours[d.Time.Format("2006-01-02T15")] = true; first.IsZero() || d.Time.Before(first) {
				first = d.Time
			}
			last = later(last, d.Time)
			subjects[d.Subject.Value]++
			sources[d.SourceIP]++
			agents[d.UserAgent]++
		}
		for _, c := range n.calls {
			if c.Kind == trail.KindSucceeded && c.Denial.RoleARN.Value == g.Role && c.Denial.Provider.Value == g.Provider && shape(&c.Denial) == g.Shape {
				allowed = later(allowed, c.Denial.Time)
			}
		}
		out.Hours, out.First, out.Last = len(hours), &first, &last
		out.Subjects, out.Sources, out.UserAgents = counted(subjects), counted(sources), counted(agents)
		if !allowed.IsZero() {
			out.Succeeded = &allowed
		}
		switch {
		case allowed.After(last):
			out.Still = scan.StillMended
		case newest.Sub(last) <= 24*time.Hour:
			out.Still = scan.StillYes
		default:
			out.Still = scan.StillQuiet
		}
		list = append(list, out)
	}
	return list
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func counted(values map[string]int) scan.Top {
	top := scan.Top{Listed: []scan.Counted{}}
	for _, v := range slices.Sorted(maps.Keys(values)) {
		top.Listed = append(top.Listed, scan.Counted{Value: v, Count: values[v]})
	}
	slices.SortStableFunc(top.Listed, func(a, b scan.Counted) int { return b.Count - a.Count })
	if n := len(top.Listed); n > 10 {
		top.Listed, top.More = top.Listed[:10], n-10
	}
	return top
}

// archive has every envelope in every packing, and damage of every kind.
func archive(rng *rand.Rand) (list []scan.File) {
	n := 0
	records := func() []string {
		var r []string
		for range 12 {
			n++
			r = append(r, recordOf(rng, n))
		}
		return r
	}
	for _, envelope := range slices.Sorted(maps.Keys(envelopes)) {
		for _, packing := range slices.Sorted(maps.Keys(packings)) {
			list = append(list, file(envelope+"/"+packing, packings[packing](envelopes[envelope](records()))))
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(damages)) {
		list = append(list, file("damaged/"+kind, damages[kind](envelopes["log file"](records()))))
	}
	return list
}

// damages are what may have become of a log file.
var damages = map[string]func(string) []byte{
	"truncated gzip":    func(s string) []byte { p := gzipped(s); return p[:len(p)*2/3] },
	"truncated zstd":    func(s string) []byte { p := zstdOf(s + randomText(300_000)); return p[:len(p)*2/3] },
	"truncated JSON":    func(s string) []byte { return gzipped(s[:len(s)*2/3]) },
	"wrong CRC":         func(s string) []byte { p := gzipped(s); p[len(p)-6] ^= 1; return p },
	"wrong zstd CRC":    func(s string) []byte { p := zstdOf(s); p[len(p)-1] ^= 1; return p },
	"flipped bits":      func(s string) []byte { p := gzipped(s); p[len(p)/2] ^= 0x55; return p },
	"garbage at end":    func(s string) []byte { return append(gzipped(s), "garbage"...) },
	"header alone":      func(string) []byte { return []byte{0x1f, 0x8b, 8} },
	"empty":             func(string) []byte { return nil },
	"empty gzip":        func(string) []byte { return gzipped("") },
	"no log":            func(string) []byte { return []byte("Dear Sir or Madam,\n\nI am no log.\n") },
	"other JSON":        func(string) []byte { return []byte(`{"hello":"world"}`) },
	"one broken record": func(s string) []byte { return []byte(s[:14] + `{"eventVersion":"1.11",,},` + s[12:]) },
	"50 MB record": func(s string) []byte {
		return gzipped(`{"Records":[{"eventVersion":"1","x":"` + string(bytes.Repeat([]byte("x"), 50<<20)) + `"},` + s[12:])
	},
}

// randomText does not get smaller when it is packed.
func randomText(n int) string {
	rng := rand.New(rand.NewPCG(3, 4))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('a' + rng.IntN(26))
	}
	return string(b)
}

func TestSlowWay(t *testing.T) {
	source := company(t)
	rng := rand.New(rand.NewPCG(1, 2))
	list := archive(rng)
	want := slowScan(t, source, list)
	one := read(t, source, 1, list...)
	sameRow := cmpopts.SortSlices(func(a, b scan.Group) bool {
		return fmt.Sprint(a.Role, a.Shape, a.Cause) < fmt.Sprint(b.Role, b.Shape, b.Cause)
	})
	if diff := cmp.Diff(want.groups(), one.Groups, sameRow, cmpopts.IgnoreFields(scan.Group{}, "Report")); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
	got := [...]int{one.Files, one.Calls, one.Denials, one.Damaged}
	if want := [...]int{len(list), len(want.calls), len(want.denied), want.damaged}; got != want {
		t.Errorf("files, calls, denials and damaged files: got %v, want %v", got, want)
	}
	if one.Damaged != len(damages) || one.Partial {
		t.Errorf("%d damaged files, partial %t; want %d, each of which costs only itself: %v", one.Damaged, one.Partial, len(damages), one.Problems)
	}
	rng.Shuffle(len(list), func(i, k int) { list[i], list[k] = list[k], list[i] })
	if diff := cmp.Diff(encoded(t, one), encoded(t, read(t, source, 8, list...))); diff != "" {
		t.Errorf("the result depends on workers or order (-one +eight):\n%s", diff)
	}
}
