package live_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/evidence"
	"whydenied/pkg/evidence/live"
	"whydenied/pkg/explain"
)

// The list of roles is big, and is used again for minutes where that is honest.
func TestAgeOfTheList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStub()
		s.set(func(a *stubAccount) { a.roles = []stubRole{{name: "deploy", policy: trust(other)}} })
		until("14:00:00")
		source := live.New(s.config())
		steps := []struct {
			reason, clock, event string
			record               string // of a change that CloudTrail shows by then
			reads                bool
			taken                string
			notes                []string
		}{
			{reason: "nothing is held", clock: "14:00:00", event: "13:55:00", reads: true, taken: "14:00:00"},
			{reason: "seconds old", clock: "14:00:30", event: "13:55:00", taken: "14:00:00"},
			{reason: "minutes old, and says so", clock: "14:04:10", event: "13:59:00", taken: "14:00:00",
				notes: []string{"the list of roles is 4 minutes old", "the list of identity providers is 4 minutes old"}},
			{reason: "the call came after the list was made", clock: "14:05:00", event: "14:00:01", reads: true, taken: "14:05:00"},
			{reason: "a role changed after the list was made", clock: "14:07:00", event: "14:01:00", record: updated("deploy", "14:06:00", trust(wanted)), reads: true, taken: "14:07:03",
				notes: []string{"the list of identity providers is 2 minutes old"}},
			{reason: "that change is in this one", clock: "14:08:04", event: "14:01:00", taken: "14:07:03",
				notes: []string{"the list of roles is 1 minute old", "the list of identity providers is 3 minutes old"}},
			{reason: "older than it may be", clock: "14:17:04", event: "14:01:00", reads: true, taken: "14:17:04"},
		}
		for _, step := range steps {
			until(step.clock)
			if step.record != "" {
				s.add(t, step.record, 0)
			}
			a, err := source.Account(context.Background(), evidence.Query{Account: hub, Time: at(step.event)})
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Contains(strings.Join(s.made(), " "), "ListRoles"); got != step.reads {
				t.Errorf("%s: %s: read anew %t, want %t", step.clock, step.reason, got, step.reads)
			}
			if got := a.TakenAt.Format(time.TimeOnly); got != step.taken {
				t.Errorf("%s: %s: taken at %s, want %s", step.clock, step.reason, got, step.taken)
			}
			if diff := cmp.Diff(step.notes, a.Notes); diff != "" {
				t.Errorf("%s: %s: notes (-want +got):\n%s", step.clock, step.reason, diff)
			}
		}
	})
}

func TestListThatCannotBeRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStub()
		s.set(func(a *stubAccount) { a.providers = []stubProvider{gitHubProvider()} })
		s.fault("ListRoles", "denied")
		a, err := live.New(s.config()).Account(context.Background(), evidence.Query{Account: hub, Time: time.Now()})
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"the roles were not read: iam:ListRoles: access denied: the permission iam:ListRoles is missing"}
		if diff := cmp.Diff(want, a.Notes); diff != "" || a.RolesRead || !a.Partial || !a.ProvidersRead || !a.ChangesRead {
			t.Errorf("%+v; notes (-want +got):\n%s", a, diff)
		}
	})
}

// A record that names no role, whose role was repaired after the list was made.
func TestCandidateRepairedSince(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStub()
		s.set(func(a *stubAccount) {
			a.roles, a.providers = []stubRole{{name: "deploy", policy: trust(other)}}, []stubProvider{gitHubProvider()}
		})
		s.add(t, updated("deploy", "1999-11-20T13:00:00Z", trust(other)), 0)
		until("14:03:00")
		source := live.New(s.config())
		if _, err := source.Account(context.Background(), evidence.Query{Account: hub, Time: at("14:02:00")}); err != nil {
			t.Fatal(err)
		}
		s.set(func(a *stubAccount) { a.roles[0].policy = trust(wanted) })
		s.add(t, updated("deploy", "14:05:00", trust(wanted)), 5*time.Minute)
		until("14:11:00")
		a, err := source.Account(context.Background(), evidence.Query{Account: hub, Time: at("14:02:00")})
		if err != nil {
			t.Fatal(err)
		}
		h := a.RoleAt(deploy, at("14:02:00"))
		got := []string{subject(h.InForce), subject(h.Present), h.InForce.Since.Time.Format(time.DateOnly), h.After[0].Event}
		if diff := cmp.Diff([]string{other, wanted, "1999-11-20", "UpdateAssumeRolePolicy"}, got); diff != "" {
			t.Errorf("in force, present, since when, and what came after (-want +got):\n%s", diff)
		}
		r := explain.Call(context.Background(), denial(t, "14:02:00", ""), false, source)
		if diff := cmp.Diff("suspected sub_mismatch likely", outcome(r)); diff != "" || len(r.Changes) != 2 {
			t.Errorf("changes %v; outcome (-want +got):\n%s", r.Changes, diff)
		}
	})
}
