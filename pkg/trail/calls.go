package trail

import (
	"io"
	"iter"
)

// window is how much of an input is held before all of it that holds no call
// is passed.
const window = 2 << 20

// tail is how much at the end of an input is followed in any case. By it alone
// the end is judged, if at least half of it is records.
const tail = 8 << 10

// Calls yields from r the AssumeRoleWithWebIdentity calls that [Read] would
// yield, and no other call: the same records in the same order with the same
// Denial, whatever the input. Most of an input is never parsed. It is searched
// for the call's name, and only what stands before a record that may hold it
// is followed, by its brackets and strings alone.
//
// Lines and columns are not counted: in the positions of its items, errors
// among them, Line and Column are zero. Offset and Path are those of Read.
//
// # Malformed items
//
// Each one that is yielded is one of Read's. These are always yielded: the
// first, if Read finds no record at all, so that what is empty or not a log does
// not pass for one without calls, unless it begins as CloudTrail's log files do,
// with a list of objects whose first key is eventVersion; what ends early, be it the JSON, the
// gzip data or the reader; what is wrong in the structure (brackets, commas,
// colons, quotation marks, control characters, depth, size) before the last
// record that may be a call; and whatever is wrong in such a record. Other
// faults, such as one in a record without the name, may pass unseen.
//
// Where no call is left, the end of a log is judged by its last records, of 4 KiB
// and more. So there is one that was cut and passes for whole: if the cut lies
// precisely behind as much that looks like records, the last in its list, inside
// a record's own parameters.
//
// # Cost
//
// What stands behind the last call, or in a file without any, costs little more
// than to unpack it, if it is no more than 2 MiB. What stands before a call costs
// about half of unpacking on top. At most some 4 MiB are held, which the next
// call of Calls takes over.
func Calls(name string, r io.Reader) iter.Seq[Item] {
	return func(yield func(Item) bool) {
		f := &finder{window: window, tail: tail}
		f.run(Position{Name: name}, r, yield)
	}
}

func (f *finder) run(pos Position, r io.Reader, yield func(Item) bool) {
	b := spareBuffers()
	rd := &reader{in: open(b, pos, r), find: f}
	defer b.back(rd.in)
	rd.yield = func(it Item) bool {
		f.seen = true
		return it.Kind == KindOther || yield(it)
	}
	rd.run()
}
