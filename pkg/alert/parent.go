package alert

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// upToDate brings the message of an incident up to date, and that of the wave
// which it is part of, or is.
func (a *Alerter) upToDate(ctx context.Context, id string) error {
	in, err := a.Store.Incident(ctx, id)
	if err != nil {
		return err
	}
	switch {
	case in.Threaded: // elsewhere its line is all that is said of it
		return errors.Join(a.deliver(ctx, id, a.apart()), a.tellWave(ctx, &in))
	case in.Wave == nil:
		return errors.Join(a.deliver(ctx, id, a.Notifiers), a.tellWave(ctx, &in))
	}
	register, err := a.Store.Incident(ctx, in.Wave.Register)
	if err != nil {
		return err
	}
	if register.ID == "" { // it may be forgotten before its copy
		return a.deliver(ctx, id, a.Notifiers)
	}
	return a.tellParent(ctx, &register)
}

// tellWave tells the wave of an incident how often that was met by now, and
// brings the wave's message up to date.
func (a *Alerter) tellWave(ctx context.Context, in *Incident) error {
	if in.InWave == "" {
		return nil
	}
	register, wait, err := a.tellRegister(ctx, in.InWave, in)
	if err == nil && wait > 0 {
		err = a.laterThan(ctx, in, wait)
	}
	if err != nil || register.ID == "" || !register.Wave.Declared {
		return err
	}
	return a.tellParent(ctx, &register)
}

// tellRegister tells a register how often one of its members was met by now, at
// most as often as a message is edited. A wait above zero asks to be called
// again after that time. As long as there is no wave it needs not know.
func (a *Alerter) tellRegister(ctx context.Context, id string, in *Incident) (register Incident, wait time.Duration, err error) {
	register, err = a.Store.Incident(ctx, id)
	if err != nil || register.ID == "" || !register.Wave.Declared { // one may be forgotten before its members
		return register, 0, err
	}
	i := register.Wave.index(in.ID) // a member of a declared wave stays where it is
	if i < 0 {
		return register, 0, nil
	}
	tells := func(m *Member) bool {
		wait = 0
		if m.behind(in) && m.Answered == in.Answered {
			wait = max(m.ToldAt.Add(a.EditEvery).Sub(a.Now()), 0)
		}
		return m.behind(in) && wait == 0
	}
	// A register is as long as its wave, and most attempts of a storm have to
	// wait: so it is not read twice for those.
	if !tells(&register.Wave.Members[i]) {
		return register, wait, nil
	}
	register, err = a.change(ctx, id, func(register *Incident) bool {
		register.Wave = register.Wave.clone()
		m := &register.Wave.Members[i]
		if !tells(m) {
			return false
		}
		m.bring(in, a.Now())
		register.sum()
		return true
	})
	return register, wait, err
}

// behind tells whether there is more of an incident than its wave was told.
func (m *Member) behind(in *Incident) bool {
	return m.Attempts < in.Attempts || m.Answered < in.Answered
}

// bring brings a member up to date with its incident.
func (m *Member) bring(in *Incident, now time.Time) {
	m.Attempts, m.Runs, m.First, m.Last, m.ToldAt = in.Attempts, in.RunCount(), in.First, in.Last, now
	m.Answered, m.LetIn, m.Alias = in.Answered, time.Time{}, in.Alias
	if by := in.closedBy(); by != nil {
		m.LetIn = by.At
	}
}

// tellParent brings the message of a wave up to date with its register.
func (a *Alerter) tellParent(ctx context.Context, register *Incident) error {
	id := newID("parent", register.ID)
	parent, wait, err := a.copied(ctx, id, register)
	if err != nil {
		return fmt.Errorf("wave %q: %w", id, err)
	}
	if wait > 0 {
		// Somebody told of all that there is to tell by now, or does.
		told := !slices.ContainsFunc(a.Notifiers, func(n Notifier) bool { return a.needs(&parent, n, KindOpened) })
		if err := a.laterThan(ctx, &parent, wait); err != nil || told {
			return err
		}
	}
	return a.deliver(ctx, id, a.Notifiers)
}

// copied makes or renews a parent, at most as often as a message is edited. A
// wait above zero asks to be called again after that time.
func (a *Alerter) copied(ctx context.Context, id string, register *Incident) (parent Incident, wait time.Duration, err error) {
	for try := 0; ; try++ {
		parent, err := a.Store.Incident(ctx, id)
		if err != nil {
			return parent, 0, err
		}
		now := a.Now()
		if parent.ID != "" {
			if parent.Attempts >= register.Attempts && parent.Answered >= register.Answered {
				return parent, 0, nil
			}
			wait := parent.Wave.CopiedAt.Add(a.EditEvery).Sub(now)
			if wait > 0 && parent.Answered == register.Answered {
				return parent, wait, nil
			}
		}
		parent.copy(register)
		parent.ID, parent.Wave.CopiedAt = id, now
		c := Change{Incident: parent, Lists: []string{dayList(parent.Last)}, Expires: a.expiry(&parent)}
		if a.Closing {
			c.Due = a.due(parent.Last)
		}
		if err = a.Store.Save(ctx, c); !errors.Is(err, ErrConflict) {
			return parent, 0, err
		}
		if err := pause(ctx, try); err != nil {
			return parent, 0, err
		}
	}
}

// copy takes over all that a register says, but for its own state.
func (in *Incident) copy(register *Incident) {
	in.Provider, in.Cause, in.Stranger, in.Route, in.Report = register.Provider, register.Cause, register.Stranger, register.Route, register.Report
	in.First, in.Last, in.Attempts, in.MoreRuns = register.First, register.Last, register.Attempts, register.MoreRuns
	in.Subjects, in.Answered, in.Wave = register.Subjects, register.Answered, register.Wave.clone()
	in.Wave.Register = register.ID
}

// grows tells whether a wave was met until just now.
func (a *Alerter) grows(in *Incident) bool {
	return in.Wave != nil && !in.Closed && a.Now().Sub(in.Last) < growing
}

// untilQuiet is when to look at a message again that says that its wave grows;
// zero for any other one.
func (a *Alerter) untilQuiet(in *Incident, n Notifier) time.Duration {
	if d := in.Deliveries[n.Name()]; !d.Growing || !n.Edits() {
		return 0
	}
	return max(in.Last.Add(growing).Sub(a.Now()), time.Second)
}
