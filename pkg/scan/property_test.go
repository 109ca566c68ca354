package scan_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"whydenied/pkg/explain"
	"whydenied/pkg/oidc"
	"whydenied/pkg/report"
	"whydenied/pkg/scan"
	"whydenied/pkg/trail"
)

// answer is all of a report that has to be the same for all denials that are
// one to the collector.
func answer(r *report.Report) string {
	s := fmt.Sprintf("%s stranger=%t", r.Verdict, r.Stranger)
	for _, c := range r.Causes {
		s += fmt.Sprintf(" [%s %s %s]", c.Code, c.Element, c.Confidence)
	}
	return s
}

// Whatever a denial's key passes over does not bear on its diagnosis: of all
// denials with one key, explain.Call says the same of each alone.
func TestKey(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := drawAccount(t)
		times := edges(&a)
		c := scan.NewCollector(fixed(a), scan.Options{})
		said := make(map[any]string)
		for range 4 {
			d := drawDenial(t, times)
			for range 8 {
				d = vary(t, d, times)
				key, err := c.KeyOf(t.Context(), d)
				if err != nil {
					t.Fatal(err)
				}
				r := explain.Call(t.Context(), d, false, fixed(a))
				got := answer(&r)
				if want, ok := said[key]; ok && want != got {
					t.Fatalf("two denials share a key:\n%s\n%s\nthe latter is %+v", want, got, d)
				}
				said[key] = got
			}
		}
	})
}

// row is a group as the slow way finds it.
type row struct {
	Account, Role, Provider, Shape, Cause string
	Stranger                              bool
}

// slowly explains each denial alone and counts.
func slowly(t *rapid.T, source fixed, denials []trail.Denial) map[row]int {
	rows := make(map[row]int)
	for _, d := range denials {
		r := explain.Call(t.Context(), d, false, source)
		g := row{Account: r.Denial.Account, Role: d.RoleARN.Value, Provider: d.Provider.Value, Shape: oidc.ShapeOf(d.Provider.Value, d.Subject.Value), Stranger: r.Stranger}
		if len(r.Causes) > 0 {
			g.Cause = r.Causes[0].Code
		}
		rows[g]++
	}
	return rows
}

// Each denial is counted under the cause that it has alone.
func TestGroups(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := drawAccount(t)
		times := edges(&a)
		var denials []trail.Denial
		for range 3 {
			d := drawDenial(t, times)
			for range 6 {
				d = vary(t, d, times)
				denials = append(denials, d)
			}
		}
		// A memory of two calls forgets most of them, which must not show.
		c := scan.NewCollector(fixed(a), scan.Options{Diagnoses: pick(t, "diagnoses", []int{0, 2})})
		for _, d := range denials {
			c.Add(t.Context(), trail.Item{Kind: trail.KindDenied, Denial: d})
		}
		got, r := make(map[row]int), c.Result()
		for _, g := range r.Groups {
			got[row{g.Account, g.Role, g.Provider, g.Shape, g.Cause, g.Stranger}] += g.Count
			if cause := primary(&g.Report); cause != g.Cause || g.Report.Stranger != g.Stranger {
				t.Fatalf("the report of a group says %q, stranger %t; the group %q, stranger %t", cause, g.Report.Stranger, g.Cause, g.Stranger)
			}
		}
		if diff := cmp.Diff(slowly(t, fixed(a), denials), got); diff != "" {
			t.Fatalf("groups (-want +got):\n%s", diff)
		}
		if r.Denials != len(denials) || r.Ungrouped != 0 {
			t.Fatalf("%d denials, %d of them in no group; want %d and none", r.Denials, r.Ungrouped, len(denials))
		}
	})
}

func primary(r *report.Report) string {
	if len(r.Causes) == 0 {
		return ""
	}
	return r.Causes[0].Code
}
