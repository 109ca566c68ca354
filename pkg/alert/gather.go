package alert

import (
	"context"
	"errors"
	"time"
)

// gather has an incident join the wave that it is part of, if it is a new one.
// From the third member of a wave on, an incident has no message of its own.
// Nothing is done twice: whoever died halfway is gone on with.
func (a *Alerter) gather(ctx context.Context, id string) error {
	in, err := a.Store.Incident(ctx, id)
	if err != nil || in.InWave != "" || in.Mute != nil {
		return err
	}
	r := decode(in.Report)
	key, w := waveOf(&in, r)
	if key == "" {
		return nil
	}
	wave, err := a.joined(ctx, key, &w, &in, newMember(&in, r))
	if err != nil {
		return err
	}
	at := wave.Wave.index(id)
	_, err = a.change(ctx, id, func(in *Incident) bool {
		settled := in.InWave != ""
		in.InWave = wave.ID
		// Who has a message already keeps it.
		in.Threaded = wave.Wave.Declared && (at < 0 || at >= waveFrom-1) && len(in.Deliveries) == 0
		return !settled
	})
	return err
}

// joined is the wave of a name with a member in it.
func (a *Alerter) joined(ctx context.Context, key string, w *Wave, in *Incident, m Member) (Incident, error) {
	for try := 0; ; try++ {
		wave, had, err := a.named(ctx, key)
		if err != nil || wave.ID != "" && wave.Wave.index(m.ID) >= 0 {
			return wave, err
		}
		if wave.ID == "" || wave.Closed || !wave.Wave.takes(m.First) {
			fresh := *w
			wave = Incident{ID: newID(key, m.ID), Provider: in.Provider, Cause: in.Cause, Stranger: in.Stranger, Route: in.Route, Wave: &fresh}
		}
		if len(wave.Report) == 0 {
			wave.Report = in.Report
		}
		wave.join(m)
		c := Change{Incident: wave, Names: []Name{{Name: key, Was: had}}, Expires: a.expiry(&wave), Due: a.waveDue(&wave)}
		if wave.Wave.Declared {
			c.Lists = []string{dayList(wave.Last)}
		}
		if err = a.Store.Save(ctx, c); err == nil || !errors.Is(err, ErrConflict) {
			return wave, err
		}
		if err := pause(ctx, try); err != nil {
			return wave, err
		}
	}
}

// tellWave tells the wave of an incident how often that was met by now, at most
// as often as a message is edited, and brings the wave's message up to date.
func (a *Alerter) tellWave(ctx context.Context, id string) error {
	in, err := a.Store.Incident(ctx, id)
	if err != nil || in.InWave == "" {
		return err
	}
	wave, err := a.Store.Incident(ctx, in.InWave)
	if err != nil || wave.ID == "" { // a wave may be forgotten before its members
		return err
	}
	var wait time.Duration
	wave, err = a.change(ctx, in.InWave, func(wave *Incident) bool {
		wait = 0
		i := wave.Wave.index(id)
		if i < 0 || wave.Wave.Members[i].Attempts >= in.Attempts && wave.Wave.Members[i].Answered >= in.Answered {
			return false
		}
		wave.Wave = wave.Wave.clone()
		m := &wave.Wave.Members[i]
		now := a.Now()
		if wait = m.ToldAt.Add(a.EditEvery).Sub(now); wait > 0 && m.Answered == in.Answered {
			return false
		}
		wait = 0
		m.Attempts, m.Runs, m.First, m.Last, m.ToldAt = in.Attempts, in.RunCount(), in.First, in.Last, now
		m.Answered, m.LetIn = in.Answered, time.Time{}
		if by := in.closedBy(); by != nil {
			m.LetIn = by.At
		}
		wave.sum()
		return true
	})
	if err != nil {
		return err
	}
	if wait > 0 {
		if err := a.later(ctx, id, wait); err != nil {
			return err
		}
	}
	if !wave.Wave.Declared {
		return nil
	}
	return a.deliver(ctx, wave.ID)
}

// waveDue is when a wave is to be looked at again, to close it; zero for what
// is none, or is not closed by anybody.
func (a *Alerter) waveDue(in *Incident) time.Time {
	if in.Wave == nil || !in.Wave.Declared || !a.Closing {
		return time.Time{}
	}
	return a.due(in.Last)
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
