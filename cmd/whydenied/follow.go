package main

import (
	"context"
	"slices"
	"time"
)

const (
	// pause is the time between two questions of --follow.
	pause = 30 * time.Second
	// lookBack is how far before the last question the next one looks: events
	// come late, and not in their order.
	lookBack = 20 * time.Minute
)

// follow asks again and again until Ctrl-C, which is its good end.
func (f *finding) follow(ctx context.Context) error {
	moments, stop := f.app.every(pause)
	defer stop()
	from := f.search.from
	for first := true; ; first = false {
		asked, unread := f.app.now(), f.unread
		err := f.round(ctx, from)
		switch {
		case ctx.Err() != nil:
			f.summarize()
			return nil
		case err != nil:
			return err
		case first && f.unread-unread >= len(f.regions):
			return ended(statusNoEvidence) // why has been said
		case first:
			f.tellNothing()
		}
		if f.unread == unread {
			// What could not be read is asked for again, however long that takes.
			from = asked.Add(-lookBack)
			clear(f.said)
			f.forget(from.Truncate(time.Second)) // CloudTrail may cut a time to that
		}
		f.app.progress.show("waiting for denials, last asked at " + asked.UTC().Format("15:04:05 MST"))
		select {
		case <-moments:
		case <-ctx.Done():
		}
	}
}

// round asks once, and explains what is new, the oldest first: the newest
// stands where the next will come.
func (f *finding) round(ctx context.Context, from time.Time) error {
	var calls []met
	err := f.ask(ctx, from, func(c met) error {
		calls = append(calls, c)
		return nil
	})
	if err != nil {
		return err
	}
	slices.SortStableFunc(calls, func(x, y met) int { return x.Time.Compare(y.Time) })
	f.tellRoleless()
	for _, c := range calls {
		if err := f.call(ctx, c.Denial, c.succeeded); err != nil {
			return err
		}
	}
	return nil
}

// forget drops the IDs of events that are not asked for again.
func (f *finding) forget(before time.Time) {
	for id, at := range f.seen {
		if at.Before(before) {
			delete(f.seen, id)
		}
	}
}
