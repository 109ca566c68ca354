package main

import (
	"errors"
	"fmt"
)

// status is an exit status. It stands on the error that a verb returns.
type status int

const (
	statusDone       status = 0 // for check: allowed
	statusRefused    status = 1 // check: refused or undecided; doctor: something is wrong
	statusBadInput   status = 2 // bad usage or bad input
	statusNoEvidence status = 3 // evidence could not be read

	// statusInterrupted is what a shell gives a program that Ctrl-C ends.
	statusInterrupted status = 130
)

// failure is an error with its exit status. Without an error everything there
// is to say has been said.
type failure struct {
	status status
	err    error
}

// Error is what is still to be said, or "".
func (f *failure) Error() string {
	if f.err == nil {
		return ""
	}
	return f.err.Error()
}

// Unwrap is the reason, or nil.
func (f *failure) Unwrap() error { return f.err }

// usage is bad usage, or bad input.
func usage(format string, args ...any) error {
	return &failure{statusBadInput, fmt.Errorf(format, args...)}
}

// ended is a status with nothing more to say; nil for statusDone.
func ended(s status) error {
	if s == statusDone {
		return nil
	}
	return &failure{status: s}
}

// statusOf reads an error's exit status. One without is bad usage or input.
func statusOf(err error) status {
	var f *failure
	switch {
	case err == nil:
		return statusDone
	case errors.As(err, &f):
		return f.status
	default:
		return statusBadInput
	}
}
