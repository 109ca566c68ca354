// Package trail reads what CloudTrail recorded of AssumeRoleWithWebIdentity
// calls. Bytes go in, in whatever envelope they arrived; out comes one [Item]
// for each record found, and in it the [Denial] that the record tells of.
// Most callers want [Read], or [Parse] for bytes that are already in memory.
// Whoever looks for the calls alone, in very many logs, wants [Calls].
//
// # Envelopes
//
// A record may come bare, in an EventBridge event, in a log file, in the
// output of LookupEvents, in an SQS or SNS message, in what Lambda sends to an
// on-failure destination, and in any nesting of these; as one JSON value, as
// an array, as JSON lines or as values written one after the other; with or
// without gzip around the whole. They are told apart by content, never by the
// name of the file.
//
// # What it never does
//
// It never guesses. A part that the record lacks stays missing, and
// principalId is never split on a separator. A record that cannot be read is
// an Item of its own with its place and costs no other. No value of a record
// gets into an error. It reads no clock, no network and no environment. It holds
// no more than one record in memory, and for Calls a few megabytes.
package trail

import (
	"fmt"
	"io"
	"iter"
)

// MaxRecord is the size in bytes above which a record is not read.
const MaxRecord = 1 << 20

// Kind says what an Item is; the zero Kind is KindMalformed.
type Kind uint8

// The kinds. A call of another name than AssumeRoleWithWebIdentity, or of
// another service than STS, is KindOther.
const (
	KindMalformed Kind = iota
	KindOther
	KindSucceeded
	KindDenied
)

// String is "malformed", "other", "succeeded" or "denied".
func (k Kind) String() string {
	switch k {
	case KindOther:
		return "other"
	case KindSucceeded:
		return "succeeded"
	case KindDenied:
		return "denied"
	default:
		return "malformed"
	}
}

// Item is one record found in an input, or one place in it that could not be
// read.
type Item struct {
	Kind   Kind
	Denial Denial   // filled for KindDenied and KindSucceeded
	Call   string   // eventSource and eventName, "sts.amazonaws.com:AssumeRole", for KindOther
	Pos    Position // where the record begins
	Err    error    // an *Error for KindMalformed, else nil
}

// Error says what is wrong with a record and where; Pos is the place of the
// fault, which may be far from where the record begins.
type Error struct {
	Pos      Position
	Found    string // never a value out of a record
	Expected string
}

// Error is one line: the place, what was found there, what was expected.
func (e *Error) Error() string {
	return fmt.Sprintf("%s: found %s, expected %s", e.Pos, e.Found, e.Expected)
}

// Read yields every record in r, in the order of the input. The name is only
// used in positions. What r fails with, other than io.EOF, becomes one last
// malformed Item.
func Read(name string, r io.Reader) iter.Seq[Item] {
	return func(yield func(Item) bool) {
		rd := &reader{in: open(&buffers{}, beginning(name), r), yield: yield}
		rd.run()
	}
}

// Parse is Read over bytes that are already in memory.
func Parse(name string, data []byte) []Item {
	var items []Item
	rd := &reader{in: memory(name, data), yield: func(it Item) bool {
		items = append(items, it)
		return true
	}}
	rd.run()
	return items
}
