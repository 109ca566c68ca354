package render

import (
	"strings"

	"whydenied/pkg/report"
	"whydenied/pkg/scan"
)

// mark is the sign of a state, told by its form as well as by its color.
type mark struct{ sign, ascii, sgr, says string }

func (t *terminal) sign(s scan.Still, stranger bool) mark {
	if stranger {
		return mark{"⚠", "[!!]", yellow, "probable stranger"}
	}
	switch s {
	case scan.StillYes:
		return mark{"✗", "[no]", red, "still refused"}
	case scan.StillMended:
		return mark{"✓", "[ok]", green, "mended: a later call was allowed"}
	case scan.StillQuiet:
		return mark{"–", "[--]", dim, "quiet: nobody tried for a day"}
	case scan.StillUnknown:
	}
	return mark{"?", "[??]", yellow, "no time on record"}
}

func (t *terminal) mark(m mark) string { return t.paint(m.sgr, t.uncolored(m)) }

func (t *terminal) uncolored(m mark) string {
	if t.ASCII {
		return m.ascii
	}
	return m.sign
}

// legend explains the signs that the list has.
func (t *terminal) legend(groups []scan.Group) {
	seen := map[string]bool{}
	var said []string
	for i := range groups {
		m := t.sign(groups[i].Still, groups[i].Stranger)
		if !seen[m.sign] {
			seen[m.sign] = true
			said = append(said, t.uncolored(m)+" "+m.says)
		}
	}
	var b terminal
	b.Spelling, b.width = t.Spelling, t.width
	b.parts(said)
	for l := range strings.Lines(b.String()) {
		t.line(t.paint(dim, strings.TrimSuffix(l, "\n")))
	}
}

// pad fills a text that was spelt up to a column.
func pad(text string, width int, right bool) string {
	blank := strings.Repeat(" ", max(width-report.Columns(text), 0))
	if right {
		return blank + text
	}
	return text + blank
}
