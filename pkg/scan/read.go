package scan

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
)

// ReadOptions say how files are read; zero fields mean the defaults.
type ReadOptions struct {
	// Workers is how many files are read at once. Zero: one for each processor.
	Workers int
	// Meter, where it is not nil, tells how far the reading is.
	Meter *Meter
}

// ahead is how many files are listed before they are read, so that it is known
// early how many there are.
const ahead = 16_384

// Read reads files into a collector, with gzip, zstd or nothing around what
// package trail reads, which is told by content. A file that cannot be read whole
// is a [Problem], and costs only itself. A place that cannot be listed is one as
// well, and makes the result partial. CloudTrail's digest files are no logs, and
// passed over.
//
// An error means that the context ended: what was read until then is in the
// collector, and its result is partial.
func Read(ctx context.Context, c *Collector, files Files, o ReadOptions) error {
	if o.Meter == nil {
		o.Meter = &Meter{}
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	r := &reading{c: c, meter: o.Meter, queue: make(chan File, ahead)}
	var wait sync.WaitGroup
	wait.Go(func() { r.list(ctx, files) })
	for range o.Workers {
		wait.Go(func() { r.work(ctx) })
	}
	wait.Wait()
	if n := r.digests.Load(); n > 0 {
		c.Note("passed over, since they hold no records: " + number(int(n), "digest file") + " of CloudTrail")
	}
	if r.meter.listed.Load() == 0 && ctx.Err() == nil {
		c.Note("there was no log file to read")
	}
	if err := ctx.Err(); err != nil {
		c.Incomplete(fmt.Sprintf("%s: %s read, %d only in part, and what else there is was not",
			stopped(err), number(int(r.whole.Load()), "file"), r.parts.Load()))
		return err
	}
	return nil
}

// stopped says in words why a context ended.
func stopped(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return "the scan was interrupted, since its time was over"
	}
	return "the scan was interrupted"
}

// reading is one Read.
type reading struct {
	c     *Collector
	meter *Meter
	queue chan File

	whole, parts, digests atomic.Int64 // files
}

func (r *reading) list(ctx context.Context, files Files) {
	defer close(r.queue)
	for f, err := range files {
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			r.c.AddProblem(Problem{Text: err.Error()})
			r.c.Incomplete("something could not be listed: the problems name it")
			continue
		}
		r.meter.listed.Add(1)
		r.meter.known.Add(max(f.Size, 0))
		select {
		case r.queue <- f:
		case <-ctx.Done():
			return
		}
	}
	r.meter.whole.Store(true)
}

func (r *reading) work(ctx context.Context) {
	w := &worker{reading: r}
	defer w.unpacker.close()
	for f := range r.queue {
		if ctx.Err() != nil {
			return
		}
		w.read(ctx, f)
	}
}
