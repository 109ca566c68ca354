package storetest

import (
	"slices"
	"testing"

	"whydenied/pkg/alert"
)

// listed is a change that puts an incident on lists.
func listed(t *testing.T, store alert.Store, n int, on ...string) alert.Change {
	t.Helper()
	c := change(alert.Incident{ID: id(n), Version: incident(t, store, id(n)).Version})
	c.Lists = on
	return c
}

func lists(t *testing.T, store alert.Store) {
	isListed(t, store, "a")
	save(t, store, listed(t, store, 2, "a", "b", "a")) // one list twice is once
	save(t, store, listed(t, store, 0, "a"))
	save(t, store, listed(t, store, 1))
	save(t, store, listed(t, store, 0, "a")) // once more
	isListed(t, store, "a", id(0), id(2))
	isListed(t, store, "b", id(2))
	isListed(t, store, "ab")

	stale := listed(t, store, 1, "a")
	stale.Incident.Version = 7
	refuse(t, store, stale, alert.ErrConflict, "what is not saved is on no list")
	isListed(t, store, "a", id(0), id(2))

	// A list has names of its own: neither an hour's nor a name's.
	at := past
	c := listed(t, store, 3, "2001-01-01T00")
	c.Due, c.Names = at, []alert.Name{{Name: "a"}}
	save(t, store, c)
	isListed(t, store, "2001-01-01T00", id(3))
	isListed(t, store, "a", id(0), id(2))
	isDue(t, store, at, id(3))

	for i, s := range hostile() {
		save(t, store, listed(t, store, 10+i, s))
	}
	for i, s := range hostile() {
		isListed(t, store, s, id(10+i))
	}
}

func listPastItsTime(t *testing.T, store alert.Store) {
	old := listed(t, store, 0, "a")
	old.Expires = past
	save(t, store, old)
	save(t, store, listed(t, store, 1, "a"))
	isListed(t, store, "a", id(1))
	save(t, store, listed(t, store, 0, "a")) // with a new time
	isListed(t, store, "a", id(0), id(1))
}

func oneListAtOnce(t *testing.T, store alert.Store) {
	atOnce(t, writers, func(n int) error {
		c := change(alert.Incident{ID: id(n)})
		c.Lists = []string{"a"}
		return persist(t.Context(), store, c)
	})
	var want []string
	for n := range writers {
		want = append(want, id(n))
	}
	slices.Sort(want)
	isListed(t, store, "a", want...)
}
