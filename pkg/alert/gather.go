package alert

import (
	"context"
	"errors"
)

// gather has an incident join the wave that it is part of, if it is a new one.
// From the third member of a wave on, an incident has no message of its own.
// Nothing is done twice: whoever died halfway is gone on with.
func (a *Alerter) gather(ctx context.Context, id string) error {
	in, err := a.Store.Incident(ctx, id)
	if err != nil || in.InWave != "" || in.Mute != nil || in.Previous != nil && in.Previous.Mute != nil {
		return err // the end of a mute is news by itself
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
	if at == waveFrom-1 {
		if err := a.catchUp(ctx, &wave); err != nil {
			return err
		}
	}
	_, err = a.change(ctx, id, func(in *Incident) bool {
		settled := in.InWave != ""
		in.InWave = wave.ID
		// Who has a message already keeps it.
		in.Threaded = wave.Wave.Declared && (at < 0 || at >= waveFrom-1) && len(in.Deliveries) == 0
		return !settled
	})
	return err
}

// catchUp tells a wave how often its first members were met since they joined:
// until there was a wave they did not tell.
func (a *Alerter) catchUp(ctx context.Context, register *Incident) error {
	for i := range register.Wave.Members[:waveFrom-1] {
		in, err := a.Store.Incident(ctx, register.Wave.Members[i].ID)
		if err == nil && in.ID != "" {
			_, _, err = a.tellRegister(ctx, register.ID, &in)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// joined is the register of a wave, by its name, with a member in it.
func (a *Alerter) joined(ctx context.Context, key string, w *Wave, in *Incident, m Member) (Incident, error) {
	for try := 0; ; try++ {
		wave, had, err := a.named(ctx, key)
		if err != nil || wave.ID != "" && wave.Wave.index(m.ID) >= 0 {
			return wave, err
		}
		if wave.ID == "" || !wave.Wave.takes(m.First) {
			fresh := *w
			wave = Incident{ID: newID(key, m.ID), Provider: in.Provider, Cause: in.Cause, Stranger: in.Stranger, Route: in.Route, Wave: &fresh}
		}
		if len(wave.Report) == 0 {
			wave.Report = in.Report
		}
		wave.join(m)
		c := Change{Incident: wave, Names: []Name{{Name: key, Was: had}}, Expires: a.expiry(&wave)}
		if err = a.Store.Save(ctx, c); err == nil || !errors.Is(err, ErrConflict) {
			return wave, err
		}
		if err := pause(ctx, try); err != nil {
			return wave, err
		}
	}
}
