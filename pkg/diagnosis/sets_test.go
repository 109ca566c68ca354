package diagnosis_test

import (
	"sort"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/diagnosis"
)

// The contract's tables, written out: a code or hint more or less is a change
// of what programs read.
func TestClosedSets(t *testing.T) {
	codes := []string{
		"provider_arn_mismatch", "no_federated_principal", "aud_mismatch", "sub_mismatch", "condition_mismatch",
		"condition_key_misnamed", "action_not_allowed", "tag_session_not_allowed", "source_identity_not_allowed",
		"required_condition_missing", "explicit_deny", "role_not_found", "provider_not_registered",
		"audience_not_registered", "token_expired", "token_invalid", "idp_unreachable", "session_duration_too_long",
		"sts_refused", "claim_not_supported", "hidden_claim", "beyond_trust_policy",
	}
	hints := []string{
		"case_differs", "wildcard_needs_string_like", "missing_wildcard", "whitespace", "smart_quotes",
		"invisible_character", "chat_markup", "percent_encoding", "url_scheme", "trailing_slash", "account_id_differs",
		"segment_differs", "subject_shape_differs", "immutable_subject", "aud_sub_swapped", "typo", "placeholder",
		"other_provider", "issuer_path_missing",
	}
	for _, tt := range []struct {
		label, reason string
		want, got     []string
	}{
		{"codes", "the table of causes", codes, names(diagnosis.Codes())},
		{"hints", "the list of hints", hints, names(diagnosis.Hints())},
		{"verdicts", "the verdict is one of four", []string{"allowed", "explained", "suspected", "unexplained"},
			names([]diagnosis.Verdict{diagnosis.VerdictAllowed, diagnosis.VerdictExplained, diagnosis.VerdictSuspected, diagnosis.VerdictUnexplained})},
		{"statuses", "each element gets one status", []string{"match", "mismatch", "not_required", "unknown"},
			names([]diagnosis.Status{diagnosis.StatusMatch, diagnosis.StatusMismatch, diagnosis.StatusUnknown, diagnosis.StatusNotRequired})},
		{"confidence", "certain, likely or possible", []string{"certain", "likely", "possible"},
			names([]diagnosis.Confidence{diagnosis.Certain, diagnosis.Likely, diagnosis.Possible})},
	} {
		sort.Strings(tt.want)
		sort.Strings(tt.got)
		if d := cmp.Diff(tt.want, tt.got); d != "" {
			t.Errorf("%s (%s) (-want +got):\n%s", tt.label, tt.reason, d)
		}
	}
}

func names[T ~string](list []T) []string {
	var s []string
	for _, e := range list {
		s = append(s, string(e))
	}
	return s
}

// Programs find a check by its place as well as by its name.
func TestCheckOrder(t *testing.T) {
	d := onGitHub(mainSub)
	d.PrincipalTags = map[string]string{"team": "web"}
	d.SourceIdentity = text("alice")
	got := explain(t, d,
		allow(gitHubARN, `{"StringEquals":{"sts:RoleSessionName":"ci","`+gitHub+`:sub":"x","aws:SourceIp":"x","`+gitHub+`:aud":"y"}}`),
		statement("Deny", `{"AWS":"*"}`, `"Action":"*"`, when("StringEquals", gitHub+":sub", "x")))
	var elements []string
	for _, c := range got.Checks {
		elements = append(elements, c.Element)
	}
	want := []string{
		"token", "role", "provider", "client_ids", "provider_arn", "action", "aud", "sub",
		"sts:RoleSessionName", "aws:SourceIp", "tags", "source_identity", "deny",
	}
	if d := cmp.Diff(want, elements); d != "" {
		t.Errorf("checks (-want +got):\n%s", d)
	}
}
