package evidence_test

import (
	"slices"
	"testing"
	"time"

	"whydenied/pkg/evidence"
)

// Between two moments the history is the same at each second, and there are no
// more of them than what bears on the role gives.
func TestMoments(t *testing.T) {
	tests := []struct {
		in     timeline
		most   int
		reason string
	}{
		{timeline{role: "A"}, 0, "an undated reading of a role that never changed"},
		{timeline{role: "A", taken: "12:00:00"}, 3, "the reading, and how long it is fresh"},
		{timeline{role: "A", created: "10:00:00", taken: "12:00:00"}, 5, "the role's date, and how long it takes to reach STS"},
		{timeline{role: "B", taken: "12:00:00", events: "update 08:00:00 A, update 11:00:00 B"}, 7, "two changes"},
		{timeline{role: "B", taken: "10:05:00", events: "update 08:00:00 A, update 09:57:00 ?, delete 09:58:00, create 10:00:00 B"}, 11, "four"},
		{timeline{role: "B", created: "10:00:00", taken: "12:00:00", events: "delete 09:58:00, create 10:00:00 B"}, 7, "a role that was replaced"},
		{timeline{role: "none", taken: "12:00:00", events: "create 07:00:00 A, delete 11:00:00"}, 7, "a role that is gone"},
		{timeline{role: "A", taken: "12:00:00", events: "other 09:59:00 B, update 10:05:00 A"}, 5, "another role's change is none of its"},
	}
	for _, tt := range tests {
		a := tt.in.account(t)
		moments := a.Moments(deploy)
		if !slices.IsSortedFunc(moments, time.Time.Compare) || len(moments) > tt.most {
			t.Errorf("%+v: %s: got %v, want at most %d in order", tt.in, tt.reason, moments, tt.most)
		}
		sameBetween(t, &a, moments)
	}
}

func sameBetween(t *testing.T, a *evidence.Account, moments []time.Time) {
	t.Helper()
	seen := make(map[[2]int]string)
	for at := moment(t, "06:30:00"); at.Before(moment(t, "13:00:00")); at = at.Add(time.Second) {
		from, found := slices.BinarySearchFunc(moments, at, time.Time.Compare)
		to := from
		if found {
			to++
		}
		got := said(a.RoleAt(deploy, at))
		if want, ok := seen[[2]int{from, to}]; ok && want != got {
			t.Errorf("%s: got %q, want %q as before: no moment lies between", at, got, want)
			return
		}
		seen[[2]int{from, to}] = got
	}
}

// A record that names no role may mean any of them.
func TestMomentsOfAll(t *testing.T) {
	a := timeline{role: "A", taken: "12:00:00", events: "other 09:59:00 B"}.account(t)
	if one, all := a.Moments(deploy), a.Moments(""); len(one) != 3 || len(all) != 5 {
		t.Errorf("got %d for the role and %d for all, want 3 and 5", len(one), len(all))
	}
}
