package scan

import (
	"io"
	"iter"

	"whydenied/pkg/trail"
)

// calls are the web-identity calls in a log, and the places in it that cannot
// be read.
func calls(name string, r io.Reader) iter.Seq[trail.Item] {
	return trail.Calls(name, r)
}
