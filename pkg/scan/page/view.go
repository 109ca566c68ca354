package page

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"whydenied/pkg/report"
	"whydenied/pkg/scan"
	"whydenied/pkg/scan/render"
)

// view is what the template writes.
type view struct {
	assets
	Headline string
	Extent   []string
	Partial  bool
	Figures  []figure
	Timeline *timeline
	Heat     *heat
	Causes   []cause
	Accounts []string
	Groups   []row
	Rest     int // groups without a report
	Never    bool
	Most     int
	Left     string // denials that no group has
	Notes    []string
	Problems []string
	More     string // problems that are not listed
}

// figure answers one of the first questions.
type figure struct {
	Number, Words, Detail string
	Class                 string
	Filter                string // the state that it counts
}

// cause is one that the result has. Its class gives its color.
type cause struct{ Code, Name, Class string }

const (
	mostNotes    = 50
	mostSentence = 1000
)

func newView(r *scan.Result) (*view, error) {
	a, err := load()
	if err != nil {
		return nil, err
	}
	x := newIndex(r)
	v := &view{assets: a, Headline: render.Refused(r), Extent: render.Extent(r), Partial: r.Partial, Causes: x.causes, Accounts: spelt(x.accounts, mostName), Most: Explained}
	if len(r.Groups) > 0 {
		v.Figures = figures(render.Count(r))
		v.Heat = newHeat(r, x)
	}
	v.Timeline = newTimeline(r, x)
	for i := range r.Groups {
		row := newRow(i, &r.Groups[i], x)
		v.Never = v.Never || row.Never
		v.Groups = append(v.Groups, row)
	}
	v.Rest = max(len(r.Groups)-Explained, 0)
	if r.Ungrouped > 0 {
		v.Left = report.Thousands(r.Ungrouped)
	}
	v.Notes = sentences(r.Notes)
	var problems []string
	for i := range r.Problems {
		problems = append(problems, r.Problems[i].Text)
	}
	v.Problems = sentences(problems)
	if n := r.ProblemsLeft + len(problems) - len(v.Problems); n > 0 {
		v.More = report.Thousands(n)
	}
	return v, nil
}

func figures(f render.Figures) []figure {
	list := []figure{
		{report.Thousands(f.Broken), plural(f.Broken, "pipeline", "pipelines") + " still refused", report.Thousands(f.BrokenDenials) + " " + plural(f.BrokenDenials, "denial", "denials") + " so far", "bad", "yes"},
		{report.Thousands(len(f.Never)), plural(len(f.Never), "role", "roles") + " no token can enter", "the trust policy asks for what the issuer never sends", "never", "never"},
		{report.Thousands(f.Strangers), "probable " + plural(f.Strangers, "stranger", "strangers"), report.Thousands(f.StrangerDenials) + " " + plural(f.StrangerDenials, "denial", "denials") + ", of tenants that the role names nowhere", "odd", "stranger"},
		{report.Thousands(f.Mended), plural(f.Mended, "pipeline", "pipelines") + " mended", "a later call was allowed", "good", "mended"},
		{report.Thousands(f.Quiet), plural(f.Quiet, "pipeline", "pipelines") + " quiet", "nobody tried for a day or longer", "calm", "quiet"},
	}
	if f.Undated > 0 {
		list = append(list, figure{report.Thousands(f.Undated), plural(f.Undated, "pipeline", "pipelines") + " without a time", "their records have none", "calm", "unknown"})
	}
	return list
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// index numbers what groups have in common, so that no script compares what
// callers chose.
type index struct {
	causes   []cause
	causeAt  map[string]int
	accounts []string
	roles    []role
	roleAt   map[role]int
}

type role struct{ account, arn string }

func newIndex(r *scan.Result) *index {
	x := &index{causeAt: map[string]int{}, roleAt: map[role]int{}}
	codes, accounts, denials := map[string]bool{}, map[string]bool{}, map[role]int{}
	for _, m := range r.Timeline {
		for code := range m.Causes {
			codes[code] = true
		}
	}
	for i := range r.Groups {
		g := &r.Groups[i]
		codes[g.Cause], accounts[g.Account] = true, true
		denials[role{g.Account, g.Role}] += g.Count
	}
	for i, code := range slices.SortedFunc(maps.Keys(codes), render.CompareCauses) {
		x.causes = append(x.causes, cause{code, render.CauseName(code), classOf(code)})
		x.causeAt[code] = i
	}
	x.accounts = slices.Sorted(maps.Keys(accounts))
	x.roles = slices.SortedFunc(maps.Keys(denials), func(a, b role) int {
		return cmp.Or(denials[b]-denials[a], cmp.Compare(a.arn, b.arn), cmp.Compare(a.account, b.account))
	})
	for i, one := range x.roles {
		x.roleAt[one] = i
	}
	return x
}

func spelt(values []string, most int) []string {
	list := make([]string, 0, len(values))
	for _, v := range values {
		list = append(list, orNone(report.Spelling{}.Value(v, most), "not recorded"))
	}
	return list
}

func sentences(texts []string) []string {
	var list []string
	for _, text := range texts[:min(len(texts), mostNotes)] {
		list = append(list, report.Spelling{}.Prose(text, mostSentence))
	}
	return list
}

func orNone(v, none string) string {
	if v == "" {
		return none
	}
	return v
}

func counted(n int, one, many string) string {
	return fmt.Sprintf("%s %s", report.Thousands(n), plural(n, one, many))
}
