package alert

import (
	"context"
	"errors"
	"time"
)

// Store keeps incidents, whose texts are UTF-8. Its methods may be called at once, by several
// processes. The implementations are [Memory] and package dynamo; both pass
// the suite in package storetest.
type Store interface {
	// Counted is the ID of the incident in which an event was counted, "" for
	// an event that was not.
	Counted(ctx context.Context, event string) (incident string, err error)
	// Named is the ID of the incident that a name leads to, "" for none.
	Named(ctx context.Context, name string) (incident string, err error)
	// Incident reads one; the zero Incident where there is none of this ID.
	Incident(ctx context.Context, id string) (Incident, error)
	// Save makes a change whole or not at all. It returns ErrConflict,
	// ErrCounted or ErrFull where the change does not fit what is stored: of
	// several, ErrCounted before ErrFull before ErrConflict.
	Save(ctx context.Context, c Change) error
	// Due are the IDs of the incidents that were to be looked at in an hour of
	// UTC, sorted. Nothing takes an incident out of its hour but its time.
	Due(ctx context.Context, hour time.Time) ([]string, error)
	// Listed are the IDs of the incidents on a list, sorted. Nothing takes an
	// incident off a list but its time.
	Listed(ctx context.Context, list string) ([]string, error)
}

// Change is what Save writes in one step.
type Change struct {
	// Incident is how it is to be. Its Version is that of the one that was
	// read, 0 for a new one; what is stored has the next version.
	Incident Incident
	Event    string    // the event that is counted by this; "" for none
	Names    []Name    // what leads to the incident from now on
	Count    Counter   // counts a new incident against a cap; the zero Counter for none
	Due      time.Time // the hour in which it is to be looked at again; zero for none
	Lists    []string  // the lists that it is on from now on
	// Expires is when all of it may be forgotten; EventExpires when the event
	// may be. From then on it counts as absent, gone or not; zero means never.
	Expires, EventExpires time.Time
}

// Name leads to an incident.
type Name struct {
	Name string
	// Was is the ID that it led to, "" if it led nowhere; ErrConflict if it
	// leads to another by now. That it was forgotten since is no conflict.
	Was string
}

// Counter is a number with a limit. It may be forgotten at the change's
// Expires, but does not start again at that moment: its name holds the hour.
type Counter struct {
	Name  string
	Limit int
}

// The ways in which a change does not fit.
var (
	ErrConflict = errors.New("somebody else changed it since it was read")
	ErrCounted  = errors.New("the event was counted already")
	ErrFull     = errors.New("the cap is reached")
)
