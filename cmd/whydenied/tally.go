package main

import (
	"fmt"
	"strings"
)

// tally counts the records of an input by what they are.
type tally struct {
	records, denied, succeeded, other, malformed int
	elsewhere, unnamed                           int    // denials of other roles than the one asked for, and of a role not named
	call                                         string // the last other call
}

// String is one line: "3 records: 1 denial explained, 1 success and 1 other
// call passed over".
func (t tally) String() string {
	var parts, over []string
	switch {
	case t.denied > 0:
		parts = append(parts, count(t.denied, "denial", "denials")+" explained")
	case t.elsewhere+t.unnamed > 0:
		parts = append(parts, "none explained")
	default:
		parts = append(parts, "no denial")
	}
	if t.succeeded > 0 {
		over = append(over, count(t.succeeded, "success", "successes"))
	}
	if t.elsewhere > 0 {
		over = append(over, count(t.elsewhere, "denial of another role", "denials of other roles"))
	}
	if t.other == 1 && t.records == 1 {
		over = append(over, "1 other call ("+t.call+")")
	} else if t.other > 0 {
		over = append(over, count(t.other, "other call", "other calls"))
	}
	parts = append(parts, andList(over)+" passed over")
	if t.malformed > 0 {
		parts = append(parts, fmt.Sprintf("%d not readable", t.malformed))
	}
	return count(t.records, "record", "records") + ": " + strings.Join(parts, ", ")
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// andList joins parts as a sentence does: "a, b and c".
func andList(parts []string) string {
	if n := len(parts); n > 2 {
		parts = []string{strings.Join(parts[:n-1], ", "), parts[n-1]}
	}
	return strings.Join(parts, " and ")
}
