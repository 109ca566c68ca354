package page

import (
	"time"

	"whydenied/pkg/evidence"
	"whydenied/pkg/report"
	"whydenied/pkg/scan"
	"whydenied/pkg/scan/render"
)

// mostName and mostValue are how many characters are shown of a value: among
// others in a row, and in a report.
const (
	mostName  = 200
	mostValue = 1000
)

// row is a group in the list.
type row struct {
	Rank                       int
	State                      state
	Stranger, Never            bool
	Denials, Hours             string
	Count                      int
	Role, Account, Shape       string
	Cause                      cause
	Last, LastAt               string
	AccountIn, CauseIn, RoleIn int
	Report                     *told // nil for those beyond the first
	DenialsUnit, HoursUnit     string
}

// state is whether a group's denials go on.
type state struct{ Key, Sign, Words, Class string }

func stateOf(s scan.Still) state {
	switch s {
	case scan.StillYes:
		return state{"yes", "✗", "still refused", "bad"}
	case scan.StillMended:
		return state{"mended", "✓", "mended", "good"}
	case scan.StillQuiet:
		return state{"quiet", "–", "quiet", "calm"}
	case scan.StillUnknown:
	}
	return state{"unknown", "?", "no time", "calm"}
}

func newRow(i int, g *scan.Group, x *index) row {
	s := report.Spelling{}
	one := role{g.Account, g.Role}
	r := row{
		Rank: i + 1, State: stateOf(g.Still), Stranger: g.Stranger, Never: render.NeverMatches(g),
		Denials: report.Thousands(g.Count), Hours: report.Thousands(g.Hours), Count: g.Count,
		DenialsUnit: plural(g.Count, "denial", "denials"), HoursUnit: plural(g.Hours, "hour", "hours"),
		Role: orNone(s.Value(evidence.RoleName(g.Role), mostName), "role not recorded"), Account: orNone(s.Value(g.Account, mostName), "no account"),
		Shape: orNone(s.Value(g.Shape, mostName), "no subject recorded"), CauseIn: x.causeAt[g.Cause], RoleIn: x.roleAt[one],
	}
	r.Cause = x.causes[r.CauseIn]
	for at, account := range x.accounts {
		if account == g.Account {
			r.AccountIn = at
		}
	}
	if g.Last != nil {
		r.Last, r.LastAt = stamp(*g.Last), g.Last.UTC().Format(time.RFC3339)
	}
	if i < Explained {
		r.Report = tell(g)
	}
	return r
}
