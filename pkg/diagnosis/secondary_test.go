package diagnosis_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/trail"
)

const federatedGitHub = `{"Federated":"` + gitHubARN + `"}`

// Session tags and a source identity need a second and a third call allowed.
func TestTagsAndSourceIdentity(t *testing.T) {
	own := allow(gitHubARN, when("StringEquals", gitHub+":sub", mainSub))
	tagging := func(condition string) string {
		return statement("Allow", federatedGitHub, `"Action":"sts:TagSession"`, condition)
	}
	tagged := func(d *trail.Denial) { d.PrincipalTags = map[string]string{"team": "web"} }
	for _, tt := range []struct {
		label, reason  string
		edit           func(*trail.Denial)
		statements     []string
		tags, identity diagnosis.Status
		causes         []string
	}{
		{"carries none", "requestParameters without them", func(*trail.Denial) {}, []string{own}, "not_required", "not_required", []string{"beyond_trust_policy possible"}},
		{"not allowed", "neither a statement that holds nor the focus allows it", tagged, []string{own}, "mismatch", "not_required", []string{"tag_session_not_allowed certain"}},
		{"transitive keys alone", "they are tags, too", func(d *trail.Denial) { d.TransitiveTagKeys = []string{"team"} }, []string{own}, "mismatch", "not_required", []string{"tag_session_not_allowed certain"}},
		{"allowed elsewhere", "a statement that trusts the provider and holds", tagged, []string{own, tagging("")}, "match", "not_required", []string{"beyond_trust_policy possible"}},
		{"allowed for another subject", "that statement does not hold", tagged, []string{own, tagging(when("StringEquals", gitHub+":sub", "x"))}, "mismatch", "not_required", []string{"tag_session_not_allowed certain"}},
		{"focus would", "once its failing parts are put right", tagged,
			[]string{statement("Allow", federatedGitHub, `"Action":"sts:*"`, when("StringEquals", gitHub+":sub", "x"))}, "match", "not_required", []string{"sub_mismatch certain"}},
		{"rests on a hidden claim", "whether it is allowed is not known, and the key has a name", tagged,
			[]string{own, tagging(when("StringEquals", gitHub+":repository_id", "1"))}, "unknown", "not_required", []string{"hidden_claim possible"}},
		{"rests on a wildcard principal", "unknown, and named by no code", tagged,
			[]string{own, statement("Allow", `{"AWS":"*"}`, `"Action":"sts:TagSession"`, "")}, "unknown", "not_required", nil},
		{"source identity", "it has a call of its own", func(d *trail.Denial) { d.SourceIdentity = text("alice") }, []string{own}, "not_required", "mismatch", []string{"source_identity_not_allowed certain"}},
		{"no parameters", "the record does not show whether it carries any", func(d *trail.Denial) { d.HasRequestParameters = false }, []string{own}, "unknown", "unknown", []string{"beyond_trust_policy possible"}},
		{"no parameters, both allowed", "then it does not matter", func(d *trail.Denial) { d.HasRequestParameters = false },
			[]string{statement("Allow", federatedGitHub, `"Action":"sts:*"`, "")}, "match", "match", []string{"beyond_trust_policy possible"}},
	} {
		t.Run(tt.label, func(t *testing.T) {
			d := onGitHub(mainSub)
			tt.edit(&d)
			got := explain(t, d, tt.statements...)
			if diff := cmp.Diff(tt.causes, said(got.Causes)); diff != "" {
				t.Errorf("%s: causes (-want +got):\n%s", tt.reason, diff)
			}
			if a, b := got.Check("tags").Status, got.Check("source_identity").Status; a != tt.tags || b != tt.identity {
				t.Errorf("%s: tags %s, source_identity %s, want %s, %s", tt.reason, a, b, tt.tags, tt.identity)
			}
			if tt.causes == nil && !has(got.Notes, "tags is unknown") {
				t.Errorf("%s: %q does not say what is unknown", tt.reason, got.Notes)
			}
		})
	}
	// Of an issuer that may send azp: the cause that is known leads alone.
	d := denied(google, "client", "1074")
	tagged(&d)
	got := explain(t, d, allow(google, when("StringEquals", google+":aud", "client")))
	if diff := cmp.Diff([]string{"tag_session_not_allowed certain"}, said(got.Causes)); diff != "" {
		t.Errorf("azp beside a certain cause (-want +got):\n%s", diff)
	}
}

func TestDeny(t *testing.T) {
	own := allow(gitHubARN, when("StringEquals", gitHub+":sub", mainSub))
	deny := func(condition string) string {
		return statement("Deny", federatedGitHub, `"Action":"sts:*"`, condition)
	}
	for _, tt := range []struct {
		label, reason, statement string
		status                   diagnosis.Status
		causes                   []string
		note                     string
	}{
		{"holds", "a Deny overrides every Allow", deny(when("StringEquals", gitHub+":sub", mainSub)), "mismatch", []string{"explicit_deny certain"}, ""},
		{"does not hold", "a condition is false", deny(when("StringEquals", gitHub+":sub", "x")), "match", []string{"beyond_trust_policy possible"}, ""},
		{"another action", "it is not about this call", statement("Deny", federatedGitHub, `"Action":"sts:TagSession"`, ""), "match", []string{"beyond_trust_policy possible"}, ""},
		{"hidden key", "possible, and the key is named", deny(when("StringEquals", gitHub+":actor", "x")), "unknown", []string{"hidden_claim possible"}, "deny is unknown: " + gitHub + ":actor"},
		{"settled by a false part", "false and unknown are false", deny(`{"StringEquals":{"` + gitHub + `:actor":"x","` + gitHub + `:sub":"y"}}`), "match", []string{"beyond_trust_policy possible"}, ""},
		{"for everybody", "whether * names a web identity is not documented; the notes say so", statement("Deny", `"*"`, `"Action":"*"`, ""), "unknown", nil, "deny is unknown: whether such a principal"},
		{"misnamed and negated", "the key is never there, which is why it holds", deny(when("StringNotEquals", google+":sub", "x")), "mismatch", []string{"explicit_deny certain"}, ""},
		{"misspelled and negated", "a key in no list is only likely absent", deny(when("StringNotEquals", "aws:SourceIP4", "x")), "mismatch", []string{"explicit_deny likely"}, ""},
		{"NotPrincipal of another", "it takes in the rest", `{"Effect":"Deny","NotPrincipal":{"Federated":"` + gitLabARN + `"},"Action":"sts:*"}`, "mismatch", []string{"explicit_deny certain"}, ""},
		{"NotPrincipal of this one", "it leaves it out", `{"Effect":"Deny","NotPrincipal":` + federatedGitHub + `,"Action":"sts:*"}`, "match", []string{"beyond_trust_policy possible"}, ""},
	} {
		t.Run(tt.label, func(t *testing.T) {
			got := explain(t, onGitHub(mainSub), tt.statement, own)
			if diff := cmp.Diff(tt.causes, said(got.Causes)); diff != "" {
				t.Errorf("%s: causes (-want +got):\n%s", tt.reason, diff)
			}
			if s := got.Check("deny").Status; s != tt.status {
				t.Errorf("%s: deny is %s, want %s", tt.reason, s, tt.status)
			}
			if tt.note != "" && !has(got.Notes, tt.note) {
				t.Errorf("%s: notes %q lack %q", tt.reason, got.Notes, tt.note)
			}
		})
	}
	// Causes come in the order of the checks, also where a Deny stands first.
	got := explain(t, onGitHub(mainSub), deny(when("StringEquals", gitHub+":actor", "x")), allow(gitHubARN, when("StringEquals", gitHub+":workflow", "y")))
	if got.Causes[0].Element != gitHub+":workflow" || got.Causes[1].Element != "deny" {
		t.Errorf("the Deny's cause leads: %v", got.Causes)
	}
}

// HCP Terraform: STS itself refuses where the policy does not test sub.
func TestRequiredCondition(t *testing.T) {
	const key = "app.terraform.io:sub"
	for _, tt := range []struct {
		label, reason, condition string
		causes                   []string
	}{
		{"missing", "documented as refused at request time", when("StringEquals", "app.terraform.io:aud", hcpAud), []string{"required_condition_missing certain"}},
		{"missing, and more", "in the order of the checks", when("StringEquals", "sts:RoleSessionName", "x"), []string{"required_condition_missing certain", "condition_mismatch certain"}},
		{"tested", "a matching test", when("StringLike", key, "organization:acme:*"), []string{"beyond_trust_policy possible"}},
		{"tested and false", "one cause", when("StringEquals", key, "x"), []string{"sub_mismatch certain"}},
		{"misnamed and false", "with the one cause condition_key_misnamed", when("StringEquals", gitHub+":sub", "x"), []string{"condition_key_misnamed certain"}},
		{"misnamed and true", "another provider's key tests nothing", when("StringNotEquals", gitHub+":sub", "x"), []string{"required_condition_missing certain"}},
	} {
		got := explain(t, denied(hcpARN, hcpAud, hcpSub), allow(hcpARN, tt.condition))
		if diff := cmp.Diff(tt.causes, said(got.Causes)); diff != "" {
			t.Errorf("%s: %s: causes (-want +got):\n%s", tt.label, tt.reason, diff)
		}
	}
	if got := explain(t, denied(gitLabARN, "x", "project_path:a/b:ref_type:branch:ref:main"), allow(gitLabARN, "")); got.Verdict != diagnosis.VerdictUnexplained {
		t.Errorf("for other shared providers it is never a cause: %v", said(got.Causes))
	}
}

// azp stands in the place of aud, where the issuer may send it.
func TestAZP(t *testing.T) {
	pool := "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abc"
	for _, tt := range []struct {
		label, reason, provider, key, value string
		causes                              []string
	}{
		{"never sent", "what was recorded is aud", gitHubARN, gitHub, "x", []string{"aud_mismatch certain"}},
		{"may be sent, differs", "likely, with a note that names azp", google, google, "x", []string{"aud_mismatch likely"}},
		{"may be sent, equal", "hidden_claim, never beyond_trust_policy", google, google, "client", []string{"hidden_claim possible"}},
		{"user pool", "the same", arnPrefix + pool, pool, "x", []string{"aud_mismatch likely"}},
		{"issuer not in the table", "the same", arnPrefix + "id.example", "id.example", "client", []string{"hidden_claim possible"}},
		{"not tested", "then azp does not matter", google, google, "", []string{"beyond_trust_policy possible"}},
	} {
		d, condition := denied(tt.provider, "client", "1074"), when("StringEquals", tt.key+":aud", tt.value)
		if tt.value == "" {
			condition = when("StringEquals", google+":sub", "1074")
		}
		got := explain(t, d, allow(tt.provider, condition))
		if diff := cmp.Diff(tt.causes, said(got.Causes)); diff != "" {
			t.Errorf("%s: %s: causes (-want +got):\n%s", tt.label, tt.reason, diff)
		}
		if tt.provider != gitHubARN && tt.value != "" && !has(got.Notes, "azp") {
			t.Errorf("%s: no note names azp: %q", tt.label, got.Notes)
		}
	}
}
