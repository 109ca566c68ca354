package report

import "strings"

// Plain is the brief as plain text, a line each, with "«" and "»" around the
// part of a value that differs: where lines wrap, nothing below them can mark
// it. The same signs within a value are spelt.
func (b Brief) Plain() string {
	var s strings.Builder
	for _, l := range b.Lines {
		s.WriteString(l.plain() + "\n")
	}
	return s.String()
}

const labelColumn = len("presented") + 2

func (l Line) plain() string {
	var s strings.Builder
	if l.Label != "" {
		s.WriteString(l.Label + strings.Repeat(" ", max(labelColumn-columns(l.Label), 1)))
	}
	for _, p := range l.Pieces {
		switch p.Style {
		case StyleMarked:
			s.WriteString("«" + withoutMarks.Replace(p.Text) + "»")
		case StyleLink, StyleStrong, StyleValue, StylePlain:
			s.WriteString(withoutMarks.Replace(p.Text))
		}
	}
	return s.String()
}

var withoutMarks = strings.NewReplacer("«", `\u00ab`, "»", `\u00bb`)

const (
	mailWidth = 76
	// A value is to be copied whole, and is broken only where it would make a
	// line that mail programs themselves break.
	mailValue = 240
)

// Mail is the body of an e-mail in plain text: the brief, its links written
// out, and the details.
func Mail(b Brief, sections []Section) string {
	m := &mail{}
	for i, l := range b.Lines {
		if l = l.withoutLinks(); l.Label == "" {
			m.words(l.plain(), "")
		} else {
			m.value(l.plain())
		}
		if i == 0 {
			m.line("")
		}
	}
	m.links(b)
	for i := range sections {
		m.section(&sections[i])
	}
	return m.String()
}

// withoutLinks leaves out the links with the signs before them: in an e-mail
// they stand below.
func (l Line) withoutLinks() Line {
	left := make([]Piece, 0, len(l.Pieces))
	for _, p := range l.Pieces {
		n := len(left)
		switch {
		case p.Style != StyleLink:
			left = append(left, p)
		case n > 0 && left[n-1].Text == dot:
			left = left[:n-1]
		}
	}
	return Line{l.Label, left}
}

type mail struct{ strings.Builder }

func (m *mail) line(text string) { m.WriteString(strings.TrimRight(text, " ") + "\n") }

func (m *mail) words(text, indent string) {
	for _, l := range (spelling{}).words(text, mailWidth-len(indent)) {
		m.line(indent + l)
	}
}

func (m *mail) value(text string) {
	if columns(text) <= mailValue {
		m.line(text)
		return
	}
	for i, part := range fill(plainCells(text), mailWidth-2) {
		m.line(either(i == 0, "", "  ") + joined(part))
	}
}

func (m *mail) links(b Brief) {
	blank := false
	for _, l := range b.Lines {
		for _, p := range l.Pieces {
			if p.Style != StyleLink {
				continue
			}
			if !blank {
				m.line("")
			}
			blank = true
			m.line(p.Text + strings.Repeat(" ", max(labelColumn-columns(p.Text), 1)) + p.URL)
		}
	}
}

func (m *mail) section(s *Section) {
	m.line("")
	m.words(s.Title, "")
	for _, v := range s.Values {
		for _, part := range fill(plainCells(v), mailValue) {
			m.line("  " + joined(part))
		}
	}
	if s.Code != "" {
		for l := range strings.SplitSeq(s.Code, "\n") {
			for _, part := range fill(plainCells(l), mailValue) {
				m.line("  | " + joined(part))
			}
		}
	}
	for _, l := range s.Lines {
		m.words(l, "  ")
	}
}
