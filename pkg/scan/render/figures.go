package render

import (
	"fmt"
	"time"

	"whydenied/pkg/oidc"
	"whydenied/pkg/report"
	"whydenied/pkg/scan"
)

// Figures answer what people ask first: how many pipelines are broken, which
// trust policies will never match, who is knocking. A pipeline is a role, a
// provider, and what of the subject says whose job it is: a repository, whatever
// its branches, or the subject's shape where that is not told.
type Figures struct {
	Broken, Mended, Quiet, Undated int // pipelines, by their worst group; strangers apart
	BrokenDenials                  int
	Never                          []string // role ARNs whose trust policy no token of the issuer meets, the worst first
	Strangers                      int      // groups of probable strangers
	StrangerDenials                int
	Accounts                       int
}

// Count makes the figures of a result.
func Count(r *scan.Result) Figures {
	var f Figures
	pipelines, roles, accounts := map[[3]string]scan.Still{}, map[string]bool{}, map[string]bool{}
	for i := range r.Groups {
		g := &r.Groups[i]
		accounts[g.Account] = true
		if NeverMatches(g) && g.Role != "" && !roles[g.Role] {
			roles[g.Role] = true
			f.Never = append(f.Never, g.Role)
		}
		if g.Stranger {
			f.Strangers++
			f.StrangerDenials += g.Count
			continue
		}
		if g.Still == scan.StillYes {
			f.BrokenDenials += g.Count
		}
		key := [3]string{g.Role, g.Provider, owner(g)}
		if was, ok := pipelines[key]; !ok || weight(g.Still) > weight(was) {
			pipelines[key] = g.Still
		}
	}
	for _, still := range pipelines {
		f.add(still)
	}
	f.Accounts = len(accounts)
	return f
}

// owner says whose job a group's subjects are of.
func owner(g *scan.Group) string {
	p, _ := oidc.ParseProvider(g.Provider)
	r, whole := oidc.Lookup(p.Suffix, g.Shape).Read(g.Shape)
	if !whole || r.Resource() == "" {
		return g.Shape
	}
	return r.Tenant() + " " + r.Resource()
}

func (f *Figures) add(still scan.Still) {
	switch still {
	case scan.StillYes:
		f.Broken++
	case scan.StillMended:
		f.Mended++
	case scan.StillQuiet:
		f.Quiet++
	case scan.StillUnknown:
		f.Undated++
	default:
		f.Undated++
	}
}

// weight orders the states: the one that needs somebody most is the highest.
func weight(s scan.Still) int {
	switch s {
	case scan.StillYes:
		return 3
	case scan.StillUnknown:
		return 2
	case scan.StillQuiet:
		return 1
	case scan.StillMended:
	}
	return 0
}

// Refused is a headline: how much was refused.
func Refused(r *scan.Result) string {
	switch {
	case r.Calls == 0 && r.Denials == 0:
		return "No web-identity calls found"
	case r.Denials == 0:
		return "None of " + counted(r.Calls, "call") + " refused"
	}
	return fmt.Sprintf("%s of %s refused, in %s", report.Thousands(r.Denials), counted(r.Calls, "call"), counted(len(r.Groups), "group"))
}

// Extent says what was read, in parts: the time that it covers, and how much.
func Extent(r *scan.Result) []string {
	var parts []string
	if r.First != nil && r.Last != nil {
		parts = append(parts, minute(*r.First)+" to "+minute(*r.Last)+" UTC")
	}
	parts = append(parts, counted(r.Files, "file"), Size(r.Bytes)+" unpacked")
	if r.Damaged > 0 {
		parts = append(parts, counted(r.Damaged, "file")+" damaged")
	}
	return parts
}

func counted(n int, name string) string {
	if n != 1 {
		name += "s"
	}
	return report.Thousands(n) + " " + name
}

// minute is a time as people compare it, in UTC.
func minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04") }

// Size is a number of bytes in the unit that leaves it readable, by thousands.
func Size(n int64) string {
	units := []string{"bytes", "KB", "MB", "GB", "TB"}
	if n < 1000 {
		return fmt.Sprintf("%d %s", n, units[0])
	}
	f, unit := float64(n), 0
	for f >= 999.5 && unit < len(units)-1 {
		f, unit = f/1000, unit+1
	}
	if f < 9.95 {
		return fmt.Sprintf("%.1f %s", f, units[unit])
	}
	return fmt.Sprintf("%.0f %s", f, units[unit])
}
