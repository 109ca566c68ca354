package storetest

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"whydenied/pkg/alert"
)

func nothingStored(t *testing.T, store alert.Store) {
	isCounted(t, store, "event", "")
	isNamed(t, store, "name", "")
	isIncident(t, store, alert.Incident{})
	isDue(t, store, past)
	if got := incident(t, store, "0123456789ab"); got.ID != "" {
		t.Errorf("got incident %q, want the zero Incident", got.ID)
	}
}

func everyField(t *testing.T, store alert.Store) {
	in := filled(t)
	save(t, store, change(in))
	in.Version = 1
	isIncident(t, store, in)
}

func zeroValues(t *testing.T, store alert.Store) {
	// Without Expires: what has no time is never past it.
	save(t, store, alert.Change{
		Incident: alert.Incident{ID: "0123456789ab"},
		Event:    "event", Names: []alert.Name{{Name: ""}},
	})
	isIncident(t, store, alert.Incident{ID: "0123456789ab", Version: 1})
	isCounted(t, store, "event", "0123456789ab")
	isCounted(t, store, "", "")
	isNamed(t, store, "", "0123456789ab")
	save(t, store, alert.Change{Incident: alert.Incident{ID: "0123456789ab", Version: 1}})
	isIncident(t, store, alert.Incident{ID: "0123456789ab", Version: 2})
}

func noID(t *testing.T, store alert.Store) {
	if err := store.Save(t.Context(), change(alert.Incident{})); err == nil {
		t.Error("got no error, want one: no name could lead to an incident without an ID")
	}
}

// hostile are strings that a token, or a cut through one, may bring.
func hostile() []string {
	return []string{
		"", " ", "null", "#", "name#name", "🙂🏳️‍🌈", "a\x00b", "\x00", "\r\n\t\x1b[31m", "\u2028\u2029\u202e",
		"<script>&amp;\"'`\\", "\ufffd", "\ufdd0",
		strings.Repeat("é", 1024), strings.Repeat("s", 2048),
	}
}

func unusualStrings(t *testing.T, store alert.Store) {
	for _, s := range hostile() {
		id := "0123456789ab"
		in := alert.Incident{
			ID: id, Version: incident(t, store, id).Version,
			Role: s, Provider: s, Shape: s, Cause: s, Account: s,
			Subjects:   alert.Distinct{Listed: []string{s, s}, Hashes: []uint64{math.MaxUint64}},
			Report:     []byte(s),
			Deliveries: map[string]alert.Delivery{s: {Ref: alert.Ref(s), Claim: s}},
			Previous:   &alert.Previous{ID: s, Refs: map[string]alert.Ref{s: alert.Ref(s)}},
		}
		save(t, store, change(in))
		in.Version++
		isIncident(t, store, in)
	}
}

func unusualKeys(t *testing.T, store alert.Store) {
	long := strings.Repeat("n", 5000)
	keys := slices.Concat(hostile()[1:], []string{long + "a", long + "b"}) // "" is no event
	for i, s := range keys {
		c := change(alert.Incident{ID: id(i)})
		c.Event, c.Names, c.Count = s, []alert.Name{{Name: s}}, alert.Counter{Name: s, Limit: 1}
		save(t, store, c)
	}
	for i, s := range keys {
		isCounted(t, store, s, id(i))
		isNamed(t, store, s, id(i))
	}
}

func times(t *testing.T, store alert.Store) {
	now := time.Now() // with a monotonic reading, in the local zone
	in := alert.Incident{
		ID:    "0123456789ab",
		First: time.Date(2026, 11, 24, 14, 2, 3, 987654321, time.UTC),
		Last:  now,
		Runs: []alert.Span{
			{From: now.In(time.FixedZone("", 5*3600+1800)), To: now.Add(time.Nanosecond)},
			{From: time.Time{}, To: time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC)},
		},
		Deliveries: map[string]alert.Delivery{"slack": {At: now, ClaimUntil: now.Add(time.Minute)}},
		FlushAt:    time.Unix(0, 1),
	}
	save(t, store, change(in))
	in.Version = 1
	isIncident(t, store, in)
	if got := incident(t, store, in.ID); got.First.Location() != time.UTC {
		t.Errorf("got location %s, want UTC for what was saved so", got.First.Location())
	}
}

func largeReport(t *testing.T, store alert.Store) {
	noise := make([]byte, 100<<10) // that no compression makes smaller
	random := rand.New(rand.NewPCG(1, 2))
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	for i, report := range [][]byte{noise, bytes.Repeat([]byte(`{"a": 1},`), 16<<10)} {
		save(t, store, change(alert.Incident{ID: id(i), Report: report}))
		if got := incident(t, store, id(i)).Report; !bytes.Equal(report, got) {
			t.Errorf("got a report of %d bytes, want the %d that were saved", len(got), len(report))
		}
	}
}

func copiesIn(t *testing.T, store alert.Store) {
	in := filled(t)
	c := change(in)
	save(t, store, c)
	scribble(&in)
	want := filled(t)
	want.Version = 1
	isIncident(t, store, want)
}

func copiesOut(t *testing.T, store alert.Store) {
	save(t, store, change(filled(t)))
	got := incident(t, store, id(0))
	scribble(&got)
	want := filled(t)
	want.Version = 1
	isIncident(t, store, want)
}
