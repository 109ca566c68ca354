package trail

import (
	"bufio"
	"io"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// buffers is the memory that reading an input takes. For a small file it costs
// more to get and to clear than the file takes to read, so [Calls], of which
// there are many, hands it on.
type buffers struct {
	packed *bufio.Reader
	gunzip *gzip.Reader
	store  []byte
}

// spare has buffers that no input uses. Nothing that is yielded lies in them.
var spare sync.Pool

func spareBuffers() *buffers {
	if b, ok := spare.Get().(*buffers); ok {
		return b
	}
	return &buffers{}
}

// from is a reader of r that has some of it ahead.
func (b *buffers) from(r io.Reader) *bufio.Reader {
	if b.packed == nil {
		b.packed = bufio.NewReaderSize(nil, chunk)
	}
	b.packed.Reset(r)
	return b.packed
}

// unpack is a reader of the gzip data in r.
func (b *buffers) unpack(r io.Reader) (*gzip.Reader, error) {
	if b.gunzip == nil {
		b.gunzip = new(gzip.Reader)
	}
	return b.gunzip, b.gunzip.Reset(r)
}

// back gives the buffers to the next input. This one's must not be read from
// any more.
func (b *buffers) back(in *input) {
	b.store = in.store
	in.store, in.src = nil, nil
	b.packed.Reset(nil)
	spare.Put(b)
}
