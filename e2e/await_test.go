package e2e_test

import (
	"testing"
	"time"
)

const (
	lookEvery = 250 * time.Millisecond
	sayEvery  = 10 * time.Second
)

// await looks again and again until what is awaited is there, says every ten
// seconds how far it is, and fails when the time is over. How long it took is
// no part of any test.
func await(t *testing.T, what string, limit time.Duration, look func() (done bool, state string)) {
	t.Helper()
	end, say := time.After(limit), time.NewTicker(sayEvery)
	defer say.Stop()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		done, state := look()
		if done {
			return
		}
		select {
		case <-tick.C:
		case <-say.C:
			t.Logf("waiting for %s: %s", what, state)
		case <-end:
			t.Fatalf("waited %s for %s: %s", limit, what, state)
		case <-t.Context().Done():
			t.Fatal(t.Context().Err())
		}
	}
}
