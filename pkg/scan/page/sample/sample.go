// Package sample makes results of scans for tests and pictures: a company with
// two accounts, a month of denials, and a report for each group that is made
// as any other is, by [explain.Call] over records and accounts.
package sample

import (
	"context"
	"embed"
	"fmt"
	"maps"
	"slices"
	"time"

	"whydenied/pkg/evidence"
	"whydenied/pkg/explain"
	"whydenied/pkg/oidc"
	"whydenied/pkg/report"
	"whydenied/pkg/scan"
)

//go:embed prod.json data.json
var accounts embed.FS

// The month that the sample covers, in hours from its start.
const (
	hours = 30 * 24
	step  = 12 * 3600
)

func start() time.Time { return time.Date(2026, 10, 25, 12, 0, 0, 0, time.UTC) }

// Result is a realistic month: thirteen groups, the one that hurts most first.
func Result() (*scan.Result, error) {
	source, err := read()
	if err != nil {
		return nil, err
	}
	r := &scan.Result{
		Schema: scan.Schema, Files: 17_284, Bytes: 46_318_442_911, Calls: 218_406, Damaged: 2, Partial: true,
		First: at(0, 4), Last: at(hours-1, 57*60+12), Step: step, Groups: []scan.Group{}, Timeline: []scan.Moment{},
		Problems: []scan.Problem{
			{File: "222233334444_CloudTrail_us-east-1_20261109T0325Z_b1f2.json.gz", Offset: 91_114, Text: `"222233334444_CloudTrail_us-east-1_20261109T0325Z_b1f2.json.gz", byte 91,114: unexpected end of the gzip stream`},
			{File: "111122223333_CloudTrail_eu-west-1_20261114T1810Z_77aa.json.gz", Offset: 0, Text: `"111122223333_CloudTrail_eu-west-1_20261114T1810Z_77aa.json.gz": no gzip, zstd or JSON`},
		},
		Notes: []string{"2 of 17,284 files could not be read whole; the denials in the rest of them are missing here"},
	}
	moments := map[int]map[string]int{}
	for i := range calls {
		g, counts, err := calls[i].group(source, uint64(i)+1)
		if err != nil {
			return nil, err
		}
		for hour, n := range counts {
			slot := hour * 3600 / step
			if moments[slot] == nil {
				moments[slot] = map[string]int{}
			}
			moments[slot][g.Cause] += n
		}
		r.Denials += g.Count
		r.Groups = append(r.Groups, g)
	}
	slices.SortStableFunc(r.Groups, worse)
	for _, slot := range slices.Sorted(maps.Keys(moments)) {
		r.Timeline = append(r.Timeline, scan.Moment{Start: start().Add(time.Duration(slot*step) * time.Second), Causes: moments[slot]})
	}
	return r, nil
}

// worse orders groups: what goes on comes first, then what went on for longer.
func worse(a, b scan.Group) int {
	states := []scan.Still{scan.StillYes, scan.StillQuiet, scan.StillMended}
	if n := slices.Index(states, a.Still) - slices.Index(states, b.Still); n != 0 {
		return n
	}
	return b.Hours - a.Hours
}

func at(hour, seconds int) *time.Time {
	t := start().Add(time.Duration(hour)*time.Hour + time.Duration(seconds)*time.Second)
	return &t
}

// both is an account for each of the two.
type both map[string]*evidence.Snapshot

func read() (both, error) {
	b := both{}
	for _, name := range []string{"prod.json", "data.json"} {
		data, err := accounts.ReadFile(name)
		if err != nil {
			return nil, err
		}
		s, err := evidence.ParseSnapshot(name, data)
		if err != nil {
			return nil, err
		}
		b[s.ID()] = s
	}
	return b, nil
}

// Account is the account that the query names.
func (b both) Account(ctx context.Context, q evidence.Query) (evidence.Account, error) {
	s, ok := b[q.Account]
	if !ok {
		return evidence.Account{}, fmt.Errorf("account %q is none of the sample's", q.Account)
	}
	return s.Account(ctx, q)
}

// group explains the call, and spreads it over the month.
func (c *call) group(source evidence.Source, seed uint64) (scan.Group, map[int]int, error) {
	counts := c.spread(seed)
	seen := slices.Sorted(maps.Keys(counts))
	if len(seen) == 0 {
		return scan.Group{}, nil, fmt.Errorf("the call of %q never happens", c.role)
	}
	d, err := c.denial(seen[len(seen)-1], seed)
	if err != nil {
		return scan.Group{}, nil, err
	}
	r := explain.Call(context.Background(), d, false, source)
	g := scan.Group{
		Account: d.Account, Role: d.RoleARN.Value, Provider: d.Provider.Value, Shape: shape(&d.Provider.Value, d.Subject.Value), Stranger: r.Stranger,
		Hours: len(seen), First: at(seen[0], 131), Last: &d.Time, Still: c.still, Report: r,
		Subjects: scan.Top{Listed: []scan.Counted{}}, Sources: scan.Top{Listed: []scan.Counted{}}, UserAgents: scan.Top{Listed: []scan.Counted{}},
	}
	for _, n := range counts {
		g.Count += n
	}
	if len(r.Causes) > 0 {
		g.Cause = r.Causes[0].Code
	}
	if c.still == scan.StillMended {
		g.Succeeded = at(seen[len(seen)-1]+2, 8*60)
	}
	g.Subjects = top(g.Count, append([]string{d.Subject.Value}, c.alsoSubjects...))
	g.Sources = top(g.Count, c.from)
	g.UserAgents = top(g.Count, []string{c.agent})
	return g, counts, nil
}

func shape(provider *string, subject string) string {
	p, err := oidc.ParseProvider(*provider)
	if err != nil {
		return subject
	}
	return oidc.Lookup(p.Suffix, subject).Shape(subject)
}

// top shares a count among values, the first having most of it.
func top(count int, values []string) scan.Top {
	t := scan.Top{Listed: []scan.Counted{}}
	for i, v := range values {
		n := count
		if i < len(values)-1 {
			n = count - count/3
		}
		count -= n
		if n > 0 {
			t.Listed = append(t.Listed, scan.Counted{Value: v, Count: n})
		}
	}
	return t
}

// Many repeats the sample's groups until there are n, each of a role of its
// own.
func Many(n int) (*scan.Result, error) {
	r, err := Result()
	if err != nil {
		return nil, err
	}
	few := r.Groups
	r.Groups = make([]scan.Group, 0, n)
	r.Denials = 0
	for i := range n {
		g := few[i%len(few)]
		if i >= len(few) {
			g.Role = fmt.Sprintf("%s-%d", g.Role, i/len(few))
		}
		r.Denials += g.Count
		r.Groups = append(r.Groups, g)
	}
	return r, nil
}

// Empty is a scan that found no denial.
func Empty() *scan.Result {
	return &scan.Result{
		Schema: scan.Schema, Files: 12, Bytes: 1_204_331, Calls: 418, First: at(0, 4), Last: at(hours-1, 0), Step: step,
		Groups: []scan.Group{}, Timeline: []scan.Moment{}, Problems: []scan.Problem{}, Notes: []string{},
	}
}

// Hostile has text of callers, of records and of file names that tries every
// place in which it is shown.
func Hostile() *scan.Result {
	bad := Bad()
	r := Empty()
	r.Denials, r.Damaged, r.Partial, r.ProblemsLeft, r.Ungrouped = 3, 1, true, 4_213, 17
	cause := report.Cause{Code: "sub_mismatch", Element: "sub", Confidence: "certain", Headline: "sub does not match", Expected: []string{"repo:octo-org/api:ref:refs/heads/main"},
		Presented: []string{bad}, Hints: []string{}, Message: "sub is " + bad, Excerpt: bad, Sid: bad, File: bad, Line: 3, Column: 9}
	r.Groups = []scan.Group{{
		Account: "222233334444", Role: "arn:aws:iam::222233334444:role/" + bad, Provider: "arn:aws:iam::222233334444:oidc-provider/" + bad, Shape: bad,
		Cause: "sub_mismatch", Count: 2, Hours: 1, First: at(3, 0), Last: at(3, 9), Still: scan.StillYes,
		Subjects: counted(bad), Sources: counted(bad), UserAgents: counted("=HYPERLINK(\"https://evil.example\")"),
		Report: report.Report{Schema: report.Schema, Verdict: "explained", Summary: bad, Denial: report.Denial{Account: "222233334444", RoleARN: &bad, Sub: &bad, UserAgent: bad, EventID: bad},
			Checks: []report.Check{{Element: "sub", Status: "mismatch", Expected: []string{}, Presented: []string{bad}}}, Causes: []report.Cause{cause},
			Fixes:      []report.Fix{{Title: bad, Side: "role", Diff: "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-" + bad + "\n+y\n", Warnings: []string{bad}}},
			Candidates: []report.Candidate{}, Alternatives: []report.Alternative{}, Changes: []report.Change{}, Notes: []string{bad}, Trace: []report.Statement{}},
	}, {
		Account: "=1+1", Role: "+cmd|' /C calc'!A0", Provider: "-2", Shape: "@SUM(1)", Cause: "\t</script><script>alert(1)</script>", Count: 1, Hours: 1, Still: scan.Still(bad),
		Subjects: counted("\r=1"), Sources: counted("＝1"), UserAgents: scan.Top{Listed: []scan.Counted{}},
		Report: report.Report{Schema: report.Schema, Verdict: "unexplained", Summary: "=1+1", Checks: []report.Check{}, Causes: []report.Cause{}, Fixes: []report.Fix{},
			Candidates: []report.Candidate{}, Alternatives: []report.Alternative{}, Changes: []report.Change{}, Notes: []string{}, Trace: []report.Statement{}},
	}}
	r.Timeline = []scan.Moment{{Start: *at(0, 0), Causes: map[string]int{"sub_mismatch": 2, bad: 1}}, {Start: *at(400, 0), Causes: map[string]int{"": 1}}}
	r.Problems = []scan.Problem{{File: bad, Text: bad}}
	r.Notes = []string{bad}
	return r
}

func counted(v string) scan.Top {
	return scan.Top{Listed: []scan.Counted{{Value: v, Count: 2}}, More: 3}
}
