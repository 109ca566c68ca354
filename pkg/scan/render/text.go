package render

import (
	"io"
	"strings"

	"whydenied/pkg/report"
	"whydenied/pkg/scan"
)

// TextOptions say what the terminal can show, and how much is wanted. The zero
// TextOptions are those of a pipe: Unicode, no color, 80 columns, twenty
// groups.
type TextOptions struct {
	Color bool // color with SGR sequences
	ASCII bool // nothing beyond ASCII
	Width int  // columns; 0 means 80, and fewer than 50 count as 50
	Most  int  // groups that are listed; 0 means 20, and fewer than 0 means all
}

const (
	defaultWidth  = 80
	leastWidth    = 50
	stackedBelow  = 72  // columns: narrower terminals get lines instead of a table
	oneLineFrom   = 120 // wider ones get the subject in the table's line
	defaultMost   = 20
	explained     = 3   // groups that get their reason in a sentence
	mostSentence  = 500 // characters of that
	mostShape     = 200 // characters of a subject's shape
	mostProblems  = 10
	mostSparkline = 60
)

// Text writes the result for a terminal: totals, denials over time, the
// groups, the reasons of the worst three, what could not be read, and what to
// do next. No line is longer than the width. The error is the writer's.
func Text(w io.Writer, r *scan.Result, o TextOptions) error {
	if o.Width == 0 {
		o.Width = defaultWidth
	}
	if o.Most == 0 {
		o.Most = defaultMost
	}
	if o.Most < 0 || o.Most > len(r.Groups) {
		o.Most = len(r.Groups)
	}
	t := &terminal{Spelling: report.Spelling{ASCII: o.ASCII}, color: o.Color, width: max(o.Width, leastWidth), figures: Count(r)}
	t.head(r)
	t.timeline(r)
	if len(r.Groups) > 0 {
		t.groups(r, o.Most)
		t.reasons(r)
	}
	t.notes(r)
	t.problems(r)
	t.next(r)
	_, err := io.WriteString(w, t.String())
	return err
}

// terminal is text whose lines are no longer than the width.
type terminal struct {
	report.Spelling
	strings.Builder
	color   bool
	width   int
	figures Figures
}

// The codes of SGR, the terminal's "select graphic rendition".
const (
	bold   = "1"
	dim    = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
)

func (t *terminal) paint(sgr, text string) string {
	if !t.color || sgr == "" || text == "" {
		return text
	}
	return "\x1b[" + sgr + "m" + text + "\x1b[0m"
}

func (t *terminal) line(text string) { t.WriteString(strings.TrimRight(text, " ") + "\n") }

// wrapped writes prose whose further lines stand below its first word.
func (t *terminal) wrapped(lead, sgr, text string) {
	indent := report.Columns(lead)
	for i, l := range t.Wrap(text, t.width-indent) {
		if i > 0 {
			lead = strings.Repeat(" ", indent)
		}
		t.line(lead + t.paint(sgr, l))
	}
}

// heading begins a part.
func (t *terminal) heading(text string) {
	t.line("")
	t.line(t.paint(bold, text))
}

// parts writes phrases with a sign between them, and breaks only there.
func (t *terminal) parts(phrases []string) {
	between := " · "
	if t.ASCII {
		between = " - "
	}
	line := ""
	for i, p := range phrases {
		switch {
		case i == 0:
			line = p
		case report.Columns(line)+report.Columns(between)+report.Columns(p) <= t.width:
			line += between + p
		default:
			t.line(line)
			line = p
		}
	}
	t.line(line)
}
