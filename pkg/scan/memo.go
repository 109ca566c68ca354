package scan

import (
	"context"
	"sync"
)

// memo makes each value once: whoever asks for it meanwhile waits. At most so
// many are kept; then all are forgotten, or where beyond is set, nothing more
// is made.
type memo[K comparable, V any] struct {
	most   int
	beyond func() V

	mu    sync.Mutex
	cells map[K]*cell[V]
}

type cell[V any] struct {
	done  chan struct{} // closed once value is there, or will never be
	value V
	kept  bool
}

func newMemo[K comparable, V any](most int) *memo[K, V] {
	return &memo[K, V]{most: most, cells: make(map[K]*cell[V])}
}

// get is the value of a key. What was made under a context that ended is not
// kept; the error is then the context's.
func (m *memo[K, V]) get(ctx context.Context, key K, made func(context.Context) V) (V, error) {
	var none V
	for {
		c, mine := m.cell(key)
		switch {
		case c == nil:
			return m.beyond(), nil
		case mine:
			return m.fill(ctx, key, c, made)
		}
		select {
		case <-c.done:
		default:
			select {
			case <-c.done:
			case <-ctx.Done():
				return none, ctx.Err()
			}
		}
		if c.kept {
			return c.value, nil
		}
	}
}

// cell is that of a key, and whether it is the caller's to fill; nil where
// there are too many.
func (m *memo[K, V]) cell(key K) (c *cell[V], mine bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if c, ok := m.cells[key]; ok {
		return c, false
	}
	if len(m.cells) >= m.most {
		if m.beyond != nil {
			return nil, false
		}
		clear(m.cells)
	}
	c = &cell[V]{done: make(chan struct{})}
	m.cells[key] = c
	return c, true
}

func (m *memo[K, V]) fill(ctx context.Context, key K, c *cell[V], made func(context.Context) V) (V, error) {
	defer close(c.done)
	c.value = made(ctx)
	if err := ctx.Err(); err != nil {
		m.mu.Lock()
		defer m.mu.Unlock()
		if m.cells[key] == c {
			delete(m.cells, key)
		}
		return c.value, err
	}
	c.kept = true
	return c.value, nil
}

// values are those that are there, by their keys.
func (m *memo[K, V]) values() map[K]V {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := make(map[K]V, len(m.cells))
	for key, c := range m.cells {
		select {
		case <-c.done:
			if c.kept {
				all[key] = c.value
			}
		default:
		}
	}
	return all
}
