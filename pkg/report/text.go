package report

import (
	"io"
	"strings"

	"whydenied/pkg/diagnosis"
)

// TextOptions say what the terminal can show. The zero TextOptions are those
// of a pipe: Unicode, no color, 80 columns.
type TextOptions struct {
	Color bool // color with SGR sequences
	ASCII bool // nothing beyond ASCII
	Width int  // columns; 0 means 80, and fewer than 50 count as 50
}

const (
	defaultWidth = 80
	leastWidth   = 50
	leastLabel   = len("provider ARN")
	mostLabel    = 24
)

// Text writes the report for a terminal: the first line alone says what is
// wrong, then come the checks, and for each cause what was expected over what
// was presented, with the part that differs marked. No line is longer than
// the width. The error is the writer's.
func Text(w io.Writer, r *Report, o TextOptions) error {
	if o.Width == 0 {
		o.Width = defaultWidth
	}
	p := &page{spelling: spelling{ascii: o.ASCII}, width: max(o.Width, leastWidth), color: o.Color}
	shown := checksShown(r)
	column := p.margin() + leastLabel + 2
	p.headline(r)
	p.column = column
	p.changed(r)
	if len(shown) > 0 || stranger(r) {
		p.line("")
	}
	if stranger(r) && p.from(&r.Denial) {
		p.line("")
	}
	p.column += labelWidth(r, shown) - leastLabel
	for i := range shown {
		p.check(r, &shown[i])
	}
	p.column = column
	for i := range r.Causes {
		p.line("")
		p.cause(r, i)
	}
	if len(r.Causes) == 0 {
		p.noCause(r)
	}
	p.fixes(r)
	p.look(r)
	p.around(r)
	p.record(r)
	_, err := io.WriteString(w, p.String())
	return err
}

// headline wraps between phrases: a name is broken only if it is longer than
// a whole line.
func (p *page) headline(r *Report) {
	t, phrases := headline(r)
	between := " · "
	if p.ascii {
		between = " - "
	}
	line, used := p.mark(t)+" ", p.margin()
	for i, ph := range phrases {
		ph.words = p.prose(ph.words)
		text := ph.spelt(func(v string) string { return p.value(v, maxShort) })
		if i > 0 && used+3+columns(text) <= p.width {
			line, used = line+between, used+3
		} else if i > 0 {
			p.line(line)
			line, used = strings.Repeat(" ", p.margin()), p.margin()
		}
		parts := fill(plainCells(text), p.width-p.margin())
		for k, part := range parts {
			if k > 0 {
				p.line(line)
				line, used = strings.Repeat(" ", p.margin()), p.margin()
			}
			sgr := ""
			if i == 0 {
				sgr = bold
			}
			line, used = line+p.paint(sgr, joined(part)), used+columns(joined(part))
		}
	}
	p.line(line)
}

// from says where the call came from, and whether that is known.
func (p *page) from(d *Denial) bool {
	if d.SourceIP != "" {
		p.row(toneNone, "source IP", p.shown(d.SourceIP, nil, "", maxShort))
	}
	if d.UserAgent != "" {
		p.row(toneNone, "user agent", p.shown(d.UserAgent, nil, "", maxShort))
	}
	return d.SourceIP != "" || d.UserAgent != ""
}

// noCause explains a verdict that has no cause.
func (p *page) noCause(r *Report) {
	p.line("")
	p.sentences("why", r.Summary)
	if r.Verdict != string(diagnosis.VerdictAllowed) {
		p.sentences("what to do", "Do not loosen the trust policy on this evidence. The notes say what would settle it.")
	}
}

func labelWidth(r *Report, shown []Check) int {
	width := leastLabel
	for i := range shown {
		if n := columns(checkName(r, &shown[i])); n <= mostLabel {
			width = max(width, n)
		}
	}
	return width
}
