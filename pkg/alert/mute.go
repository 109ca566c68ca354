package alert

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"whydenied/pkg/report"
)

// Mute is what somebody said who knows of an incident: no message on it until
// a time. It is counted all the same.
type Mute struct {
	Since  time.Time `json:"since"`
	Until  time.Time `json:"until"`
	By     string    `json:"by,omitempty"` // ARN of who set it; "" where that is not known
	Reason string    `json:"reason"`
	// Attempts were counted while it held.
	Attempts int `json:"attempts,omitempty"`
}

// The bounds of a mute. One without an end would be the end of the alert.
const (
	MaxMute   = 90 * 24 * time.Hour
	MaxReason = 300 // bytes
)

// Mute has no message sent on an incident, and none on those that follow it
// for the very same reason, until m.Until. It covers account, role, provider,
// shape and cause, and nothing else: another cause is another incident. The
// messages that are there go on being brought up to date. The error says why
// an incident cannot be muted, or what is wrong with m.
//
// The incident stays open until its mute ends, however long it is quiet. The
// denial after that opens a new one, whose message tells of the mute. Without
// one, the closing summary does.
func (a *Alerter) Mute(ctx context.Context, id string, m Mute) (Incident, error) {
	m.Since, m.Reason = a.Now().UTC(), strings.TrimSpace(m.Reason)
	switch {
	case m.Reason == "":
		return Incident{}, errors.New("a mute needs a reason")
	case len(m.Reason) > MaxReason:
		return Incident{}, fmt.Errorf("the reason has %d bytes, expected at most %d", len(m.Reason), MaxReason)
	case !m.Until.After(m.Since):
		return Incident{}, fmt.Errorf("the mute would end at %s, which is over", m.Until.UTC().Format(time.RFC3339))
	case m.Until.After(m.Since.Add(MaxMute)):
		return Incident{}, fmt.Errorf("the mute would last longer than %d days", MaxMute/(24*time.Hour))
	}
	m.Reason, m.By = strings.ToValidUTF8(m.Reason, "\ufffd"), cut(strings.ToValidUTF8(m.By, "\ufffd"))
	return a.changeMute(ctx, id, func(in *Incident) error {
		if err := in.mutable(); err != nil {
			return err
		}
		if in.Mute.holds(m.Since) { // it is set anew, and goes on counting
			m.Attempts = in.Mute.Attempts
		}
		set := m
		in.Mute, in.Closed = &set, false
		return nil
	})
}

// Unmute ends the mute of an incident now. The next denial has a message, which
// tells of the mute.
func (a *Alerter) Unmute(ctx context.Context, id string) (Incident, error) {
	return a.changeMute(ctx, id, func(in *Incident) error {
		now := a.Now().UTC()
		if !in.Mute.holds(now) {
			return fmt.Errorf("incident %q is not muted", in.ID)
		}
		over := *in.Mute
		over.Until = now
		in.Mute = &over
		return nil
	})
}

// mutable says why no mute can be set.
func (in *Incident) mutable() error {
	switch {
	case in.Overflow, in.Wave != nil:
		return fmt.Errorf("incident %q stands for many, and a mute covers one: mute those that have a message of their own", in.ID)
	case in.Stranger:
		return fmt.Errorf("incident %q is that of a probable stranger, which no mute covers", in.ID)
	case in.Partial:
		return fmt.Errorf("the cause of incident %q is not known yet, and a mute covers no other cause", in.ID)
	}
	return nil
}

// changeMute changes the mute of the incident that stands now for what an ID
// once stood for.
func (a *Alerter) changeMute(ctx context.Context, id string, f func(*Incident) error) (Incident, error) {
	for try := 0; ; try++ {
		in, err := a.latest(ctx, id)
		if err == nil {
			err = f(&in)
		}
		if err != nil {
			return in, err
		}
		c := Change{Incident: in, Expires: a.expiry(&in), Names: []Name{{Name: in.names().own, Was: in.ID}}, Lists: in.lists(a.Now()), Due: nextHour(in.Mute.Until)}
		if err = a.Store.Save(ctx, c); !errors.Is(err, ErrConflict) {
			return in, err
		}
		if err := pause(ctx, try); err != nil {
			return in, err
		}
	}
}

// latest is the incident that the name of another leads to by now: somebody may
// have the ID from an older message.
func (a *Alerter) latest(ctx context.Context, id string) (Incident, error) {
	in, err := a.Store.Incident(ctx, id)
	switch {
	case err != nil:
		return in, err
	case in.ID == "":
		return in, fmt.Errorf("there is no incident %q", cut(id))
	case in.Overflow, in.Wave != nil:
		return in, nil
	}
	now, nowID, err := a.named(ctx, in.names().own)
	if err != nil || now.ID == "" && nowID == "" {
		return in, err
	}
	if now.ID == "" {
		return in, fmt.Errorf("incident %q was forgotten", nowID)
	}
	return now, nil
}

// holds tells whether a mute is set that is not over.
func (m *Mute) holds(now time.Time) bool { return m != nil && now.Before(m.Until) }

// counted is the mute with one attempt more, if it holds.
func (m *Mute) counted(now time.Time) *Mute {
	if !m.holds(now) {
		return m
	}
	one := *m
	one.Attempts++
	return &one
}

func (m *Mute) clone() *Mute {
	if m == nil {
		return nil
	}
	c := *m
	return &c
}

func (m *Mute) words() *report.Muted {
	if m == nil {
		return nil
	}
	return &report.Muted{Until: m.Until, By: m.By, Reason: m.Reason, Attempts: m.Attempts}
}
