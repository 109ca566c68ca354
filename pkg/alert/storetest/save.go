package storetest

import (
	"context"
	"testing"
	"time"

	"whydenied/pkg/alert"
)

func version(t *testing.T, store alert.Store) {
	in := alert.Incident{ID: "0123456789ab", Attempts: 1}
	refuse(t, store, change(alert.Incident{ID: in.ID, Version: 3}), alert.ErrConflict, "there is none to change")
	save(t, store, change(in))
	refuse(t, store, change(in), alert.ErrConflict, "a new one cannot take the place of one that is there")
	in.Version, in.Attempts = 1, 2
	save(t, store, change(in))
	refuse(t, store, change(in), alert.ErrConflict, "the version is 2 by now")
	in.Version = 3
	refuse(t, store, change(in), alert.ErrConflict, "there is no version 3 yet")
	in.Version = 2
	isIncident(t, store, in)
}

func countedOnce(t *testing.T, store alert.Store) {
	c := change(alert.Incident{ID: id(0)})
	c.Event = "event"
	save(t, store, c)
	isCounted(t, store, "event", id(0))

	c.Incident.Version = 1
	refuse(t, store, c, alert.ErrCounted, "the same event comes twice")
	c.Incident = alert.Incident{ID: id(1)}
	refuse(t, store, c, alert.ErrCounted, "an event is in one incident only")
	isIncident(t, store, alert.Incident{ID: id(0), Version: 1})

	c.Event = "other"
	save(t, store, c)
	isCounted(t, store, "event", id(0))
	isCounted(t, store, "other", id(1))
}

func namePointer(t *testing.T, store alert.Store) {
	named := func(incident string, names ...alert.Name) alert.Change {
		c := change(alert.Incident{ID: incident})
		c.Names = names
		return c
	}
	save(t, store, named(id(0), alert.Name{Name: "a"}, alert.Name{Name: "b"}))
	isNamed(t, store, "a", id(0))
	isNamed(t, store, "b", id(0))

	refuse(t, store, named(id(1), alert.Name{Name: "a"}), alert.ErrConflict, "somebody else was first")
	refuse(t, store, named(id(1), alert.Name{Name: "c"}, alert.Name{Name: "b", Was: id(7)}), alert.ErrConflict,
		"it leads to another than the one that was read")
	isNamed(t, store, "c", "")

	save(t, store, named(id(1), alert.Name{Name: "a", Was: id(0)}))
	isNamed(t, store, "a", id(1))
	isNamed(t, store, "b", id(0))
}

// A name of a partial diagnosis may be the one of the whole.
func sameNameTwice(t *testing.T, store alert.Store) {
	c := change(alert.Incident{ID: id(0)})
	c.Names = []alert.Name{{Name: "a"}, {Name: "b"}, {Name: "a"}}
	save(t, store, c)
	isNamed(t, store, "a", id(0))
}

func counter(t *testing.T, store alert.Store) {
	counting := func(n int, count alert.Counter) alert.Change {
		c := change(alert.Incident{ID: id(n)})
		c.Count = count
		return c
	}
	limit := alert.Counter{Name: "account 2026-11-24T14", Limit: 3}
	for n := range 2 {
		save(t, store, counting(n, limit))
	}
	refuse(t, store, counting(0, limit), alert.ErrConflict, "it is there; the failed save counts nothing")
	save(t, store, counting(2, limit))
	refuse(t, store, counting(3, limit), alert.ErrFull, "three were counted")
	save(t, store, counting(3, alert.Counter{Name: limit.Name, Limit: 4}))
	save(t, store, counting(4, alert.Counter{Name: "account 2026-11-24T15", Limit: 3}))
	save(t, store, counting(5, alert.Counter{}))
	refuse(t, store, counting(6, alert.Counter{Name: "none", Limit: 0}), alert.ErrFull, "a limit of 0 lets nothing in")
	refuse(t, store, counting(6, alert.Counter{Name: "less", Limit: -1}), alert.ErrFull, "nor does one below")
}

func orderOfErrors(t *testing.T, store alert.Store) {
	first := change(alert.Incident{ID: id(0)})
	first.Event, first.Count, first.Names = "event", alert.Counter{Name: "count", Limit: 1}, []alert.Name{{Name: "name"}}
	save(t, store, first)

	second := first // the same again does not fit in any respect
	refuse(t, store, second, alert.ErrCounted, "before a full cap and a conflict")
	second.Count = alert.Counter{}
	refuse(t, store, second, alert.ErrCounted, "before a conflict")
	second.Count, second.Event = first.Count, "other"
	refuse(t, store, second, alert.ErrFull, "before a conflict")
	second.Incident.ID = id(1)
	refuse(t, store, second, alert.ErrFull, "before a conflict of names")
	second.Count = alert.Counter{}
	refuse(t, store, second, alert.ErrConflict, "the name is left")
	second.Names = nil
	save(t, store, second)
}

func wholeOrNotAtAll(t *testing.T, store alert.Store) {
	due := time.Date(2026, 11, 24, 14, 30, 0, 0, time.UTC)
	there := change(alert.Incident{ID: id(0), Shape: "first"})
	there.Event, there.Count, there.Names = "event", alert.Counter{Name: "full", Limit: 1}, []alert.Name{{Name: "name"}}
	save(t, store, there)

	good := alert.Change{
		Incident: alert.Incident{ID: id(1)}, Event: "new event", Names: []alert.Name{{Name: "new name"}},
		Count: alert.Counter{Name: "open", Limit: 1}, Due: due, Expires: future, EventExpires: future,
	}
	for _, spoil := range []struct {
		reason string
		want   error
		do     func(*alert.Change)
	}{
		{"the event is counted", alert.ErrCounted, func(c *alert.Change) { c.Event = "event" }},
		{"the cap is reached", alert.ErrFull, func(c *alert.Change) { c.Count.Name = "full" }},
		{"the version differs", alert.ErrConflict, func(c *alert.Change) { c.Incident.Version = 5 }},
		{"the name leads elsewhere", alert.ErrConflict, func(c *alert.Change) {
			c.Names = append(c.Names[:1:1], alert.Name{Name: "name"})
		}},
	} {
		bad := good
		spoil.do(&bad)
		refuse(t, store, bad, spoil.want, spoil.reason)
		isCounted(t, store, "new event", "")
		isNamed(t, store, "new name", "")
		isIncident(t, store, alert.Incident{})
		if got := incident(t, store, id(1)); got.ID != "" {
			t.Errorf("an incident was written though %s", spoil.reason)
		}
		isDue(t, store, due)
	}
	save(t, store, good) // its counter has one place, which no failed save took
	isIncident(t, store, alert.Incident{ID: id(0), Version: 1, Shape: "first"})
}

func contextEnds(t *testing.T, store alert.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := store.Save(ctx, change(alert.Incident{ID: id(0)})); err == nil {
		t.Error("Save: got no error, want one: nobody waits any more")
	}
	if _, err := store.Incident(ctx, id(0)); err == nil {
		t.Error("Incident: got no error, want one: what was not read is not absent")
	}
	if got := incident(t, store, id(0)); got.ID != "" {
		t.Error("an incident was written though the context had ended")
	}
}
