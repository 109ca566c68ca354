package trail

import (
	"io"
	"iter"
)

// CallsWithin is Calls with a window so small, and an end judged by its last
// record so early, that small inputs meet both.
func CallsWithin(window, tail int, name string, r io.Reader) iter.Seq[Item] {
	return func(yield func(Item) bool) {
		f := &finder{window: window, tail: tail}
		f.run(Position{Name: name}, r, yield)
	}
}
