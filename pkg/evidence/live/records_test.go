package live_test

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/evidence/live"
)

// in puts a record in another region.
func in(region, record string) string {
	return strings.Replace(record, `"awsRegion":"us-east-1"`, `"awsRegion":"`+region+`"`, 1)
}

// found are the event IDs of the records, by region, and the errors among them.
func found(s *live.Source, l live.Lookup) []string {
	var got []string
	for r, err := range s.Records(context.Background(), l) {
		if err != nil {
			got = append(got, strings.TrimSpace(r.Region+" error: "+err.Error()))
			continue
		}
		_, after, _ := strings.Cut(string(r.JSON), `"eventID":"`)
		id, _, _ := strings.Cut(after, `"`)
		got = append(got, r.Region+" "+id)
	}
	return got
}

func TestRecords(t *testing.T) {
	tests := []struct {
		label, reason string
		lookup        live.Lookup
		fault         string
		want          []string
	}{
		{label: "by default", reason: "the configured region, and the one of the global endpoint; the newest first", want: []string{"eu-west-1 c", "us-east-1 b", "us-east-1 a"}},
		{label: "one region", reason: "as asked", lookup: live.Lookup{Regions: []string{"us-east-1"}}, want: []string{"us-east-1 b", "us-east-1 a"}},
		{label: "one event", reason: "found in one of the regions", lookup: live.Lookup{EventID: "a"}, want: []string{"us-east-1 a"}},
		{label: "any event", reason: "of another name; who reads it says so", lookup: live.Lookup{EventID: "DeleteRole-2000-01-01T10:00:00Z"}, want: []string{"us-east-1 DeleteRole-2000-01-01T10:00:00Z"}},
		{label: "since", reason: "both ends included", lookup: live.Lookup{Since: at("11:00:00"), Until: at("12:00:00")}, want: []string{"eu-west-1 c", "us-east-1 b"}},
		{label: "until", reason: "both ends included", lookup: live.Lookup{Until: at("10:00:00")}, want: []string{"us-east-1 a"}},
		{label: "too long ago", reason: "a clear word, and what there is", lookup: live.Lookup{Since: at("10:00:00").AddDate(0, 0, -120)},
			want: []string{"error: CloudTrail's event history keeps 90 days: nothing before 1999-10-03 13:00 UTC can be looked up", "eu-west-1 c", "us-east-1 b", "us-east-1 a"}},
		{label: "denied", reason: "a line for each region", fault: "denied", want: []string{
			"eu-west-1 error: cloudtrail:LookupEvents in eu-west-1: access denied: the permission cloudtrail:LookupEvents is missing",
			"us-east-1 error: cloudtrail:LookupEvents in us-east-1: access denied: the permission cloudtrail:LookupEvents is missing"}},
		{label: "one region fails", reason: "it does not end the others", fault: "unreachable", lookup: live.Lookup{Regions: []string{"eu-west-1"}},
			want: []string{"eu-west-1 error: cloudtrail:LookupEvents in eu-west-1: unreachable: dial tcp: connect: connection refused"}},
		{label: "throttled once", reason: "waited, and tried again", fault: "throttled once", want: []string{"eu-west-1 c", "us-east-1 b", "us-east-1 a"}},
		{label: "no account id", reason: "nothing can be looked up", lookup: live.Lookup{Account: "x"}, want: []string{`error: account "x": found no account, expected twelve digits`}},
	}
	for _, tt := range tests {
		t.Run(tt.label, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStub()
				until("13:00:00")
				s.add(t, denied("a", "2000-01-01T10:00:00Z"), 0)
				s.add(t, denied("b", "2000-01-01T11:00:00Z"), 0)
				s.add(t, in("eu-west-1", denied("c", "2000-01-01T12:00:00Z")), 0)
				s.add(t, denied("late", "2000-01-01T12:59:00Z"), 5*time.Minute)
				s.add(t, deleted("deploy", "10:00:00"), 0)
				s.fault("LookupEvents", tt.fault)
				if diff := cmp.Diff(tt.want, found(live.New(s.config()), tt.lookup)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
				}
			})
		})
	}
}

func TestRecordsInPages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStub()
		until("13:00:00")
		for i := range 120 {
			s.add(t, denied(fmt.Sprint(i), at("10:00:00").Add(time.Duration(i)*time.Second).Format(time.RFC3339)), 0)
		}
		lookup := live.Lookup{Regions: []string{"us-east-1"}}
		var progress []string
		c := s.config()
		c.Progress = func(line string) { progress = append(progress, line) }
		got := found(live.New(c), lookup)
		if len(got) != 120 || got[0] != "us-east-1 119" || got[119] != "us-east-1 0" {
			t.Errorf("%d records, %s to %s; want 120, the newest first", len(got), got[0], got[len(got)-1])
		}
		for _, call := range s.trail.Calls() {
			if call.Refused != "" {
				t.Errorf("a call was refused: %s", call.Refused)
			}
		}
		want := []string{"looking in CloudTrail in us-east-1", "looking in CloudTrail in us-east-1: page 1, 50 events",
			"looking in CloudTrail in us-east-1: page 2, 100 events", "looking in CloudTrail in us-east-1: page 3, 120 events"}
		if diff := cmp.Diff(want, progress); diff != "" {
			t.Errorf("for a person who waits (-want +got):\n%s", diff)
		}
		c.MaxPages = 2
		got = found(live.New(c), lookup)
		if diff := cmp.Diff("us-east-1 error: CloudTrail in us-east-1 was read back to 2000-01-01 10:00 UTC only: there are more than 2 pages of AssumeRoleWithWebIdentity", got[len(got)-1]); diff != "" || len(got) != 101 {
			t.Errorf("%d, want 100 and an error (-want +got):\n%s", len(got), diff)
		}
		pass(time.Second)
		n := len(s.trail.Calls())
		next, stop := iter.Pull2(live.New(c).Records(context.Background(), lookup))
		_, err, ok := next()
		stop()
		if err != nil || !ok {
			t.Errorf("one record: %v, %t", err, ok)
		}
		if more := len(s.trail.Calls()) - n; more != 1 {
			t.Errorf("%d calls for one record, want 1", more)
		}
	})
}
