package scan

import "sync/atomic"

// Meter is what a reader writes its progress on, to be asked at any time. The
// zero Meter is ready.
type Meter struct {
	listed, done, known, packed, unpacked, denials atomic.Int64
	whole                                          atomic.Bool
}

// Progress is how far a [Read] is.
type Progress struct {
	Listed   int   // files listed up to now
	Done     int   // files read, the damaged ones among them
	Whole    bool  // the list is complete, so that Listed and Known are totals
	Known    int64 // packed bytes of the files listed, as far as their sizes are known
	Packed   int64 // packed bytes read
	Unpacked int64 // bytes that came of them
	Denials  int
}

// Progress is how far the reading is at this moment.
func (m *Meter) Progress() Progress {
	return Progress{
		Listed: int(m.listed.Load()), Done: int(m.done.Load()), Whole: m.whole.Load(), Known: m.known.Load(),
		Packed: m.packed.Load(), Unpacked: m.unpacked.Load(), Denials: int(m.denials.Load()),
	}
}
