package bucket

import (
	"context"
	"strings"
	"sync"
)

// lists is how many lists are asked for at once, and batches how many pages
// may wait to be read.
const (
	lists   = 8
	batches = 8
)

// walk goes through the folders of a bucket. Places that are still to be listed
// are on a stack, so that one account is done before the next is begun, and few
// wait.
type walk struct {
	store *store
	query Query
	found chan batch

	mu     sync.Mutex
	change *sync.Cond
	todo   []place
	busy   int  // places that are being listed
	over   bool // no more of them are wanted
	looked int  // folders outside of the layout
	passed int  // objects
}

// place is a prefix to be listed.
type place struct {
	prefix string
	depth  int  // folders below the one that was asked for
	whole  bool // without a delimiter
	asked  bool // it is the one that was asked for
}

func newWalk(s *store, q Query) *walk {
	w := &walk{store: s, query: q, found: make(chan batch, batches)}
	w.change = sync.NewCond(&w.mu)
	w.push(place{prefix: s.at.Prefix, asked: true})
	return w
}

// start has the places listed, and closes the channel after the last.
func (w *walk) start(ctx context.Context) {
	var workers sync.WaitGroup
	for range lists {
		workers.Go(func() {
			for p, ok := w.next(); ok; p, ok = w.next() {
				w.done(w.send(ctx, batch{err: w.list(ctx, p)}))
			}
		})
	}
	go func() {
		workers.Wait()
		close(w.found)
	}()
}

// end waits for what is under way, when its context has ended.
func (w *walk) end() {
	for range w.found {
		continue // nobody wants it
	}
}

// send hands on a batch. It says whether the walk may go on.
func (w *walk) send(ctx context.Context, b batch) bool {
	if ctx.Err() != nil {
		return false
	}
	if b.err == nil && len(b.objects) == 0 {
		return true
	}
	select {
	case w.found <- b:
		return !hopeless(b.err)
	case <-ctx.Done():
		return false
	}
}

func (w *walk) push(p place) {
	if spotOf(p.prefix).level == services && strings.HasSuffix(p.prefix, "/") {
		p.prefix += trailFolder + "/" // the others need not be listed
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.over {
		w.todo = append(w.todo, p)
		w.change.Signal()
	}
}

// next waits for a place to list; false means that there will be none.
func (w *walk) next() (place, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.todo) == 0 && w.busy > 0 {
		w.change.Wait()
	}
	last := len(w.todo) - 1
	if last < 0 {
		return place{}, false
	}
	p := w.todo[last]
	w.todo = w.todo[:last]
	w.busy++
	return p, true
}

// done ends a place, and the whole walk where it cannot go on.
func (w *walk) done(goOn bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.busy--
	if !goOn {
		w.over, w.todo = true, nil
	}
	w.change.Broadcast()
}
