package diagnosis_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/diagnosis"
)

const (
	eksARN    = arnPrefix + "oidc.eks.eu-west-1.amazonaws.com/id/ABCDEF0123456789ABCDEF0123456789"
	eksSub    = "system:serviceaccount:web:api"
	hcpARN    = arnPrefix + "app.terraform.io"
	hcpSub    = "organization:acme:project:Default Project:workspace:web:run_phase:plan"
	hcpAud    = "aws.workload.identity"
	google    = "accounts.google.com"
	cognito   = "cognito-identity.amazonaws.com"
	gitLabARN = arnPrefix + "gitlab.com"
)

// One condition decides; everything else about the call is right.
func TestConditionKeys(t *testing.T) {
	github, eks := onGitHub(mainSub), denied(eksARN, stsAud, eksSub)
	for _, tt := range []struct {
		label, reason string
		denial        func() (provider, aud, sub string)
		operator, key string
		value         string
		causes        []string
		element       string
		status        diagnosis.Status
	}{
		{label: "own claim, other letter case", reason: "key names compare without regard to letter case",
			operator: "StringEquals", key: "TOKEN.Actions.githubusercontent.com:SUB", value: "x",
			causes: []string{"sub_mismatch certain"}, element: "sub", status: "mismatch"},
		{label: "undocumented claim", reason: "unknown in the evaluation, likely as a cause, its check a mismatch",
			operator: "StringEquals", key: gitHub + ":repository_owner", value: "octo-org",
			causes: []string{"claim_not_supported likely"}, element: gitHub + ":repository_owner", status: "mismatch"},
		{label: "undocumented claim under IfExists", reason: "only a plain positive operator gives claim_not_supported",
			operator: "StringEqualsIfExists", key: gitHub + ":repository_owner", value: "octo-org",
			causes: []string{"hidden_claim possible"}, element: gitHub + ":repository_owner", status: "unknown"},
		{label: "documented claim, not recorded", reason: "a value that CloudTrail does not record is never certain",
			operator: "StringEquals", key: gitHub + ":actor", value: "octocat",
			causes: []string{"hidden_claim possible"}, element: gitHub + ":actor", status: "unknown"},
		{label: "claim of another provider", reason: "certainly absent, and the part false",
			operator: "StringEquals", key: google + ":sub", value: mainSub,
			causes: []string{"condition_key_misnamed certain"}, element: "sub", status: "mismatch"},
		{label: "scheme in the key", reason: "this provider's host with a scheme is no key of it",
			operator: "StringEquals", key: "https://" + gitHub + ":sub", value: mainSub,
			causes: []string{"condition_key_misnamed certain"}, element: "sub", status: "mismatch"},
		{label: "SAML's aud", reason: "AWS lists it, for another kind of provider",
			operator: "StringEquals", key: "saml:aud", value: stsAud,
			causes: []string{"condition_key_misnamed certain"}, element: "aud", status: "mismatch"},
		{label: "no prefix at all", reason: "in no list: absent, its cause likely, judged under the claim's element",
			operator: "StringEquals", key: "sub", value: mainSub,
			causes: []string{"condition_key_misnamed likely"}, element: "sub", status: "mismatch"},
		{label: "misspelled aws: key", reason: "in no AWS list: absent, its cause likely",
			operator: "IpAddress", key: "aws:SourceIP4", value: "203.0.113.0/24",
			causes: []string{"condition_key_misnamed likely"}, element: "aws:SourceIP4", status: "mismatch"},
		{label: "key named like a check", reason: "it is not that check",
			operator: "StringEquals", key: "deny", value: "x",
			causes: []string{"condition_key_misnamed likely"}, element: "[deny]", status: "mismatch"},
		{label: "misnamed and negated", reason: "it makes the part true: a note and no cause",
			operator: "StringNotEquals", key: google + ":sub", value: "x",
			causes: []string{"beyond_trust_policy possible"}, element: "sub", status: "match"},
		{label: "key that the call never has", reason: "the caller belongs to no organization, documented",
			operator: "StringEquals", key: "aws:PrincipalOrgID", value: "o-abc",
			causes: []string{"condition_mismatch certain"}, element: "aws:PrincipalOrgID", status: "mismatch"},
		{label: "key whose absence is unverified", reason: "unverified is unknown",
			operator: "StringEquals", key: "aws:PrincipalAccount", value: account,
			causes: []string{"hidden_claim possible"}, element: "aws:PrincipalAccount", status: "unknown"},
		{label: "endpoint key without an endpoint", reason: "only calls through a VPC endpoint carry it",
			operator: "StringEquals", key: "aws:SourceVpc", value: "vpc-1",
			causes: []string{"condition_mismatch certain"}, element: "aws:SourceVpc", status: "mismatch"},
		{label: "environment in another case", reason: "read from the subject, and so recorded",
			denial:   func() (string, string, string) { return gitHubARN, stsAud, "repo:octo-org/api:environment:prod" },
			operator: "StringEquals", key: gitHub + ":environment", value: "Prod",
			causes: []string{"condition_mismatch certain"}, element: gitHub + ":environment", status: "mismatch"},
		{label: "environment of a customized subject", reason: "a subject of another shape leaves it hidden",
			denial:   func() (string, string, string) { return gitHubARN, stsAud, "environment:prod:actor:octocat" },
			operator: "StringEquals", key: gitHub + ":environment", value: "Prod",
			causes: []string{"hidden_claim possible"}, element: gitHub + ":environment", status: "unknown"},
		{label: "Cognito has no oaud", reason: "an undocumented claim is unknown, though the audience is recorded",
			denial:   func() (string, string, string) { return cognito, "eu-west-1:pool", "eu-west-1:id" },
			operator: "StringEquals", key: cognito + ":oaud", value: "eu-west-1:pool",
			causes: []string{"claim_not_supported likely"}, element: cognito + ":oaud", status: "mismatch"},
		{label: "Facebook has no aud", reason: "AWS lists app_id and id alone",
			denial:   func() (string, string, string) { return "graph.facebook.com", "app", "user" },
			operator: "StringEquals", key: "graph.facebook.com:aud", value: "app",
			causes: []string{"claim_not_supported likely"}, element: "aud", status: "mismatch"},
		{label: "Google's oaud", reason: "where azp may be, the original audience is not recorded",
			denial:   func() (string, string, string) { return google, "client", "1074" },
			operator: "StringEquals", key: google + ":oaud", value: "client",
			causes: []string{"hidden_claim possible"}, element: google + ":oaud", status: "unknown"},
		{label: "EKS's oaud", reason: "an issuer without azp: the audience is the original one",
			denial:   func() (string, string, string) { return eksARN, stsAud, eksSub },
			operator: "StringEquals", key: strings.TrimPrefix(eksARN, arnPrefix) + ":oaud", value: "x",
			causes: []string{"condition_mismatch certain"}, element: strings.TrimPrefix(eksARN, arnPrefix) + ":oaud", status: "mismatch"},
	} {
		t.Run(tt.label, func(t *testing.T) {
			d := github
			if tt.denial != nil {
				d = denied(tt.denial())
			}
			got := explain(t, d, allow(d.Provider.Value, when(tt.operator, tt.key, tt.value)))
			if diff := cmp.Diff(tt.causes, said(got.Causes)); diff != "" {
				t.Errorf("%s: causes (-want +got):\n%s", tt.reason, diff)
			}
			if s := got.Check(tt.element).Status; s != tt.status {
				t.Errorf("%s: %s is %q, want %q", tt.reason, tt.element, s, tt.status)
			}
		})
	}
	// What the other issuer calls its own is not offered as a key of this one.
	got := explain(t, eks, allow(eksARN, when("StringEquals", gitHub+":repository", "a/b")))
	if m := got.Causes[0].Message; strings.Contains(m, "it has to be") || !strings.Contains(m, `none called "repository"`) {
		t.Errorf("EKS documents no repository: %s", m)
	}
}

// Under the right key a value is compared only where the record shows it.
func TestNoteUnderRightKey(t *testing.T) {
	const note = "under the right key the value would not match either"
	for _, tt := range []struct {
		label, reason, condition string
		want                     bool
	}{
		{"value differs", "a note beside the one cause", when("StringEquals", google+":sub", "x"), true},
		{"value agrees", "the key is the only difference", when("StringEquals", google+":sub", mainSub), false},
		{"claim not recorded", "nothing is known of its value", when("StringEquals", google+":actor", "x"), false},
		{"Null", "it compares no value", when("Null", google+":sub", "false"), false},
	} {
		got := explain(t, onGitHub(mainSub), allow(gitHubARN, tt.condition))
		if diff := cmp.Diff([]string{"condition_key_misnamed certain"}, said(got.Causes)); diff != "" {
			t.Errorf("%s (%s): causes (-want +got):\n%s", tt.label, tt.reason, diff)
		}
		if has(got.Notes, note) != tt.want {
			t.Errorf("%s (%s): notes %q", tt.label, tt.reason, got.Notes)
		}
	}
}
