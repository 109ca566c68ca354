package alert_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"whydenied/pkg/alert"
)

// Whatever the order of the attempts, the runs are those of all of them put in
// order: a new one wherever two neighbors are two minutes apart.
func TestRunsWhateverTheOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		seconds := rapid.SliceOfN(rapid.IntRange(0, 3000), 1, 40).Draw(rt, "seconds")
		w, chat := newWorld(), &place{name: "slack", edits: true}
		a := w.instance("one", nil, chat)
		for i, s := range seconds {
			if err := a.Report(t.Context(), denied(fmt.Sprint(i), mainBranch, "sub_mismatch", start.Add(time.Duration(s)*time.Second))); err != nil {
				rt.Fatal(err)
			}
		}
		in, err := w.store.Incident(t.Context(), chat.messages[0].incident)
		if err != nil {
			rt.Fatal(err)
		}
		ordered := slices.Sorted(slices.Values(seconds))
		runs := 1
		for i := 1; i < len(ordered); i++ {
			if ordered[i]-ordered[i-1] >= 120 {
				runs++
			}
		}
		want := []any{len(seconds), runs, start.Add(time.Duration(ordered[0]) * time.Second), start.Add(time.Duration(ordered[len(ordered)-1]) * time.Second)}
		if diff := cmp.Diff(want, []any{in.Attempts, in.RunCount(), in.First, in.Last}); diff != "" {
			rt.Errorf("%v (-want +got):\n%s", ordered, diff)
		}
	})
}

func TestDistinct(t *testing.T) {
	var d alert.Distinct
	for i := range 30 {
		for range 3 {
			d.Add(fmt.Sprintf("repo:octo-org/api:ref:refs/heads/b%d", i))
		}
	}
	if len(d.Listed) != 20 || d.Count() != 30 || d.More() != 10 || d.AtLeast {
		t.Errorf("got %d listed, %d in all, %d more, at least %v; want 20, 30, 10, false", len(d.Listed), d.Count(), d.More(), d.AtLeast)
	}
	for i := range 5000 {
		d.Add(fmt.Sprint("invented-", i))
	}
	if d.Count() != 1000 || !d.AtLeast {
		t.Errorf("got %d, at least %v; want 1000 that are told apart, and that there may be more", d.Count(), d.AtLeast)
	}
	var long alert.Distinct
	long.Add(strings.Repeat("x", 600) + "a")
	long.Add(strings.Repeat("x", 600) + "b")
	if long.Count() != 2 || len(long.Listed[0]) > 520 {
		t.Errorf("got %d values of %d bytes, want 2, told apart by what is cut off", long.Count(), len(long.Listed[0]))
	}
}

// A storm of invented subjects does not make an incident too large to store.
func TestIncidentIsBounded(t *testing.T) {
	w, chat := newWorld(), &place{name: "slack", edits: true}
	a := w.instance("one", func(c *alert.Config) { c.Cap = 1 }, chat)
	for i := range 1500 {
		r := denied(fmt.Sprint(i), fmt.Sprintf("repo:octo-org/%d:%s", i, strings.Repeat("x", 2000)), "sub_mismatch", start.Add(time.Duration(i)*3*time.Second*60))
		tell(t, a, r)
	}
	for _, m := range chat.messages {
		in, err := w.store.Incident(t.Context(), m.incident)
		if err != nil {
			t.Fatal(err)
		}
		size := len(in.Report) + len(in.Subjects.Listed)*520 + 20*(len(in.Subjects.Hashes)+len(in.Reasons.Hashes)) + 80*len(in.Runs)
		if size > 200<<10 {
			t.Errorf("%d bytes", size)
		}
	}
}
