package report

import (
	"fmt"
	"strings"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/evidence"
)

// candidates takes a line for each role, with what it expects.
func (p *page) candidates(r *Report) []string {
	widest := 0
	names := make([]string, min(len(r.Candidates), maxCandidates))
	for i := range names {
		names[i] = p.fit(p.cells(evidence.RoleName(r.Candidates[i].RoleARN)), p.room()/2)
		widest = max(widest, columns(names[i]))
	}
	lines := make([]string, 0, len(names))
	for i, name := range names {
		head := fmt.Sprintf("%*d %s%s  ", len(fmt.Sprint(len(names))), i+1, name, strings.Repeat(" ", widest-columns(name)))
		lines = append(lines, head+p.oneLine(&r.Candidates[i], p.room()-columns(head)))
	}
	return append(lines, andMore(len(r.Candidates)-len(names))...)
}

// oneLine says in so many columns why a candidate refuses: what its first
// cause expects, from the part that differs on if there is no room for all.
func (p *page) oneLine(c *Candidate, width int) string {
	switch {
	case c.Allows:
		return p.fit(plainCells("would have allowed it"), width)
	case len(c.Causes) == 0:
		return p.fit(plainCells("not known"), width)
	}
	cause := &c.Causes[0]
	compares := diagnosis.Code(cause.Code) == diagnosis.CauseSubMismatch || diagnosis.Code(cause.Code) == diagnosis.CauseAudMismatch
	if !compares || len(cause.Expected) == 0 || strings.Contains(cause.Operator, "Not") {
		return p.fit(plainCells(p.prose(cause.Headline)), width)
	}
	m := cause.Marks
	if m == nil {
		m = mark(cause.Expected, cause.Presented)
	}
	value, from := cause.Expected[0], 0
	if m != nil && m.Expected < len(cause.Expected) {
		value, from = cause.Expected[m.Expected], m.InExpect.Start
	}
	said := "expects "
	if cause.Element != diagnosis.ElementSub {
		said += cause.Element + " "
	}
	return said + p.tail(value, from, width-columns(said))
}

// tail shows as much of the end of a value as there is room for, from a
// separator on, and at any rate what stands at the offset.
func (p *page) tail(v string, from, width int) string {
	cells := p.cells(v)
	if cellColumns(cells) <= width {
		return joined(cells)
	}
	start := 0
	for start < len(cells) && cells[start].at < from {
		start++
	}
	for i := 1; i < start; i++ {
		if strings.ContainsRune(separators, cells[i-1].char) && cellColumns(cells[i:])+columns(p.dots()) <= width {
			start = i
		}
	}
	if start == 0 {
		return p.fit(cells, width)
	}
	return p.fit(append(plainCells(p.dots()), cells[start:]...), width)
}

// fit cuts cells to a number of columns, and says so with dots.
func (p *page) fit(cells []cell, width int) string {
	if cellColumns(cells) <= width {
		return joined(cells)
	}
	return joined(firstColumns(cells, width-columns(p.dots()))) + p.dots()
}

func cellColumns(cells []cell) int {
	n := 0
	for _, c := range cells {
		n += c.width
	}
	return n
}

func firstColumns(cells []cell, width int) []cell {
	used := 0
	for i, c := range cells {
		if used += c.width; used > width {
			return cells[:i]
		}
	}
	return cells
}
