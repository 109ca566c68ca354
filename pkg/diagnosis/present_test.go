package diagnosis_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/evidence"
	"whydenied/pkg/trail"
)

// What became of the role after the call is said as a fact of the role that was
// asked for, and as one of a named role where that is only the nearest.
func TestPresent(t *testing.T) {
	const sub = gitHub + ":sub"
	on := func(value string) string { return allow(gitHubARN, when("StringEquals", sub, value)) }
	const other, another = "repo:octo-org/api:ref:refs/heads/next", "repo:octo-org/web:ref:refs/heads/main"
	repaired := moment.Add(3 * time.Minute)
	for _, tt := range []struct {
		label, reason   string
		before, present string // "" for a role that is gone
		roleless        bool
		want            *diagnosis.Present
		note            string
	}{
		{"repaired", "it is not still broken", on(other), on(mainSub), false, &diagnosis.Present{Verdict: diagnosis.PresentAllows}, "the trust policy changed since (2026-10-05 14:05:00 UTC by \"arn:aws:iam::111122223333:user/alice\"), and the present one allows this token: re-run"},
		{"repaired wrongly", "what still fails", on(other), on(another), false, &diagnosis.Present{Verdict: diagnosis.PresentRefuses, Cause: "sub does not match"}, "still refuses: sub does not match"},
		{"deleted", "there is nothing to re-run", on(other), "", false, &diagnosis.Present{Verdict: diagnosis.PresentDeleted}, "the role was deleted since"},
		{"no role recorded, and this is the one", "the record alone names its subject", on("repo:Octo-Org/api:ref:refs/heads/main"), on(mainSub), true, &diagnosis.Present{Verdict: diagnosis.PresentAllows}, "the present one allows this token: re-run"},
		{"no role recorded, and this is the nearest", "another may have been asked for", on(other), on(mainSub), true, nil, "the trust policy of arn:aws:iam::111122223333:role/deploy changed since"},
	} {
		t.Run(tt.label, func(t *testing.T) {
			c := evidence.Change{Kind: evidence.TrustPolicyUpdated, Role: "deploy", Time: repaired, By: "arn:aws:iam::111122223333:user/alice"}
			a := evidence.Account{ID: account, RolesRead: true, ChangesRead: true, TakenAt: moment.Add(20 * time.Minute)}
			if tt.present != "" {
				a.Roles = []evidence.Role{role(t, "deploy", tt.present)}
				c.Policy = held(t, a.Roles[0])
			} else {
				c.Kind = evidence.RoleDeleted
			}
			a.Changes = []evidence.Change{{Kind: evidence.TrustPolicyUpdated, Role: "deploy", Time: moment.Add(-24 * time.Hour), Policy: parse(t, tt.before)}, c}
			d := onGitHub(mainSub)
			if tt.roleless {
				d.RoleARN = trail.Text{}
			}
			got := diagnosis.Diagnose(diagnosis.Input{Denial: d, Account: a})
			if tt.want != nil {
				tt.want.Change = c
			}
			if diff := cmp.Diff(tt.want, got.Present, cmp.Comparer(func(x, y evidence.Change) bool { return x.Time.Equal(y.Time) && x.By == y.By && x.Kind == y.Kind })); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
			if !has(got.Notes, tt.note) {
				t.Errorf("%s: no note says %q: %q", tt.reason, tt.note, got.Notes)
			}
		})
	}
}

// IAM tells of a change at once, CloudTrail minutes later. Who made the last
// one on record did not make what is read after another.
func TestPresentByNobodyKnown(t *testing.T) {
	const sub = gitHub + ":sub"
	on := func(value string) string { return allow(gitHubARN, when("StringEquals", sub, value)) }
	const other, another = "repo:octo-org/api:ref:refs/heads/next", "repo:octo-org/web:ref:refs/heads/main"
	const alice, taken = "arn:aws:iam::111122223333:user/alice", 20 * time.Minute
	for _, tt := range []struct {
		label         string
		made, present string // "" for none
		verdict       diagnosis.PresentVerdict
		note          string
	}{
		{"hers refuses, what is read allows", on(another), on(mainSub), diagnosis.PresentAllows, "the trust policy changed since (after 2026-10-05 14:05:00 UTC, by a change that is not on record), and the present one allows this token: re-run"},
		{"hers allows, what is read refuses", on(mainSub), on(another), diagnosis.PresentRefuses, "by a change that is not on record"},
		{"she deleted it, and it is there", "", on(mainSub), diagnosis.PresentAllows, "by a change that is not on record"},
		{"she changed it, and it is gone", on(another), "", diagnosis.PresentDeleted, "the role was deleted since (after 2026-10-05 14:05:00 UTC, by a change that is not on record)"},
	} {
		c := evidence.Change{Kind: evidence.RoleDeleted, Role: "deploy", EventID: "e", Time: moment.Add(3 * time.Minute), By: alice}
		if tt.made != "" {
			c.Kind, c.Policy = evidence.TrustPolicyUpdated, parse(t, tt.made)
		}
		a := evidence.Account{ID: account, RolesRead: true, ChangesRead: true, TakenAt: moment.Add(taken)}
		if tt.present != "" {
			a.Roles = []evidence.Role{role(t, "deploy", tt.present)}
		}
		a.Changes = []evidence.Change{{Kind: evidence.TrustPolicyUpdated, Role: "deploy", Time: moment.Add(-24 * time.Hour), Policy: parse(t, on(other))}, c}
		got := diagnosis.Diagnose(diagnosis.Input{Denial: onGitHub(mainSub), Account: a})
		if !has(got.Notes, tt.note) {
			t.Errorf("%s: no note says %q: %q", tt.label, tt.note, got.Notes)
		}
		switch p := got.Present; {
		case p == nil || p.Verdict != tt.verdict:
			t.Errorf("%s: present %+v, want the verdict %s", tt.label, p, tt.verdict)
		case p.Change.By != "" || p.Change.EventID != "" || !p.Change.Time.Equal(moment.Add(taken)):
			t.Errorf("%s: the present version is said to be by %q at %s (event %q); want nobody's, at the reading", tt.label, p.Change.By, p.Change.Time, p.Change.EventID)
		}
	}
}

// A snapshot may hold changes that came after it was read.
func TestPresentOnRecord(t *testing.T) {
	const sub = gitHub + ":sub"
	on := func(value string) string { return allow(gitHubARN, when("StringEquals", sub, value)) }
	change := func(minutes int, value string) evidence.Change {
		return evidence.Change{Kind: evidence.TrustPolicyUpdated, Role: "deploy", Time: moment.Add(time.Duration(minutes) * time.Minute), Policy: parse(t, on(value))}
	}
	a := holding(role(t, "deploy", on(mainSub)))
	a.TakenAt, a.ChangesRead = moment.Add(5*time.Minute), true
	a.Changes = []evidence.Change{change(-60, "x"), change(2, mainSub), change(10, "y")}
	if p := diagnosis.Diagnose(diagnosis.Input{Denial: onGitHub(mainSub), Account: a}).Present; p == nil || p.Verdict != diagnosis.PresentRefuses || !p.Change.Time.Equal(moment.Add(10*time.Minute)) {
		t.Errorf("present %+v, want what the last change made, which refuses", p)
	}
}

// Whoever changes a role that lets the token in already has not mended it.
func TestPresentByWhoMendedIt(t *testing.T) {
	const sub = gitHub + ":sub"
	change := func(minutes int, who, value string) evidence.Change {
		c := evidence.Change{Kind: evidence.TrustPolicyUpdated, Role: "deploy", Time: moment.Add(time.Duration(minutes) * time.Minute), By: who}
		if value != "?" {
			c.Policy = parse(t, allow(gitHubARN, when("StringEquals", sub, value, "repo:octo-org/api:environment:"+who)))
		}
		return c
	}
	for _, tt := range []struct {
		label, want string
		after       []evidence.Change
	}{
		{"ana mends, bob adds", "ana", []evidence.Change{change(2, "ana", mainSub), change(10, "bob", mainSub)}},
		{"ana mends, bob breaks, cleo mends", "cleo", []evidence.Change{change(2, "ana", mainSub), change(5, "bob", "x"), change(10, "cleo", mainSub)}},
		{"ana tries, bob mends", "bob", []evidence.Change{change(2, "ana", "x"), change(10, "bob", mainSub)}},
		{"ana's text is not held", "bob", []evidence.Change{change(2, "ana", "?"), change(10, "bob", mainSub)}},
	} {
		last := tt.after[len(tt.after)-1]
		own := role(t, "deploy", allow(gitHubARN, ""))
		own.Document = evidence.Held(last.Policy, nil)
		a := holding(own)
		a.TakenAt, a.ChangesRead = moment.Add(20*time.Minute), true
		a.Changes = append([]evidence.Change{change(-60, "zoe", "x")}, tt.after...)
		if p := diagnosis.Diagnose(diagnosis.Input{Denial: onGitHub(mainSub), Account: a}).Present; p == nil || p.Verdict != diagnosis.PresentAllows || p.Change.By != tt.want {
			t.Errorf("%s: present %+v, want it allowed by %s's change", tt.label, p, tt.want)
		}
	}
}
