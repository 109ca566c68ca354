package main

import (
	"context"
	"io"
)

// interrupted is how everything ends at Ctrl-C that has no better end.
func interrupted() error { return ended(statusInterrupted) }

// interruptible ends a read when the context ends: whoever typed Ctrl-C at a
// terminal, or into a pipe that nobody writes to, types nothing more.
type interruptible struct {
	ctx  context.Context
	from io.Reader
	left []byte
}

// Read reads what comes first, input or the context's end.
func (r *interruptible) Read(p []byte) (int, error) {
	if len(r.left) == 0 {
		data, err := r.next(len(p))
		if err != nil {
			return copy(p, data), err
		}
		r.left = data
	}
	n := copy(p, r.left)
	r.left = r.left[n:]
	return n, nil
}

// next reads once. A read that is given up stays behind until the process
// ends, with a buffer of its own.
func (r *interruptible) next(size int) ([]byte, error) {
	type result struct {
		data []byte
		err  error
	}
	done := make(chan result, 1)
	go func() {
		buffer := make([]byte, size)
		n, err := r.from.Read(buffer)
		done <- result{buffer[:n], err}
	}()
	select {
	case got := <-done:
		return got.data, got.err
	case <-r.ctx.Done():
		return nil, interrupted()
	}
}
