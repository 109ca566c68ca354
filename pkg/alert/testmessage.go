package alert

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Tester is a [Notifier] that can send a message which says that it is a test.
// It belongs to no incident, and nothing is kept of it.
type Tester interface {
	SendTest(ctx context.Context, m TestMessage) error
}

// Prober is a [Notifier] that can look whether it would get through, without
// sending anything. found is one line for a person.
type Prober interface {
	Probe(ctx context.Context) (found string, err error)
}

// ErrUntold is the error of a Prober that finds nothing wrong, and that cannot
// know: the place tells only whoever sends something.
var ErrUntold = errors.New("it tells only whoever sends something")

// TestMessage is a message that is marked as a test.
type TestMessage struct {
	Function string // which sends it
	Account  string
	Region   string
	Time     time.Time
	// To is a channel or a topic that a rule names; the zero Route is where the
	// notifier sends by itself.
	To Route
}

// Title is the first line. It does not read like that of a denial.
func (m *TestMessage) Title() string { return "TEST of whydenied: nothing was refused" }

// Text is the rest: why this came, and that there is nothing to do.
func (m *TestMessage) Text() string {
	return fmt.Sprintf("Somebody asked for it, to see whether alerts get here. There is nothing to do. From function %s in account %s, region %s, at %s.",
		m.Function, m.Account, m.Region, m.Time.UTC().Format("2006-01-02 15:04:05 MST"))
}
