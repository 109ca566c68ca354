package report

import "strings"

// page is text in two columns: a label, and what it is about. Lines are no
// longer than the width.
type page struct {
	spelling
	strings.Builder
	width  int
	column int // where values begin, counted from 0
	color  bool
}

// tone is what a mark says, and how it looks.
type tone uint8

const (
	toneNone tone = iota
	toneMatch
	toneMismatch
	toneUnknown
	toneOpen // no statement asks
	toneStranger
)

// The codes of SGR, the terminal's "select graphic rendition".
const (
	bold   = "1"
	dim    = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
)

// marksOf are the signs of a tone, with its color. Both are told apart by
// their form alone.
var marksOf = [...]struct{ sign, ascii, sgr string }{
	toneNone:     {" ", "    ", ""},
	toneMatch:    {"✓", "[ok]", green},
	toneMismatch: {"✗", "[no]", red},
	toneUnknown:  {"?", "[??]", yellow},
	toneOpen:     {"–", "[--]", dim},
	toneStranger: {"⚠", "[!!]", yellow},
}

func (p *page) mark(t tone) string {
	m := marksOf[t]
	if p.ascii {
		return p.paint(m.sgr, m.ascii)
	}
	return p.paint(m.sgr, m.sign)
}

// margin is what a mark and the space behind it take.
func (p *page) margin() int {
	if p.ascii {
		return 5
	}
	return 2
}

func (p *page) paint(sgr, text string) string {
	if !p.color || sgr == "" || text == "" {
		return text
	}
	return "\x1b[" + sgr + "m" + text + "\x1b[0m"
}

func (p *page) line(text string) { p.WriteString(text + "\n") }

// room is how many columns a value has.
func (p *page) room() int { return p.width - p.column }

// row writes a label and the lines beside it. A label that is too long for
// its column has a line of its own.
func (p *page) row(t tone, label string, lines []string) {
	label = p.value(label, maxShort)
	used := p.margin() + columns(label)
	head := strings.TrimRight(p.mark(t)+" "+p.paint(dim, label), " ")
	switch {
	case len(lines) == 0:
		p.line(head)
		return
	case used+1 > p.column:
		for i, part := range fill(plainCells(label), p.width-p.margin()) {
			mark := p.mark(toneNone)
			if i == 0 {
				mark = p.mark(t)
			}
			p.line(mark + " " + p.paint(dim, joined(part)))
		}
	default:
		p.line(head + strings.Repeat(" ", p.column-used) + lines[0])
		lines = lines[1:]
	}
	for _, l := range lines {
		p.line(strings.Repeat(" ", p.column) + l)
	}
}

// sentences writes a label and prose; nothing where there is none.
func (p *page) sentences(label string, texts ...string) {
	var lines []string
	for _, text := range texts {
		if text != "" {
			lines = append(lines, p.words(text, p.room())...)
		}
	}
	if len(lines) > 0 {
		p.row(toneNone, label, lines)
	}
}

// shown is a value on lines of the page. The marked part, if any, is colored
// and has carets below.
func (p *page) shown(v string, span *Span, sgr string, most int) []string {
	at := 0
	if span != nil {
		at = span.Start
	}
	w := clip(v, at, most)
	cells := p.cells(w.text)
	for i := range cells {
		cells[i].at += w.start
	}
	if w.before {
		cells = append([]cell{{text: p.dots(), width: columns(p.dots()), at: -1}}, cells...)
	}
	if v == "" {
		cells = []cell{{text: `""`, width: 2}}
	}
	var lines []string
	filled := fill(cells, p.room())
	for i, part := range filled {
		lines = append(lines, p.painted(part, span, sgr))
		if span == nil {
			continue
		}
		if under := carets(part, *span, i == len(filled)-1, p.room()); under != "" {
			blank := len(under) - len(strings.TrimLeft(under, " "))
			lines = append(lines, under[:blank]+p.paint(sgr, under[blank:]))
		}
	}
	if more := p.more(w); more != "" {
		lines = append(lines, more)
	}
	return lines
}

// painted joins cells, with those in the span colored.
func (p *page) painted(part []cell, span *Span, sgr string) string {
	if span == nil || !p.color {
		return joined(part)
	}
	from, to := len(part), len(part)
	for i, c := range part {
		if c.at >= span.Start && from == len(part) {
			from = i
		}
		if c.at >= span.End {
			to = i
			break
		}
	}
	return joined(part[:from]) + p.paint(sgr, joined(part[from:max(from, to)])) + joined(part[max(from, to):])
}
