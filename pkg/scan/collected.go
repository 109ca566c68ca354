package scan

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"whydenied/pkg/explain"
	"whydenied/pkg/report"
	"whydenied/pkg/trail"
)

const (
	// whole is how many groups have their report whole, up to maxReport bytes
	// of JSON. It is shortened to briefReport for the others.
	whole       = 1000
	maxReport   = 48 << 10
	briefReport = 4 << 10
)

// explained is a group of which the report is still to be written.
type explained struct {
	Group

	held   *held
	denial trail.Denial
}

// Result is what was found up to now. It takes a while where there are many
// groups, for it explains one denial of each.
func (c *Collector) Result() Result {
	r, groups := c.collected()
	slices.SortFunc(groups, func(a, b *explained) int { return byHurt(&a.Group, &b.Group) })
	report := make(chan int)
	var wait sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for i := range report {
				groups[i].explain(i < whole)
			}
		})
	}
	for i := range groups {
		report <- i
	}
	close(report)
	wait.Wait()
	r.Groups = make([]Group, 0, len(groups))
	for _, g := range groups {
		r.Groups = append(r.Groups, g.Group)
	}
	return r
}

func (g *explained) explain(inFull bool) {
	most := maxReport
	if !inFull {
		most = briefReport
	}
	g.Report = report.Fit(explain.Call(context.Background(), g.denial, false, g.held), most)
}

// collected is the result without its groups, and these without reports.
func (c *Collector) collected() (Result, []*explained) {
	failed := unread(c.accounts.values())
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.counts
	r.Schema = Schema
	r.First, r.Last = known(c.seen.first), known(c.seen.last)
	r.Timeline, r.Step = c.line.moments()
	r.Problems = c.problems.listed()
	r.ProblemsLeft = c.problems.count - len(r.Problems)
	// Not slices.Concat, which makes nil of what is empty, and null in JSON.
	r.Notes = append(append(append(append([]string{}, c.missing.sorted()...), c.notes.sorted()...), failed...), c.bounds()...)
	groups := make([]*explained, 0, len(c.groups))
	for _, g := range c.groups {
		groups = append(groups, &explained{Group: g.group(c.seen.last, c.lastAllowed(g)), held: g.found.held, denial: g.best})
	}
	return r, groups
}

// lastAllowed is when a group's caller was last let in; zero where it was not.
func (c *Collector) lastAllowed(g *group) time.Time {
	at, ok := c.allowed[[16]byte(g.found.caller[:16])]
	if !ok {
		return time.Time{}
	}
	return time.Unix(at, 0).UTC()
}

// bounds says which of them were met.
func (c *Collector) bounds() []string {
	var notes []string
	if n := c.counts.Ungrouped; n > 0 {
		notes = append(notes, fmt.Sprintf("there are more groups than can be told apart: %s belong to none of the %d that are listed", number(n, "denial"), len(c.groups)))
	}
	if c.purse.short {
		notes = append(notes, "the records hold more different values than are kept: some values and hours were not counted")
	}
	if c.forgotten {
		notes = append(notes, fmt.Sprintf("more than %d callers were allowed: of some it is not known whether a denial of theirs was mended", maxCallers))
	}
	return notes
}
