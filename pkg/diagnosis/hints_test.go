package diagnosis_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/trail"
)

// Each row has a policy's value that gives the hints, and a twin close to it
// that does not give the row's own, which is the last unless the row names it.
// The order is part of the test.
func TestHints(t *testing.T) {
	for _, tt := range []struct {
		hints, reason  string
		operator       string // StringLike where it is ""
		expected, twin string
		presented      string // the subject; mainSub where it is ""
		provider, own  string
	}{
		{hints: "case_differs", reason: "subjects compare to the letter", expected: "repo:Octo-Org/api:ref:refs/heads/main", twin: "repo:Octo-Org/api:ref:refs/heads/next"},
		{hints: "wildcard_needs_string_like", reason: "StringEquals takes * literally", operator: "StringEquals", expected: "repo:octo-org/*", twin: "repo:octo-orx/*"},
		{hints: "wildcard_needs_string_like", reason: "a subject is no ARN", operator: "ArnLike", expected: "repo:octo-org/*", twin: "repo:acme/*"},
		{hints: "missing_wildcard", reason: "the value stops where a part of the subject ends", expected: "repo:octo-org/api", twin: "repo:octo-org/ap"},
		{hints: "missing_wildcard", reason: "or with the separator", expected: "repo:octo-org/api:", twin: "repo:octo-org/api::"},
		{hints: "wildcard_needs_string_like missing_wildcard", reason: "a star alone would be literal here", operator: "StringEquals", expected: "repo:octo-org/api", twin: "repo:octo-org/apis"},
		{hints: "whitespace", reason: "a blank counts", expected: mainSub + " ", twin: mainSub + "_"},
		{hints: "smart_quotes", reason: "a word processor's quotes", expected: "“" + mainSub + "”", twin: "'" + mainSub + "'"},
		{hints: "invisible_character", reason: "no width, but it counts", expected: "repo:octo-org/\u200bapi:ref:refs/heads/main", twin: "repo:octo-org/\u2022api:ref:refs/heads/main"},
		{hints: "chat_markup", reason: "a chat program made a link of it", presented: "repo:octo.org/api:ref:refs/heads/main", expected: "repo:<http://octo.org|octo.org>/api:ref:refs/heads/main", twin: "repo:<http://octo.org|octo.com>/api:ref:refs/heads/main"},
		{hints: "percent_encoding", reason: "GitHub writes : as %3A", presented: "repo:octo-org/api:environment:eu%3Aprod", expected: "repo:octo-org/api:environment:eu:prod", twin: "repo:octo-org/api:environment:eu-prod"},
		{hints: "url_scheme", reason: "the scheme counts", presented: "octo.example/api", expected: "https://octo.example/api", twin: "ftp://octo.example/api"},
		{hints: "url_scheme", reason: "a repository's address is not its name", expected: "repo:https://github.com/octo-org/api:*", twin: "repo:https://github.com/octo-orq/api:*"},
		{hints: "url_scheme", reason: "nor is it without the scheme", expected: "repo:github.com/octo-org/api:ref:refs/heads/main", twin: "repo:github.org/octo-org/api:ref:refs/heads/main"},
		{hints: "trailing_slash", reason: "a slash counts", presented: "octo.example/api/", expected: "octo.example/api", twin: "octo.example/apis"},
		{hints: "account_id_differs", reason: "each side names one account", presented: "arn:aws:iam::111122223333:role/x", expected: "arn:aws:iam::444455556666:role/x", twin: "arn:aws:iam::4444-5555-6666:role/x"},
		{hints: "immutable_subject", reason: "one side has the ids", presented: "repo:octo-org@12/api@34:ref:refs/heads/main", expected: mainSub, twin: "repo:octo-org@99/api@98:ref:refs/heads/main"},
		{hints: "segment_differs", reason: "other ids are another owner", presented: "repo:octo-org@12/api@34:ref:refs/heads/main", expected: "repo:octo-org@77/api@78:ref:refs/heads/main", twin: "repo:octo-org/api:ref:refs/heads/main"},
		{hints: "segment_differs", reason: "one part is another", expected: "repo:octo-org/api:ref:refs/heads/release", twin: "repo:octo-org/api:ref:refs/heads/MAIN"},
		{hints: "segment_differs", reason: "nothing but what changes on each run", provider: arnPrefix + "oidc.fly.io/octo-org", presented: "octo-org:api:3d8d9e6fb10438",
			expected: "octo-org:api:99999e6fb10438", twin: "octo-org:api"},
		{hints: "subject_shape_differs", reason: "another number of parts", expected: "repo:octo-org/api:environment:prod:actor:octocat", twin: "repo:octo-org/api:ref:refs/heads/next"},
		{hints: "subject_shape_differs", reason: "another kind of context", expected: "repo:octo-org/api:environment:prod", twin: "repo:octo-org/api:ref:refs/heads/next"},
		{hints: "segment_differs subject_shape_differs", reason: "another kind of ref, told by one part", provider: gitLabARN, presented: "project_path:acme/web:ref_type:tag:ref:main",
			expected: "project_path:acme/web:ref_type:branch:ref:main", twin: "project_path:acme/web:ref_type:tag:ref:next"},
		{hints: "segment_differs subject_shape_differs", reason: "a template of the owner's own", presented: "job_workflow_ref:octo-org/ci/.github/workflows/d.yml@refs/heads/main",
			expected: "repo:octo-org/api:*", twin: "job_workflow_ref:octo-org/ci/.github/workflows/e.yml@refs/heads/main"},
		{hints: "subject_shape_differs", reason: "the ref of a pull request is not in its subject", presented: "repo:octo-org/api:pull_request", expected: "repo:octo-org/api:ref:refs/pull/*", twin: "repo:octo-org/web:pull_request"},
		{hints: "segment_differs subject_shape_differs", reason: "any ref is no environment", presented: "repo:octo-org/api:environment:prod", expected: "repo:octo-org/api:ref:*", twin: "repo:octo-org/api:environment:next"},
		{hints: "subject_shape_differs immutable_subject", reason: "the ids are not the only difference", presented: "repo:octo-org@12/api@34:environment:prod", expected: mainSub, twin: "repo:octo-org@12/api@34:ref:refs/heads/main"},
		{hints: "aud_sub_swapped", reason: "the audience stands under sub", expected: stsAud, twin: "sts.amazonaws.org"},
		{hints: "typo segment_differs", own: "typo", reason: "one edit in a segment of eight letters", expected: "repo:octo-orgg/api:ref:refs/heads/main", twin: "repo:octoorgs/api:ref:refs/heads/main"},
		{hints: "placeholder", reason: "left in from the documentation", expected: "repo:<org>/api:ref:refs/heads/main", twin: "repo:org/api:ref:refs/heads/main"},
		{hints: "placeholder", reason: "an empty variable of a template", expected: "repo:/api:ref:refs/heads/main", twin: "repo:x/api:ref:refs/heads/main"},
		{hints: "segment_differs", reason: "a policy variable is no placeholder", expected: "repo:octo-org/${aws:RequestTag/repo, 'web'}:ref:refs/heads/main", twin: "repo:octo-org/${var.repo}:ref:refs/heads/main"},
		{hints: "segment_differs", reason: "nor is a claim of the token", expected: "repo:octo-org/${token.actions.githubusercontent.com:sub}:*", twin: "repo:octo-org/${self:custom.repo}:*"},
		{hints: "segment_differs", reason: "nor is an escaped star", expected: "repo:octo-org/${*}:ref:refs/heads/main", twin: "repo:octo-org/${AWS::StackName}:ref:refs/heads/main"},
		{hints: "segment_differs", reason: "a repository may be called todo", expected: "repo:octo-org/todo:ref:refs/heads/main", twin: "repo:octo-org/TODO:ref:refs/heads/main"},
		{hints: "case_differs whitespace", reason: "two corrections at once, in the order of the table", expected: "repo:Octo-Org/api: ref:refs/heads/main", twin: "repo:Octo-Org/api:_ref:refs/heads/main"},
		{hints: "case_differs wildcard_needs_string_like whitespace", reason: "three, and no more", operator: "StringEquals", expected: "repo:Octo-Org/* ", twin: "“repo:Octo-Org/* ”"},
	} {
		t.Run(tt.hints+" "+tt.expected, func(t *testing.T) {
			operator, presented := tt.operator, tt.presented
			if operator == "" {
				operator = "StringLike"
			}
			if presented == "" {
				presented = mainSub
			}
			d := onGitHub(presented)
			if tt.provider != "" {
				d.Provider = text(tt.provider)
			}
			key := strings.TrimPrefix(d.Provider.Value, arnPrefix) + ":sub"
			got := explain(t, d, allow(d.Provider.Value, when(operator, key, tt.expected)))
			want := strings.Fields(tt.hints)
			if diff := cmp.Diff(want, names(hinted(&got))); diff != "" {
				t.Errorf("%s: %q (-want +got):\n%s", tt.reason, tt.expected, diff)
			}
			own := tt.own
			if own == "" {
				own = want[len(want)-1]
			}
			got = explain(t, d, allow(d.Provider.Value, when(operator, key, tt.twin)))
			if slices.Contains(names(hinted(&got)), own) {
				t.Errorf("the twin %q gives %s, too", tt.twin, own)
			}
		})
	}
}

// A correction is named for the value that it corrects, and the sentence is
// about that value, though another stands nearer.
func TestHintIsAboutItsValue(t *testing.T) {
	got := explain(t, onGitHub("repo:octo-org/api:environment:prod"),
		allow(gitHubARN, when("StringEquals", gitHub+":sub", mainSub, "repo:Octo-Org/api:environment:prod")))
	if diff := cmp.Diff([]string{"case_differs"}, names(hinted(&got))); diff != "" {
		t.Errorf("hints (-want +got):\n%s", diff)
	}
	if want := `The policy says "Octo-Org", the token says "octo-org": upper and lower case count.`; got.Causes[0].Reason != want {
		t.Errorf("reason %q, want %q", got.Causes[0].Reason, want)
	}
}

// Hints on what is no text: a number or a date that is near is no slip.
func TestNoTypoInNumbers(t *testing.T) {
	for _, tt := range []struct{ reason, condition string }{
		{"a later day", when("DateGreaterThanEquals", "aws:CurrentTime", "2026-10-06T14:02:00Z")},
		{"an earlier second", when("NumericLessThanEquals", "aws:EpochTime", "1791208919")},
		{"a set of tag keys has no one value", when("ForAllValues:StringEquals", "aws:TagKeys", "teams")},
	} {
		d := onGitHub(mainSub)
		d.PrincipalTags = map[string]string{"team": "web", "stage": "prod"}
		got := explain(t, d, statement("Allow", `{"Federated":"`+gitHubARN+`"}`, `"Action":["sts:AssumeRoleWithWebIdentity","sts:TagSession"]`, tt.condition))
		if diff := cmp.Diff([]string{"condition_mismatch certain"}, said(got.Causes)); diff != "" || len(hinted(&got)) > 0 {
			t.Errorf("%s: hints %v, causes (-want +got):\n%s", tt.reason, hinted(&got), diff)
		}
	}
}

// Hints on names: of the provider in the principal, of a key, of a role.
func TestNameHints(t *testing.T) {
	const path = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com/octo"
	for _, tt := range []struct {
		label, reason       string
		provider, federated string
		key                 string
		hints               string
	}{
		{"case", "ARNs compare to the letter", gitHubARN, strings.Replace(gitHubARN, "token", "Token", 1), "", "case_differs"},
		{"scheme", "an ARN has no scheme", gitHubARN, strings.Replace(gitHubARN, "token", "https://token", 1), "", "url_scheme"},
		{"slash", "a slash is part of the name", arnPrefix + "acme.auth0.com/", arnPrefix + "acme.auth0.com", "", "trailing_slash"},
		{"account", "role and provider share an account", gitHubARN, strings.Replace(gitHubARN, account, "999988887777", 1), "", "account_id_differs"},
		{"account and case", "both", gitHubARN, "arn:aws:iam::999988887777:oidc-provider/Token.actions.githubusercontent.com", "", "case_differs account_id_differs"},
		{"partition", "a partition is a segment", gitHubARN, strings.Replace(gitHubARN, "aws", "aws-cn", 1), "", "segment_differs"},
		{"path missing", "an enterprise's own issuer", path, gitHubARN, "", "issuer_path_missing"},
		{"other path", "another cluster is another provider", eksARN, strings.Replace(eksARN, "ABCDEF", "FEDCBA", 1), "", "other_provider segment_differs"},
		{"other host", "another provider", gitHubARN, gitLabARN, "", "other_provider"},
		{"typo", "one letter of a label", gitHubARN, strings.Replace(gitHubARN, "githubusercontent", "githubusercontant", 1), "", "typo"},
		{"key: path missing", "the issuer's path belongs to the key", path, path, gitHub + ":sub", "issuer_path_missing"},
		{"key: scheme", "a key has no scheme", gitHubARN, gitHubARN, "https://" + gitHub + ":sub", "url_scheme"},
		{"key: other", "another provider's", gitHubARN, gitHubARN, "gitlab.com:sub", "other_provider"},
		{"key: blank inside the prefix", "a blank counts", gitHubARN, gitHubARN, gitHub + " :sub", "whitespace"},
		{"key: blank behind the claim", "a blank counts", gitHubARN, gitHubARN, gitHub + ":sub ", "whitespace"},
	} {
		t.Run(tt.label, func(t *testing.T) {
			condition := ""
			if tt.key != "" {
				condition = when("StringEquals", tt.key, mainSub)
			}
			got := explain(t, denied(tt.provider, stsAud, mainSub), allow(tt.federated, condition))
			if diff := cmp.Diff(strings.Fields(tt.hints), names(hinted(&got))); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
	// The same blank, with a value that would not match: nothing to correct.
	got := explain(t, onGitHub(mainSub), allow(gitHubARN, when("StringEquals", gitHub+":sub ", "x")))
	if len(hinted(&got)) > 0 {
		t.Errorf("a correction that does not make the part true: %v", hinted(&got))
	}
}

func TestRoleHints(t *testing.T) {
	for _, tt := range []struct {
		asked, reason, hints string
		expected             []string
	}{
		{"arn:aws:iam::111122223333:role/Deploy", "role ARNs compare to the letter", "case_differs", []string{roleARN}},
		{"arn:aws:iam::111122223333:role/deplpy", "one edit in six letters", "typo", []string{roleARN}},
		{"arn:aws:iam::111122223333:role/ci/deploy", "the path is part of the ARN", "", []string{roleARN}},
		{"arn:aws-cn:iam::111122223333:role/deploy", "so is the partition", "", []string{roleARN}},
		{"arn:aws:iam::111122223333:role/reader", "nothing near", "", nil},
	} {
		d := onGitHub(mainSub)
		d.RoleARN = text(tt.asked)
		got := explain(t, d, allow(gitHubARN, ""))
		if diff := cmp.Diff([]string{"role_not_found certain"}, said(got.Causes)); diff != "" {
			t.Fatalf("%s: %s: causes (-want +got):\n%s", tt.asked, tt.reason, diff)
		}
		if diff := cmp.Diff(strings.Fields(tt.hints), append([]string{}, names(hinted(&got))...)); diff != "" {
			t.Errorf("%s: %s (-want +got):\n%s", tt.asked, tt.reason, diff)
		}
		if diff := cmp.Diff(tt.expected, got.Causes[0].Expected); diff != "" {
			t.Errorf("%s: %s: expected (-want +got):\n%s", tt.asked, tt.reason, diff)
		}
	}
}

// The audience has its own slips: STS compares it as it does any text.
func TestAudienceHints(t *testing.T) {
	for _, tt := range []struct {
		aud, expected, reason string
		want                  []diagnosis.Hint
	}{
		{"https://gitlab.example", "gitlab.example", "the scheme counts", []diagnosis.Hint{diagnosis.HintURLScheme}},
		{"https://gitlab.example/", "https://gitlab.example", "so does a slash", []diagnosis.Hint{diagnosis.HintTrailingSlash}},
		{stsAud, mainSub, "the subject stands under aud", []diagnosis.Hint{diagnosis.HintAudSubSwapped}},
		{"", stsAud, "an empty audience is near nothing", nil},
	} {
		d := denied(gitHubARN, tt.aud, mainSub)
		got := explain(t, d, allow(gitHubARN, when("StringEquals", gitHub+":aud", tt.expected)))
		if diff := cmp.Diff(tt.want, hinted(&got)); diff != "" {
			t.Errorf("aud %q: %s (-want +got):\n%s", tt.aud, tt.reason, diff)
		}
	}
	d := onGitHub(mainSub)
	d.Audience = trail.Text{}
	if got := explain(t, d, allow(gitHubARN, when("StringEquals", gitHub+":aud", stsAud))); got.Check("aud").Status != diagnosis.StatusUnknown {
		t.Errorf("an audience that the record lacks is not an empty one: %v", got.Check("aud"))
	}
}
