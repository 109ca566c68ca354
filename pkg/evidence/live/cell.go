package live

import (
	"context"
	"errors"
	"sync"
	"time"
)

// cell holds what was read last, and lets one caller at a time read anew. Those
// who wait meanwhile get what that one got, its error, too.
type cell[T any] struct {
	turn chan struct{} // holds one element while somebody reads

	at    time.Time // when the reading began; zero for none
	value T

	failedAt time.Time
	err      error
}

func newCell[T any]() *cell[T] { return &cell[T]{turn: make(chan struct{}, 1)} }

// get returns what is held if it is good enough, and reads anew otherwise. at
// is when that reading began.
func (c *cell[T]) get(ctx context.Context, now func() time.Time, good func(at time.Time) bool, read func(context.Context) (T, error)) (value T, at time.Time, err error) {
	came := now()
	select {
	case c.turn <- struct{}{}:
	case <-ctx.Done():
		return value, at, ended(ctx, "AWS", "", ctx.Err())
	}
	defer func() { <-c.turn }()
	if !c.at.IsZero() && (good(c.at) || c.at.After(came)) {
		return c.value, c.at, nil
	}
	if c.err != nil && c.failedAt.After(came) {
		return value, at, c.err
	}
	start := now()
	value, err = read(ctx)
	if err != nil {
		// That somebody else gave up says nothing to those who wait.
		if !errors.Is(ctx.Err(), context.Canceled) {
			c.failedAt, c.err = now(), err
		}
		return value, start, err
	}
	c.at, c.value, c.err = start, value, nil
	return value, start, nil
}

// maxCells is how many cells are kept: who calls STS chooses the names of the
// roles that are asked for, and may invent them without end.
const maxCells = 500

// cells are cells by name.
type cells[T any] struct {
	mu sync.Mutex
	by map[string]*cell[T]
}

func (c *cells[T]) of(name string) *cell[T] {
	c.mu.Lock()
	defer c.mu.Unlock()
	if held := c.by[name]; held != nil {
		return held
	}
	if c.by == nil || len(c.by) >= maxCells {
		c.by = make(map[string]*cell[T])
	}
	c.by[name] = newCell[T]()
	return c.by[name]
}

// younger is good for what was read less than age ago.
func younger(now func() time.Time, age time.Duration) func(time.Time) bool {
	return func(at time.Time) bool { return now().Sub(at) < age }
}

// later is the later of two moments.
func later(x, y time.Time) time.Time {
	if x.Before(y) {
		return y
	}
	return x
}

func always(time.Time) bool { return true }
