package alert

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"whydenied/pkg/internal/wait"
	"whydenied/pkg/report"
)

// Config is what an Alerter works with. Store, Now and Owner are required.
type Config struct {
	Store     Store
	Notifiers []Notifier
	// Later brings messages up to date after the invocations that counted;
	// nil leaves that to the next event.
	Later Scheduler
	Now   func() time.Time
	// Owner names the invocation. The retry of an invocation has the name of
	// the first try, so that it may go on where that one died.
	Owner func(context.Context) string

	Quiet     time.Duration // after so long without an attempt an incident closes; zero means 24 hours
	Cap       int           // new incidents for one account and hour; zero means 50
	EditEvery time.Duration // the least time between two edits of one message; zero means 30 seconds
	// Closing: places that cannot edit get a summary when an incident closes
	// that went on after its message.
	Closing bool
	Observe func(Observation) // is told of each delivery; may be nil
	Routes  Routes            // where messages go; without one that fits, to where notifiers send by themselves
	// Unused are settings that are not valid and so are not used; each message
	// says so.
	Unused []string
}

// Observation is how one delivery came out.
type Observation struct {
	Notifier string
	Err      error
	First    bool          // it is the incident's first message here, and it is there in full
	Since    time.Duration // of a first one, from the incident's first attempt until now
}

// The defaults of Config.
const (
	DefaultQuiet     = 24 * time.Hour
	DefaultCap       = 50
	DefaultEditEvery = 30 * time.Second
)

const (
	// remembered is how long a closed incident is remembered, to link it from the
	// one that follows.
	remembered = 30 * 24 * time.Hour
	// eventKept is how long an event is known to be counted: longer than a
	// dead-letter queue can hold it back, which is 14 days.
	eventKept = 16 * 24 * time.Hour
	// maxReport bounds the stored report, in bytes: an item of DynamoDB holds
	// 400 KB.
	maxReport = 64 << 10
	// reserve is what a delivery needs at least before the deadline.
	reserve = 2 * time.Second
	// unbounded is how long a claim holds where the invocation has no deadline.
	unbounded = time.Minute
)

// Alerter counts reports in incidents and keeps notifiers up to date. It is
// safe for concurrent use.
type Alerter struct{ Config }

// New makes an Alerter.
func New(c Config) *Alerter {
	if c.Quiet == 0 {
		c.Quiet = DefaultQuiet
	}
	if c.Cap == 0 {
		c.Cap = DefaultCap
	}
	if c.EditEvery == 0 {
		c.EditEvery = DefaultEditEvery
	}
	if c.Observe == nil {
		c.Observe = func(Observation) {}
	}
	return &Alerter{Config: c}
}

// Report counts a refused call and brings every notifier up to date. The error
// says what could not be done; the same report given again does the rest.
func (a *Alerter) Report(ctx context.Context, r *report.Report) error {
	id, err := a.count(ctx, r)
	if err != nil {
		return fmt.Errorf("counting event %q: %w", cut(eventID(r)), err)
	}
	if err := a.gather(ctx, id); err != nil {
		return fmt.Errorf("incident %q and its wave: %w", id, err)
	}
	return a.upToDate(ctx, id)
}

// change reads an incident, changes it and writes it, again and again while
// others do the same. f returns false where there is nothing to change.
func (a *Alerter) change(ctx context.Context, id string, f func(*Incident) bool) (Incident, error) {
	for try := 0; ; try++ {
		in, err := a.Store.Incident(ctx, id)
		switch {
		case err != nil:
			return in, err
		case in.ID == "":
			return in, fmt.Errorf("there is no incident %q", id)
		case !f(&in):
			return in, nil
		}
		err = a.Store.Save(ctx, Change{Incident: in, Expires: a.expiry(&in)})
		if !errors.Is(err, ErrConflict) {
			in.Version++
			return in, err
		}
		if err := pause(ctx, try); err != nil {
			return in, err
		}
	}
}

func (a *Alerter) expiry(in *Incident) time.Time {
	last := a.Now()
	if in.Last.After(last) {
		last = in.Last
	}
	if in.Mute != nil && in.Mute.Until.After(last) {
		last = in.Mute.Until
	}
	return last.Add(a.Quiet + remembered)
}

// pause waits before the next try, longer each time and never the same for
// two, until the context ends. Whoever has little time left waits less: what
// was sent has to be recorded while many others write the same incident.
func pause(ctx context.Context, try int) error {
	most := min(10*time.Millisecond<<min(try, 6), 500*time.Millisecond)
	if end, ok := ctx.Deadline(); ok {
		most = max(min(most, time.Until(end)/100), time.Millisecond)
	}
	if !wait.For(ctx, rand.N(most)) {
		return context.Cause(ctx)
	}
	return nil
}
