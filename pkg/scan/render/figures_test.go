package render_test

import (
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/report"
	"whydenied/pkg/scan"
	"whydenied/pkg/scan/page/sample"
	"whydenied/pkg/scan/render"
)

func TestEveryCodeHasAName(t *testing.T) {
	seen := map[string]diagnosis.Code{}
	for _, code := range diagnosis.Codes() {
		name := render.CauseName(string(code))
		if name == string(code) || len(name) > render.MostCauseName {
			t.Errorf("%s: %q is no name for a column", code, name)
		}
		if other, ok := seen[name]; ok {
			t.Errorf("%s and %s are both %q", code, other, name)
		}
		seen[name] = code
	}
}

func group(role, shape string, still scan.Still, code diagnosis.Code, change func(*scan.Group)) scan.Group {
	g := scan.Group{Account: "1", Role: role, Shape: shape, Still: still, Count: 10, Cause: string(code)}
	if code != "" {
		g.Report.Causes = []report.Cause{{Code: string(code), Confidence: "certain"}}
	}
	if change != nil {
		change(&g)
	}
	return g
}

func TestCount(t *testing.T) {
	const gitHubMain = "repo:octo-org/api:ref:refs/heads/main"
	of := func(shape string, still scan.Still) scan.Group {
		return group("a", shape, still, "sub_mismatch", func(g *scan.Group) {
			g.Provider = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
		})
	}
	now := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		label, reason string
		groups        []scan.Group
		want          render.Figures
	}{
		{"none", "nothing was refused", nil, render.Figures{}},
		{"a pipeline with two causes", "it is broken once, and its worst state counts",
			[]scan.Group{group("a", "s", scan.StillMended, "aud_mismatch", nil), group("a", "s", scan.StillYes, "sub_mismatch", nil)},
			render.Figures{Broken: 1, BrokenDenials: 10, Accounts: 1}},
		{"branches", "they are of one repository's pipeline", []scan.Group{of(gitHubMain, scan.StillYes), of("repo:octo-org/api:ref:refs/heads/fix-1", scan.StillQuiet), of("repo:octo-org/api:pull_request", scan.StillYes)},
			render.Figures{Broken: 1, BrokenDenials: 20, Accounts: 1}},
		{"repositories", "each has its own", []scan.Group{of(gitHubMain, scan.StillYes), of("repo:octo-org/web:ref:refs/heads/main", scan.StillYes)},
			render.Figures{Broken: 2, BrokenDenials: 20, Accounts: 1}},
		{"a stranger", "nobody's pipeline is broken", []scan.Group{group("a", "s", scan.StillYes, "sub_mismatch", func(g *scan.Group) { g.Stranger = true })},
			render.Figures{Strangers: 1, StrangerDenials: 10, Accounts: 1}},
		{"a misnamed key", "no token has that key", []scan.Group{group("a", "s", scan.StillQuiet, "condition_key_misnamed", nil), group("a", "t", scan.StillQuiet, "condition_key_misnamed", nil)},
			render.Figures{Quiet: 2, Never: []string{"a"}, Accounts: 1}},
		{"a placeholder", "no token carries it", []scan.Group{group("a", "s", scan.StillUnknown, "sub_mismatch", func(g *scan.Group) { g.Report.Causes[0].Hints = []string{"placeholder"} })},
			render.Figures{Undated: 1, Never: []string{"a"}, Accounts: 1}},
		{"another branch", "a token of that branch meets it", []scan.Group{group("a", "s", scan.StillQuiet, "sub_mismatch", nil)}, render.Figures{Quiet: 1, Accounts: 1}},
		{"only possible", "nothing is said that is not known", []scan.Group{group("a", "s", scan.StillQuiet, "claim_not_supported", func(g *scan.Group) { g.Report.Causes[0].Confidence = "possible" })},
			render.Figures{Quiet: 1, Accounts: 1}},
		{"mended", "somebody got in since", []scan.Group{group("a", "s", scan.StillMended, "action_not_allowed", func(g *scan.Group) { g.Succeeded = &now })}, render.Figures{Mended: 1, Accounts: 1}},
		{"no cause", "a group without a cause is broken all the same", []scan.Group{group("", "", scan.StillYes, "", nil)}, render.Figures{Broken: 1, BrokenDenials: 10, Accounts: 1}},
	} {
		t.Run(tt.label, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, render.Count(&scan.Result{Groups: tt.groups})); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

func TestCSVIsDefused(t *testing.T) {
	for _, tt := range []struct{ label, value, want string }{
		{"formula", "=1+1", "'=1+1"},
		{"plus", "+1", "'+1"},
		{"minus", "-1", "'-1"},
		{"at", "@SUM(A1)", "'@SUM(A1)"},
		{"tab", "\t=1", `'\t=1`},
		{"carriage return", "\r=1", `'\r=1`},
		{"line break", "\n=1", `'\n=1`},
		{"wide", "＝1", "'＝1"},
		{"space", " =1", `\u0020=1`},
		{"inside", "a=1", "a=1"},
		{"quotes and commas", `a","=1`, `a","=1`},
		{"behind a semicolon, where that parts cells", "a;=1", "a;'=1"},
		{"and quoted there", `a; "@SUM(A1)"`, `a; "'@SUM(A1)"`},
		{"each of them", "a;+1;－1;b", "a;'+1;'－1;b"},
		{"a semicolon", "a; b;1", "a; b;1"},
		{"empty", "", ""},
	} {
		t.Run(tt.label, func(t *testing.T) {
			r := &scan.Result{Groups: []scan.Group{{Shape: tt.value, Still: scan.StillYes}}}
			rows, err := csv.NewReader(strings.NewReader(written(t, render.CSV, r))).ReadAll()
			if err != nil || len(rows) != 2 {
				t.Fatalf("%d rows, %v", len(rows), err)
			}
			if got := rows[1][8]; got != tt.want {
				t.Errorf("want %q, got %q", tt.want, got)
			}
		})
	}
}

func TestSparkline(t *testing.T) {
	start := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	moment := func(hour, n int) scan.Moment {
		return scan.Moment{Start: start.Add(time.Duration(hour) * time.Hour), Causes: map[string]int{"sub_mismatch": n}}
	}
	for _, tt := range []struct {
		label, reason string
		step          int
		moments       []scan.Moment
		want          string
	}{
		{"empty moments", "they have their place", 3600, []scan.Moment{moment(0, 1), moment(3, 8)}, "|▁  █|"},
		{"one among many", "a single denial is seen", 3600, []scan.Moment{moment(0, 1), moment(1, 100_000)}, "|▁█|"},
		{"a long time", "several steps make a sign", 3600, []scan.Moment{moment(0, 4), moment(1, 4), moment(119, 1)}, "|█" + strings.Repeat(" ", 58) + "▁|"},
		{"one moment", "there is no line to draw", 3600, []scan.Moment{moment(0, 4)}, ""},
		{"no step", "nor here", 0, []scan.Moment{moment(0, 4), moment(1, 1)}, ""},
		{"not sorted", "what comes before the first is left out", 3600, []scan.Moment{moment(5, 4), moment(0, 1), moment(6, 4)}, "|██|"},
	} {
		t.Run(tt.label, func(t *testing.T) {
			got := ""
			for line := range strings.Lines(text(t, &scan.Result{Timeline: tt.moments, Step: tt.step}, render.TextOptions{})) {
				if strings.HasPrefix(line, "|") {
					got = strings.TrimSuffix(line, "\n")
				}
			}
			if got != tt.want {
				t.Errorf("%s: want %q, got %q", tt.reason, tt.want, got)
			}
		})
	}
}

// A long list is cut, and says so; what nobody can list says how much it is.
func TestMostGroups(t *testing.T) {
	r, err := sample.Many(1234)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		most int
		want string
	}{{0, "and 1,214 more groups"}, {1, "and 1,233 more groups"}} {
		if got := text(t, r, render.TextOptions{Most: tt.most}); !strings.Contains(got, tt.want) {
			t.Errorf("%d: no %q in\n%s", tt.most, tt.want, got)
		}
	}
	if got := text(t, r, render.TextOptions{Most: -1}); strings.Contains(got, "more groups") {
		t.Error("not all groups are listed")
	}
	if got := written(t, render.Markdown, r); len(got) > 65_536 || !strings.Contains(got, "and 1,184 more groups") {
		t.Errorf("%d bytes of Markdown for a comment that holds 65,536", len(got))
	}
}
