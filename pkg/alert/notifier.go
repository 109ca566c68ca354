package alert

import (
	"context"
	"errors"
	"fmt"
	"time"

	"whydenied/pkg/report"
)

// Notifier brings messages to one place where people, or programs, read them.
// The implementations are slack, github, sns and bus, packages of their own.
type Notifier interface {
	// Name tells it apart from others in the state that is kept. It never
	// changes, or what was sent is sent again.
	Name() string
	// Edits tells whether a message can be brought up to date after it was sent.
	Edits() bool
	// Deliver sends what is not there yet. sent is what an earlier delivery of
	// this incident kept, "" for the first. After each thing that is sent, and
	// before the next one, Deliver calls keep with what is there by now; an
	// error of keep ends it and is returned. A [RateLimitedError] says when to
	// try again; any other error means that the rest was not sent.
	Deliver(ctx context.Context, m *Message, sent Ref, keep func(Ref) error) error
}

// Apart is a Notifier whose messages are each read by somebody else, as those in
// the repository of a job's author are. An incident of a wave has one of its own
// there: nobody who waits for it sees the thread that it is a line of.
type Apart interface {
	Notifier
	Apart()
}

// Ref is what a notifier needs to know of what it sent, in its own form.
type Ref string

// Kind is what a message is about.
type Kind uint8

// The kinds.
const (
	KindOpened  Kind = iota + 1 // an incident's message, or the same with its counts brought up to date
	KindClosing                 // the closing summary, for places that cannot edit
)

// Message is what a notifier shows.
type Message struct {
	Kind     Kind
	Incident Incident
	// Report is the latest whole diagnosis of the incident; nil for an
	// overflow, which stands for many. That of a wave is one of its members'.
	Report  *report.Report
	Growing bool // a wave was met until just now
	// Unused are settings of the function that are not valid, so that what they
	// say was not heeded.
	Unused []string
}

// RateLimitedError says that a place takes no more for a while.
type RateLimitedError struct {
	Place string
	After time.Duration
}

// Error names the place and how long it asked to wait.
func (e *RateLimitedError) Error() string {
	return fmt.Sprintf("%s takes no more messages for %s", e.Place, e.After)
}

// ErrTooLate ends a delivery for which there is no time left before the
// invocation's deadline.
var ErrTooLate = errors.New("no time left before the deadline")
