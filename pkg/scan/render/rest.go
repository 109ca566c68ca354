package render

import (
	"fmt"
	"strings"

	"whydenied/pkg/scan"
)

// reasons explains the worst groups, in a few lines each.
func (t *terminal) reasons(r *scan.Result) {
	n := min(len(r.Groups), explained)
	t.heading("Why")
	for i := range r.Groups[:n] {
		g := &r.Groups[i]
		lead := fmt.Sprint(i+1) + " "
		t.line(t.paint(dim, lead) + t.paint(bold, t.Cut(roleOf(g), t.width-len(lead))))
		t.wrapped(strings.Repeat(" ", len(lead)), "", t.Prose(said(g), mostSentence))
	}
}

func (t *terminal) notes(r *scan.Result) {
	if len(r.Notes) == 0 {
		return
	}
	t.heading("Notes")
	for _, note := range r.Notes {
		t.wrapped("- ", "", t.Prose(note, mostSentence))
	}
}

func (t *terminal) problems(r *scan.Result) {
	n := len(r.Problems) + r.ProblemsLeft
	if n == 0 {
		return
	}
	t.heading("Could not be read")
	for i := range r.Problems[:min(len(r.Problems), mostProblems)] {
		t.wrapped("- ", "", t.Prose(r.Problems[i].Text, mostSentence))
	}
	if left := n - min(len(r.Problems), mostProblems); left > 0 {
		t.wrapped("", dim, "and "+counted(left, "other place"))
	}
}

// next says how to go on.
func (t *terminal) next(r *scan.Result) {
	if len(r.Groups) == 0 {
		return
	}
	t.heading("Next")
	t.wrapped("- ", "", "See all of it, with each trust policy's fix: the same command with")
	t.line("    --format html > report.html")
	t.wrapped("- ", "", "Explain a single record against its account, fix included:")
	t.line("    whydenied explain RECORD --account ACCOUNT")
}
