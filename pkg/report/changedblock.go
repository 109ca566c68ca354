package report

import (
	"strings"
	"time"

	"whydenied/pkg/diagnosis"
)

// maxDifferences is how many differences a report shows.
const maxDifferences = 5

// opening says when, what, who and how, in a sentence. In full it says what
// "apparently" rests on.
func (c *Changed) opening(r *Report) string {
	said := moment(c.Time) + ", " + howLong(time.Duration(c.SecondsBefore)*time.Second) + " before the call: " + c.happened()
	if r.Denial.RoleARN == nil && c.Role != "" {
		said += ", role " + short(c.Role)
	}
	if c.ClientID != "" {
		said += ", " + short(c.ClientID)
	}
	return said + ", " + c.author() + "."
}

// closing says what the version before would do, and what else is known.
func (c *Changed) closing(r *Report) []string {
	var said []string
	reverted := c.reverted(r)
	if c.Before == string(diagnosis.VersionAllows) {
		reverted = "evaluated with this token, " + reverted
	}
	for _, s := range nonEmpty(reverted, c.later()) {
		said = append(said, strings.ToUpper(s[:1])+s[1:]+".")
	}
	return said
}

// diffLines are the differences with a line for each value, as a diff has them.
func (c *Changed) diffLines(r *Report, spell func(sign, value string) []string, words func(string) []string) []string {
	var lines []string
	list := c.relevant(r)
	for i := range list[:min(len(list), maxDifferences)] {
		p := list[i].phrase(r)
		lines = append(lines, words(p.words)...)
		for _, side := range []struct {
			sign   string
			values []string
		}{{"- ", p.removed}, {"+ ", p.added}} {
			for _, v := range side.values[:min(len(side.values), maxListed)] {
				lines = append(lines, spell(side.sign, v)...)
			}
			for _, more := range andMore(len(side.values) - maxListed) {
				lines = append(lines, side.sign+more)
			}
		}
	}
	return append(lines, andMore(len(list)-maxDifferences)...)
}

// changed writes what changed before the call.
func (p *page) changed(r *Report) {
	c := r.Changed
	if c == nil {
		return
	}
	words := func(s string) []string { return p.words(s, p.room()) }
	lines := words(c.opening(r))
	lines = append(lines, c.diffLines(r, func(sign, v string) []string {
		parts := fill(plainCells(p.value(v, maxShort)), p.room()-len(sign))
		said := make([]string, 0, len(parts))
		for i, part := range parts {
			said = append(said, either(i == 0, sign, "  ")+joined(part))
		}
		return said
	}, words)...)
	for _, s := range c.closing(r) {
		lines = append(lines, words(s)...)
	}
	p.line("")
	p.row(toneNone, "changed", lines)
}

// changed writes what changed before the call, the values as a diff.
func (m *markdown) changed(r *Report) {
	c := r.Changed
	if c == nil {
		return
	}
	m.sentence("What changed", c.opening(r))
	code := spelling{code: true}
	lines := c.diffLines(r, func(sign, v string) []string { return []string{sign + code.value(v, maxShort)} },
		func(s string) []string { return []string{"  " + code.prose(s)} })
	if len(lines) > 0 {
		m.fence("diff", lines)
	}
	if said := c.closing(r); len(said) > 0 {
		m.paragraph(markdownProse(strings.Join(said, " ")))
	}
}

// changed lists what changed before the call, whole.
func (d *details) changed(r *Report) {
	c := r.Changed
	if c == nil {
		return
	}
	s := Section{Title: "What changed", Lines: d.sentences(append([]string{c.opening(r)}, c.closing(r)...))}
	lines := c.diffLines(r, func(sign, v string) []string { return []string{sign + d.value(v, d.most)} },
		func(s string) []string { return []string{"  " + d.prose(s)} })
	s.Code = strings.Join(lines, "\n")
	d.sections = append(d.sections, s)
}
