package alert

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"math"
	"slices"
	"sync"
	"time"
)

// Memory is a [Store] in the memory of one process, for local use. The zero
// Memory is empty and ready. What is past its time counts as absent; it is
// forgotten for good when the process ends.
type Memory struct {
	Now func() time.Time // the clock that times run out by; nil for time.Now

	mutex     sync.Mutex
	incidents map[string]kept[Incident]
	events    map[string]kept[string] // incident by event
	names     map[string]kept[string] // incident by name
	counts    map[string]int
	due       map[dueKey]kept[struct{}]
	listed    map[listKey]kept[struct{}]
}

// kept is a value with the second from which on it is forgotten.
type kept[T any] struct {
	value   T
	expires int64
}

type dueKey struct {
	hour     int64 // since 1970
	incident string
}

type listKey struct{ list, incident string }

// NewMemory makes an empty Memory.
func NewMemory() *Memory { return &Memory{} }

// Counted is the incident in which an event was counted, "" for none. The
// error is that of the context.
func (m *Memory) Counted(ctx context.Context, event string) (string, error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return live(m.events[event], m.second()), ctx.Err()
}

// Named is the incident that a name leads to, "" for none. The error is that
// of the context.
func (m *Memory) Named(ctx context.Context, name string) (string, error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return live(m.names[name], m.second()), ctx.Err()
}

// Incident reads a copy of one, the zero Incident for none. The error is that
// of the context.
func (m *Memory) Incident(ctx context.Context, id string) (Incident, error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return live(m.incidents[id], m.second()).clone(), ctx.Err()
}

// Due are the incidents that were to be looked at in an hour, in the order of
// their IDs. The error is that of the context.
func (m *Memory) Due(ctx context.Context, hour time.Time) ([]string, error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	var ids []string
	for key, entry := range m.due {
		if key.hour == hours(hour) && entry.is(m.second()) {
			ids = append(ids, key.incident)
		}
	}
	slices.Sort(ids)
	return ids, ctx.Err()
}

// Listed are the incidents on a list, in the order of their IDs. The error is
// that of the context.
func (m *Memory) Listed(ctx context.Context, list string) ([]string, error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	var ids []string
	for key, entry := range m.listed {
		if key.list == list && entry.is(m.second()) {
			ids = append(ids, key.incident)
		}
	}
	slices.Sort(ids)
	return ids, ctx.Err()
}

// Save makes a change whole or not at all; see [Store].
func (m *Memory) Save(ctx context.Context, c Change) error {
	if c.Incident.ID == "" {
		return errors.New("an incident without an ID cannot be saved")
	}
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := m.fits(&c); err != nil {
		return err
	}
	m.write(&c)
	return nil
}

// fits says what in a change does not fit. An event that was counted comes
// before a cap that is reached, and both before a conflict: whoever reads the
// incident again has nothing to do where the event is in it.
func (m *Memory) fits(c *Change) error {
	now := m.second()
	if c.Event != "" && m.events[c.Event].is(now) {
		return ErrCounted
	}
	if c.Count != (Counter{}) && m.counts[c.Count.Name] >= c.Count.Limit {
		return ErrFull
	}
	// The version is 0 of an incident that is not there.
	if live(m.incidents[c.Incident.ID], now).Version != c.Incident.Version {
		return ErrConflict
	}
	for _, name := range c.Names {
		// A name that was forgotten since it was read is free for anyone.
		if there := live(m.names[name.Name], now); there != "" && there != name.Was {
			return ErrConflict
		}
	}
	return nil
}

func (m *Memory) write(c *Change) {
	incident, expires := c.Incident.clone(), forgotten(c.Expires)
	incident.Version++
	put(&m.incidents, incident.ID, kept[Incident]{incident, expires})
	if c.Event != "" {
		put(&m.events, c.Event, kept[string]{incident.ID, forgotten(c.EventExpires)})
	}
	for _, name := range c.Names {
		put(&m.names, name.Name, kept[string]{incident.ID, expires})
	}
	if c.Count != (Counter{}) {
		put(&m.counts, c.Count.Name, m.counts[c.Count.Name]+1)
	}
	if !c.Due.IsZero() {
		put(&m.due, dueKey{hours(c.Due), incident.ID}, kept[struct{}]{expires: expires})
	}
	for _, list := range c.Lists {
		put(&m.listed, listKey{list, incident.ID}, kept[struct{}]{expires: expires})
	}
}

func (m *Memory) second() int64 {
	if m.Now == nil {
		return time.Now().Unix()
	}
	return m.Now().Unix()
}

// is says whether there is a value that is not past its time.
func (k kept[T]) is(now int64) bool { return k.expires > now }

// live is the value, or the zero value where it is past its time.
func live[T any](k kept[T], now int64) T {
	if k.is(now) {
		return k.value
	}
	var none T
	return none
}

// forgotten is the second, since 1970, from which on what expires then is
// absent: a part of a second counts as a whole one, and no time means never.
func forgotten(expires time.Time) int64 {
	switch {
	case expires.IsZero():
		return math.MaxInt64
	case expires.Nanosecond() > 0:
		return expires.Unix() + 1
	}
	return expires.Unix()
}

func put[K comparable, V any](in *map[K]V, key K, value V) {
	if *in == nil {
		*in = map[K]V{}
	}
	(*in)[key] = value
}

// hours counts from 1970, as an hour of the clock in UTC.
func hours(at time.Time) int64 { return at.Unix() / 3600 }

// clone copies all that a caller could change.
func (in Incident) clone() Incident {
	in.Runs, in.Answers = slices.Clone(in.Runs), slices.Clone(in.Answers)
	in.Subjects = in.Subjects.clone()
	in.Reasons = in.Reasons.clone()
	in.Report = bytes.Clone(in.Report)
	in.Deliveries = maps.Clone(in.Deliveries)
	in.Mute, in.Wave = in.Mute.clone(), in.Wave.clone()
	if in.Previous != nil {
		previous := *in.Previous
		previous.Refs = maps.Clone(previous.Refs)
		previous.Mute = previous.Mute.clone()
		if previous.Answer != nil {
			answer := *previous.Answer
			previous.Answer = &answer
		}
		in.Previous = &previous
	}
	return in
}

func (d Distinct) clone() Distinct {
	d.Listed, d.Hashes = slices.Clone(d.Listed), slices.Clone(d.Hashes)
	return d
}
