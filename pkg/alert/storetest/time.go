package storetest

import (
	"testing"
	"time"

	"whydenied/pkg/alert"
)

func dueByHour(t *testing.T, store alert.Store) {
	at := time.Date(2026, 11, 24, 14, 59, 59, 999, time.UTC)
	due := func(n int, at time.Time) {
		c := change(alert.Incident{ID: id(n), Version: incident(t, store, id(n)).Version})
		c.Due = at
		save(t, store, c)
	}
	due(2, at)
	due(0, at.Truncate(time.Hour))
	due(1, at.In(time.FixedZone("", -8*3600)))
	due(3, at.Add(time.Second))
	due(4, time.Time{})
	due(0, at) // once more in the same hour

	isDue(t, store, at, id(0), id(1), id(2))
	isDue(t, store, at.Truncate(time.Hour).In(time.FixedZone("", 3600)), id(0), id(1), id(2))
	isDue(t, store, at.Add(time.Hour), id(3))
	isDue(t, store, at.Add(-time.Hour))
	isDue(t, store, time.Time{})

	due(0, at.Add(2*time.Hour))
	isDue(t, store, at.Add(2*time.Hour), id(0))
	isDue(t, store, at, id(0), id(1), id(2)) // an hour keeps what was due in it

	// Two incidents in half-hour zones: hours are those of UTC.
	half := time.FixedZone("", 5*3600+1800)
	due(5, time.Date(2026, 12, 1, 10, 45, 0, 0, half)) // 05:15
	isDue(t, store, time.Date(2026, 12, 1, 5, 0, 0, 0, time.UTC), id(5))
}

func pastItsTime(t *testing.T, store alert.Store) {
	due := time.Date(2026, 11, 24, 14, 0, 0, 0, time.UTC)
	old := alert.Change{
		Incident: alert.Incident{ID: id(0), Shape: "old"}, Event: "event", Names: []alert.Name{{Name: "name"}},
		Due: due, Expires: past, EventExpires: past,
	}
	save(t, store, old)
	isCounted(t, store, "event", "")
	isNamed(t, store, "name", "")
	isDue(t, store, due)
	if got := incident(t, store, id(0)); got.ID != "" {
		t.Errorf("got incident %q, want none: it is past its time", got.ID)
	}

	refuse(t, store, change(alert.Incident{ID: id(0), Version: 1}), alert.ErrConflict, "it is as if there were none")
	again := old
	again.Incident.Shape, again.Expires, again.EventExpires = "new", future, future
	save(t, store, again) // as if nothing had been there
	isCounted(t, store, "event", id(0))
	isNamed(t, store, "name", id(0))
	isDue(t, store, due, id(0))
	isIncident(t, store, alert.Incident{ID: id(0), Version: 1, Shape: "new"})

	// The event has a time of its own.
	brief := change(alert.Incident{ID: id(1)})
	brief.Event, brief.EventExpires = "brief", past
	save(t, store, brief)
	isCounted(t, store, "brief", "")
	isIncident(t, store, alert.Incident{ID: id(1), Version: 1})
}

// A name may lead to an incident that is forgotten, and be forgotten itself
// between the reading and the saving: neither keeps a new incident out.
func staleName(t *testing.T, store alert.Store) {
	for n, expires := range []time.Time{future, past} {
		old := change(alert.Incident{ID: id(n)})
		old.Expires = expires
		old.Names = []alert.Name{{Name: "name", Was: was(n)}}
		save(t, store, old)
	}
	isNamed(t, store, "name", "")
	fresh := change(alert.Incident{ID: id(2)})
	fresh.Names = []alert.Name{{Name: "name", Was: id(1)}, {Name: "never there", Was: id(1)}}
	save(t, store, fresh)
	isNamed(t, store, "name", id(2))

	late := change(alert.Incident{ID: id(3)})
	late.Names = []alert.Name{{Name: "name", Was: id(1)}}
	refuse(t, store, late, alert.ErrConflict, "somebody else took the name")

	// The incident is past its time, the name is not.
	gone := change(alert.Incident{ID: id(2), Version: 1})
	gone.Expires = past
	save(t, store, gone)
	isNamed(t, store, "name", id(2))
	if got := incident(t, store, id(2)); got.ID != "" {
		t.Errorf("got incident %q, want none: it is past its time", got.ID)
	}
	late.Names[0].Was = id(2)
	save(t, store, late)
	isNamed(t, store, "name", id(3))
}

// was is the incident before one, "" before the first.
func was(n int) string {
	if n == 0 {
		return ""
	}
	return id(n - 1)
}
