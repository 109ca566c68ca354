package evidence_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The call is always at 10:00:00.
func TestRoleAt(t *testing.T) {
	tests := []struct {
		in           timeline
		want, reason string
	}{
		// "read within 15 minutes of the event (an undated snapshot counts so, a dated one by its date)"
		{timeline{role: "A"}, "A reliable", "undated counts as of the event's moment"},
		{timeline{role: "A", taken: "10:00:00"}, "A reliable", "read at the moment"},
		{timeline{role: "A", taken: "10:14:00"}, "A reliable", "14 minutes after"},
		{timeline{role: "A", taken: "10:15:00"}, "A reliable", "15 minutes after are within 15 minutes"},
		{timeline{role: "A", taken: "10:16:00"}, "A", "16 minutes after"},
		{timeline{role: "A", taken: "09:46:00"}, "A reliable", "14 minutes before"},
		{timeline{role: "A", taken: "09:45:00"}, "A reliable", "15 minutes before"},
		{timeline{role: "A", taken: "09:44:00"}, "A", "16 minutes before"},
		{timeline{role: "none"}, "missing reliable", "roles were read, this one is not among them"},
		{timeline{role: "none", taken: "12:00:00"}, "missing", "it may have been deleted since"},
		{timeline{role: "unread"}, "not-held reliable", "not read is not missing"},
		{timeline{role: "bad"}, "bad reliable", "the role is there, its policy cannot be evaluated"},

		// "or CloudTrail was read for the gap, of which the last 15 minutes before the look-up do not count as read"
		{timeline{role: "A", taken: "12:00:00", events: "none"}, "A", "a change of 11:50 could not be seen yet, and A is what was read after it"},
		{timeline{role: "A", taken: "12:00:00", events: "update 08:00:00 A"}, "A by UpdateAssumeRolePolicy reliable", "the record holds the text, and all changes up to 10:00 were visible"},
		{timeline{role: "A", taken: "10:15:00", events: "update 08:00:00 A, update 10:05:00 B"}, "A by UpdateAssumeRolePolicy reliable then UpdateAssumeRolePolicy", "15 minutes are enough"},
		{timeline{role: "B", taken: "10:14:00", events: "update 08:00:00 A, update 10:05:00 B"}, "A by UpdateAssumeRolePolicy then UpdateAssumeRolePolicy", "a change of 9:59 could not be seen yet"},
		{timeline{role: "B", events: "update 08:00:00 A, update 10:05:00 B"}, "A by UpdateAssumeRolePolicy reliable then UpdateAssumeRolePolicy", "undated"},
		{timeline{role: "A", taken: "12:00:00", events: "update 08:00:00 A, junk 09:00:00"}, "A by UpdateAssumeRolePolicy", "one record cannot be read: CloudTrail was not wholly read"},
		{timeline{role: "A", taken: "09:00:00", events: "update 08:00:00 A"}, "A by UpdateAssumeRolePolicy", "read an hour before: CloudTrail was not read for the gap"},
		{timeline{role: "A", taken: "12:00:00", events: "update 08:00:00 ?"}, "A by UpdateAssumeRolePolicy", "the text is the present one, which a change of 11:50 may have brought"},
		{timeline{role: "A", taken: "10:10:00", events: "update 08:00:00 ?"}, "A by UpdateAssumeRolePolicy reliable", "read within 15 minutes, no change known"},
		{timeline{role: "B", taken: "12:00:00", events: "update 08:00:00 A"}, "A by UpdateAssumeRolePolicy reliable", "the change to B came in the last 15 minutes before 12:00, so after the event"},

		// "The version in force is that of the last successful change before the event"
		{timeline{role: "C", events: "update 07:00:00 A, update 08:00:00 B, update 11:00:00 C"}, "B by UpdateAssumeRolePolicy reliable then UpdateAssumeRolePolicy", "the last before"},
		{timeline{role: "B", events: "update 07:00:00 A, update 08:00:00 ?, update 11:00:00 B"}, "B by UpdateAssumeRolePolicy guessed then UpdateAssumeRolePolicy", "the last before is not held; A is older than it"},
		{timeline{role: "A", events: "update 07:00:00 A, fail 09:00:00 B, fail 11:00:00 C"}, "A by UpdateAssumeRolePolicy reliable", "failed changes are ignored"},
		{timeline{role: "A", taken: "10:10:00", events: "other 09:59:00 B, other 10:05:00 C"}, "A reliable", "another role's changes"},
		{timeline{role: "B", events: "create 07:00:00 A, update 11:00:00 B"}, "A by CreateRole reliable then UpdateAssumeRolePolicy", "CreateRole holds a text, too"},
		{timeline{role: "unread", events: "update 08:00:00 A"}, "A by UpdateAssumeRolePolicy reliable", "the role itself was not read"},
		{timeline{role: "unread", taken: "10:05:00", events: "update 08:00:00 A"}, "A by UpdateAssumeRolePolicy", "nor is the present policy there to tell of a change of 9:55"},
		{timeline{role: "unread", taken: "10:15:00", events: "update 08:00:00 A"}, "A by UpdateAssumeRolePolicy reliable", "CloudTrail had every change by then"},

		// "when none is held and the policy changed since, causes on the present policy are likely"
		{timeline{role: "B", events: "update 11:00:00 B"}, "B guessed then UpdateAssumeRolePolicy", "what stood before 11:00 is not recorded"},
		{timeline{role: "bad", events: "update 11:00:00 B"}, "bad guessed then UpdateAssumeRolePolicy", "the present policy cannot be evaluated"},
		{timeline{role: "unread", events: "update 11:00:00 B"}, "not-held guessed then UpdateAssumeRolePolicy", "the present policy was not read"},

		// Deletions, and "a role created after the event, with no deletion recorded, gives role_not_found, likely"
		{timeline{role: "none", events: "delete 08:00:00"}, "missing by DeleteRole reliable", "deleted before"},
		{timeline{role: "none", taken: "12:00:00", events: "create 07:00:00 A, delete 11:00:00"}, "A by CreateRole reliable then DeleteRole", "deleted after, its text is held"},
		{timeline{role: "none", events: "delete 11:00:00"}, "not-held guessed then DeleteRole", "it was there, nothing tells its text"},
		{timeline{role: "none", events: "update 10:30:00 B, delete 11:00:00"}, "not-held guessed then UpdateAssumeRolePolicy then DeleteRole", "a role that was changed since was there"},
		{timeline{role: "none", events: "update 08:00:00 ?, delete 11:00:00"}, "not-held by UpdateAssumeRolePolicy guessed then DeleteRole", "a role that was changed before was there"},
		{timeline{role: "A", created: "10:30:00"}, "missing created-since", "by its date"},
		{timeline{role: "A", events: "create 10:30:00 A"}, "missing created-since then CreateRole", "by its record"},
		{timeline{role: "B", created: "10:30:00", events: "update 11:00:00 B"}, "missing created-since then UpdateAssumeRolePolicy", "by its date, though it changed since"},
		{timeline{role: "B", created: "10:31:00", events: "delete 10:30:00, create 10:31:00 B"}, "B guessed created-since then DeleteRole then CreateRole", "a deletion is recorded: there was a role"},
		{timeline{role: "B", created: "10:31:00", events: "update 08:00:00 A, delete 10:30:00, create 10:31:00 B"}, "A by UpdateAssumeRolePolicy created-since then DeleteRole then CreateRole", "recreated: its version then is held, and causes are likely"},
		{timeline{role: "B", created: "10:05:00", events: "update 08:00:00 A"}, "A by UpdateAssumeRolePolicy created-since", "the last change before is held; the role that was read is another one"},
		{timeline{role: "B", events: "create 10:30:00 A, delete 10:40:00, create 10:50:00 B"}, "missing created-since then CreateRole then DeleteRole then CreateRole", "the deletion is of a role that came later"},
		{timeline{role: "A", created: "10:00:00", taken: "12:00:00"}, "A or missing", "created in the second of the event"},
		{timeline{role: "A", created: "08:00:00", events: "create 08:00:00 A"}, "A by CreateRole reliable", "created long before"},
		{timeline{role: "B", created: "09:00:00", events: "create 06:00:00 A, delete 08:00:00"}, "B reliable", "the records are of an earlier role of that name: this one is newer"},
		{timeline{role: "A", created: "08:00:01", events: "create 08:00:00 A"}, "A by CreateRole reliable", "record and CreateDate may be a second apart"},

		// "A change up to five minutes before the event may not have reached STS yet: both versions are evaluated"
		{timeline{role: "B", events: "update 08:00:00 A, update 09:56:00 B"}, "B by UpdateAssumeRolePolicy reliable or A", "four minutes"},
		{timeline{role: "B", events: "update 08:00:00 A, update 09:55:00 B"}, "B by UpdateAssumeRolePolicy reliable or A", "up to five"},
		{timeline{role: "B", events: "update 08:00:00 A, update 09:54:59 B"}, "B by UpdateAssumeRolePolicy reliable", "longer ago"},
		{timeline{role: "C", events: "update 08:00:00 A, update 09:57:00 B, update 09:59:00 C"}, "C by UpdateAssumeRolePolicy reliable or B or A", "two changes: each may be the last that STS saw"},
		{timeline{role: "B", events: "update 09:56:00 B"}, "B by UpdateAssumeRolePolicy reliable or not-held", "an earlier text that is not held counts as differing"},
		{timeline{role: "B", events: "update 09:56:00 ?"}, "B by UpdateAssumeRolePolicy reliable or not-held", "nor is the present one's record"},
		{timeline{role: "A", events: "create 09:58:00 A"}, "A by CreateRole reliable or missing", "a new role"},
		{timeline{role: "A", created: "09:58:00"}, "A reliable or missing", "a new role, by its date"},
		{timeline{role: "none", events: "create 08:00:00 A, delete 09:58:00"}, "missing by DeleteRole reliable or A", "STS may not know of the deletion"},
		{timeline{role: "B", events: "update 08:00:00 A, delete 09:57:00, create 09:58:00 B"}, "B by CreateRole reliable or missing or A", "replaced"},
		{timeline{role: "A", events: "update 08:00:00 A, fail 09:58:00 B"}, "A by UpdateAssumeRolePolicy reliable", "a failed change is none"},
		{timeline{role: "B", events: "update 08:00:00 A, update 10:00:00 B"}, "B by UpdateAssumeRolePolicy reliable or A", "in the second of the event either may have been first"},

		// A reading that differs from the last record shows a change that CloudTrail does not show yet.
		{timeline{role: "B", taken: "10:05:00", events: "update 08:00:00 A"}, "A by UpdateAssumeRolePolicy reliable or B", "between 9:50 and 10:05: before the event or after"},
		{timeline{role: "B", events: "update 08:00:00 A"}, "A by UpdateAssumeRolePolicy reliable or B", "undated"},
		{timeline{role: "none", taken: "10:05:00", events: "update 08:00:00 A"}, "A by UpdateAssumeRolePolicy reliable or missing", "deleted within minutes"},
		{timeline{role: "bad", taken: "10:05:00", events: "update 08:00:00 A"}, "A by UpdateAssumeRolePolicy reliable or bad", "a text that cannot be evaluated is another one"},
		{timeline{role: "A", events: "delete 08:00:00"}, "missing by DeleteRole reliable or A", "created again, by a record not seen yet"},

		// A change that is on record since the reading tells more than the reading.
		{timeline{role: "A", taken: "09:50:00", events: "update 09:53:00 ?"}, "not-held by UpdateAssumeRolePolicy reliable", "A was replaced, by nobody knows what"},
		{timeline{role: "A", taken: "09:50:00", events: "update 09:53:00 B"}, "B by UpdateAssumeRolePolicy reliable", "A is not the present text that would differ from it"},
		{timeline{role: "A", taken: "09:50:00", events: "update 10:02:00 B"}, "A then UpdateAssumeRolePolicy", "A was read before the call, B came after it"},
		{timeline{role: "A", taken: "10:05:00", events: "update 10:10:00 B"}, "A then UpdateAssumeRolePolicy", "A was read before B came"},
		{timeline{role: "B", taken: "10:05:00", events: "update 10:02:00 ?, update 10:10:00 C"}, "C guessed then UpdateAssumeRolePolicy then UpdateAssumeRolePolicy", "C is the present one"},
		{timeline{role: "A", taken: "09:50:00", events: "delete 09:53:00"}, "missing by DeleteRole reliable", "the role that was read is gone"},
	}
	for _, tt := range tests {
		a := tt.in.account(t)
		h := a.RoleAt(deploy, moment(t, "10:00:00"))
		if diff := cmp.Diff(tt.want, said(h)); diff != "" {
			t.Errorf("%+v: %s (-want +got):\n%s", tt.in, tt.reason, diff)
		}
	}
}

// A role of which IAM said that it does not exist, where others were not read.
func TestRoleAbsent(t *testing.T) {
	tests := []struct{ absent, want, reason string }{
		{deploy, "missing reliable", "IAM said so"},
		{deployUnder, "not-held reliable", "it said so of another one"},
		{"", "not-held reliable", "it was not asked"},
	}
	for _, tt := range tests {
		a := timeline{role: "unread"}.account(t)
		a.Absent = tt.absent
		if diff := cmp.Diff(tt.want, said(a.RoleAt(deploy, moment(t, "10:00:00")))); diff != "" {
			t.Errorf("%q: %s (-want +got):\n%s", tt.absent, tt.reason, diff)
		}
	}
}

// CloudTrail may have been read at another moment than the role.
func TestChangesReadEarlier(t *testing.T) {
	tests := []struct{ changes, want, reason string }{
		{"", "A by UpdateAssumeRolePolicy reliable", "read with the role, sixteen minutes after the call"},
		{"10:15:30", "A by UpdateAssumeRolePolicy reliable", "fifteen minutes are enough"},
		{"10:14:30", "A by UpdateAssumeRolePolicy or B", "a change of 9:59 could not be seen yet, however late the role was read"},
	}
	for _, tt := range tests {
		a := timeline{role: "B", taken: "10:16:00", events: "update 08:00:00 A"}.account(t)
		a.ChangesAt = moment(t, tt.changes)
		if diff := cmp.Diff(tt.want, said(a.RoleAt(deploy, moment(t, "10:00:00")))); diff != "" {
			t.Errorf("%q: %s (-want +got):\n%s", tt.changes, tt.reason, diff)
		}
	}
}

func TestRoleAtNow(t *testing.T) {
	tests := []struct {
		in           timeline
		want, reason string
	}{
		{timeline{role: "A", taken: "12:00:00"}, "A reliable", "what was read"},
		{timeline{role: "A", taken: "12:00:00", events: "update 11:59:00 A"}, "A by UpdateAssumeRolePolicy reliable", "a what-if asks about the policy, not about STS's delay"},
		{timeline{role: "B", taken: "12:00:00", events: "update 11:00:00 A"}, "B by UpdateAssumeRolePolicy reliable", "what was read is newer than the last record"},
		{timeline{role: "none", taken: "12:00:00", events: "update 11:00:00 A"}, "missing by UpdateAssumeRolePolicy reliable", "deleted, though no record shows it yet"},
		{timeline{role: "unread", events: "update 11:00:00 A"}, "A by UpdateAssumeRolePolicy reliable", "the last record, where the role was not read"},
		{timeline{role: "A", created: "11:59:00"}, "A reliable", "nothing is created after now"},
		{timeline{role: "A", taken: "12:00:00", events: "update 12:01:00 B"}, "B by UpdateAssumeRolePolicy reliable", "changed since it was read"},
		{timeline{role: "A", taken: "12:00:00", events: "update 12:01:00 ?"}, "not-held by UpdateAssumeRolePolicy reliable", "by nobody knows what"},
		{timeline{role: "A", taken: "12:00:00", events: "delete 12:01:00"}, "missing by DeleteRole reliable", "deleted since it was read"},
	}
	for _, tt := range tests {
		a := tt.in.account(t)
		if diff := cmp.Diff(tt.want, said(a.RoleAt(deploy, moment(t, "")))); diff != "" {
			t.Errorf("%+v: %s (-want +got):\n%s", tt.in, tt.reason, diff)
		}
	}
}

// IAM gives a document back in its own order, which is no change of it.
func TestSameDocumentInOtherOrder(t *testing.T) {
	written := strings.Replace(trust("A"), `"Action":"sts:AssumeRoleWithWebIdentity"`, `"Action":["sts:TagSession","sts:AssumeRoleWithWebIdentity"]`, 1)
	read := strings.Replace(trust("A"), `"Action":"sts:AssumeRoleWithWebIdentity"`, `"Action":["sts:AssumeRoleWithWebIdentity","sts:TagSession"]`, 1)
	a := parse(t, strings.TrimSuffix(withRole(read), "}")+`,"Events":[`+updated("08:00:00", written)+`]}`)
	if diff := cmp.Diff("A by UpdateAssumeRolePolicy reliable", said(a.RoleAt(deploy, moment(t, "10:00:00")))); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
}

func TestHistoryPresent(t *testing.T) {
	a := timeline{role: "C", taken: "12:00:00", events: "update 08:00:00 A, update 11:00:00 B"}.account(t)
	h := a.RoleAt(deploy, moment(t, "10:00:00"))
	if h.Role == nil || h.Role.ARN != deploy || wordsOf(h.Present) != "C" {
		t.Errorf("role %v, present %q; want the role as it was read, and C", h.Role, wordsOf(h.Present))
	}
	a = timeline{role: "C", taken: "12:00:00", events: "update 11:00:00 C, update 12:05:00 D"}.account(t)
	if h := a.RoleAt(deploy, moment(t, "10:00:00")); wordsOf(h.Present) != "D" {
		t.Errorf("present %q; want D, which is on record since C was read", wordsOf(h.Present))
	}
	a = timeline{role: "unread"}.account(t)
	if h := a.RoleAt(deploy, moment(t, "10:00:00")); h.Role != nil || h.Present.Held() {
		t.Errorf("role %v, present held %t; want neither where no role was read", h.Role, h.Present.Held())
	}
}
