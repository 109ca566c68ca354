package report_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/report"
)

func TestSpelling(t *testing.T) {
	plain, ascii := report.Spelling{}, report.Spelling{ASCII: true}
	for _, tt := range []struct{ label, reason, want, got string }{
		{"value", "what reorders is spelt, a backslash doubled", `a\u202eb\\`, plain.Value("a\u202eb\\", 10)},
		{"empty value", "a cell stays empty", "", plain.Value("", 10)},
		{"long value", "it says how long it is", "aaa… (10 characters)", plain.Value(strings.Repeat("a", 10), 3)},
		{"prose", "a backslash of a quoted value is spelt already", `"a\u202eb" \n`, plain.Prose("\"a\u202eb\" \n", 20)},
		{"long prose", "it is cut", "abc…", plain.Prose("abcdef", 3)},
		{"long prose in ASCII", "so are the dots", "abc...", ascii.Prose("abcdef", 3)},
		{"cut", "it fits with its dots", "abc…", plain.Cut("abcdef", 4)},
		{"cut in ASCII", "its dots take three columns", "a...", ascii.Cut("abcdef", 4)},
		{"not cut", "it fits without", "abcd", plain.Cut("abcd", 4)},
		{"cut of wide letters", "each takes two columns", "中…", plain.Cut("中文字", 4)},
		{"cut of what is spelt", "no half of an escape is left", `a…`, plain.Cut("a\u202eb", 5)},
		{"source", "lines stay, tabs are spaces", "-    a\n+\\u200bb", plain.Source("-\ta\n+\u200bb")},
		{"Markdown value", "it cannot leave its cell or its span", "`a\\u007cb\\u0060`", report.MarkdownValue("a|b`", 10)},
		{"Markdown prose", "a mention becomes code", "ask `@octo`…", report.MarkdownProse("ask @octo now", 9)},
		{"JSON", "what is hidden is escaped", `"\u202e"`, string(report.EscapeUnseen([]byte("\"\u202e\"")))},
	} {
		if tt.want != tt.got {
			t.Errorf("%s: want %q, got %q: %s", tt.label, tt.want, tt.got, tt.reason)
		}
	}
	if diff := cmp.Diff([]string{"repo:o/", "api:x"}, plain.Break("repo:o/api:x", 100, 7)); diff != "" {
		t.Errorf("broken elsewhere (-want +got):\n%s", diff)
	}
}

// Told has the parts of the text that a person needs, each safe to show.
func TestTell(t *testing.T) {
	r := prefectCase()
	told := report.Tell(&r, report.DefaultMost)
	if got := told.Causes[0].Sides[1].Pieces; len(got) != 3 || got[1].Text != "account" || got[1].Style != report.StyleMarked {
		t.Errorf("the part that differs is not marked: %v", got)
	}
	var names []string
	for _, c := range told.Checks {
		names = append(names, c.Name+" "+c.Status)
	}
	if diff := cmp.Diff([]string{"provider ARN match", "aud match", "sub mismatch"}, names); diff != "" {
		t.Errorf("checks (-want +got):\n%s", diff)
	}
	for _, f := range fixtures() {
		told := report.Tell(&f.report, report.DefaultMost)
		if len(told.Headline) == 0 || len(told.Causes) != len(f.report.Causes) || len(told.Fixes) < len(f.report.Fixes) {
			t.Errorf("%s: parts are missing: %+v", f.name, told)
		}
		for _, c := range told.Causes {
			texts := []string{c.Headline, c.Where, c.Excerpt, c.Why, c.Advice}
			for _, side := range c.Sides {
				texts = append(texts, side.Label, side.String())
			}
			for _, text := range texts {
				if i := strings.IndexFunc(text, unprintable); i >= 0 {
					t.Errorf("%s: unprintable at %d of %q", f.name, i, text)
				}
			}
		}
	}
}
