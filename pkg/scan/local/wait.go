package local

import (
	"context"
	"io"
	"os"
)

// waiting reads what may make it wait for ever, such as a pipe, and can be
// interrupted all the same. What was then being read is lost, and the goroutine
// that reads it ends with the next bytes.
type waiting struct {
	ctx    context.Context
	chunks chan chunk
	empty  chan []byte // buffers that were read
	now    chunk
	rest   []byte
	cancel context.CancelFunc
	close  func() error
}

type chunk struct {
	data []byte
	err  error
}

// openWaiting opens what may make that wait as well: a named pipe has to be
// opened at its other end. One that is given up stays behind until it is.
func openWaiting(ctx context.Context, path string) (io.ReadCloser, error) {
	type result struct {
		f   *os.File
		err error
	}
	opened := make(chan result)
	go func() {
		f, err := os.Open(path)
		select {
		case opened <- result{f, err}:
		case <-ctx.Done():
			if err == nil {
				_ = f.Close() // nobody reads it
			}
		}
	}()
	select {
	case r := <-opened:
		if r.err != nil {
			return nil, r.err
		}
		return waitFor(ctx, r.f, r.f.Close), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func waitFor(ctx context.Context, r io.Reader, closing func() error) *waiting {
	ctx, cancel := context.WithCancel(ctx)
	w := &waiting{ctx: ctx, chunks: make(chan chunk), empty: make(chan []byte, 2), cancel: cancel, close: closing}
	for range 2 {
		w.empty <- make([]byte, 64<<10)
	}
	go w.copy(r)
	return w
}

func (w *waiting) copy(r io.Reader) {
	for {
		select {
		case buf := <-w.empty:
			n, err := r.Read(buf)
			select {
			case w.chunks <- chunk{buf[:n], err}:
			case <-w.ctx.Done():
				return
			}
			if err != nil {
				return
			}
		case <-w.ctx.Done():
			return
		}
	}
}

// Read gives what is there. The error of a context that ended comes first.
func (w *waiting) Read(p []byte) (int, error) {
	for len(w.rest) == 0 {
		if w.now.err != nil {
			return 0, w.now.err
		}
		if w.now.data != nil {
			w.empty <- w.now.data[:cap(w.now.data)]
			w.now = chunk{}
		}
		select {
		case w.now = <-w.chunks:
			w.rest = w.now.data
		case <-w.ctx.Done():
			return 0, w.ctx.Err()
		}
	}
	n := copy(p, w.rest)
	w.rest = w.rest[n:]
	return n, nil
}

// Close ends the reading.
func (w *waiting) Close() error {
	w.cancel()
	return w.close()
}
