package page_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"whydenied/pkg/report"
	"whydenied/pkg/scan"
	"whydenied/pkg/scan/render"
)

// search types into the search field, in the place of what is there.
func (p *tab) search(words string) {
	p.Helper()
	eval[any](p, fmt.Sprintf(`((f) => { f.value = %q; f.dispatchEvent(new Event("input")); return null; })(document.getElementById("q"))`, words))
}

// shown are the ranks of the groups that are seen.
func (p *tab) shown() []string {
	p.Helper()
	return eval[[]string](p, `Array.from(document.querySelectorAll("#list > li")).filter((li) => li.checkVisibility()).map((li) => li.id.slice(1))`)
}

// The filters show the groups that a look at the result itself finds, and the
// line above them counts them and their denials.
func TestFilters(t *testing.T) {
	r := month(t)
	p := open(t, r, look{width: 1280, height: 900})
	for _, tt := range []struct {
		label string
		act   func()
		fits  func(*scan.Group) bool
	}{
		{"cause", func() { p.choose("cause", "sub does not match") }, func(g *scan.Group) bool { return g.Cause == "sub_mismatch" }},
		{"account", func() { p.choose("account", "111122223333") }, func(g *scan.Group) bool { return g.Account == "111122223333" }},
		{"still refused", func() { p.choose("state", "still refused") }, func(g *scan.Group) bool { return g.Still == scan.StillYes && !g.Stranger }},
		{"mended", func() { p.choose("state", "mended") }, func(g *scan.Group) bool { return g.Still == scan.StillMended }},
		{"strangers", func() { p.choose("state", "probable strangers") }, func(g *scan.Group) bool { return g.Stranger }},
		{"never", func() { p.choose("state", "no token can enter") }, render.NeverMatches},
		{"role's name", func() { p.search("LEDGER-writer") }, func(g *scan.Group) bool { return strings.HasSuffix(g.Role, "ledger-writer") }},
		{"two words", func() { p.search("octo-org/infra  pull_request") }, func(g *scan.Group) bool { return strings.HasSuffix(g.Shape, "infra:pull_request") }},
		{"address, within a report", func() { p.search(" 203.0.113.7 ") }, func(g *scan.Group) bool { return g.Sources.Listed[0].Value == "203.0.113.7" }},
		{"two together", func() { p.choose("account", "222233334444"); p.choose("state", "quiet") }, func(g *scan.Group) bool { return g.Account == "222233334444" && g.Still == scan.StillQuiet }},
		{"nothing", func() { p.search("no such words") }, func(*scan.Group) bool { return false }},
		{"a figure", func() { p.do(chromedp.Click(`a[data-state="yes"]`)) }, func(g *scan.Group) bool { return g.Still == scan.StillYes && !g.Stranger }},
		{"a cell of the map", func() { p.do(chromedp.Click(`.heat tbody tr:nth-child(6) a`)) }, func(g *scan.Group) bool { return strings.HasSuffix(g.Role, "/api-deploy") && g.Cause == "sub_mismatch" }},
		{"none again", func() { p.do(chromedp.Click("#clear")) }, func(*scan.Group) bool { return true }},
	} {
		t.Run(tt.label, func(t *testing.T) {
			if eval[bool](p, `!document.getElementById("clear").hidden`) && tt.label != "none again" {
				p.do(chromedp.Click("#clear"))
			}
			tt.act()
			var want []string
			denials := 0
			for i := range r.Groups {
				if tt.fits(&r.Groups[i]) {
					want = append(want, fmt.Sprint(i+1))
					denials += r.Groups[i].Count
				}
			}
			got := p.shown()
			if strings.Join(want, " ") != strings.Join(got, " ") {
				t.Errorf("want the groups %v, got %v", want, got)
			}
			count := fmt.Sprintf("%d of 14 groups, %s denials", len(want), report.Thousands(denials))
			if said := eval[string](p, `document.getElementById("count").textContent`); !strings.HasPrefix(said, count) {
				t.Errorf("want %q, got %q", count, said)
			}
			if none := eval[bool](p, `document.getElementById("none").checkVisibility()`); none != (len(want) == 0) {
				t.Errorf("that none is left is said: %t", none)
			}
		})
	}
}
