package report_test

import (
	"strings"
	"testing"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/report"
)

// The parts between « and » are those that New marks.
func TestMarks(t *testing.T) {
	for _, tt := range []struct {
		name, reason        string
		expected            []string
		presented           string
		wantExpect, wantGot string
	}{
		{"one segment", "whole parts are marked", []string{"prefect:cloud:1"}, "prefect:account:1", "prefect:«cloud»:1", "prefect:«account»:1"},
		{"missing tail", "an empty range shows the place", []string{"repo:o/r"}, "repo:o/r:ref:x", "repo:o/r«»", "repo:o/r«:ref:x»"},
		{"missing front", "as an issuer with a scheme", []string{"a.example"}, "https://a.example", "«»a.example", "«https://»a.example"},
		{"wildcard agrees", "what * stands for is no difference", []string{"repo:o/*:ref:refs/heads/main"}, "repo:o/r:environment:prod",
			"repo:o/*:«ref:refs/heads/main»", "repo:o/r:«environment:prod»"},
		{"wildcard at the end", "it stands for all that is left", []string{"repo:o/web:*"}, "repo:o/api:ref:refs/heads/main", "repo:o/«web»:*", "repo:o/«api»:ref:refs/heads/main"},
		{"wildcard is literal", "where nothing else differs it is the difference", []string{"repo:o/*"}, "repo:o/r:ref:x", "repo:o/«*»", "repo:o/«r:ref:x»"},
		{"nearest", "subjects go from the tenant to the circumstances", []string{"repo:o/web:environment:prod", "repo:o/api:ref:refs/heads/main"}, "repo:o/api:environment:prod",
			"repo:o/api:«ref:refs/heads/main»", "repo:o/api:«environment:prod»"},
		{"nearest by letters", "where they agree equally far", []string{"a:release", "a:maim", "a:develop"}, "a:main", "a:«maim»", "a:«main»"},
		{"ids", "GitHub's immutable subjects", []string{"repo:o/r:ref:x"}, "repo:o@1/r@2:ref:x", "repo:o«/r»:ref:x", "repo:o«@1/r@2»:ref:x"},
		{"beyond ASCII", "ranges never cut a character", []string{"repo:é/x"}, "repo:è/x", "repo:«é»/x", "repo:«è»/x"},
		{"empty expected", "a template left it empty", []string{""}, "a:b", "«»", "«a:b»"},
		{"repeated", "left and right do not overlap", []string{"a:a"}, "a:a:a", "a:a«»", "a:a«:a»"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := diagnosis.Diagnosis{Causes: []diagnosis.Cause{{Code: diagnosis.CauseSubMismatch, Statement: diagnosis.NoStatement, Expected: tt.expected, Presented: []string{tt.presented}}}}
			m := report.New(d).Causes[0].Marks
			if m == nil {
				t.Fatal("no marks")
			}
			e, p := within(tt.expected[m.Expected], m.InExpect), within(tt.presented, m.InPresent)
			if e != tt.wantExpect || p != tt.wantGot {
				t.Errorf("got %s and %s, want %s and %s (%s)", e, p, tt.wantExpect, tt.wantGot, tt.reason)
			}
		})
	}
}

func within(v string, s report.Span) string {
	return v[:s.Start] + "«" + v[s.Start:s.End] + "»" + v[s.End:]
}

// On a line that is not wrapped, carets stand below what is marked, also
// where characters are wide or spelt.
func TestCarets(t *testing.T) {
	for _, tt := range []struct{ name, expected, presented, wantExpect, wantGot string }{
		{"plain", "a:cloud:1", "a:account:1", "cloud", "account"},
		{"wide", "repo:中文/x", "repo:日本語/x", "中文", "日本語"},
		{"spelt", "a\u200b:x", "a\u200b:\u202ey", "x", `\u202ey`},
		{"space at the end", "a:x", "a:x ", "x", `x\u0020`},
		{"backslash", `a\b:x`, `a\b:y`, "x", "y"},
		{"beyond what is shown", strings.Repeat("a", 1500) + ":x", strings.Repeat("a", 1500) + ":y", "x", "y"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := refused(gitHub, "deploy", stsAud, tt.presented)
			subDiffers(&r, gitHub, tt.presented, tt.expected)
			lines := strings.Split(rendered(t, &r, report.TextOptions{Width: 1 << 20}), "\n")
			if got := overCarets(t, lines, "expected"); got != tt.wantExpect {
				t.Errorf("marked in expected: %q, want %q", got, tt.wantExpect)
			}
			if got := overCarets(t, lines, "presented"); got != tt.wantGot {
				t.Errorf("marked in presented: %q, want %q", got, tt.wantGot)
			}
		})
	}
}

// overCarets finds the text above the carets that follow a label's line.
func overCarets(t *testing.T, lines []string, label string) string {
	t.Helper()
	for i, l := range lines {
		if !strings.HasPrefix(strings.TrimSpace(l), label) {
			continue
		}
		var over strings.Builder
		at := 0
		for _, r := range l {
			if below := lines[i+1]; at < len(below) && below[at] == '^' {
				over.WriteRune(r)
			}
			at += columns(string(r))
		}
		return over.String()
	}
	t.Fatalf("no line %q in\n%s", label, strings.Join(lines, "\n"))
	return ""
}
