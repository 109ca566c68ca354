package diagnosis_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/evidence"
	"whydenied/pkg/policy"
	"whydenied/pkg/trail"
)

// A what-if asks about now: what STS said once is no answer to it.
func TestWhatIfOfARecord(t *testing.T) {
	own := role(t, "deploy", allow(gitHubARN, when("StringEquals", gitHub+":sub", mainSub)))
	for _, tt := range []struct {
		label, reason, code, message string
	}{
		{"a success", "it has no error", "", ""},
		{"an expired token", "the policy is asked, not that token", "ExpiredTokenException", "Token expired: current date/time 2 must be before the expiration date/time1"},
		{"a denial", "the policy was mended since", "AccessDenied", "An unknown error occurred"},
	} {
		d := onGitHub(mainSub)
		d.ErrorCode, d.ErrorMessage, d.Time = tt.code, tt.message, time.Time{}
		got := diagnosis.Diagnose(diagnosis.Input{Denial: d, WhatIf: true, Account: holding(own)})
		if got.Verdict != diagnosis.VerdictAllowed {
			t.Errorf("%s: %s: %s %v", tt.label, tt.reason, got.Verdict, said(got.Causes))
		}
	}
}

// Provider and audience are judged on the account, and can be causes.
func TestWhatIfAccount(t *testing.T) {
	own := role(t, "deploy", allow(gitHubARN, when("StringEquals", gitHub+":sub", mainSub)))
	registered := []evidence.Provider{{ARN: gitHubARN, ClientIDs: []string{stsAud}}}
	for _, tt := range []struct {
		label, reason string
		aud           string
		providers     []evidence.Provider
		read          bool
		verdict       diagnosis.Verdict
		causes        []string
	}{
		{"registered", "both there", stsAud, registered, true, "allowed", nil},
		{"no such provider", "none in the role's account", stsAud, nil, true, "explained", []string{"provider_not_registered certain"}},
		{"other audience", "not among its client IDs", "x", registered, true, "explained", []string{"audience_not_registered certain"}},
		{"none at all", "it accepts no audience", stsAud, []evidence.Provider{{ARN: gitHubARN, ClientIDs: []string{}}}, true, "explained", []string{"audience_not_registered certain"}},
		{"client IDs not read", "a list without them tells that the provider is there", stsAud, []evidence.Provider{{ARN: gitHubARN}}, true, "allowed", nil},
		{"not read", "nothing is known of providers, and the policy is true", stsAud, nil, false, "allowed", nil},
	} {
		a := holding(own)
		a.Providers, a.ProvidersRead = tt.providers, tt.read
		d := denied(gitHubARN, tt.aud, mainSub)
		d.Time = time.Time{}
		got := diagnosis.Diagnose(diagnosis.Input{Denial: d, Made: true, WhatIf: true, Account: a})
		if diff := cmp.Diff(tt.causes, said(got.Causes)); diff != "" || got.Verdict != tt.verdict {
			t.Errorf("%s: %s: %s, causes (-want +got):\n%s", tt.label, tt.reason, got.Verdict, diff)
		}
	}
}

// A change that is on record since the reading outweighs it.
func TestWhatIfChangedSinceReading(t *testing.T) {
	own := role(t, "deploy", allow(gitHubARN, when("StringEquals", gitHub+":sub", mainSub)))
	for _, tt := range []struct {
		label, reason string
		change        evidence.Change
		verdict       diagnosis.Verdict
		note, cause   string
	}{
		{"role deleted", "it is gone", evidence.Change{Kind: evidence.RoleDeleted, Role: "deploy"}, "explained", "", "the role \"" + roleARN + "\" was deleted after the account was read."},
		{"provider deleted", "that it was there tells nothing", evidence.Change{Kind: evidence.ProviderDeleted, Provider: gitHubARN}, "allowed", "was changed after the account was read, so what was read of it does not count", ""},
	} {
		a := holding(own)
		a.Providers, a.ProvidersRead, a.TakenAt = []evidence.Provider{{ARN: gitHubARN, ClientIDs: []string{stsAud}}}, true, moment
		tt.change.Time = moment.Add(time.Minute)
		a.Changes = []evidence.Change{tt.change}
		d := onGitHub(mainSub)
		d.Time = time.Time{}
		got := diagnosis.Diagnose(diagnosis.Input{Denial: d, Made: true, WhatIf: true, Account: a})
		if got.Verdict != tt.verdict || tt.note != "" && !has(got.Notes, tt.note) {
			t.Errorf("%s: %s: %s, notes %q", tt.label, tt.reason, got.Verdict, got.Notes)
		}
		if tt.cause != "" && (len(got.Causes) == 0 || got.Causes[0].Message != tt.cause) {
			t.Errorf("%s: %s: causes %+v, want %q", tt.label, tt.reason, got.Causes, tt.cause)
		}
		for _, c := range got.Checks {
			if tt.note != "" && c.Element == diagnosis.ElementProvider && c.Status != diagnosis.StatusUnknown {
				t.Errorf("%s: %s: the provider is %s", tt.label, tt.reason, c.Status)
			}
		}
	}
}

// What a policy alone says of a token, by what is known of the token.
func TestWhatIfPolicy(t *testing.T) {
	tagged := denied(gitHubARN, stsAud, mainSub)
	tagged.PrincipalTags = map[string]string{"team": "web"}
	noAud := trail.Denial{Provider: text(google), Subject: text("1074"), HasRequestParameters: true}
	own := allow(gitHubARN, when("StringEquals", gitHub+":sub", mainSub))
	onActor := allow(gitHubARN, when("StringEquals", gitHub+":actor", "octocat"))
	onAud := allow(google, when("StringEquals", google+":aud", "client"))
	azp := func(v string) map[string][]string { return map[string][]string{"azp": {v}} }
	for _, tt := range []struct {
		label, reason string
		denial        trail.Denial
		claims        map[string][]string
		only          bool
		statements    []string
		verdict       diagnosis.Verdict
		causes        []string
	}{
		{"true", "the policy is true", onGitHub(mainSub), nil, false, []string{own}, "allowed", nil},
		{"claim given", "its value is known", onGitHub(mainSub), map[string][]string{"actor": {"octocat"}}, false, []string{onActor}, "allowed", nil},
		{"claim differs", "false on a value that is given", onGitHub(mainSub), map[string][]string{"actor": {"x"}}, false, []string{onActor}, "explained", []string{"condition_mismatch certain"}},
		{"claim not given", "it is hidden", onGitHub(mainSub), nil, false, []string{onActor}, "suspected", []string{"hidden_claim possible"}},
		{"only claims", "a claim not given is absent", onGitHub(mainSub), nil, true, []string{onActor}, "explained", []string{"condition_mismatch certain"}},
		{"undocumented claim given", "whether STS passes it on is not known", onGitHub(mainSub), map[string][]string{"repository_owner": {"octo-org"}}, false,
			[]string{allow(gitHubARN, when("StringEquals", gitHub+":repository_owner", "octo-org"))}, "suspected", []string{"claim_not_supported likely"}},
		{"aud without azp", "then there is no azp", denied(google, "x", "1074"), nil, false, []string{onAud}, "explained", []string{"aud_mismatch certain"}},
		{"azp in the place of aud", "azp is compared", denied(google, "x", "1074"), azp("client"), false, []string{onAud}, "allowed", nil},
		{"azp differs", "aud does not count", denied(google, "client", "1074"), azp("x"), false, []string{onAud}, "explained", []string{"aud_mismatch certain"}},
		{"azp alone", "it is what is compared", noAud, azp("x"), false, []string{onAud}, "explained", []string{"aud_mismatch certain"}},
		{"neither", "hidden", noAud, nil, false, []string{onAud}, "suspected", []string{"hidden_claim possible"}},
		{"oaud beside azp", "the audience itself", denied(google, "client", "1074"), azp("x"), false, []string{allow(google, when("StringEquals", google+":oaud", "client"))}, "allowed", nil},
		{"tags allowed by a hidden claim", "a true policy is not enough", tagged, nil, false,
			[]string{own, statement("Allow", federatedGitHub, `"Action":"sts:TagSession"`, when("StringEquals", gitHub+":actor", "octocat"))}, "suspected", []string{"hidden_claim possible"}},
		{"tags allowed to everybody", "whether that is to a web identity is not documented", tagged, nil, false,
			[]string{own, statement("Allow", `"*"`, `"Action":"sts:TagSession"`, "")}, "unexplained", nil},
		{"everybody", "undecided is not allowed", onGitHub(mainSub), nil, false, []string{statement("Allow", `"*"`, `"Action":"sts:*"`, "")}, "unexplained", nil},
	} {
		t.Run(tt.label, func(t *testing.T) {
			got := diagnosis.Diagnose(diagnosis.Input{Denial: tt.denial, Made: true, WhatIf: true, Claims: tt.claims, OnlyClaims: tt.only, Policy: parse(t, tt.statements...)})
			if diff := cmp.Diff(tt.causes, said(got.Causes)); diff != "" || got.Verdict != tt.verdict {
				t.Errorf("%s: %s, want %s, causes (-want +got):\n%s", tt.reason, got.Verdict, tt.verdict, diff)
			}
			for _, e := range []string{"role", "provider", "client_ids"} {
				if s := got.Check(e).Status; s != diagnosis.StatusNotRequired {
					t.Errorf("%s is %s under a policy alone, want not_required", e, s)
				}
			}
		})
	}
	// An Effect that a template leaves open may be Deny.
	doc := parse(t, own)
	doc.Statements[0].Effect = policy.EffectUnresolved
	got := diagnosis.Diagnose(diagnosis.Input{Denial: onGitHub(mainSub), Made: true, WhatIf: true, Policy: doc})
	if got.Verdict != diagnosis.VerdictUnexplained || len(got.Causes) > 0 || !has(got.Notes, "its Effect is not resolved") {
		t.Errorf("unresolved effect: %s %v, notes %q", got.Verdict, said(got.Causes), got.Notes)
	}
	// What was not given is no matter of CloudTrail's.
	if got := check(t, onGitHub(mainSub), onActor); has([]string{got.Causes[0].Message}, "CloudTrail") {
		t.Errorf("message %q", got.Causes[0].Message)
	}
}

// A whole token tells of itself before any policy is asked.
func TestToken(t *testing.T) {
	at := moment
	for _, tt := range []struct {
		label, reason string
		facts         diagnosis.TokenFacts
		causes        []string
		status        diagnosis.Status
	}{
		{"no moment given", "exp is judged only with one", diagnosis.TokenFacts{Expires: at.Add(-time.Hour)}, nil, "not_required"},
		{"not expired", "before exp", diagnosis.TokenFacts{Expires: at.Add(time.Hour), At: at}, nil, "match"},
		{"within the grace", "five minutes late is accepted", diagnosis.TokenFacts{Expires: at.Add(-5 * time.Minute), At: at}, nil, "match"},
		{"expired", "a second more is not", diagnosis.TokenFacts{Expires: at.Add(-5*time.Minute - time.Second), At: at}, []string{"token_expired certain"}, "mismatch"},
		{"issued later", "what STS makes of it is not documented", diagnosis.TokenFacts{Issued: at.Add(5*time.Minute + time.Second), At: at}, nil, "unknown"},
		{"issued a little later", "clocks differ", diagnosis.TokenFacts{Issued: at.Add(5 * time.Minute), At: at}, nil, "match"},
		{"issued long ago", "from which age on a token is too old is not documented", diagnosis.TokenFacts{Issued: at.Add(-24*time.Hour - time.Second), Expires: at.Add(time.Hour), At: at}, nil, "unknown"},
		{"issued yesterday", "tokens may live for a day", diagnosis.TokenFacts{Issued: at.Add(-24 * time.Hour), Expires: at.Add(time.Hour), At: at}, nil, "match"},
		{"several audiences", "STS refuses these without azp", diagnosis.TokenFacts{Audiences: 2}, []string{"token_invalid certain"}, "mismatch"},
		{"its own roles", "the list does not hold the role", diagnosis.TokenFacts{Roles: []string{roleARN + "x"}}, []string{"token_invalid certain"}, "mismatch"},
		{"its own roles, listed", "it does", diagnosis.TokenFacts{Roles: []string{roleARN}}, nil, "not_required"},
	} {
		in := diagnosis.Input{Denial: onGitHub(mainSub), Made: true, WhatIf: true, Token: &tt.facts, Policy: parse(t, allow(gitHubARN, ""))}
		got := diagnosis.Diagnose(in)
		if diff := cmp.Diff(tt.causes, said(got.Causes)); diff != "" {
			t.Errorf("%s: %s: causes (-want +got):\n%s", tt.label, tt.reason, diff)
		}
		if s := got.Check("token").Status; s != tt.status {
			t.Errorf("%s: %s: token is %s, want %s", tt.label, tt.reason, s, tt.status)
		}
	}
}
