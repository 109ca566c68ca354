package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"whydenied/pkg/alert"
)

const (
	writers    = 8
	increments = 12 // by each writer
)

// manyIncrements has writers count in one incident, reading it again after
// each conflict, as the instances of a function do.
func manyIncrements(t *testing.T, store alert.Store) {
	atOnce(t, writers, func(n int) error {
		for i := range increments {
			if err := increment(t.Context(), store, fmt.Sprintf("event %d of %d", i, n)); err != nil {
				return err
			}
		}
		return nil
	})
	got := incident(t, store, id(0))
	if want := writers * increments; got.Attempts != want || got.Version != int64(want) {
		t.Errorf("got %d attempts in version %d, want %d in as many", got.Attempts, got.Version, want)
	}
}

func increment(ctx context.Context, store alert.Store, event string) error {
	for {
		in, err := store.Incident(ctx, id(0))
		if err != nil {
			return err
		}
		in.ID = id(0)
		in.Attempts++
		c := change(in)
		c.Event = event
		if err := store.Save(ctx, c); !errors.Is(err, alert.ErrConflict) {
			return err
		}
	}
}

// oneEventAtOnce counts an event in as many incidents as there are writers.
func oneEventAtOnce(t *testing.T, store alert.Store) {
	won := winners(t, func(n int) error {
		c := change(alert.Incident{ID: id(n)})
		c.Event = "event"
		return persist(t.Context(), store, c)
	}, alert.ErrCounted)
	if len(won) != 1 {
		t.Fatalf("%d writers counted the event, want 1", len(won))
	}
	isCounted(t, store, "event", won[0])
	isIncident(t, store, alert.Incident{ID: won[0], Version: 1})
}

// oneNameAtOnce has each writer make an incident where the name leads nowhere
// yet. Two that meet may both be turned away for a moment, so a loser looks at
// the name again.
func oneNameAtOnce(t *testing.T, store alert.Store) {
	won := winners(t, func(n int) error {
		c := change(alert.Incident{ID: id(n)})
		c.Names = []alert.Name{{Name: "name"}}
		for {
			switch led, err := store.Named(t.Context(), "name"); {
			case err != nil:
				return err
			case led != "":
				return alert.ErrConflict
			}
			if err := store.Save(t.Context(), c); !errors.Is(err, alert.ErrConflict) {
				return err
			}
		}
	}, alert.ErrConflict)
	if len(won) != 1 {
		t.Fatalf("%d writers took the name, want 1", len(won))
	}
	isNamed(t, store, "name", won[0])
}

func oneCapAtOnce(t *testing.T, store alert.Store) {
	const limit = 3
	won := winners(t, func(n int) error {
		c := change(alert.Incident{ID: id(n)})
		c.Count = alert.Counter{Name: "cap", Limit: limit}
		return persist(t.Context(), store, c)
	}, alert.ErrFull)
	if len(won) != limit {
		t.Errorf("%d writers were counted, want %d", len(won), limit)
	}
}

// winners are the incidents of the writers that saved one. The others get the
// error that means so.
func winners(t *testing.T, write func(n int) error, loss error) []string {
	t.Helper()
	saved := make([]bool, writers)
	atOnce(t, writers, func(n int) error {
		err := write(n)
		saved[n] = err == nil
		if errors.Is(err, loss) {
			return nil
		}
		return err
	})
	var won []string
	for n, is := range saved {
		if is {
			won = append(won, id(n))
		}
	}
	return won
}

// persist saves a change that is in nobody's way but for a moment.
func persist(ctx context.Context, store alert.Store, c alert.Change) error {
	for {
		if err := store.Save(ctx, c); !errors.Is(err, alert.ErrConflict) {
			return err
		}
	}
}

// atOnce runs n writers and waits for all of them.
func atOnce(t *testing.T, n int, run func(n int) error) {
	t.Helper()
	errs := make([]error, n)
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() { errs[i] = run(i) })
	}
	group.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}
