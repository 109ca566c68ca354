package scan

import (
	"context"
	"sync"
	"time"

	"whydenied/pkg/evidence"
	"whydenied/pkg/oidc"
	"whydenied/pkg/trail"
)

// Options are what a [Collector] works with; zero fields mean the defaults.
type Options struct {
	// Only are the calls that are taken. Changes of roles are asked for back to
	// the first of them, or as far back as CloudTrail tells, which is 90 days.
	Only Selection
	// Diagnoses is how many distinct calls are remembered. Zero: 8,192.
	Diagnoses int
	// Groups is how many groups are told apart, and how many roles are read.
	// Zero: 10,000.
	Groups int
	// Now is the clock; nil for the real one.
	Now func() time.Time
}

const (
	// recorded is how far back CloudTrail's event history goes, less a day: the
	// source looks at the day before, too.
	recorded = 89 * 24 * time.Hour
	// maxKept is how much of what records hold is kept, in bytes.
	maxKept = 24 << 20
	// maxCallers is of how many callers it is known when they were last allowed.
	maxCallers = 100_000
)

// Collector takes the records of a scan and makes a [Result] of them. Its
// methods may be called by several goroutines at once. What it holds is bounded,
// however many records there are and whatever is in them; and as long as no
// bound is met, which a note says, the result does not depend on their order.
type Collector struct {
	source   evidence.Source
	o        Options
	since    time.Time
	accounts *memo[place, *held]
	findings *memo[digest, *finding]

	mu     sync.Mutex
	counts Result // its numbers
	seen   span   // of all calls
	groups map[digest]*group
	// allowed is when each caller was last let in.
	allowed   map[[16]byte]int64
	forgotten bool // allowed lacks some
	line      timeline
	purse     purse
	problems  problems
	missing   notes // what was not read
	notes     notes
}

// NewCollector makes a Collector that asks the source about each account and
// role once, and keeps what it says for all calls, whenever they were made.
func NewCollector(source evidence.Source, o Options) *Collector {
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Diagnoses, o.Groups = orDefault(o.Diagnoses, 8192), orDefault(o.Groups, 10_000)
	c := &Collector{
		source: source, o: o, since: o.Now().Add(-recorded).UTC(),
		accounts: newMemo[place, *held](o.Groups), findings: newMemo[digest, *finding](o.Diagnoses),
		groups: make(map[digest]*group), allowed: make(map[[16]byte]int64), purse: purse{left: maxKept},
	}
	if o.Only.Since.After(c.since) {
		c.since = o.Only.Since.UTC()
	}
	c.accounts.beyond = unasked(o.Groups)
	return c
}

func orDefault(n, otherwise int) int {
	if n > 0 {
		return n
	}
	return otherwise
}

// Add takes one record. A malformed one becomes a [Problem]; one of another
// call is passed over. A call that would have to be diagnosed when the context
// has ended is not counted, and makes the result partial.
func (c *Collector) Add(ctx context.Context, it trail.Item) {
	switch it.Kind {
	case trail.KindDenied, trail.KindSucceeded:
		c.call(ctx, &it.Denial, it.Kind == trail.KindSucceeded)
	case trail.KindMalformed:
		c.AddProblem(problemOf(&it))
	case trail.KindOther:
	}
}

// call takes a call that is asked for.
func (c *Collector) call(ctx context.Context, d *trail.Denial, succeeded bool) {
	if d.Account == "" {
		d.Account = evidence.AccountOf(d.RoleARN.Value)
	}
	switch {
	case !c.o.Only.Has(d):
	case succeeded:
		c.succeeded(d)
	default:
		c.denied(ctx, d)
	}
}

func (c *Collector) denied(ctx context.Context, d *trail.Denial) {
	if y := d.Time.Year(); y < 0 || y > 9999 {
		d.Time = time.Time{} // which no JSON could hold (RFC 3339)
	}
	f, err := c.find(ctx, d)
	if err != nil {
		c.Incomplete(stopped(err) + ": some of the calls that were found were not looked at")
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts.Calls++
	c.counts.Denials++
	t := when(d.Time)
	c.seen.add(t)
	c.line.add(t, f.cause)
	g := c.groups[f.group]
	if g == nil && len(c.groups) < c.o.Groups {
		if g = newGroup(f, d, &c.purse); g != nil {
			c.groups[f.group] = g
		}
	}
	if g == nil {
		c.counts.Ungrouped++
		return
	}
	g.add(f, d, &c.purse)
}

func (c *Collector) succeeded(d *trail.Denial) {
	t := when(d.Time)
	full := digestOf(d.RoleARN.Value, d.Provider.Value, oidc.ShapeOf(d.Provider.Value, d.Subject.Value))
	caller := [16]byte(full[:16])
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts.Calls++
	c.seen.add(t)
	last, met := c.allowed[caller]
	switch {
	case t.IsZero() || met && t.Unix() <= last:
	case !met && len(c.allowed) >= maxCallers:
		c.forgotten = true
	default:
		c.allowed[caller] = t.Unix()
	}
}

// AddProblem takes a place that could not be read.
func (c *Collector) AddProblem(p Problem) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.problems.add(p)
}

// addProblems counts problems that are not told.
func (c *Collector) addProblems(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.problems.count += n
}

func (c *Collector) addBytes(unpacked int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts.Bytes += unpacked
}

// AddFile counts one file that was read, with its bytes as they were unpacked.
func (c *Collector) AddFile(unpacked int64, damaged bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts.Files++
	c.counts.Bytes += unpacked
	if damaged {
		c.counts.Damaged++
	}
}

// Note adds a sentence to the result's notes, once.
func (c *Collector) Note(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.notes.add(text)
}

// Incomplete notes what was not read, and makes the result partial.
func (c *Collector) Incomplete(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts.Partial = true
	c.missing.add(text)
}
