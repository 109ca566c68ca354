package trail

import (
	"bytes"
	"errors"
	"io"

	"github.com/klauspost/compress/gzip"
)

const chunk = 64 << 10

var (
	byteOrderMark = []byte("\xef\xbb\xbf")
	gzipMagic     = []byte{0x1f, 0x8b}
)

// input is a window on what is being read: bytes come in at its end and are
// dropped from its front. The position of the front is kept.
type input struct {
	src    io.Reader
	store  []byte
	lo, hi int
	err    error // what ended the reading; io.EOF if nothing is wrong
	pos    Position
	fixed  bool // the text of a JSON string, whose parts all have its position
}

// open unpacks gzip, told by its first two bytes, and passes a byte order
// mark. The position is that of the first byte.
func open(b *buffers, pos Position, r io.Reader) *input {
	buffered := b.from(r)
	in := &input{src: buffered, store: b.store, pos: pos}
	if magic, _ := buffered.Peek(2); bytes.Equal(magic, gzipMagic) {
		unpacked, err := b.unpack(buffered)
		if err != nil {
			in.err = unpacking{err}
			return in
		}
		in.src = gunzip{unpacked}
	}
	return in.unmarked()
}

// memory is what open is for bytes that are all there: plain ones are read
// where they are.
func memory(name string, data []byte) *input {
	if bytes.HasPrefix(data, gzipMagic) {
		return open(&buffers{}, beginning(name), bytes.NewReader(data))
	}
	return text(data, beginning(name), false).unmarked()
}

func (in *input) unmarked() *input {
	if in.hasMark() {
		column := in.pos.Column
		in.drop(len(byteOrderMark))
		in.pos.Column = column
	}
	return in
}

// text is an input over bytes in memory, which it does not change.
func text(data []byte, pos Position, fixed bool) *input {
	return &input{store: data, hi: len(data), err: io.EOF, pos: pos, fixed: fixed}
}

// unpacking is an error of gzip's, as opposed to one of the reader below it.
type unpacking struct{ error }

type gunzip struct{ r *gzip.Reader }

func (g gunzip) Read(p []byte) (int, error) {
	n, err := g.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = unpacking{err}
	}
	return n, err
}

func (in *input) buf() []byte { return in.store[in.lo:in.hi] }

// more reads on; false means that there is nothing more.
func (in *input) more() bool {
	if in.err != nil {
		return false
	}
	if len(in.store)-in.hi < chunk {
		to := in.store
		if held := in.hi - in.lo; len(to) < 2*held+chunk {
			to = make([]byte, 2*held+2*chunk)
		}
		in.hi = copy(to, in.buf())
		in.lo, in.store = 0, to
	}
	for range 100 {
		n, err := in.src.Read(in.store[in.hi:])
		in.hi += n
		in.err = err
		if n > 0 || err != nil {
			return n > 0
		}
	}
	in.err = io.ErrNoProgress
	return false
}

// at is the byte at i from the front, if there is one.
func (in *input) at(i int) (byte, bool) {
	for in.hi-in.lo <= i {
		if !in.more() {
			return 0, false
		}
	}
	return in.store[in.lo+i], true
}

// place is the position of the byte at i from the front.
func (in *input) place(i int) Position {
	if in.fixed {
		return in.pos
	}
	return in.pos.after(in.buf()[:i])
}

func (in *input) drop(n int) {
	in.pos = in.place(n)
	in.lo += n
}

func (in *input) hasMark() bool {
	_, long := in.at(len(byteOrderMark) - 1)
	return long && bytes.HasPrefix(in.buf(), byteOrderMark)
}

// space drops white space, and says whether anything follows it.
func (in *input) space(set string) bool {
	for {
		rest := bytes.TrimLeft(in.buf(), set)
		in.drop(in.hi - in.lo - len(rest))
		if len(rest) > 0 {
			return true
		}
		if !in.more() {
			return false
		}
	}
}

// end says in words how the input ended.
func (in *input) end() string {
	var packed unpacking
	switch {
	case errors.As(in.err, &packed) && errors.Is(packed.error, io.ErrUnexpectedEOF):
		return "the early end of the gzip data"
	case errors.As(in.err, &packed):
		return "gzip data that cannot be unpacked (" + packed.error.Error() + ")"
	case in.err != nil && !errors.Is(in.err, io.EOF):
		return "a read error (" + in.err.Error() + ")"
	default:
		return "the end of the input"
	}
}
