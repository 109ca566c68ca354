package alert

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"whydenied/pkg/report"
)

// Flush brings every notifier up to date with an incident, as the scheduler was
// asked to. It may come before its time, where the scheduler allows no longer
// delay, and asks for the rest then.
func (a *Alerter) Flush(ctx context.Context, id string) error {
	_, err := a.change(ctx, id, func(in *Incident) bool {
		// Whoever counts from here on has to ask for the next one.
		asked := !in.FlushAt.IsZero()
		in.FlushAt = time.Time{}
		return asked
	})
	if err != nil {
		return fmt.Errorf("reading incident %q: %w", id, err)
	}
	return a.upToDate(ctx, id)
}

// deliver brings notifiers up to date with an incident, each on its own: one
// that fails or hangs holds up no other. What is to be brought up to date later
// is left to the scheduler. The error joins those of all notifiers.
func (a *Alerter) deliver(ctx context.Context, id string, to []Notifier) error {
	waits, errs := make([]time.Duration, len(to)), make([]error, len(to))
	var all sync.WaitGroup
	for i, n := range to {
		all.Go(func() { waits[i], errs[i] = a.deliverTo(ctx, n, id, KindOpened) })
	}
	all.Wait()
	wait := time.Duration(0)
	for _, w := range waits {
		if w > 0 && (wait == 0 || w < wait) {
			wait = w
		}
	}
	if wait > 0 {
		errs = append(errs, a.later(ctx, id, wait))
	}
	return errors.Join(errs...)
}

// apart are the notifiers that tell of each incident of a wave by itself.
func (a *Alerter) apart() (some []Notifier) {
	for _, n := range a.Notifiers {
		if _, is := n.(Apart); is {
			some = append(some, n)
		}
	}
	return some
}

// deliverTo brings one notifier up to date. A wait above zero asks to be called
// again after that time.
func (a *Alerter) deliverTo(ctx context.Context, n Notifier, id string, kind Kind) (wait time.Duration, err error) {
	in, wait, err := a.claim(ctx, n, id, kind)
	if err != nil || in == nil {
		return wait, a.failed(n, err)
	}
	return a.send(ctx, n, &Message{Kind: kind, Incident: *in, Report: decode(in.Report), Growing: a.grows(in), Unused: a.Unused})
}

// needs tells whether a notifier has something to say that it did not say yet.
func (a *Alerter) needs(in *Incident, n Notifier, kind Kind) bool {
	d := in.Deliveries[n.Name()]
	if _, apart := n.(Apart); in.Threaded && !apart {
		return false
	}
	if kind == KindClosing {
		// That it was repaired is news, also where it did not go on.
		return in.Closed && d.Sent && !d.Summed && !n.Edits() && (d.Attempts < in.Attempts || in.closedBy() != nil)
	}
	if !d.Sent {
		return in.Mute == nil // an edit of what is there rings no bell
	}
	return n.Edits() && (d.Attempts != in.Attempts || d.Answered != in.Answered || d.Growing && !a.grows(in))
}

// claim takes the right to send, so that nobody else does at the same time. The
// incident is nil where there is nothing to send now.
func (a *Alerter) claim(ctx context.Context, n Notifier, id string, kind Kind) (claimed *Incident, wait time.Duration, err error) {
	won, late := false, false
	in, err := a.change(ctx, id, func(in *Incident) bool {
		wait, won, late = 0, false, false
		d, now, owner := in.Deliveries[n.Name()], a.Now(), a.Owner(ctx)
		switch {
		case !a.needs(in, n, kind):
			wait = a.untilQuiet(in, n)
		case d.Claim != "" && d.Claim != owner && now.Before(d.ClaimUntil):
			wait = d.ClaimUntil.Sub(now)
			if d.Sent {
				wait = min(wait, a.EditEvery)
			}
		case kind == KindOpened && d.Sent && now.Sub(d.At) < a.EditEvery && (d.Answered == in.Answered || in.Wave != nil):
			wait = d.At.Add(a.EditEvery).Sub(now)
		case a.deadline(ctx).Sub(now) < 2*reserve:
			late = true
		default:
			d.Claim, d.ClaimUntil = owner, a.deadline(ctx)
			in.set(n, d)
			won = true
		}
		return won
	})
	switch {
	case err == nil && won:
		return &in, 0, nil
	case err == nil && late:
		err = ErrTooLate
	}
	return nil, wait, err
}

// send hands a claimed message to its notifier, and records what came of it.
// The notifier's time ends before the invocation's, so that what was sent can
// still be recorded.
func (a *Alerter) send(ctx context.Context, n Notifier, m *Message) (time.Duration, error) {
	before := m.Incident.Deliveries[n.Name()]
	sending, cancel := context.WithTimeout(ctx, a.deadline(ctx).Sub(a.Now())-reserve)
	defer cancel()
	err := n.Deliver(sending, m, before.Ref, func(ref Ref) error {
		_, err := a.record(ctx, n, m.Incident.ID, func(d *Delivery) { d.Ref = ref })
		return err
	})
	if err != nil {
		return a.unsent(ctx, n, m.Incident.ID, err)
	}
	in, err := a.record(ctx, n, m.Incident.ID, func(d *Delivery) {
		d.Sent, d.Attempts, d.At, d.Growing = true, m.Incident.Attempts, a.Now(), m.Growing
		d.Answered = m.Incident.Answered
		d.Summed = d.Summed || m.Kind == KindClosing
		d.Claim, d.ClaimUntil = "", time.Time{}
	})
	if err != nil {
		return 0, a.failed(n, err)
	}
	a.Observe(Observation{Notifier: n.Name(), First: !before.Sent, Since: a.Now().Sub(in.First)})
	if a.needs(&in, n, m.Kind) {
		return a.EditEvery, nil
	}
	return a.untilQuiet(&in, n), nil
}

// record changes one delivery of an incident. What was sent has to be
// recorded, also if the call's own time is over.
func (a *Alerter) record(ctx context.Context, n Notifier, id string, f func(*Delivery)) (Incident, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), reserve)
	defer cancel()
	return a.change(ctx, id, func(in *Incident) bool {
		d := in.Deliveries[n.Name()]
		f(&d)
		in.set(n, d)
		return true
	})
}

// unsent gives the claim back. A place that takes no more for a while is asked
// again then, if there is somebody to do so.
func (a *Alerter) unsent(ctx context.Context, n Notifier, id string, err error) (time.Duration, error) {
	_, released := a.record(ctx, n, id, func(d *Delivery) { d.Claim, d.ClaimUntil = "", time.Time{} })
	var limited *RateLimitedError
	if errors.As(err, &limited) && a.Later != nil {
		return max(limited.After, time.Second), released
	}
	return 0, a.failed(n, errors.Join(err, released))
}

// failed names the notifier in its error, and tells the observer.
func (a *Alerter) failed(n Notifier, err error) error {
	if err == nil {
		return nil
	}
	a.Observe(Observation{Notifier: n.Name(), Err: err})
	return fmt.Errorf("%s: %w", n.Name(), err)
}

// slack is how much later than wanted a look that is on its way may come. Many
// ask for the same moment, each a little after it reckoned how far that is:
// without it, every one that was quicker than all before would ask once more.
const slack = time.Second

// later asks for another look at an incident, if none is on its way. It is
// asked for before that is recorded: one too many does no harm, one too few
// leaves a count that is never put right.
func (a *Alerter) later(ctx context.Context, id string, wait time.Duration) error {
	if a.Later == nil {
		return nil
	}
	in, err := a.Store.Incident(ctx, id)
	if err != nil {
		return err
	}
	return a.laterThan(ctx, &in, wait)
}

// laterThan does so for an incident that was just read.
func (a *Alerter) laterThan(ctx context.Context, in *Incident, wait time.Duration) error {
	if a.Later == nil {
		return nil
	}
	now := a.Now()
	asked := func(in *Incident) bool { return in.FlushAt.After(now) && !in.FlushAt.After(now.Add(wait+slack)) }
	if asked(in) {
		return nil
	}
	if err := a.Later.Later(ctx, in.ID, wait); err != nil {
		return fmt.Errorf("asking for a later update: %w", err)
	}
	_, err := a.change(ctx, in.ID, func(in *Incident) bool {
		if asked(in) { // somebody else did at the same time
			return false
		}
		in.FlushAt = now.Add(wait)
		return true
	})
	return err
}

// deadline is until when this invocation may still be sending.
func (a *Alerter) deadline(ctx context.Context) time.Time {
	if t, ok := ctx.Deadline(); ok {
		return t
	}
	return a.Now().Add(unbounded)
}

// set changes one delivery without touching the map that others may hold.
func (in *Incident) set(n Notifier, d Delivery) {
	in.Deliveries = maps.Clone(in.Deliveries)
	if in.Deliveries == nil {
		in.Deliveries = make(map[string]Delivery, 1)
	}
	in.Deliveries[n.Name()] = d
}

func encode(r *report.Report) []byte {
	short := report.Fit(*r, maxReport)
	data, err := report.JSON(&short)
	if err != nil {
		return nil
	}
	return data
}

func decode(data []byte) *report.Report {
	var r report.Report
	if len(data) == 0 || json.Unmarshal(data, &r) != nil {
		return nil
	}
	return &r
}
