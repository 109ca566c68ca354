package diagnosis_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/evidence"
	"whydenied/pkg/trail"
)

// A record that names no role: its causes are certain only where all roles
// were read and the first candidate alone names the token's own subject.
func TestCandidates(t *testing.T) {
	const sub = gitHub + ":sub"
	onSub := func(name, value string) evidence.Role {
		return role(t, name, allow(gitHubARN, when("StringLike", sub, value)))
	}
	own := onSub("own", "repo:Octo-Org/api:ref:refs/heads/main")
	unread := evidence.Role{ARN: roleARN + "-unread", Name: "unread", Document: evidence.Held(nil, errors.New(`unknown operator "StringLikes"`))}
	for _, tt := range []struct {
		label, reason string
		account       evidence.Account
		causes        []string
		candidates    []string
	}{
		{"alone names it", "the same subject in another letter case", holding(onSub("web", "repo:octo-org/web:*"), own), []string{"sub_mismatch certain"}, []string{"own", "web"}},
		{"two name it", "either may have been asked for", holding(own, onSub("own2", "repo:octo-orG/api:ref:refs/heads/main")), []string{"sub_mismatch likely"}, []string{"own2", "own"}},
		{"another branch", "a role for another context may not be the one", holding(onSub("next", "repo:octo-org/api:ref:refs/heads/next")), []string{"sub_mismatch likely"}, []string{"next"}},
		{"roles not read", "another role may name it, too", evidence.Account{ID: account, Roles: []evidence.Role{own}}, []string{"sub_mismatch likely"}, []string{"own"}},
		{"a policy that cannot be read", "it may name the subject, too", holding(own, unread), []string{"sub_mismatch likely"}, []string{"own"}},
		{"allows", "listed last, never the focus", holding(onSub("lets", "repo:octo-org/api:*"), onSub("web", "repo:octo-org/web:*")), []string{"sub_mismatch likely"}, []string{"web", "lets"}},
		{"only one that allows", "the role may not exist", holding(onSub("lets", "repo:octo-org/api:*")), nil, []string{"lets"}},
		{"another provider", "it neither trusts this one nor nearly names it", holding(role(t, "other", allow(gitLabARN, ""))), nil, nil},
		{"account mistyped", "it nearly names the provider, and the subject is its own", holding(role(t, "typo", allow("arn:aws:iam::111122224444:oidc-provider/"+gitHub, when("StringEquals", sub, mainSub)))),
			[]string{"provider_arn_mismatch certain"}, []string{"typo"}},
		{"everybody", "a principal that may admit whomever", holding(role(t, "star", statement("Allow", `{"AWS":"*"}`, `"Action":"sts:AssumeRole*"`, when("StringEquals", sub, "x")))), []string{"sub_mismatch likely"}, []string{"star"}},
		{"everybody, another call", "it is about something else", holding(role(t, "star", statement("Allow", `{"AWS":"*"}`, `"Action":"sts:AssumeRole"`, ""))), nil, nil},
		{"changed minutes ago", "STS may still have gone by the version before", evidence.Account{ID: account, Roles: []evidence.Role{own}, RolesRead: true, ChangesRead: true,
			Changes: []evidence.Change{{Kind: evidence.TrustPolicyUpdated, Role: "own", Time: moment.Add(-time.Minute), Policy: held(t, own)}}}, []string{"sub_mismatch likely"}, []string{"own"}},
		{"deleted since", "a role that is gone may be the one", evidence.Account{ID: account, Roles: []evidence.Role{own}, RolesRead: true, ChangesRead: true,
			Changes: []evidence.Change{{Kind: evidence.RoleDeleted, Role: "gone", Time: moment.Add(time.Hour)}}}, []string{"sub_mismatch likely"}, []string{"own"}},
	} {
		t.Run(tt.label, func(t *testing.T) {
			d := onGitHub(mainSub)
			d.RoleARN = trail.Text{}
			got := diagnosis.Diagnose(diagnosis.Input{Denial: d, Account: tt.account})
			if diff := cmp.Diff(tt.causes, said(got.Causes)); diff != "" {
				t.Errorf("%s: causes (-want +got):\n%s", tt.reason, diff)
			}
			var list []string
			for _, c := range got.Candidates {
				list = append(list, c.Role.Name)
			}
			if diff := cmp.Diff(tt.candidates, list); diff != "" {
				t.Errorf("%s: candidates (-want +got):\n%s", tt.reason, diff)
			}
			if s := got.Check("role").Status; s != diagnosis.StatusUnknown {
				t.Errorf("role is %s, want unknown", s)
			}
			if got.Verdict != diagnosis.VerdictExplained && !has(got.Notes, "may not exist") {
				t.Errorf("%s: no note says that the role may not exist: %q", tt.reason, got.Notes)
			}
		})
	}
}

// A pattern for a whole organization names no subject of its own.
func TestOrganizationIsNoSubject(t *testing.T) {
	d := denied(hcpARN, hcpAud, hcpSub)
	d.RoleARN = trail.Text{}
	for _, tt := range []struct {
		pattern, reason, cause string
	}{
		{"organization:acme:*", "the workspace is not spelt out", "aud_mismatch likely"},
		{"organization:acme:project:*:workspace:web:run_phase:plan", "nor is the project", "aud_mismatch likely"},
		{"organization:acme:project:Default Project:workspace:web:run_phase:*", "the same workspace and the same context", "aud_mismatch certain"},
	} {
		r := role(t, "r", allow(hcpARN, `{"StringEquals":{"app.terraform.io:aud":"x"},"StringLike":{"app.terraform.io:sub":"`+tt.pattern+`"}}`))
		got := diagnosis.Diagnose(diagnosis.Input{Denial: d, Account: holding(r)})
		if diff := cmp.Diff([]string{tt.cause}, said(got.Causes)); diff != "" {
			t.Errorf("%s: %s (-want +got):\n%s", tt.pattern, tt.reason, diff)
		}
	}
}

func TestAtMostTenCandidates(t *testing.T) {
	var roles []evidence.Role
	for i := range 12 {
		roles = append(roles, role(t, fmt.Sprintf("r%02d", i), allow(gitHubARN, when("StringEquals", gitHub+":sub", "x"))))
	}
	d := onGitHub(mainSub)
	d.RoleARN = trail.Text{}
	got := diagnosis.Diagnose(diagnosis.Input{Denial: d, Account: holding(roles...)})
	if len(got.Candidates) != 10 || !has(got.Notes, "2 more roles") {
		t.Errorf("%d candidates, notes %q", len(got.Candidates), got.Notes)
	}
}
