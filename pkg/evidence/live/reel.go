package live

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"

	"whydenied/pkg/evidence"
)

// reelAge is how long what CloudTrail answered is used again: CI retries a
// job twelve times within minutes, and each retry is a denial.
const reelAge = time.Minute

// reel is what CloudTrail has of one kind of change, from a moment up to the
// reading, without a gap. It grows backwards when an earlier moment is asked
// for.
type reel struct {
	account, name string
	turn          chan struct{} // holds one element while somebody reads

	readAt  time.Time // when the reading began
	from    time.Time // everything since then is here
	pages   int       // how many were read
	changes []evidence.Change
	bad     []string // of records that cannot be read
	seen    map[string]bool
	near    map[time.Time]bool // moments around which was read, before from
}

func newReel(account, name string) *reel {
	return &reel{account: account, name: name, turn: make(chan struct{}, 1)}
}

// view is what a reel held when it was asked.
type view struct {
	changes      []evidence.Change // newest first
	from, readAt time.Time
	bad          []string
	err          error // why it does not go back as far as was asked
}

// lock takes the turn and drops what is too old.
func (r *reel) lock(ctx context.Context, now time.Time) error {
	select {
	case r.turn <- struct{}{}:
	case <-ctx.Done():
		return ended(ctx, "AWS", "", ctx.Err())
	}
	if r.readAt.IsZero() || now.Sub(r.readAt) >= reelAge {
		r.readAt, r.from, r.pages = now, now.Add(time.Second), 0
		r.changes, r.bad, r.seen, r.near = nil, nil, make(map[string]bool), make(map[time.Time]bool)
	}
	return nil
}

func (r *reel) unlock() { <-r.turn }

func (r *reel) view(err error) view {
	n, b := len(r.changes), len(r.bad)
	return view{changes: r.changes[:n:n], from: r.from, readAt: r.readAt, bad: r.bad[:b:b], err: err}
}

// back reads back to a moment, or to the first change that is enough.
func (s *Source) back(ctx context.Context, t *trail, r *reel, to time.Time, enough func(*evidence.Change) bool) view {
	now := s.c.Now()
	if err := r.lock(ctx, now); err != nil {
		return view{from: now, readAt: now, err: err}
	}
	defer r.unlock()
	if !r.from.After(to) || r.holds(0, enough) {
		return r.view(nil)
	}
	if r.pages >= s.c.MaxPages {
		return r.view(&boundError{r.name, s.c.MaxPages})
	}
	q := search{key: types.LookupAttributeKeyEventName, value: r.name, from: to}
	if r.pages > 0 {
		q.to = r.from
	}
	var bound error
	err := s.pages(ctx, t, q, func(events []types.Event, last bool) bool {
		r.pages++
		held := len(r.changes)
		r.add(events)
		switch {
		case last:
			r.from = to
			return false
		case r.holds(held, enough):
			return false
		case r.pages >= s.c.MaxPages:
			bound = &boundError{r.name, s.c.MaxPages}
			return false
		}
		s.progress("reading %s from CloudTrail in %s, back to %s", r.name, t.region, clock(r.from))
		return true
	})
	if err == nil {
		err = bound
	}
	return r.view(err)
}

// around reads what happened within a minute of a moment before the reel's
// own beginning. The rest of it stays unread.
func (s *Source) around(ctx context.Context, t *trail, r *reel, at time.Time) view {
	now := s.c.Now()
	if err := r.lock(ctx, now); err != nil {
		return view{from: now, readAt: now, err: err}
	}
	defer r.unlock()
	if !r.from.After(at.Add(-time.Minute)) || r.near[at] {
		return r.view(nil)
	}
	from := r.from
	n := 0
	q := search{key: types.LookupAttributeKeyEventName, value: r.name, from: at.Add(-time.Minute), to: at.Add(time.Minute)}
	err := s.pages(ctx, t, q, func(events []types.Event, last bool) bool {
		n++
		r.add(events)
		r.near[at] = last
		return n < s.c.MaxPages
	})
	r.from = from
	if err == nil && !r.near[at] {
		err = &boundError{r.name, s.c.MaxPages}
	}
	return r.view(err)
}

// holds tells whether a change beyond the first n is enough.
func (r *reel) holds(n int, enough func(*evidence.Change) bool) bool {
	if enough == nil {
		return false
	}
	for i := n; i < len(r.changes); i++ {
		if enough(&r.changes[i]) {
			return true
		}
	}
	return false
}

// add takes a page, which is older than what is held. Of the second of its
// last event, the next page may hold more.
func (r *reel) add(events []types.Event) {
	for i := range events {
		e := &events[i]
		if next := aws.ToTime(e.EventTime).Truncate(time.Second).Add(time.Second); e.EventTime != nil && next.Before(r.from) {
			r.from = next
		}
		if id := aws.ToString(e.EventId); r.seen[id] {
			continue
		} else if id != "" {
			r.seen[id] = true
		}
		a := evidence.Account{ID: r.account}
		a.AddEvent("CloudTrail's record "+aws.ToString(e.EventId), []byte(aws.ToString(e.CloudTrailEvent)))
		r.changes, r.bad = append(r.changes, a.Changes...), append(r.bad, a.Notes...)
	}
}
