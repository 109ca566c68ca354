package report_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"whydenied/pkg/report"
)

// back is a report as it comes out of a store.
func back(t testing.TB, r *report.Report) report.Report {
	t.Helper()
	var stored report.Report
	if err := json.Unmarshal([]byte(encoded(t, r)), &stored); err != nil {
		t.Fatal(err)
	}
	return stored
}

func TestFitLeavesWhatFits(t *testing.T) {
	r := full()
	got := report.Fit(r, len(encoded(t, &r)))
	if diff := cmp.Diff(r, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What goes first is what a person misses least.
func TestFitOrder(t *testing.T) {
	r := full()
	one := r.Candidates[0]
	for range 10 {
		r.Candidates = append(r.Candidates, one)
	}
	r.Alternatives = append(r.Alternatives, r.Alternatives...)
	whole := encoded(t, &r)
	size := len(whole)
	var steps []string
	for most := size; most > 0; most -= 256 {
		got := report.Fit(r, most)
		if got.Notes[0] != "n" && (len(steps) == 0 || steps[len(steps)-1] != got.Notes[0]) {
			steps = append(steps, got.Notes[0])
		}
		if len(got.Causes) != 1 || got.Causes[0].Code != r.Causes[0].Code || got.Causes[0].Message == "" {
			t.Fatalf("%d: causes %+v", most, got.Causes)
		}
	}
	const said = "shortened to fit: the trace was left out"
	want := []string{said, said + ", the other statements were left out",
		said + ", the other statements were left out, the candidates' checks were left out",
		said + ", the other statements were left out, the candidates' checks were left out, lists and long values were cut"}
	if diff := cmp.Diff(want, steps); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	if encoded(t, &r) != whole {
		t.Error("the report that was handed in was changed")
	}
}

// Whatever is in it, a report gets as short as it is said to, keeps its causes,
// and is still one by the schema.
func TestFitAnything(t *testing.T) {
	schema := compiled(t)
	rapid.Check(t, func(rt *rapid.T) {
		text := func(label string) string {
			return strings.Repeat(rapid.SampledFrom([]string{"a", "é", "\u202e", `"\`, ":", "/", "\x00", "*"}).Draw(rt, label), rapid.IntRange(0, 400).Draw(rt, label+" times"))
		}
		r := hostile(text("sub"), text("expected"), text("name"), text("sentence"))
		for i := range r.Causes {
			r.Causes[i].Code, r.Causes[i].Hints = "sub_mismatch", []string{}
		}
		for range rapid.IntRange(0, 6).Draw(rt, "candidates") {
			r.Candidates = append(r.Candidates, r.Candidates[0])
		}
		causes := len(r.Causes)
		got := report.Fit(r, 1)
		line, err := report.JSON(&got)
		if err != nil {
			rt.Fatal(err)
		}
		if len(line) > 48*1024 || len(got.Causes) != causes {
			rt.Errorf("%d bytes, %d causes", len(line), len(got.Causes))
		}
		got.Changed.Tool, got.Changed.Before, got.Changed.After = "unknown", "allows", "refuses" // a closed set: hostile makes up its own
		got.Checks, got.Causes, got.Candidates = []report.Check{}, []report.Cause{}, []report.Candidate{}
		if line, err = report.JSON(&got); err != nil {
			rt.Fatal(err)
		}
		if err := validate(schema, string(line)); err != nil && !strings.Contains(err.Error(), "verdict") {
			rt.Errorf("%v", err)
		}
	})
}

// The value that comes closest is among those that are left.
func TestFitKeepsTheNearest(t *testing.T) {
	r := caseDiffers()
	c := &r.Causes[0]
	var expected []string
	for range 50 {
		expected = append(expected, "repo:other/"+strings.Repeat("x", 200)+":ref:refs/heads/main")
	}
	nearest := c.Expected[0]
	expected = append(expected, nearest)
	c.Expected, c.Marks = expected, nil
	got := report.Fit(r, 4000)
	if got.Causes[0].Expected[0] != nearest {
		t.Errorf("got %q", got.Causes[0].Expected)
	}
}
