package page

import (
	"math/bits"

	"whydenied/pkg/evidence"
	"whydenied/pkg/report"
	"whydenied/pkg/scan"
)

// mostRoles are the rows of the heat map, the roles with most denials.
const mostRoles = 24

// heat is the map of roles by causes.
type heat struct {
	Causes []heading
	Rows   []heatRow
	Left   string // roles that have no row
}

type heading struct {
	cause
	At int
}

type heatRow struct {
	Role, Account string
	At            int
	Cells         []heatCell
	Total         string
}

type heatCell struct {
	Number string // "" for none
	Class  string
	Cause  int
}

func newHeat(r *scan.Result, x *index) *heat {
	counts := make([]map[int]int, min(len(x.roles), mostRoles))
	for i := range counts {
		counts[i] = map[int]int{}
	}
	used, most := map[int]bool{}, 1
	for i := range r.Groups {
		g := &r.Groups[i]
		at, c := x.roleAt[role{g.Account, g.Role}], x.causeAt[g.Cause]
		if at < len(counts) {
			counts[at][c] += g.Count
			used[c], most = true, max(most, counts[at][c])
		}
	}
	h := &heat{}
	for i, c := range x.causes {
		if used[i] {
			h.Causes = append(h.Causes, heading{c, i})
		}
	}
	for at, row := range counts {
		h.Rows = append(h.Rows, h.row(at, x.roles[at], row, most))
	}
	if n := len(x.roles) - len(counts); n > 0 {
		h.Left = counted(n, "role", "roles")
	}
	return h
}

func (h *heat) row(at int, one role, counts map[int]int, most int) heatRow {
	s := report.Spelling{}
	line := heatRow{Role: orNone(s.Value(evidence.RoleName(one.arn), mostName), "role not recorded"), Account: s.Value(one.account, mostName), At: at}
	total := 0
	for _, c := range h.Causes {
		n := counts[c.At]
		total += n
		cell := heatCell{Cause: c.At}
		if n > 0 {
			cell.Number, cell.Class = report.Thousands(n), heatClass(n, most)
		}
		line.Cells = append(line.Cells, cell)
	}
	line.Total = report.Thousands(total)
	return line
}

// heatClass is one of five steps between one and most, by the logarithm: a
// role that retries a thousand times must not make all others look alike.
func heatClass(n, most int) string {
	step := 5
	if most > 1 {
		step = 1 + 4*(bits.Len(uint(n))-1)/max(bits.Len(uint(most))-1, 1)
	}
	return "h" + string(rune('0'+min(step, 5)))
}
