package diagnosis_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/diagnosis"
)

// The rules of the focus, one by one: the statement that comes closest.
func TestFocus(t *testing.T) {
	const sub = gitHub + ":sub"
	federated := `{"Federated":"` + gitHubARN + `"}`
	tagging := statement("Allow", federated, `"Action":"sts:TagSession"`, "")
	for _, tt := range []struct {
		label, reason string
		statements    []string
		focus         int
		causes        []string
	}{
		{"trusting one first", "provider_arn_mismatch is never reported while one trusts the provider",
			[]string{allow(gitLabARN, ""), allow(gitHubARN, `{"StringEquals":{"`+sub+`":"x","sts:RoleSessionName":"y"}}`)},
			1, []string{"sub_mismatch certain", "condition_mismatch certain"}},
		{"speaking before silent", "one that allows sts:TagSession alone is never the focus",
			[]string{tagging, allow(gitHubARN, when("StringEquals", sub, "x"))}, 1, []string{"sub_mismatch certain"}},
		{"speaking elsewhere before silent", "even where the one that speaks trusts another provider",
			[]string{tagging, allow(gitLabARN, "")}, 1, []string{"provider_arn_mismatch certain"}},
		{"silent alone", "where none speaks, one that does not is judged",
			[]string{tagging}, 0, []string{"action_not_allowed certain"}},
		{"fewest that fail", "two elements are more than one",
			[]string{allow(gitHubARN, `{"StringEquals":{"`+sub+`":"x","`+gitHub+`:aud":"y"}}`), allow(gitHubARN, when("StringEquals", sub, "zzz"))},
			1, []string{"sub_mismatch certain"}},
		{"elements, not conditions", "sub under two operators is one element",
			[]string{allow(gitHubARN, `{"StringEquals":{"`+sub+`":"repo:octo-org/api:ref:refs/heads/mai"},"StringLike":{"`+sub+`":"repo:octo-org/ap:*"}}`),
				allow(gitHubARN, `{"StringEquals":{"`+sub+`":"x","`+gitHub+`:aud":"y"}}`)},
			0, []string{"sub_mismatch certain", "sub_mismatch certain"}},
		{"unknown is no failure", "hidden before false",
			[]string{allow(gitHubARN, when("StringEquals", sub, "repo:octo-org/api:ref:refs/heads/mai")), allow(gitHubARN, when("StringEquals", gitHub+":actor", "x"))},
			1, []string{"hidden_claim possible"}},
		{"fewest unknown", "one open key before two",
			[]string{allow(gitHubARN, `{"StringEquals":{"`+gitHub+`:actor":"x","`+gitHub+`:workflow":"y"}}`), allow(gitHubARN, when("StringEquals", gitHub+":actor", "x"))},
			1, []string{"hidden_claim possible"}},
		{"undocumented is unknown here", "the check reads mismatch, the choice does not",
			[]string{allow(gitHubARN, when("StringEquals", sub, "x")), allow(gitHubARN, when("StringEquals", gitHub+":repository_owner", "x"))},
			1, []string{"claim_not_supported likely"}},
		{"structure before letters", "another tenant, though nearer in letters, is further than another context",
			[]string{allow(gitHubARN, when("StringEquals", sub, "repo:octo-orh/api:ref:refs/heads/main")), allow(gitHubARN, when("StringEquals", sub, "repo:octo-org/api:environment:production-eu"))},
			1, []string{"sub_mismatch certain"}},
		{"resource before tenant", "another repository is nearer than another owner",
			[]string{allow(gitHubARN, when("StringEquals", sub, "repo:octo-orh/api:ref:refs/heads/main")), allow(gitHubARN, when("StringEquals", sub, "repo:octo-org/another:ref:refs/heads/main"))},
			1, []string{"sub_mismatch certain"}},
		{"letters next", "of two branches the one that is spelt nearer",
			[]string{allow(gitHubARN, when("StringEquals", sub, "repo:octo-org/api:ref:refs/heads/release")), allow(gitHubARN, when("StringEquals", sub, "repo:octo-org/api:ref:refs/heads/maim"))},
			1, []string{"sub_mismatch certain"}},
		{"distance to a pattern", "the least over what it matches",
			[]string{allow(gitHubARN, when("StringLike", sub, "repo:octo-org/api:ref:refs/heads/mainly")), allow(gitHubARN, when("StringLike", sub, "repo:octo-org/api:ref:refs/heads/*n1"))},
			1, []string{"sub_mismatch certain"}},
		{"a list's nearest value", "one value of the list counts",
			[]string{allow(gitHubARN, when("StringEquals", sub, "repo:octo-org/web:ref:refs/heads/main")), allow(gitHubARN, when("StringEquals", sub, "zzz", "repo:octo-org/api:ref:refs/heads/next"))},
			1, []string{"sub_mismatch certain"}},
		{"document order last", "of two alike the earlier",
			[]string{allow(gitHubARN, when("StringEquals", sub, "x")), allow(gitHubARN, when("StringEquals", sub, "x"))}, 0, []string{"sub_mismatch certain"}},
		{"no Allow", "a Deny is never the focus", []string{statement("Deny", federated, `"Action":"sts:AssumeRole"`, "")},
			diagnosis.NoStatement, []string{"no_federated_principal certain"}},
	} {
		t.Run(tt.label, func(t *testing.T) {
			got := explain(t, onGitHub(mainSub), tt.statements...)
			if got.Focus != tt.focus {
				t.Errorf("%s: focus %d, want %d", tt.reason, got.Focus, tt.focus)
			}
			if diff := cmp.Diff(tt.causes, said(got.Causes)); diff != "" {
				t.Errorf("%s: causes (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

// The other statements are alternatives, with what keeps the token out.
func TestAlternatives(t *testing.T) {
	got := explain(t, onGitHub(mainSub),
		allow(gitHubARN, when("StringEquals", gitHub+":sub", "repo:octo-org/api:ref:refs/heads/next")),
		allow(gitLabARN, when("StringEquals", "gitlab.com:sub", "x")),
		statement("Deny", `{"Federated":"`+gitLabARN+`"}`, `"Action":"*"`, ""))
	var list []string
	for _, a := range got.Alternatives {
		list = append(list, said(a.Causes)...)
	}
	if diff := cmp.Diff([]string{"provider_arn_mismatch certain", "sub_mismatch certain"}, list); diff != "" {
		t.Errorf("a key of the provider that its statement trusts is not misnamed (-want +got):\n%s", diff)
	}
}

// A statement that trusts another provider: the claims are still compared.
func TestOtherProviderComparedByClaim(t *testing.T) {
	other := "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/00000000000000000000000000000000"
	key := "oidc.eks.eu-west-1.amazonaws.com/id/00000000000000000000000000000000"
	got := explain(t, denied(eksARN, stsAud, eksSub), allow(other, `{"StringEquals":{"`+key+`:sub":"`+eksSub+`","`+key+`:aud":"x"}}`))
	if diff := cmp.Diff([]string{"provider_arn_mismatch certain", "aud_mismatch certain"}, said(got.Causes)); diff != "" {
		t.Errorf("causes (-want +got):\n%s", diff)
	}
	if s := got.Check("sub").Status; s != diagnosis.StatusMatch {
		t.Errorf("sub is %s, want match", s)
	}
}

// Principals and actions in all their forms.
func TestPrincipalsAndActions(t *testing.T) {
	federated := `{"Federated":"` + gitHubARN + `"}`
	assume := `"Action":"sts:AssumeRoleWithWebIdentity"`
	for _, tt := range []struct {
		label, reason, statement string
		provider, action         diagnosis.Status
		causes                   []string
		part                     string // of the primary cause's message
	}{
		{"NotAction", "it leaves out what it names", statement("Allow", federated, `"NotAction":"sts:*"`, ""),
			"match", "mismatch", []string{"action_not_allowed certain"}, `everything but "sts:*"`},
		{"NotAction of another", "it takes in the rest", statement("Allow", federated, `"NotAction":"sts:AssumeRole"`, ""),
			"match", "match", []string{"beyond_trust_policy possible"}, ""},
		{"Action wildcard", "? and * in any letter case", statement("Allow", federated, `"Action":"STS:assumerole?ithWeb*"`, ""),
			"match", "match", []string{"beyond_trust_policy possible"}, ""},
		{"plain AssumeRole", "it does not cover web identities", statement("Allow", federated, `"Action":"sts:AssumeRole"`, ""),
			"match", "mismatch", []string{"action_not_allowed certain"}, `allows "sts:AssumeRole"`},
		{"NotPrincipal", "it leaves out whom it names", `{"Effect":"Allow","NotPrincipal":` + federated + `,` + assume + `}`,
			"mismatch", "match", []string{"provider_arn_mismatch certain"}, "NotPrincipal leaves out"},
		{"NotPrincipal of another", "it takes in the rest", `{"Effect":"Allow","NotPrincipal":{"Federated":"` + gitLabARN + `"},` + assume + `}`,
			"match", "match", []string{"beyond_trust_policy possible"}, ""},
		{"everybody", "whether * admits a web identity is not documented", statement("Allow", `"*"`, assume, ""), "unknown", "match", nil, ""},
		{"AWS everybody", "the same", statement("Allow", `{"AWS":"*"}`, assume, ""), "unknown", "match", nil, ""},
		{"any federated", "the same", statement("Allow", `{"Federated":"*"}`, assume, ""), "unknown", "match", nil, ""},
		{"SAML", "a SAML provider is no web identity", statement("Allow", `{"Federated":"arn:aws:iam::111122223333:saml-provider/x"}`, `"Action":"sts:AssumeRole"`, ""),
			"mismatch", "mismatch", []string{"no_federated_principal certain"}, "trusts"},
		{"service", "one cause, and not the action as a second", statement("Allow", `{"Service":"ec2.amazonaws.com"}`, `"Action":"sts:AssumeRole"`, ""),
			"mismatch", "mismatch", []string{"no_federated_principal certain"}, "ec2.amazonaws.com"},
	} {
		t.Run(tt.label, func(t *testing.T) {
			got := explain(t, onGitHub(mainSub), tt.statement)
			if diff := cmp.Diff(tt.causes, said(got.Causes)); diff != "" {
				t.Errorf("%s: causes (-want +got):\n%s", tt.reason, diff)
			}
			if p, a := got.Check("provider_arn").Status, got.Check("action").Status; p != tt.provider || a != tt.action {
				t.Errorf("%s: provider_arn %s, action %s, want %s, %s", tt.reason, p, a, tt.provider, tt.action)
			}
			if len(tt.causes) == 0 && !has(got.Notes, "is unknown") {
				t.Errorf("%s: no note says what is unknown: %q", tt.reason, got.Notes)
			}
			if tt.part != "" && !has([]string{got.Causes[0].Message}, tt.part) {
				t.Errorf("%s: message %q lacks %q", tt.reason, got.Causes[0].Message, tt.part)
			}
		})
	}
	got := explain(t, denied(google, "client", "1074"), allow(arnPrefix+google, ""))
	if !has([]string{got.Causes[0].Message}, "bare host") {
		t.Errorf("a built-in provider under an ARN: %s", got.Causes[0].Message)
	}
}
