package evidence_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The call is always at 10:00:00.
func TestSteps(t *testing.T) {
	for _, tt := range []struct {
		in     timeline
		want   []string // the last one first
		reason string
	}{
		{timeline{role: "A"}, nil, "no change is on record"},
		{timeline{role: "B", events: "update 08:00:00 B"}, []string{"not-held → B"}, "what stood before is not on record"},
		{timeline{role: "C", events: "create 07:00:00 A, update 08:00:00 B, update 11:00:00 C"}, []string{"A → B", "missing → A"}, "changes after the call are none of these"},
		{timeline{role: "C", events: "update 07:00:00 A, update 08:00:00 ?, update 09:00:00 C"}, []string{"not-held → C", "A → not-held", "not-held → A"}, "a text that was cut short is not held"},
		{timeline{role: "B", events: "update 07:00:00 A, junk 07:30:00, update 08:00:00 B"}, []string{"not-held → B", "not-held → A"}, "a record that cannot be read may be of a change between the two"},
		{timeline{role: "none", events: "update 07:00:00 A, delete 08:00:00"}, []string{"A → missing", "not-held → A"}, "deleted"},
		{timeline{role: "B", events: "update 07:00:00 A, delete 08:00:00, create 08:00:05 B"}, []string{"A → B", "A → missing", "not-held → A"}, "a role that is made anew replaces the one of its name"},
		{timeline{role: "B", events: "delete 08:00:00, create 08:00:05 B"}, []string{"not-held → B", "not-held → missing"}, "what the deleted one said is not on record"},
		{timeline{role: "B", events: "delete 07:00:00, update 08:00:00 B"}, []string{"not-held → B", "not-held → missing"}, "it must have been created between: that record is missing"},
		{timeline{role: "B", created: "09:00:00", events: "update 07:00:00 A"}, nil, "an earlier role's, whose deletion is not on record"},
	} {
		a := tt.in.account(t)
		var got []string
		for _, s := range a.RoleAt(deploy, moment(t, "10:00:00")).Steps {
			got = append(got, wordsOf(s.From)+" → "+wordsOf(s.To))
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%+v: %s (-want +got):\n%s", tt.in, tt.reason, diff)
		}
	}
}

func TestWhoAndHowIsRead(t *testing.T) {
	record := strings.Replace(updated("08:00:00", trust("A")), `"userIdentity":{`,
		`"sessionCredentialFromConsole":"true","userIdentity":{"invokedBy":"cloudformation.amazonaws.com",`, 1)
	a := parse(t, withEvents(record))
	if len(a.Changes) != 1 {
		t.Fatalf("got %d changes, want 1; notes %q", len(a.Changes), a.Notes)
	}
	c := a.Changes[0]
	if c.InvokedBy != "cloudformation.amazonaws.com" || !c.FromConsole || c.Tool() != "cloudformation" {
		t.Errorf("got invoked by %q, from console %t, tool %s", c.InvokedBy, c.FromConsole, c.Tool())
	}
}
