package scan

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"whydenied/pkg/trail"
)

// maxFaults is how many problems of one file are told, so that one that is no
// log at all leaves room for others.
const maxFaults = 10

// worker reads one file after the other.
type worker struct {
	*reading

	unpacker  unpacker
	beginning [beginning]byte
	faults    int // problems of the file that is being read
}

func (w *worker) read(ctx context.Context, f File) {
	in := &source{ctx: ctx, meter: w.meter}
	w.faults = 0
	digest := w.file(ctx, f, in)
	switch {
	case ctx.Err() != nil:
		w.parts.Add(1)
		w.c.addBytes(in.n)
		return
	case digest:
		w.digests.Add(1)
	default:
		w.whole.Add(1)
		w.c.AddFile(in.n, w.faults > 0)
	}
	w.meter.done.Add(1)
}

// file reads a file, and tells whether it is a digest.
func (w *worker) file(ctx context.Context, f File, in *source) (digest bool) {
	raw, err := f.Open(ctx)
	if err != nil {
		w.fault(ctx, Problem{File: f.Name, Text: err.Error()})
		return false
	}
	defer raw.Close()
	var packing string
	if in.r, packing, err = w.unpacker.open(&counting{ctx, raw, w.meter}); err != nil {
		w.fault(ctx, damaged(f.Name, 0, damage(packing, err)))
		return false
	}
	n, _ := io.ReadFull(in, w.beginning[:])
	begins := w.beginning[:n]
	if isDigest(begins) {
		return true
	}
	for it := range calls(f.Name, io.MultiReader(bytes.NewReader(begins), in)) {
		w.item(ctx, it, in)
		if ctx.Err() != nil {
			return false
		}
	}
	if in.err != nil && !errors.Is(in.err, io.EOF) {
		w.fault(ctx, damaged(f.Name, in.n, damage(packing, in.err)))
	}
	return false
}

// item hands on what was found. That the data ends where it can be unpacked no
// further is told once, and with the reason.
func (w *worker) item(ctx context.Context, it trail.Item, in *source) {
	if it.Kind != trail.KindMalformed {
		if it.Kind == trail.KindDenied {
			w.meter.denials.Add(1)
		}
		w.c.Add(ctx, it)
		return
	}
	p := problemOf(&it)
	if in.err == nil || errors.Is(in.err, io.EOF) || p.Offset < in.n {
		w.fault(ctx, p)
	}
}

func (w *worker) fault(ctx context.Context, p Problem) {
	if ctx.Err() != nil {
		return
	}
	if w.faults++; w.faults <= maxFaults {
		w.c.AddProblem(p)
		return
	}
	w.c.addProblems(1)
}

func damaged(name string, at int64, found string) Problem {
	return Problem{File: name, Offset: at, Text: fmt.Sprintf("%s: found %s, expected the rest of the file", trail.Position{Name: name, Offset: at}, found)}
}

// source is what is unpacked, counted. It ends with the context.
type source struct {
	ctx   context.Context
	r     io.Reader
	meter *Meter
	n     int64
	err   error // what ended it, io.EOF where nothing is wrong
}

func (s *source) Read(p []byte) (int, error) {
	if s.err == nil {
		s.err = s.ctx.Err()
	}
	if s.err != nil {
		return 0, s.err
	}
	n, err := s.r.Read(p)
	s.n, s.err = s.n+int64(n), err
	s.meter.unpacked.Add(int64(n))
	return n, err
}

// counting is a file as it lies there.
type counting struct {
	ctx   context.Context
	r     io.Reader
	meter *Meter
}

func (c *counting) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := c.r.Read(p)
	c.meter.packed.Add(int64(n))
	return n, err
}
