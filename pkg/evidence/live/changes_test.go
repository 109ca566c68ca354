package live_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/evidence"
	"whydenied/pkg/evidence/live"
	"whydenied/pkg/explain"
	"whydenied/pkg/report"
)

// outcome is what a report says, in few words.
func outcome(r report.Report) string {
	words := []string{r.Verdict}
	for _, c := range r.Causes {
		words = append(words, c.Code, c.Confidence)
	}
	if p := r.Present; p != nil {
		words = append(words, "then", p.Verdict, "since", p.Since.Format("15:04"), "by", p.By)
	}
	if r.Partial {
		words = append(words, "(partial)")
	}
	return strings.Join(words, " ")
}

// A change of the hour before the call leads, and the one that it replaced says
// whether undoing it would help. That one may be months old, or not to be found,
// which takes nothing from the diagnosis.
func TestVersionBefore(t *testing.T) {
	day := func(n int) string { return at("09:00:00").AddDate(0, 0, -n).Format(time.RFC3339) }
	shut := updated("deploy", "13:50:00", trust(other))
	for _, tt := range []struct {
		label, reason string
		records       []string
		pages         int
		want          string
	}{
		{"months old", "it is looked for beyond the day before", []string{updated("deploy", day(60), trust(wanted)), shut}, 0, "allows"},
		{"refused as well", "undoing the change would not help", []string{updated("deploy", day(60), trust(other+"2")), shut}, 0, "refuses"},
		{"not recorded", "90 days are kept", []string{updated("deploy", day(95), trust(wanted)), shut}, 0, "not_held"},
		{"too far back", "the diagnosis is whole without", append(busy(130, day(3)), updated("deploy", day(60), trust(wanted)), shut), 2, "not_held"},
	} {
		t.Run(tt.label, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStub()
				s.set(func(a *stubAccount) {
					a.providers, a.roles = []stubProvider{gitHubProvider()}, []stubRole{{name: "deploy", policy: trust(other)}}
				})
				for _, record := range tt.records {
					s.add(t, record, 5*time.Minute)
				}
				until("14:04:00")
				c := s.config()
				c.MaxPages = tt.pages
				r := explain.Call(context.Background(), denial(t, "14:02:00", deploy), false, live.New(c))
				if got := outcome(r); got != "explained sub_mismatch certain" {
					t.Errorf("got %q, notes %q; want it explained, whole and certain", got, r.Notes)
				}
				if r.Changed == nil || r.Changed.Before != tt.want {
					t.Errorf("%s: got %+v, want that the version before %s", tt.reason, r.Changed, tt.want)
				}
			})
		})
	}
}

// The call is always refused at 14:02. CloudTrail shows each record after five
// minutes, unless the test says otherwise.
func TestVersionInForce(t *testing.T) {
	day := func(n int) string { return at("09:00:00").AddDate(0, 0, -n).Format(time.RFC3339) }
	tests := []struct {
		label, reason string
		read          string // when the account is read
		now           string // subject that the present policy admits, "" for no such role
		created       string // the role's CreateDate; "" for long ago
		records       []string
		late          time.Duration
		fault         string // of LookupEvents
		pages         int
		want          string
		note          string // somewhere in the notes
		calls         int    // of LookupEvents
	}{
		{label: "repaired minutes later", reason: "the alert comes after the repair, and CloudTrail may still hold back an earlier change", read: "14:11:00", now: wanted,
			records: []string{updated("deploy", "13:00:00", trust(other)), updated("deploy", "14:05:00", trust(wanted))},
			want:    "suspected sub_mismatch likely then allows since 14:05 by " + operator, note: "the present one allows this token: re-run", calls: 8},
		{label: "repaired, and read when CloudTrail is complete", reason: "the record holds the very text that was in force", read: "14:25:00", now: wanted,
			records: []string{updated("deploy", "13:00:00", trust(other)), updated("deploy", "14:05:00", trust(wanted))},
			want:    "explained sub_mismatch certain then allows since 14:05 by " + operator, calls: 8},
		{label: "changed, still wrong", reason: "what the present one would do", read: "14:25:00", now: other + "2",
			records: []string{updated("deploy", "13:00:00", trust(other)), updated("deploy", "14:05:00", trust(other+"2"))},
			want:    "explained sub_mismatch certain then refuses since 14:05 by " + operator, note: "still refuses", calls: 8},
		{label: "last changed weeks ago", reason: "looked for beyond the day before", read: "14:25:00", now: wanted,
			records: []string{updated("deploy", day(40), trust(other)), updated("deploy", "14:05:00", trust(wanted))},
			want:    "explained sub_mismatch certain then allows since 14:05 by " + operator, calls: 8},
		{label: "another role's change in between", reason: "the search goes on to the role's own", read: "14:25:00", now: wanted,
			records: []string{updated("deploy", day(40), trust(other)), updated("else", day(20), trust(wanted)), updated("deploy", "14:05:00", trust(wanted))},
			want:    "explained sub_mismatch certain then allows since 14:05 by " + operator, calls: 8},
		{label: "never changed before", reason: "the record of its creation, found by its date", read: "14:25:00", now: wanted, created: day(30),
			records: []string{created("deploy", day(30), trust(other)), updated("deploy", "14:05:00", trust(wanted))},
			want:    "explained sub_mismatch certain then allows since 14:05 by " + operator, calls: 9},
		{label: "earlier text is older than 90 days", reason: "it is not held, so this is about the present one", read: "14:25:00", now: other,
			records: []string{updated("deploy", day(100), trust(wanted)), updated("deploy", "14:05:00", trust(other))},
			want:    "suspected sub_mismatch likely", note: "the earlier text is not recorded", calls: 8},
		{label: "an older role of the name", reason: "its changes are none of this one's", read: "14:25:00", now: other, created: day(10),
			records: []string{updated("deploy", day(40), trust(wanted)), deleted("deploy", day(20)), created("deploy", day(10), trust(other))},
			want:    "explained sub_mismatch certain", calls: 9},
		{label: "deleted since", reason: "what refused was its last version", read: "14:25:00",
			records: []string{created("deploy", day(30), trust(wanted)), updated("deploy", day(20), trust(other)), deleted("deploy", "14:05:00")},
			want:    "explained sub_mismatch certain then deleted since 14:05 by " + operator, calls: 10},
		{label: "replaced since, in one second", reason: "deleted and made again with another policy", read: "14:25:00", now: wanted, created: "2000-01-01T14:05:00Z",
			records: []string{created("deploy", day(30), trust(other)), created("deploy", "14:05:00", trust(wanted)), deleted("deploy", "14:05:00")},
			want:    "suspected sub_mismatch likely then allows since 14:05 by " + operator, note: "created after the call", calls: 10},
		{label: "CloudTrail is late", reason: "the policy that was read is newer than the last record: either may have refused", read: "14:11:00", now: wanted, late: 15 * time.Minute,
			records: []string{updated("deploy", "13:00:00", trust(other)), updated("deploy", "14:05:00", trust(wanted))},
			want:    "suspected sub_mismatch likely", note: "re-run", calls: 8},
		{label: "CloudTrail is late, and has nothing else", reason: "the present one allows, and that a change is not on record yet is one reason", read: "14:11:00", now: wanted, late: 15 * time.Minute,
			records: []string{updated("deploy", "14:05:00", trust(wanted))},
			want:    "unexplained beyond_trust_policy possible", calls: 7},
		{label: "fresh", reason: "read within minutes, no change known", read: "14:04:00", now: other, want: "explained sub_mismatch certain", calls: 7},
		{label: "fresh, CloudTrail denied", reason: "within minutes the present policy is evidence", read: "14:04:00", now: other, fault: "denied",
			want: "explained sub_mismatch certain (partial)", note: "the permission cloudtrail:LookupEvents is missing"},
		{label: "old, nothing recorded", reason: "a change ten minutes ago would not be on record yet", read: "16:00:00", now: other, want: "suspected sub_mismatch likely", calls: 8},
		{label: "old, last change recorded", reason: "it holds the text, and CloudTrail shows no other up to the call", read: "16:00:00", now: other,
			records: []string{updated("deploy", day(40), trust(other))}, want: "explained sub_mismatch certain", calls: 8},
		{label: "old, CloudTrail denied", reason: "nothing tells what changed in between", read: "16:00:00", now: other, fault: "denied",
			records: []string{updated("deploy", "13:00:00", trust(other))}, want: "suspected sub_mismatch likely (partial)", note: "the permission cloudtrail:LookupEvents is missing"},
		{label: "more changes than may be read", reason: "those before the gap are not told", read: "14:25:00", now: other, pages: 2,
			records: append(busy(130, "14:05:00"), updated("deploy", "13:00:00", trust(wanted))),
			want:    "suspected sub_mismatch likely (partial)", note: "of UpdateAssumeRolePolicy, CloudTrail was read back to 2000-01-01 14:05 UTC: there are more than 2 pages of UpdateAssumeRolePolicy", calls: 8},
		{label: "too many to find the last one", reason: "which is then not known", read: "14:25:00", now: other, pages: 2,
			records: append(busy(130, day(3)), updated("deploy", day(40), trust(wanted)), updated("deploy", "14:05:00", trust(other))),
			want:    "suspected sub_mismatch likely (partial)", note: "the last change of the role before the call may be older", calls: 8},
		{label: "providers' changes not read", reason: "those of the role were", read: "14:25:00", now: wanted, fault: "CreateOpenIDConnectProvider",
			records: []string{updated("deploy", day(40), trust(other)), updated("deploy", "14:05:00", trust(wanted))},
			want:    "suspected sub_mismatch likely then allows since 14:05 by " + operator + " (partial)", note: "changes of roles and identity providers (CreateOpenIDConnectProvider) were not read", calls: 7},
		{label: "a record that cannot be read", reason: "it may be the last change", read: "16:00:00", now: other,
			records: []string{updated("deploy", "13:00:00", trust(other)), strings.Replace(deleted("deploy", "13:30:00"), `"roleName":"deploy"`, "", 1)},
			want:    "suspected sub_mismatch likely (partial)", note: "CloudTrail's record DeleteRole-2000-01-01T13:30:00Z (DeleteRole of 2000-01-01T13:30:00Z) does not name what it changed", calls: 8},
	}
	for _, tt := range tests {
		t.Run(tt.label, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStub()
				role := stubRole{name: "deploy", policy: trust(tt.now)}
				if tt.created != "" {
					role.created = moment(t, tt.created)
				}
				s.set(func(a *stubAccount) {
					a.providers = []stubProvider{gitHubProvider()}
					if tt.now != "" {
						a.roles = []stubRole{role}
					}
				})
				if tt.late == 0 {
					tt.late = 5 * time.Minute
				}
				for _, record := range tt.records {
					s.add(t, record, tt.late)
				}
				s.fault("LookupEvents", tt.fault)
				until(tt.read)
				c := s.config()
				c.MaxPages = tt.pages
				source := live.New(c)
				r := explain.Call(context.Background(), denial(t, "14:02:00", deploy), false, source)
				if diff := cmp.Diff(tt.want, outcome(r)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
				}
				if !strings.Contains(strings.Join(r.Notes, "\n"), tt.note) {
					t.Errorf("no note has %q: %q", tt.note, r.Notes)
				}
				if n := len(s.trail.Calls()); n != tt.calls {
					t.Errorf("%d calls of LookupEvents, want %d", n, tt.calls)
				}
				again := explain.Call(context.Background(), denial(t, "14:02:01", deploy), false, source)
				if diff := cmp.Diff(tt.want, outcome(again)); diff != "" {
					t.Errorf("the next attempt, from what is kept (-want +got):\n%s", diff)
				}
				if n := len(s.trail.Calls()); n != tt.calls {
					t.Errorf("%d calls of LookupEvents for two attempts, want %d", n, tt.calls)
				}
			})
		})
	}
}

// busy are changes of many other roles.
func busy(n int, when string) []string {
	records := make([]string, 0, n)
	for i := range n {
		r := updated(fmt.Sprintf("other-%d", i), when, trust(other))
		records = append(records, strings.Replace(r, `"eventID":"`, fmt.Sprintf(`"eventID":"%d-`, i), 1))
	}
	return records
}

func moment(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// The attributes that are looked up are those whose matching is documented, in
// the region where IAM's own events are recorded, and never twice in a second.
func TestLookups(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStub()
		until("14:04:00")
		if _, err := live.New(s.config()).Account(context.Background(), evidence.Query{Account: hub, Role: deploy, Time: at("14:02:00")}); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range s.trail.Calls() {
			got = append(got, strings.Join([]string{c.Region, c.Attribute, c.Value, c.Start.Format("2006-01-02 15:04"), c.Refused}, " "))
		}
		slices.Sort(got)
		var want []string
		for _, name := range []string{"AddClientIDToOpenIDConnectProvider", "CreateOpenIDConnectProvider", "CreateRole", "DeleteOpenIDConnectProvider",
			"DeleteRole", "RemoveClientIDFromOpenIDConnectProvider", "UpdateAssumeRolePolicy"} {
			want = append(want, "us-east-1 EventName "+name+" 1999-12-31 14:00 ")
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("from a day before the call, to the hour, and none throttled (-want +got):\n%s", diff)
		}
	})
}

// What was read a while ago is not presented as read now.
func TestChangesKeepTheirOwnTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStub()
		s.set(func(a *stubAccount) { a.roles = []stubRole{{name: "deploy", policy: trust(other)}} })
		until("14:16:40")
		source := live.New(s.config())
		q := evidence.Query{Account: hub, Role: deploy, Time: at("14:02:00")}
		for _, want := range []struct{ taken, changes string }{{"14:16:40", "14:16:40"}, {"14:17:13", "14:16:40"}, {"14:17:43", "14:17:43"}} {
			a, err := source.Account(context.Background(), q)
			if err != nil {
				t.Fatal(err)
			}
			got := [2]string{a.TakenAt.Format(time.TimeOnly), a.ChangesAt.Format(time.TimeOnly)}
			if diff := cmp.Diff([2]string{want.taken, want.changes}, got); diff != "" {
				t.Errorf("role and changes (-want +got):\n%s", diff)
			}
			pass(30 * time.Second)
		}
	})
}

// An event older than what CloudTrail keeps.
func TestBeyondNinetyDays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStub()
		s.set(func(a *stubAccount) { a.roles = []stubRole{{name: "deploy", policy: trust(other)}} })
		a, err := live.New(s.config()).Account(context.Background(), evidence.Query{Account: hub, Role: deploy, Time: time.Now().AddDate(0, 0, -91)})
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"CloudTrail keeps 90 days, so the changes around the time of the call cannot be looked up any more"}
		if diff := cmp.Diff(want, a.Notes); diff != "" || a.Partial {
			t.Errorf("partial %t, want false: nobody can read more; notes (-want +got):\n%s", a.Partial, diff)
		}
	})
}
