package report

import (
	"fmt"
	"io"
	"strings"
)

// Markdown writes the report for a ticket or a pull request, in GitHub's
// flavor: the headline, a table of the checks, each cause, and the trace
// folded away. Values stand in code spans and fences, which they cannot
// leave: none becomes a link, a mention or markup. The error is the writer's.
func Markdown(w io.Writer, r *Report) error {
	m := &markdown{}
	m.headline(r)
	m.changed(r)
	if stranger(r) {
		m.facts("Who called", fact{"Source IP", r.Denial.SourceIP}, fact{"User agent", r.Denial.UserAgent})
	}
	m.checks(r)
	for i := range r.Causes {
		m.cause(r, i)
	}
	if len(r.Causes) == 0 {
		m.sentence("Why", r.Summary)
	}
	m.fixes(r)
	m.look(r)
	m.around(r)
	m.record(r)
	m.trace(r)
	_, err := io.WriteString(w, m.String())
	return err
}

// markdown is a document of paragraphs with a blank line between them.
type markdown struct{ strings.Builder }

func (m *markdown) paragraph(lines ...string) {
	if m.Len() > 0 {
		m.WriteString("\n")
	}
	for _, l := range lines {
		m.WriteString(l + "\n")
	}
}

// sentence writes prose under a bold label; nothing where there is none.
func (m *markdown) sentence(label, text string) {
	if text != "" {
		m.paragraph("**" + label + ":** " + markdownProse(text))
	}
}

func (m *markdown) headline(r *Report) {
	t, phrases := headline(r)
	said := make([]string, 0, len(phrases))
	for _, ph := range phrases {
		if ph.value == "" {
			ph.words = markdownProse(ph.words)
		}
		said = append(said, ph.spelt(codeSpan))
	}
	m.paragraph("### " + marksOf[t].sign + " " + strings.Join(said, " · "))
}

func (m *markdown) checks(r *Report) {
	lines := []string{"| | check | presented |", "| --- | --- | --- |"}
	shown := checksShown(r)
	for i := range shown {
		c := &shown[i]
		var said []string
		for _, v := range presented(r, c) {
			said = append(said, tableSpan(v))
		}
		if words := checkWords(r, c); words != "" {
			said = append(said, words)
		}
		name := checkName(r, c)
		if markdownProse(name) != name {
			name = tableSpan(name)
		}
		lines = append(lines, fmt.Sprintf("| %s | %s | %s |", marksOf[toneOf(c.Status)].sign, name, strings.Join(said, " ")))
	}
	if len(shown) > 0 {
		m.paragraph(lines...)
	}
}

func (m *markdown) cause(r *Report, i int) {
	c := &r.Causes[i]
	if n := len(r.Causes); n > 1 {
		m.paragraph(fmt.Sprintf("#### %d of %d: %s", i+1, n, markdownProse(c.Headline)))
	}
	if fence := compared(r, c); len(fence) > 0 {
		m.fence("text", fence)
	}
	if said := placeWords(c); said != "" {
		m.sentence("Where", said)
		if line := excerpt(c, maxShort); line != "" {
			m.fence("json", []string{spelling{code: true}.prose(line)})
		}
	}
	m.sentence("Why", why(c))
	m.sentence("What to do", advice(r, c))
	m.sentence("Confidence", c.Confidence)
	m.sentence("Read more", CausePage(c.Code))
}

// compared are both sides of a cause as on a terminal, each value on one line.
func compared(r *Report, c *Cause) []string {
	const endless = 1 << 20
	p := &page{spelling: spelling{code: true}, width: endless, column: leastLabel + 2 + 2}
	most := maxValue
	if stranger(r) {
		most = maxShort
	}
	p.sides(sidesOf(r, c), most)
	lines := strings.Split(strings.TrimRight(p.String(), "\n"), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimPrefix(l, "  ") // room for a mark
	}
	if len(lines) == 1 && lines[0] == "" {
		return nil
	}
	return lines
}

// fence writes lines that hold no backtick: no line of them can end it.
func (m *markdown) fence(language string, lines []string) {
	m.paragraph(append(append([]string{"```" + language}, lines...), "```")...)
}
