package render

import (
	"fmt"
	"io"
	"strings"

	"whydenied/pkg/report"
	"whydenied/pkg/scan"
)

// mostRows is how many groups a Markdown table lists: a comment on GitHub
// holds 65,536 characters.
const mostRows = 50

// Markdown writes the result for a ticket, in GitHub's flavor: totals, a table
// of the groups, the reasons of the worst three, what could not be read.
// Values stand in code spans, which they cannot leave. The error is the
// writer's.
func Markdown(w io.Writer, r *scan.Result) error {
	m := &markdown{}
	m.paragraph("### " + Refused(r))
	m.paragraph(strings.Join(Extent(r), " · "))
	if r.Partial {
		m.paragraph("**Not everything was read to its end; see below.**")
	}
	m.figures(r)
	m.table(r)
	m.reasons(r)
	m.list("Notes", r.Notes, 0)
	problems := make([]string, 0, len(r.Problems))
	for i := range r.Problems {
		problems = append(problems, r.Problems[i].Text)
	}
	m.list("Could not be read", problems, r.ProblemsLeft)
	_, err := io.WriteString(w, m.String())
	return err
}

type markdown struct{ strings.Builder }

func (m *markdown) paragraph(lines ...string) {
	if m.Len() > 0 {
		m.WriteString("\n")
	}
	for _, l := range lines {
		m.WriteString(l + "\n")
	}
}

func (m *markdown) figures(r *scan.Result) {
	f := Count(r)
	var lines []string
	add := func(n int, text string) {
		if n > 0 {
			lines = append(lines, "- "+text)
		}
	}
	add(f.Broken, fmt.Sprintf("✗ **%s** still refused, %s so far", counted(f.Broken, "pipeline"), counted(f.BrokenDenials, "denial")))
	add(len(f.Never), fmt.Sprintf("✗ **%s** whose trust policy no token of the issuer can meet", counted(len(f.Never), "role")))
	add(f.Strangers, fmt.Sprintf("⚠ **%s**, %s", counted(f.Strangers, "probable stranger"), counted(f.StrangerDenials, "denial")))
	add(f.Mended, fmt.Sprintf("✓ **%s** mended since", counted(f.Mended, "pipeline")))
	add(f.Quiet, fmt.Sprintf("– **%s** quiet for a day or longer", counted(f.Quiet, "pipeline")))
	add(f.Undated, fmt.Sprintf("? **%s** without a time on record", counted(f.Undated, "pipeline")))
	if len(lines) > 0 {
		m.paragraph(lines...)
	}
}

func (m *markdown) table(r *scan.Result) {
	if len(r.Groups) == 0 {
		return
	}
	var t terminal
	lines := []string{"| # | | denials | hours | account | role | cause | subject | last seen |", "| ---: | --- | ---: | ---: | --- | --- | --- | --- | --- |"}
	for i := range r.Groups[:min(len(r.Groups), mostRows)] {
		g := &r.Groups[i]
		last := ""
		if g.Last != nil {
			last = minute(*g.Last)
		}
		lines = append(lines, fmt.Sprintf("| %d | %s | %s | %s | %s | %s | %s | %s | %s |", i+1, t.sign(g.Still, g.Stranger).sign,
			report.Thousands(g.Count), report.Thousands(g.Hours), code(g.Account), code(roleOf(g)), causeOf(g), code(g.Shape), last))
	}
	m.paragraph(lines...)
	if n := len(r.Groups) - mostRows; n > 0 {
		m.paragraph("and " + counted(n, "more group"))
	}
	if r.Ungrouped > 0 {
		m.paragraph(counted(r.Ungrouped, "more denial") + ", of groups beyond the most that are told apart")
	}
}

func code(v string) string {
	if v == "" {
		return ""
	}
	return report.MarkdownValue(v, mostShape)
}

// causeOf is a cause's name. A code that is not known may be anything.
func causeOf(g *scan.Group) string {
	name := CauseName(g.Cause)
	if report.MarkdownProse(name, mostShape) != name {
		return code(name)
	}
	return name
}

func (m *markdown) reasons(r *scan.Result) {
	for i := range r.Groups[:min(len(r.Groups), explained)] {
		g := &r.Groups[i]
		m.paragraph(fmt.Sprintf("**%d.** %s: %s", i+1, code(roleOf(g)), report.MarkdownProse(said(g), mostSentence)))
	}
}

func (m *markdown) list(title string, texts []string, more int) {
	if len(texts)+more == 0 {
		return
	}
	var lines []string
	for _, text := range texts[:min(len(texts), mostProblems)] {
		lines = append(lines, "- "+report.MarkdownProse(text, mostSentence))
	}
	if more += len(texts) - min(len(texts), mostProblems); more > 0 {
		lines = append(lines, "- and "+report.Thousands(more)+" more")
	}
	m.paragraph("**" + title + ":**")
	m.paragraph(lines...)
}
