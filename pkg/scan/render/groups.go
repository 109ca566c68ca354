package render

import (
	"fmt"
	"strings"

	"whydenied/pkg/evidence"
	"whydenied/pkg/report"
	"whydenied/pkg/scan"
)

// cell is one field of a table's line.
type cell struct {
	text  string
	width int
	right bool
	sgr   string
	ours  bool // text of this program, which needs no spelling
}

// table lays out the columns that all lines have in common.
type table struct {
	*terminal
	rank, denials, hours, role, cause, last int
	account, shape                          int // 0 where it stands on a line below
}

func (t *terminal) groups(r *scan.Result, most int) {
	t.heading("Groups, the worst first")
	shown := r.Groups[:most]
	if t.width < stackedBelow {
		for i := range shown {
			t.stacked(i+1, &shown[i])
		}
	} else {
		t.table(shown)
	}
	if n := len(r.Groups) - most; n > 0 {
		t.wrapped("", dim, fmt.Sprintf("and %s: --format json, csv and html have all", counted(n, "more group")))
	}
	if r.Ungrouped > 0 {
		t.wrapped("", dim, counted(r.Ungrouped, "more denial")+", of groups beyond the most that are told apart")
	}
	t.legend(shown)
}

func (t *terminal) table(groups []scan.Group) {
	l := t.layout(groups)
	head := l.cells("", mark{ascii: "    ", sign: " "}, "denials", "hours", "account", "role", "cause", "subject", "last seen")
	l.row(head, dim)
	for i := range groups {
		g := &groups[i]
		last := ""
		if g.Last != nil {
			last = minute(*g.Last)[:l.last]
		}
		l.row(l.cells(fmt.Sprint(i+1), t.sign(g.Still, g.Stranger), report.Thousands(g.Count), report.Thousands(g.Hours), g.Account, roleOf(g), CauseName(g.Cause), g.Shape, last), "")
		if l.shape == 0 {
			l.below(g)
		}
	}
}

// layout gives the names what the numbers leave.
func (t *terminal) layout(groups []scan.Group) table {
	l := table{terminal: t, rank: len(fmt.Sprint(len(groups))), denials: len("denials"), hours: len("hours"), cause: MostCauseName, last: len("2006-01-02")}
	for i := range groups {
		l.denials = max(l.denials, len(report.Thousands(groups[i].Count)))
		l.hours = max(l.hours, len(report.Thousands(groups[i].Hours)))
	}
	gaps := 6
	if t.width >= oneLineFrom {
		l.last = len("2006-01-02 15:04")
		gaps = 8
		if t.figures.Accounts > 1 {
			l.account = 12
		}
	}
	left := t.width - l.rank - report.Columns(t.uncolored(mark{sign: " ", ascii: "    "})) - l.denials - l.hours - l.cause - l.last - l.account - gaps
	l.role = left
	if t.width >= oneLineFrom {
		l.role = min(left*2/5, 40)
		l.shape = left - l.role
	}
	return l
}

func (l *table) cells(rank string, m mark, denials, hours, account, role, cause, shape, last string) []cell {
	sign := l.uncolored(m)
	list := []cell{
		{rank, l.rank, true, dim, true}, {sign, report.Columns(sign), false, m.sgr, true}, {denials, l.denials, true, "", true}, {hours, l.hours, true, "", true},
		{account, l.account, false, "", false}, {role, l.role, false, bold, false}, {cause, l.cause, false, "", true}, {shape, l.shape, false, "", false}, {last, l.last, false, "", true},
	}
	shown := list[:0]
	for _, c := range list {
		if c.width > 0 {
			shown = append(shown, c)
		}
	}
	return shown
}

// row writes cells, all in one color or each in its own.
func (l *table) row(cells []cell, sgr string) {
	var b strings.Builder
	for i, c := range cells {
		text, color := c.text, sgr
		if !c.ours {
			text = l.Cut(text, c.width)
		}
		if sgr == "" {
			color = c.sgr
		}
		b.WriteString(l.paint(color, pad(text, c.width, c.right)))
		if i < len(cells)-1 {
			b.WriteString(" ")
		}
	}
	l.line(b.String())
}

// below writes what has no column on a narrower terminal: the account, where
// there are several, and the subject's shape.
func (l *table) below(g *scan.Group) {
	indent := l.width - l.role - l.cause - l.last - 2
	lead := strings.Repeat(" ", indent)
	if l.figures.Accounts > 1 && g.Account != "" {
		account := l.Cut(g.Account, 12)
		lead += l.paint(dim, account) + " "
		indent += report.Columns(account) + 1
	}
	for i, part := range l.Break(orNone(g.Shape, "no subject recorded"), mostShape, l.width-indent) {
		if i > 0 {
			lead = strings.Repeat(" ", indent)
		}
		l.line(lead + l.paint(dim, part))
	}
}

// stacked writes a group on lines of its own.
func (t *terminal) stacked(rank int, g *scan.Group) {
	m := t.mark(t.sign(g.Still, g.Stranger))
	lead := fmt.Sprint(rank) + " "
	indent := strings.Repeat(" ", 4)
	head := t.Cut(roleOf(g), t.width-len(lead)-5)
	t.line(t.paint(dim, lead) + m + " " + t.paint(bold, head))
	said := CauseName(g.Cause)
	if t.figures.Accounts > 1 && g.Account != "" {
		said += ", account " + t.Cut(g.Account, 12)
	}
	t.wrapped(indent, "", said)
	for _, part := range t.Break(orNone(g.Shape, "no subject recorded"), mostShape, t.width-len(indent)) {
		t.line(indent + t.paint(dim, part))
	}
	said = counted(g.Count, "denial") + " in " + counted(g.Hours, "hour")
	if g.Last != nil {
		said += ", last " + minute(*g.Last)
	}
	t.wrapped(indent, "", said)
}

// roleOf is the name of the role, as people know it.
func roleOf(g *scan.Group) string {
	return orNone(evidence.RoleName(g.Role), "role not recorded")
}

func orNone(v, none string) string {
	if v == "" {
		return none
	}
	return v
}
