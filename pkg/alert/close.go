package alert

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// sweepBack is how many hours a sweep looks at: more than the one since the
// last sweep, in case some were missed.
const sweepBack = 6

// Sweep closes the incidents that have been quiet for long enough, and has
// places that cannot edit told how those went on. It is to be called each hour.
// The error joins those of all incidents; calling again does the rest.
func (a *Alerter) Sweep(ctx context.Context) error {
	var errs []error
	this := a.Now().UTC().Truncate(time.Hour)
	for back := sweepBack - 1; back >= 0; back-- {
		hour := this.Add(-time.Duration(back) * time.Hour)
		ids, err := a.Store.Due(ctx, hour)
		if err != nil {
			errs = append(errs, fmt.Errorf("incidents due at %s: %w", hourOf(hour), err))
		}
		for _, id := range ids {
			errs = append(errs, a.close(ctx, id))
		}
	}
	return errors.Join(errs...)
}

// close closes one incident, unless it went on meanwhile: it is due again later
// then.
func (a *Alerter) close(ctx context.Context, id string) error {
	in, err := a.change(ctx, id, func(in *Incident) bool {
		quiet := !in.Closed && !in.Mute.holds(a.Now()) && a.Now().Sub(in.Last) >= a.Quiet
		in.Closed = in.Closed || quiet
		return quiet
	})
	if err != nil {
		return fmt.Errorf("closing incident %q: %w", id, err)
	}
	if !in.Closed {
		return nil
	}
	return a.sumUp(ctx, id)
}

// sumUp has places that cannot edit told that a closed incident is over.
func (a *Alerter) sumUp(ctx context.Context, id string) error {
	errs := make([]error, 0, len(a.Notifiers))
	for _, n := range a.Notifiers {
		_, err := a.deliverTo(ctx, n, id, KindClosing)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
