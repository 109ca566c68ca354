package diagnosis_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/evidence"
)

// How far the evidence is that of the event's moment.
func TestEvidenceOfTheMoment(t *testing.T) {
	refuses := []string{allow(gitHubARN, when("StringEquals", gitHub+":sub", "repo:octo-org/api:ref:refs/heads/next"))}
	allows := []string{allow(gitHubARN, when("StringEquals", gitHub+":sub", mainSub))}
	trustsNone := []string{statement("Allow", `{"Service":"ec2.amazonaws.com"}`, `"Action":"sts:AssumeRole"`, "")}
	trustsNoneElse := []string{statement("Allow", `{"Service":"ecs-tasks.amazonaws.com"}`, `"Action":"sts:AssumeRole"`, "")}
	changed := func(minutes int, statements []string) evidence.Change {
		c := evidence.Change{Kind: evidence.TrustPolicyUpdated, Role: "deploy", Time: moment.Add(time.Duration(minutes) * time.Minute)}
		if statements != nil {
			c.Policy = parse(t, statements...)
		}
		return c
	}
	for _, tt := range []struct {
		label, reason string
		present       []string
		taken         time.Time
		changes       []evidence.Change
		timeless      bool
		provider      time.Time // when the provider was created
		causes        []string
		note          string
	}{
		{label: "provider made anew", reason: "the role or the provider was created after the event", present: refuses, provider: moment.Add(time.Minute), causes: []string{"sub_mismatch likely"}, note: "the provider was created after the call"},
		{label: "provider made before", reason: "it is the one that STS found", present: refuses, provider: moment.Add(-time.Minute), causes: []string{"sub_mismatch certain"}},
		{label: "undated", reason: "an undated snapshot counts as of the moment", present: refuses, causes: []string{"sub_mismatch certain"}},
		{label: "dated, fresh", reason: "within fifteen minutes", present: refuses, taken: moment.Add(14 * time.Minute), causes: []string{"sub_mismatch certain"}},
		{label: "dated, late", reason: "what changed in between is not known", present: refuses, taken: moment.Add(16 * time.Minute), causes: []string{"sub_mismatch likely"}, note: "what changed in between is not known"},
		{label: "no time in the record", reason: "which moment it was is not known", present: refuses, taken: moment, timeless: true, causes: []string{"sub_mismatch likely"}, note: "the record has no time"},
		{label: "no time, undated", reason: "nothing says that the account was ever another", present: refuses, timeless: true, causes: []string{"sub_mismatch certain"}},
		{label: "changed since, text not held", reason: "judged on the present one, and said first", present: refuses, changes: []evidence.Change{changed(30, refuses)}, causes: []string{"sub_mismatch likely"}, note: "the policy changed since; the earlier text is not recorded"},
		{label: "fix has not reached STS", reason: "the causes of the version that refuses lead, as likely", present: allows,
			changes: []evidence.Change{changed(-60, refuses), changed(-2, allows)}, causes: []string{"sub_mismatch likely"}, note: "the change may not have reached STS yet; re-run"},
		{label: "both refuse alike", reason: "a cause that both give keeps its confidence", present: refuses,
			changes: []evidence.Change{changed(-60, refuses), changed(-2, refuses)}, causes: []string{"sub_mismatch certain"}},
		{label: "earlier text not held", reason: "it counts as differing", present: refuses, changes: []evidence.Change{changed(-2, refuses)}, causes: []string{"sub_mismatch likely"}, note: "re-run"},
		{label: "neither trusts a web identity", reason: "one cause, whomever they trust instead", present: trustsNone,
			changes: []evidence.Change{changed(-60, trustsNoneElse), changed(-2, trustsNone)}, causes: []string{"no_federated_principal certain"}},
		{label: "older than five minutes", reason: "it has reached STS", present: refuses, changes: []evidence.Change{changed(-60, allows), changed(-6, refuses)}, causes: []string{"sub_mismatch certain"}},
	} {
		t.Run(tt.label, func(t *testing.T) {
			d := onGitHub(mainSub)
			if tt.timeless {
				d.Time = time.Time{}
			}
			a := holding(role(t, "deploy", tt.present...))
			a.Providers = []evidence.Provider{{ARN: gitHubARN, ClientIDs: []string{stsAud}, Created: tt.provider}}
			a.TakenAt, a.Changes, a.ChangesRead = tt.taken, tt.changes, len(tt.changes) > 0
			got := diagnosis.Diagnose(diagnosis.Input{Denial: d, Account: a})
			if diff := cmp.Diff(tt.causes, said(got.Causes)); diff != "" {
				t.Errorf("%s: causes (-want +got):\n%s", tt.reason, diff)
			}
			if tt.note != "" && !has(got.Notes, tt.note) {
				t.Errorf("%s: notes %q lack %q", tt.reason, got.Notes, tt.note)
			}
		})
	}
}

// A role that cannot be read, or not there, is not one that refuses.
func TestRoleNotRead(t *testing.T) {
	other := onGitHub(mainSub)
	other.RoleARN = text("arn:aws:iam::444455556666:role/deploy")
	broken := evidence.Role{ARN: roleARN, Name: "deploy", Document: evidence.Held(nil, errors.New(`trust policy of "deploy": 1:20: unknown operator "StringLikes"`))}
	for _, tt := range []struct {
		label, reason string
		in            diagnosis.Input
		role          diagnosis.Status
		causes        []string
		note          string
	}{
		{"roles read", "not among them: there is none", diagnosis.Input{Denial: onGitHub(mainSub), Account: holding()}, "mismatch", []string{"role_not_found certain"}, ""},
		{"roles not read", "not read is not missing", diagnosis.Input{Denial: onGitHub(mainSub), Account: evidence.Account{ID: account}}, "unknown", nil, "was not read"},
		{"another account's role", "of that account nothing was read", diagnosis.Input{Denial: other, Account: holding(role(t, "deploy", allow(gitHubARN, "")))}, "unknown", nil, "account \"444455556666\""},
		{"policy that does not parse", "its elements are unknown, with a note", diagnosis.Input{Denial: onGitHub(mainSub), Account: holding(broken)}, "match", nil, "cannot be evaluated"},
	} {
		got := diagnosis.Diagnose(tt.in)
		if diff := cmp.Diff(tt.causes, said(got.Causes)); diff != "" {
			t.Errorf("%s: %s: causes (-want +got):\n%s", tt.label, tt.reason, diff)
		}
		if s := got.Check("role").Status; s != tt.role {
			t.Errorf("%s: %s: role is %s, want %s", tt.label, tt.reason, s, tt.role)
		}
		if tt.note != "" && !has(got.Notes, tt.note) {
			t.Errorf("%s: %s: notes %q", tt.label, tt.reason, got.Notes)
		}
	}
}

// The role that was asked for is no near miss of itself.
func TestRoleMadeSince(t *testing.T) {
	made := role(t, "deploy", allow(gitHubARN, ""))
	made.Created = moment.Add(time.Hour)
	near := role(t, "deplpy", allow(gitHubARN, ""))
	got := diagnosis.Diagnose(diagnosis.Input{Denial: onGitHub(mainSub), Account: holding(near, made)})
	if diff := cmp.Diff([]string{"role_not_found likely"}, said(got.Causes)); diff != "" {
		t.Fatalf("causes (-want +got):\n%s", diff)
	}
	c := &got.Causes[0]
	if len(c.Hints) > 0 || len(c.Expected) > 0 || !strings.Contains(c.Message, "it has one now") {
		t.Errorf("hints %q, expected %q: %s", c.Hints, c.Expected, c.Message)
	}
}

// Of a role that the record shows as made before the call, it is not said that
// it was not there.
func TestRoleMadeMinutesBefore(t *testing.T) {
	made := role(t, "deploy", allow(gitHubARN, when("StringEquals", gitHub+":sub", mainSub)))
	made.Created = moment.Add(-2 * time.Minute)
	got := diagnosis.Diagnose(diagnosis.Input{Denial: onGitHub(mainSub), Account: holding(made)})
	if diff := cmp.Diff([]string{"role_not_found likely"}, said(got.Causes)); diff != "" {
		t.Fatalf("causes (-want +got):\n%s", diff)
	}
	if want := "was created minutes before the call: STS may not have known it yet."; !strings.Contains(got.Causes[0].Message, want) {
		t.Errorf("%q, want %q in it", got.Causes[0].Message, want)
	}
}

// Changes of a role's tags are not looked for: read late, they are likely.
func TestTagsOfTheRole(t *testing.T) {
	r := role(t, "deploy", allow(gitHubARN, when("StringEquals", "aws:ResourceTag/stage", "prod")))
	for _, tt := range []struct {
		label, reason string
		read          bool
		taken         time.Time
		want          string
	}{
		{"not read", "hidden", false, time.Time{}, "hidden_claim possible"},
		{"read", "of the moment", true, moment, "condition_mismatch certain"},
		{"read late", "with the trust policy known for the moment all the same", true, moment.Add(time.Hour), "condition_mismatch likely"},
	} {
		r.TagsRead, r.Tags = tt.read, map[string]string{"stage": "dev"}
		a := holding(r)
		a.TakenAt, a.ChangesRead = tt.taken, true
		a.Changes = []evidence.Change{{Kind: evidence.TrustPolicyUpdated, Role: "deploy", Time: moment.Add(-24 * time.Hour), Policy: held(t, r)}}
		got := diagnosis.Diagnose(diagnosis.Input{Denial: onGitHub(mainSub), Account: a})
		if diff := cmp.Diff([]string{tt.want}, said(got.Causes)); diff != "" {
			t.Errorf("%s: %s (-want +got):\n%s", tt.label, tt.reason, diff)
		}
	}
}

// What was read disagrees with what the error proves: which way round the
// change went is told by which came first.
func TestProviderNotAsRead(t *testing.T) {
	own := role(t, "deploy", allow(gitHubARN, when("StringEquals", gitHub+":sub", "x")))
	other := []evidence.Provider{{ARN: gitHubARN, ClientIDs: []string{"other"}}}
	for _, tt := range []struct {
		label, want string
		taken       time.Time
		timeless    bool
	}{
		{label: "undated", want: "so it was removed since"},
		{label: "read after", want: "so it was removed since", taken: moment.Add(time.Minute)},
		{label: "read before", want: "so it was registered in between", taken: moment.Add(-time.Minute)},
		{label: "no time in the record", want: "so it was registered or removed in between", taken: moment, timeless: true},
	} {
		for _, providers := range [][]evidence.Provider{nil, other} {
			a := holding(own)
			a.Providers, a.ProvidersRead, a.TakenAt = providers, true, tt.taken
			d := onGitHub(mainSub)
			if tt.timeless {
				d.Time = time.Time{}
			}
			if got := diagnosis.Diagnose(diagnosis.Input{Denial: d, Account: a}); !has(got.Notes, tt.want) {
				t.Errorf("%s, %d providers: no note says %q: %q", tt.label, len(providers), tt.want, got.Notes)
			}
		}
	}
}

// Where no text is held, the notes say what is known of why.
func TestTextNotHeld(t *testing.T) {
	refuses := role(t, "deploy", allow(gitHubARN, when("StringEquals", gitHub+":sub", "x")))
	at := func(kind evidence.ChangeKind, minutes int) []evidence.Change {
		return []evidence.Change{{Kind: kind, Role: "deploy", Time: moment.Add(time.Duration(minutes) * time.Minute)}}
	}
	for _, tt := range []struct {
		label, want string
		roles       []evidence.Role
		changes     []evidence.Change
		taken       int // minutes
	}{
		{"read, then changed", "the trust policy changed after the account was read (2026-10-05 13:55:00 UTC), and the text that it got is not recorded", []evidence.Role{refuses}, at(evidence.TrustPolicyUpdated, -7), -10},
		{"not read, changed since", "it changed since, and its text at the time of the call is not recorded", nil, at(evidence.TrustPolicyUpdated, 2), 5},
		{"not read, deleted since", "the role was deleted since", nil, at(evidence.RoleDeleted, 2), 5},
	} {
		a := evidence.Account{ID: account, Roles: tt.roles, Changes: tt.changes, ChangesRead: true, TakenAt: moment.Add(time.Duration(tt.taken) * time.Minute)}
		got := diagnosis.Diagnose(diagnosis.Input{Denial: onGitHub(mainSub), Account: a})
		if !has(got.Notes, tt.want) || len(got.Causes) > 0 {
			t.Errorf("%s: causes %v, want none; notes %q, want one with %q", tt.label, said(got.Causes), got.Notes, tt.want)
		}
	}
}
