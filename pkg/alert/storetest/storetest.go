// Package storetest is what an [alert.Store] has to do, as a suite of tests.
// Each implementation runs it, so that what is tried in memory holds in
// DynamoDB.
package storetest

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"whydenied/pkg/alert"
)

// Run runs the suite. open makes an empty store, which reads the real clock;
// it is called once for each test.
func Run(t *testing.T, open func(t *testing.T) alert.Store) {
	run(t, open, func(string) bool { return true })
}

// Alone runs the tests of the suite in which nobody else uses the store at the
// same time, for an emulator that does not keep two writers apart.
func Alone(t *testing.T, open func(t *testing.T) alert.Store) {
	run(t, open, func(label string) bool { return label != "many increments" && !strings.HasSuffix(label, "at once") })
}

func run(t *testing.T, open func(t *testing.T) alert.Store, wanted func(label string) bool) {
	for _, test := range []struct {
		label string
		run   func(*testing.T, alert.Store)
	}{
		{"nothing stored", nothingStored},
		{"every field", everyField},
		{"zero values", zeroValues},
		{"no ID", noID},
		{"unusual strings", unusualStrings},
		{"unusual keys", unusualKeys},
		{"times", times},
		{"large report", largeReport},
		{"copies in", copiesIn},
		{"copies out", copiesOut},
		{"version", version},
		{"event counted once", countedOnce},
		{"name pointer", namePointer},
		{"the same name twice", sameNameTwice},
		{"counter", counter},
		{"order of errors", orderOfErrors},
		{"whole or not at all", wholeOrNotAtAll},
		{"due by hour", dueByHour},
		{"lists", lists},
		{"list past its time", listPastItsTime},
		{"one list at once", oneListAtOnce},
		{"past its time", pastItsTime},
		{"stale name", staleName},
		{"many increments", manyIncrements},
		{"one event at once", oneEventAtOnce},
		{"one name at once", oneNameAtOnce},
		{"one cap at once", oneCapAtOnce},
		{"context", contextEnds},
		{"mute at once", muteAtOnce},
		{"wave at once", waveAtOnce},
		{"change at once", changeAtOnce},
		{"route is kept", routeIsKept},
	} {
		if wanted(test.label) {
			t.Run(test.label, func(t *testing.T) { test.run(t, open(t)) })
		}
	}
}

// Long after and long before any run of the suite.
var (
	future = time.Date(2199, time.December, 31, 23, 59, 59, 0, time.UTC)
	past   = time.Date(2001, time.January, 1, 0, 0, 0, 0, time.UTC)
)

// change is one that saves an incident and nothing else.
func change(in alert.Incident) alert.Change {
	return alert.Change{Incident: in, Expires: future, EventExpires: future}
}

func save(t *testing.T, store alert.Store, c alert.Change) {
	t.Helper()
	if err := store.Save(t.Context(), c); err != nil {
		t.Fatalf("Save: %v", err)
	}
}

func refuse(t *testing.T, store alert.Store, c alert.Change, want error, reason string) {
	t.Helper()
	if err := store.Save(t.Context(), c); !errors.Is(err, want) {
		t.Fatalf("Save: got error %v, want %v: %s", err, want, reason)
	}
}

func incident(t *testing.T, store alert.Store, id string) alert.Incident {
	t.Helper()
	got, err := store.Incident(t.Context(), id)
	if err != nil {
		t.Fatalf("Incident(%q): %v", id, err)
	}
	return got
}

func isIncident(t *testing.T, store alert.Store, want alert.Incident) {
	t.Helper()
	// Times are compared as moments, whatever their location.
	if diff := cmp.Diff(want, incident(t, store, want.ID), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("Incident(%q) (-want +got):\n%s", want.ID, diff)
	}
}

func isCounted(t *testing.T, store alert.Store, event, want string) {
	t.Helper()
	if got, err := store.Counted(t.Context(), event); err != nil || got != want {
		t.Errorf("Counted(%q): got %q, %v, want %q", event, got, err, want)
	}
}

func isNamed(t *testing.T, store alert.Store, name, want string) {
	t.Helper()
	if got, err := store.Named(t.Context(), name); err != nil || got != want {
		t.Errorf("Named(%q): got %q, %v, want %q", name, got, err, want)
	}
}

func isDue(t *testing.T, store alert.Store, hour time.Time, want ...string) {
	t.Helper()
	got, err := store.Due(t.Context(), hour)
	if err != nil {
		t.Fatalf("Due(%s): %v", hour, err)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("Due(%s) (-want +got):\n%s", hour, diff)
	}
}

func isListed(t *testing.T, store alert.Store, list string, want ...string) {
	t.Helper()
	got, err := store.Listed(t.Context(), list)
	if err != nil {
		t.Fatalf("Listed(%q): %v", list, err)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("Listed(%q) (-want +got):\n%s", list, diff)
	}
}

// filled is a new incident with a value in each field, also in those that are
// added to the type later.
func filled(t *testing.T) alert.Incident {
	t.Helper()
	var in alert.Incident
	fill(t, reflect.ValueOf(&in).Elem(), new(1))
	in.ID, in.Version = id(0), 0
	return in
}

func fill(t *testing.T, v reflect.Value, n *int) {
	t.Helper()
	*n++
	switch v.Kind() {
	case reflect.String:
		v.SetString("value " + string(rune('a'+*n%26)))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Uint8, reflect.Uint64:
		v.SetUint(uint64(200 + *n%50))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(t, v.Index(0), n)
		fill(t, v.Index(1), n)
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(t, key, n)
		fill(t, value, n)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem(), n)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Date(2026, 11, 24, 14, 0, *n, 123456789, time.UTC)))
			return
		}
		for i := range v.NumField() {
			fill(t, v.Field(i), n)
		}
	default:
		t.Fatalf("no value for a field of type %s", v.Type())
	}
}
