package diagnosis_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/evidence"
	"whydenied/pkg/policy"
	"whydenied/pkg/trail"
)

// admits is what the versions of a timeline admit.
var admits = map[string]string{
	"main": when("StringEquals", gitHub+":sub", mainSub),
	"dev":  when("StringEquals", gitHub+":sub", "repo:octo-org/api:ref:refs/heads/dev"),
	"test": when("StringEquals", gitHub+":sub", "repo:octo-org/api:ref:refs/heads/test"),
	"typo": when("StringEquals", gitHub+":sub", "repo:octo/api:ref:refs/heads/main"),
	"id":   when("StringEquals", gitHub+":repository_id", "42"), // CloudTrail does not record it
	"tag":  when("StringEquals", "aws:ResourceTag/team", "web"), // the role's tags are not read
}

// history is an account whose role has been through what the text tells, the
// last version being the present one: "update 3h main, update 12m dev".
func history(t fataler, text string) evidence.Account {
	t.Helper()
	a := evidence.Account{ID: account, RolesRead: true, ChangesRead: true}
	present := evidence.Role{}
	for i, e := range strings.Split(text, ", ") {
		f := append(strings.Fields(e), "")
		c := evidence.Change{EventID: fmt.Sprint(i), Time: moment.Add(-span(t, f[1])), Role: "deploy", By: "arn:aws:iam::" + account + ":user/ana"}
		switch f[0] {
		case "update":
			c.Kind, c.Event = evidence.TrustPolicyUpdated, "UpdateAssumeRolePolicy"
		case "create":
			c.Kind, c.Event = evidence.RoleCreated, "CreateRole"
		case "delete":
			c.Kind, c.Event = evidence.RoleDeleted, "DeleteRole"
		}
		switch {
		case f[0] == "delete":
			present = evidence.Role{}
		case f[2] == "?": // cut short by CloudTrail; the role has it
			present = role(t, "deploy", allow(gitHubARN, admits["dev"]))
		default:
			present = role(t, "deploy", allow(gitHubARN, admits[f[2]]))
			c.Policy = held(t, present)
		}
		a.Changes = append(a.Changes, c)
	}
	if present.ARN != "" {
		a.Roles = []evidence.Role{present}
	}
	return a
}

func span(t fataler, text string) time.Duration {
	t.Helper()
	days, isDays := strings.CutSuffix(text, "d")
	if isDays {
		text = days + "h"
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatalf("%v", err)
	}
	if isDays {
		d *= 24
	}
	return d
}

// led is what a diagnosis leads with, in short.
func led(d *diagnosis.Diagnosis) string {
	c := d.Changed
	if c == nil {
		return "nothing"
	}
	said := fmt.Sprintf("%s %s before: %s → %s", c.Change.Event, c.Gap, c.Reverted, c.Made)
	if c.Before != nil && c.After != nil {
		said += fmt.Sprintf(", %d differences", len(c.Diff))
	}
	if c.Later > 0 {
		said += fmt.Sprintf(", %d later", c.Later)
	}
	return said
}

func TestWhatLeads(t *testing.T) {
	for _, tt := range []struct{ label, timeline, want, reason string }{
		{"broken", "update 3h main, update 12m dev", "UpdateAssumeRolePolicy 12m0s before: allows → refuses, 1 differences", "the version before allows"},
		{"broken long ago", "update 1440h main, update 720h dev", "UpdateAssumeRolePolicy 720h0m0s before: allows → refuses, 1 differences", "a job may run once a month"},
		{"tried", "update 3h test, update 12m dev", "UpdateAssumeRolePolicy 12m0s before: refuses → refuses, 1 differences", "recent, and what is expected changed"},
		{"tried long ago", "update 3d test, update 2d dev", "nothing", "both versions refuse, and nobody remembers"},
		{"broken, then tried", "update 3h main, update 2h dev, update 12m test", "UpdateAssumeRolePolicy 2h0m0s before: allows → refuses, 1 differences, 1 later", "the repair that failed is not what shut it out"},
		{"broken, repaired and broken", "update 5h main, update 4h dev, update 3h main, update 2h test", "UpdateAssumeRolePolicy 2h0m0s before: allows → refuses, 1 differences", "the last time counts"},
		{"written anew", "update 3h dev, update 12m dev", "nothing", "an apply that changes nothing"},
		{"written anew after it broke", "update 3h main, update 2h dev, update 12m dev", "UpdateAssumeRolePolicy 2h0m0s before: allows → refuses, 1 differences, 1 later", "what changed nothing is passed over"},
		{"first on record", "update 12m dev", "UpdateAssumeRolePolicy 12m0s before: not_held → refuses", "what stood before is not known"},
		{"first on record, long ago", "update 48h dev", "nothing", "nothing says that it matters"},
		{"text before was cut short", "update 3h ?, update 12m dev", "UpdateAssumeRolePolicy 12m0s before: not_held → refuses", "not held"},
		{"text was cut short", "update 3h main, update 12m ?", "UpdateAssumeRolePolicy 12m0s before: allows → refuses, 1 differences", "the role has it, unchanged since"},
		{"what stood before is past the gap", "update 5h main, update 3h ?, update 12m test", "UpdateAssumeRolePolicy 12m0s before: not_held → refuses", "no looking beyond a version that is not held"},
		{"before is not known", "update 3h id, update 12m dev", "UpdateAssumeRolePolicy 12m0s before: unknown → refuses, 2 differences", "repository_id is not in the record"},
		{"before is not known, long ago", "update 72h id, update 48h dev", "nothing", "unknown is no ground"},
		{"neither is known", "update 3h tag, update 12m id", "UpdateAssumeRolePolicy 12m0s before: unknown → unknown, 2 differences", "said as it is"},
		{"now is not known", "update 3h main, update 12m id", "UpdateAssumeRolePolicy 12m0s before: allows → unknown, 2 differences", "the version before allows"},
		{"repaired", "update 3h dev, update 12m main", "nothing", "the policy in force allows: it is not what refused"},
		{"just repaired", "update 3h dev, update 2m main", "UpdateAssumeRolePolicy 2m0s before: refuses → allows, 1 differences", "STS may have gone by the version before"},
		{"allowed before and after", "update 3h main, update 2m main", "nothing", "no version refuses"},
		{"just broken", "update 3h main, update 2m dev", "UpdateAssumeRolePolicy 2m0s before: allows → refuses, 1 differences", "whichever STS went by"},
		{"created", "create 12m dev", "CreateRole 12m0s before: none → refuses", "new, and nothing stood before"},
		{"created long ago", "create 30h dev", "nothing", "nothing says that it matters"},
		{"made anew", "update 3h main, delete 13m, create 12m dev", "CreateRole 12m0s before: allows → refuses, 1 differences", "replaced: the policy before the deletion is what stood before"},
		{"deleted", "update 3h main, delete 12m", "DeleteRole 12m0s before: allows → none", "no role"},
		{"deleted long ago", "update 1000h dev, delete 999h", "DeleteRole 999h0m0s before: refuses → none", "that there is no role is why it was refused"},
		{"deleted, earlier text not held", "delete 12m", "DeleteRole 12m0s before: not_held → none", "no role"},
	} {
		t.Run(tt.label, func(t *testing.T) {
			d := diagnosis.Diagnose(diagnosis.Input{Denial: onGitHub(mainSub), Account: history(t, tt.timeline)})
			if diff := cmp.Diff(tt.want, led(&d)); diff != "" {
				t.Errorf("%s: %s (-want +got):\n%s", tt.timeline, tt.reason, diff)
			}
			if c := d.Changed; c != nil && !hasChange(d.Changes, c.Change) {
				t.Errorf("the change that leads is not among the changes %v", d.Changes)
			}
		})
	}
}

func hasChange(changes []evidence.Change, c evidence.Change) bool {
	for _, o := range changes {
		if o.EventID == c.EventID {
			return true
		}
	}
	return false
}

func TestWhereNothingLeads(t *testing.T) {
	broken := "update 3h main, update 12m dev"
	gap := history(t, broken)
	gap.ChangesRead = false
	late := history(t, "update 3h main, update 12m ?")
	late.TakenAt = moment.Add(2 * time.Hour)
	noTime := onGitHub(mainSub)
	noTime.Time = time.Time{}
	named := onGitHub(mainSub)
	named.ErrorMessage = "not authorized, with an explicit deny in a resource control policy"
	expired := onGitHub(mainSub)
	expired.ErrorCode = "ExpiredTokenException"
	for _, tt := range []struct {
		label, reason string
		in            diagnosis.Input
		want          string
	}{
		{"a record is missing", "whether the version before is the one on record is not known", diagnosis.Input{Denial: onGitHub(mainSub), Account: gap}, "UpdateAssumeRolePolicy 12m0s before: not_held → refuses"},
		{"read hours later, text not held", "another change may have made the text that was read, and nobody is to be named for it", diagnosis.Input{Denial: onGitHub(mainSub), Account: late}, "UpdateAssumeRolePolicy 12m0s before: allows → not_held"},
		{"a stranger", "what both versions refuse is nothing to a stranger", diagnosis.Input{Denial: onGitHub("repo:someone-else/api:ref:refs/heads/main"), Account: history(t, "update 3h test, update 12m dev")}, "nothing"},
		{"made a stranger", "the version before trusted this very caller", diagnosis.Input{Denial: onGitHub(mainSub), Account: history(t, "update 3h main, update 12m typo")}, "UpdateAssumeRolePolicy 12m0s before: allows → refuses, 1 differences"},
		{"no time", "what came before is not known", diagnosis.Input{Denial: noTime, Account: history(t, broken)}, "nothing"},
		{"a what-if", "it asks about now", diagnosis.Input{Denial: onGitHub(mainSub), WhatIf: true, Account: history(t, broken)}, "nothing"},
		{"a success", "nothing was refused", diagnosis.Input{Denial: onGitHub(mainSub), Succeeded: true, Account: history(t, broken)}, "nothing"},
		{"another policy", "AWS itself says what refused", diagnosis.Input{Denial: named, Account: history(t, broken)}, "nothing"},
		{"an STS error", "STS refused before it looked at the role", diagnosis.Input{Denial: expired, Account: history(t, broken)}, "nothing"},
		{"an audience that may be azp", "what :aud was compared with is not known", diagnosis.Input{Denial: denied(arnPrefix+"idp.example.com", "app", "someone"),
			Account: twoVersions(t, allow(arnPrefix+"idp.example.com", when("StringEquals", "idp.example.com:aud", "app")), allow(arnPrefix+"idp.example.com", when("StringEquals", "idp.example.com:aud", "other")))},
			"UpdateAssumeRolePolicy 12m0s before: unknown → unknown, 1 differences"},
		{"tags", "the version before allows the call without its tags", diagnosis.Input{Denial: tagged(),
			Account: twoVersions(t, allow(gitHubARN, admits["main"]), allow(gitHubARN, admits["dev"]))},
			"UpdateAssumeRolePolicy 12m0s before: refuses → refuses, 1 differences"},
	} {
		t.Run(tt.label, func(t *testing.T) {
			d := diagnosis.Diagnose(tt.in)
			if diff := cmp.Diff(tt.want, led(&d)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

func tagged() trail.Denial {
	d := onGitHub(mainSub)
	d.PrincipalTags = map[string]string{"team": "web"}
	return d
}

func twoVersions(t *testing.T, before, after string) evidence.Account {
	t.Helper()
	a := history(t, "update 3h main, update 12m dev")
	a.Changes[0].Policy = parse(t, before)
	a.Changes[1].Policy = parse(t, after)
	a.Roles[0].Document = evidence.Held(a.Changes[1].Policy, nil)
	return a
}

// Providers matter only to STS's own errors.
func TestWhatLeadsOfAProvider(t *testing.T) {
	const unknown, incorrect = "No OpenIDConnect provider found in your account for https://token.actions.githubusercontent.com", "Incorrect token audience"
	change := func(kind evidence.ChangeKind, event string, before time.Duration, id string) evidence.Change {
		return evidence.Change{Kind: kind, Event: event, EventID: event, Time: moment.Add(-before), Provider: gitHubARN, ClientID: id}
	}
	deleted := change(evidence.ProviderDeleted, "DeleteOpenIDConnectProvider", time.Hour, "")
	removed := change(evidence.ClientIDRemoved, "RemoveClientIDFromOpenIDConnectProvider", 50*time.Hour, stsAud)
	other := change(evidence.ClientIDRemoved, "RemoveClientIDFromOpenIDConnectProvider", time.Hour, "another")
	added := change(evidence.ClientIDAdded, "AddClientIDToOpenIDConnectProvider", time.Hour, stsAud)
	made := change(evidence.ProviderCreated, "CreateOpenIDConnectProvider", time.Minute, "")
	old := change(evidence.ProviderCreated, "CreateOpenIDConnectProvider", 60*time.Hour, "")
	for _, tt := range []struct {
		label, reason string
		message       string // "" for AccessDenied
		changes       []evidence.Change
		want          string
	}{
		{"provider deleted", "STS missed it", unknown, []evidence.Change{deleted}, "DeleteOpenIDConnectProvider 1h0m0s before: none → none"},
		{"deleted and created", "it was there again", unknown, []evidence.Change{deleted, made}, "nothing"},
		{"audience removed", "at any time before", incorrect, []evidence.Change{removed}, "RemoveClientIDFromOpenIDConnectProvider 50h0m0s before: none → none"},
		{"another audience removed", "not this one", incorrect, []evidence.Change{other}, "nothing"},
		{"another audience removed after this one", "this one is still away", incorrect, []evidence.Change{removed, other}, "RemoveClientIDFromOpenIDConnectProvider 50h0m0s before: none → none"},
		{"audience removed and added", "it was there again", incorrect, []evidence.Change{removed, added}, "nothing"},
		{"provider made anew", "with the audiences that it was given then", incorrect, []evidence.Change{removed, deleted, made}, "CreateOpenIDConnectProvider 1m0s before: none → none"},
		{"provider made long ago", "nothing says that it matters", incorrect, []evidence.Change{old}, "nothing"},
		{"AccessDenied", "STS had found the provider and the audience", "", []evidence.Change{removed, deleted}, "nothing"},
	} {
		t.Run(tt.label, func(t *testing.T) {
			denial := onGitHub(mainSub)
			if tt.message != "" {
				denial.ErrorCode, denial.ErrorMessage = "InvalidIdentityToken", tt.message
			}
			a := holding(role(t, "deploy", allow(gitHubARN, admits["dev"])))
			a.Changes, a.ChangesRead = tt.changes, true
			d := diagnosis.Diagnose(diagnosis.Input{Denial: denial, Account: a})
			if diff := cmp.Diff(tt.want, led(&d)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

// A record that names no role may be about any of them.
func TestWhatLeadsOfACandidate(t *testing.T) {
	denial := onGitHub(mainSub)
	denial.RoleARN = trail.Text{}
	for _, tt := range []struct{ label, timeline, want, reason string }{
		{"broken today", "update 3h main, update 12m dev", "UpdateAssumeRolePolicy 12m0s before: allows → refuses, 1 differences", "it shut this very token out"},
		{"broken long ago", "update 60h main, update 48h dev", "nothing", "the caller may have moved to another role since"},
		{"tried", "update 3h test, update 12m dev", "nothing", "which role was asked for is not known"},
	} {
		t.Run(tt.label, func(t *testing.T) {
			a := history(t, tt.timeline)
			a.Roles = append(a.Roles, role(t, "other", allow(gitHubARN, admits["test"])))
			d := diagnosis.Diagnose(diagnosis.Input{Denial: denial, Account: a})
			if diff := cmp.Diff(tt.want, led(&d)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

// What leads says nothing that the rest of the diagnosis does not: the same
// account, with only the last change on record, gives the same causes.
func TestLeadingChangesNoCause(t *testing.T) {
	whole := history(t, "update 3h main, update 12m dev")
	last := whole
	last.Changes = whole.Changes[1:]
	with := diagnosis.Diagnose(diagnosis.Input{Denial: onGitHub(mainSub), Account: whole})
	without := diagnosis.Diagnose(diagnosis.Input{Denial: onGitHub(mainSub), Account: last})
	if diff := cmp.Diff(said(without.Causes), said(with.Causes)); diff != "" || with.Verdict != without.Verdict {
		t.Errorf("verdicts %s and %s, causes (-without +with):\n%s", without.Verdict, with.Verdict, diff)
	}
	if len(with.Changed.Diff) != 1 || with.Changed.Diff[0].Part != policy.DiffCondition {
		t.Errorf("got differences %v, want one of a condition", with.Changed.Diff)
	}
}
