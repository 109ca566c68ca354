package lint_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/evidence"
	"whydenied/pkg/lint"
	"whydenied/pkg/policy"
)

const (
	gh        = "token.actions.githubusercontent.com"
	eks       = "oidc.eks.eu-west-1.amazonaws.com/id/4F1D0C7B2A9E4D5886F3B1C0A7E29D64"
	prefect   = "api.prefect.cloud/oidc-provider"
	buildkite = "agent.buildkite.com"
)

func arn(suffix string) string { return "arn:aws:iam::123456789012:oidc-provider/" + suffix }

// trust is a policy with one statement for a provider; "<p>" in the conditions
// stands for its suffix.
func trust(principal, action, conditions string) string {
	suffix := principal
	if _, after, ok := strings.Cut(principal, "oidc-provider/"); ok {
		suffix = after
	}
	return fmt.Sprintf(`{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"Federated": %q}, "Action": %s, "Condition": %s}}`,
		principal, action, strings.ReplaceAll(conditions, "<p>", suffix))
}

const assume = `"sts:AssumeRoleWithWebIdentity"`

func on(suffix, conditions string) string { return trust(arn(suffix), assume, conditions) }

func check(t *testing.T, text string, known lint.Known) []lint.Finding {
	t.Helper()
	doc, err := policy.Parse("role.json", []byte(text))
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return lint.Check(doc, known)
}

// rules are the findings' rules and severities, without the notes on GitHub's
// ids unless they are wanted.
func rules(findings []lint.Finding, notes bool) (got []string) {
	for _, f := range findings {
		if f.Severity != lint.Note || notes {
			got = append(got, string(f.Severity)+" "+f.Rule)
		}
	}
	return got
}

// Each rule has a policy that breaks it, and one that nearly does.
func TestRules(t *testing.T) {
	sub := `{"StringEquals": {"<p>:sub": "repo:octo-org/app:ref:refs/heads/main"}}`
	account := lint.Known{Read: true, Providers: []evidence.Provider{{ARN: arn(gh), ClientIDs: []string{"sts.amazonaws.com"}}}}
	for _, tt := range []struct {
		rule, reason, text, near string
		known                    lint.Known
		severity                 lint.Severity
	}{
		{rule: "principal-invalid", reason: "an ARN's account has twelve digits", text: trust("arn:aws:iam::12:oidc-provider/"+gh, assume, sub), near: on(gh, sub)},
		{rule: "provider-unlikely", reason: "the host is Prefect Cloud's, the path is not", severity: lint.Warning,
			text: on("api.prefect.cloud/oidc", `{"StringEquals": {"<p>:sub": "prefect:account:a1"}}`), near: on(prefect, `{"StringEquals": {"<p>:sub": "prefect:account:a1"}}`)},
		{rule: "provider-unlikely", reason: "a host of many clusters, of which a known issuer has some", severity: lint.Warning,
			text: on("api.pulumi.com/oicd", `{"StringEquals": {"<p>:sub": "pulumi:deploy:org:a:project:b"}}`),
			near: on("rh-oidc.s3.us-east-1.amazonaws.com/2a7mc1d0k3o5t9q8v6s4w2x0y1z3b5c7", `{"StringEquals": {"<p>:sub": "system:serviceaccount:a:b"}}`)},
		{rule: "provider-not-registered", reason: "the account's own list", known: account,
			text: on(prefect, `{"StringEquals": {"<p>:sub": "prefect:account:a1"}}`), near: on(gh, sub)},
		{rule: "audience-not-registered", reason: "STS refuses the token before the trust policy", known: account,
			text: on(gh, `{"StringEquals": {"<p>:aud": "sts.amazonaws.co", "<p>:sub": "repo:octo-org/app:ref:refs/heads/main"}}`),
			near: on(gh, `{"StringEquals": {"<p>:aud": "sts.amazonaws.com", "<p>:sub": "repo:octo-org/app:ref:refs/heads/main"}}`)},
		{rule: "provider-not-registered", reason: "a list of providers has no client IDs", known: lint.Known{Read: true, Providers: []evidence.Provider{{ARN: arn(gh)}}},
			text: on(prefect, `{"StringEquals": {"<p>:aud": "x", "<p>:sub": "prefect:account:a1"}}`),
			near: on(gh, `{"StringEquals": {"<p>:aud": "x", "<p>:sub": "repo:octo-org/app:ref:refs/heads/main"}}`)},
		{rule: "action-not-web-identity", reason: "sts:AssumeRole has no federated caller", text: trust(arn(gh), `"sts:AssumeRole"`, sub), near: trust(arn(gh), `"sts:AssumeRole*"`, sub)},
		{rule: "required-claim-missing", reason: "IAM wants sub of GitHub",
			text: on(gh, `{"StringEquals": {"<p>:aud": "sts.amazonaws.com"}}`), near: on(gh, `{"StringEqualsIgnoreCase": {"<p>:SUB": "repo:octo-org/app:ref:refs/heads/main"}}`)},
		{rule: "tenant-not-tested", reason: "Prefect Cloud signs for everybody, and IAM does not know it",
			text: on(prefect, `{"StringEquals": {"<p>:aud": "prefect-cloud"}}`), near: on(prefect, `{"StringEquals": {"<p>:sub": "prefect:account:a1"}}`)},
		{rule: "key-never-present", reason: "a scheme in the key",
			text: on(eks, `{"StringEquals": {"https://<p>:sub": "system:serviceaccount:a:b"}}`), near: on(eks, `{"StringEquals": {"<p>:sub": "system:serviceaccount:a:b"}}`)},
		{rule: "key-never-present", reason: "another issuer's key",
			text: on(eks, `{"StringEquals": {"oidc.eks.eu-west-1.amazonaws.com:sub": "system:serviceaccount:a:b"}}`), near: on(eks, `{"StringEquals": {"OIDC.eks.eu-west-1.amazonaws.com/id/4F1D0C7B2A9E4D5886F3B1C0A7E29D64:sub": "system:serviceaccount:a:b"}}`)},
		{rule: "key-never-present", reason: "no issuer in the key",
			text: on(eks, `{"StringEquals": {"sub": "system:serviceaccount:a:b"}}`), near: on(eks, `{"StringEquals": {"<p>:sub": "system:serviceaccount:a:b", "aws:SourceIp": "x"}}`)},
		{rule: "key-never-present", reason: "the call has no external ID",
			text: on(eks, `{"StringEquals": {"sts:ExternalId": "x"}}`), near: on(eks, `{"StringEquals": {"sts:RoleSessionName": "x"}}`)},
		{rule: "condition-always-holds", reason: "a negation holds without the key",
			text: on(eks, `{"StringNotEquals": {"other.example.com:sub": "x"}}`), near: on(eks, `{"StringNotEquals": {"<p>:sub": "system:serviceaccount:a:b"}}`)},
		{rule: "condition-always-holds", reason: "so does IfExists",
			text: on(eks, `{"StringEqualsIfExists": {"other.example.com:sub": "x"}}`), near: on(eks, `{"StringEqualsIfExists": {"<p>:sub": "system:serviceaccount:a:b"}}`)},
		{rule: "key-undocumented", reason: "a claim that is misspelled", severity: lint.Warning,
			text: on(eks, `{"StringEquals": {"<p>:subj": "system:serviceaccount:a:b"}}`), near: on(eks, `{"StringEquals": {"<p>:email": "x"}}`)},
		{rule: "value-empty", reason: "repo::* of a module without its variable",
			text: on(gh, `{"StringLike": {"<p>:sub": "repo::*"}}`), near: on(gh, `{"StringLike": {"<p>:sub": "repo:octo-org/app:*"}}`)},
		{rule: "value-empty", reason: "half of it is there",
			text: on(gh, `{"StringEquals": {"<p>:sub": "repo:octo-org/:ref:refs/heads/main"}}`), near: on(gh, `{"StringEquals": {"<p>:sub": "repo:octo-org/app:ref:refs/heads/main"}}`)},
		{rule: "value-empty", reason: "a step without a key leaves its place empty in Buildkite's own subjects",
			text: on(buildkite, `{"StringEquals": {"<p>:sub": "organization::pipeline:b:ref:refs/heads/main:commit:1:step:"}}`),
			near: on(buildkite, `{"StringEquals": {"<p>:sub": "organization:a:pipeline:b:ref:refs/heads/main:commit:1:step:"}}`)},
		{rule: "value-placeholder", reason: "copied from a guide",
			text: on(gh, `{"StringEquals": {"<p>:sub": "repo:<org>/<repo>:ref:refs/heads/main"}}`), near: on(gh, sub)},
		{rule: "value-placeholder", reason: "an issuer's own word is none",
			text: on(gh, `{"StringEquals": {"<p>:sub": "repository_id:repo_id:environment:prod"}}`), near: on(gh, `{"StringEquals": {"<p>:sub": "repository_id:48210537:environment:prod"}}`)},
		{rule: "value-placeholder", reason: "nor is it where other words stand before it",
			text: on("oidc.modal.com", `{"StringLike": {"<p>:sub": "modal:workspace_id:<id>:environment_name:main:app_name:web:function_name:run:container_id:*"}}`),
			near: on("oidc.modal.com", `{"StringLike": {"<p>:sub": "modal:workspace_id:ac-1234567890abcdefghijkl:environment_name:main:app_name:web:function_name:run:container_id:*"}}`)},
		{rule: "value-placeholder", reason: "nor is a part of a name",
			text: on(gh, `{"StringEquals": {"<p>:sub": "repo:octo-org/repo-name:ref:refs/heads/main"}}`), near: on(gh, `{"StringEquals": {"<p>:sub": "repo:octo-org/user-id-service:ref:refs/heads/main"}}`)},
		{rule: "value-placeholder", reason: "a word with a hyphen is no issuer's",
			text: on(buildkite, `{"StringLike": {"<p>:sub": "organization:org-name:*"}}`), near: on(buildkite, `{"StringLike": {"<p>:sub": "organization:octo-org:pipeline:app:*"}}`)},
		{rule: "value-damaged", reason: "chat made a link of it",
			text: on(prefect, `{"StringEquals": {"<p>:sub": "prefect:account:a1", "<p>:aud": "<http://sts.amazonaws.com|sts.amazonaws.com>"}}`),
			near: on(prefect, `{"StringEquals": {"<p>:sub": "prefect:account:a1", "<p>:aud": "https://sts.amazonaws.com"}}`)},
		{rule: "value-damaged", reason: "chat made a cloud of it",
			text: on(prefect, `{"StringEquals": {"<p>:sub": "prefect☁️a1"}}`), near: on(prefect, `{"StringEquals": {"<p>:sub": "prefect:account:é1"}}`)},
		{rule: "wildcard-under-equality", reason: "StringEquals does not expand *",
			text: on(gh, `{"StringEquals": {"<p>:sub": "repo:octo-org/app:*"}}`), near: on(gh, `{"StringLike": {"<p>:sub": "repo:octo-org/app:*"}}`)},
		{rule: "subject-too-broad", reason: "the wildcard crosses the organization",
			text: on(gh, `{"StringLike": {"<p>:sub": "repo:octo-org*"}}`), near: on(gh, `{"StringLike": {"<p>:sub": "repo:octo-org/app:*"}}`)},
		{rule: "subject-too-broad", reason: "some subject of anybody's ends like that",
			text: on(gh, `{"StringLike": {"<p>:sub": "*octo-org/app:ref:refs/heads/main"}}`), near: on(gh, `{"StringLike": {"<p>:sub": ["repo:octo-org/app:ref:refs/heads/*"]}}`)},
		{rule: "subject-too-broad", reason: "each repository of the organization", severity: lint.Warning,
			text: on(gh, `{"StringLike": {"<p>:sub": "repo:octo-org/*"}}`), near: on(gh, `{"StringLike": {"<p>:sub": "repo:octo-org/*"}, "StringEquals": {"<p>:repository_id": "5678"}}`)},
		{rule: "subject-too-broad", reason: "each account of Prefect Cloud",
			text: on(prefect, `{"StringLike": {"<p>:sub": "prefect:account:*"}}`), near: on(prefect, `{"StringEquals": {"<p>:sub": "prefect:account:a1"}}`)},
		{rule: "subject-too-broad", reason: "each service account of the cluster", severity: lint.Warning,
			text: on(eks, `{"StringLike": {"<p>:sub": "system:serviceaccount:*:*"}}`), near: on(eks, `{"StringLike": {"<p>:sub": "system:serviceaccount:a:b"}}`)},
		{rule: "subject-not-of-issuer", reason: "the word is account", severity: lint.Warning,
			text: on(prefect, `{"StringEquals": {"<p>:sub": "prefect:cloud:a1"}}`), near: on(prefect, `{"StringEquals": {"<p>:sub": "prefect:account:a1"}}`)},
		{rule: "subject-not-of-issuer", reason: "the project is left out before a trailing wildcard", severity: lint.Warning,
			text: on("app.terraform.io", `{"StringLike": {"<p>:sub": "organization:a:workspace:b:run_phase:*"}}`),
			near: on(gh, `{"StringLike": {"<p>:sub": "repo:octo-org/app:*:workflow:ci:job_workflow_ref:octo-org/app/.github/workflows/ci.yaml@refs/heads/main:*"}}`)},
		{rule: "subject-not-of-issuer", reason: "the colon of a policy variable parts nothing", severity: lint.Warning,
			text: on(prefect, `{"StringEquals": {"<p>:sub": "prefect:RequestTag/account:a1"}}`), near: on(gh, `{"StringLike": {"<p>:sub": "repo:octo-org/${aws:RequestTag/app}:*"}}`)},
		{rule: "tenant-not-tested", reason: "where each organization has an issuer of its own, the provider tells",
			text: on(prefect, `{"StringEquals": {"<p>:aud": "prefect-cloud"}}`), near: on("oidc.circleci.com/org/3b7d1c52-0f6e-4b8a-9d2c-7e5a1f4c6b90", `{"StringEquals": {"<p>:aud": "3b7d1c52-0f6e-4b8a-9d2c-7e5a1f4c6b90"}}`)},
		{rule: "set-operator-vacuous", reason: "it holds without the claim",
			text: on(gh, `{"ForAllValues:StringEquals": {"<p>:sub": "repo:octo-org/app:ref:refs/heads/main"}}`), near: on(gh, `{"ForAnyValue:StringEquals": {"<p>:sub": "repo:octo-org/app:ref:refs/heads/main"}}`)},
		{rule: "set-operator-vacuous", reason: "with Null the claim has to be there", severity: lint.Error,
			text: on(gh, `{"ForAllValues:StringEquals": {"<p>:sub": "repo:octo-org/app:ref:refs/heads/main"}, "Null": {"<p>:sub": "true"}}`),
			near: on(gh, `{"ForAllValues:StringEquals": {"<p>:sub": "repo:octo-org/app:ref:refs/heads/main"}, "Null": {"<p>:sub": "false"}}`)},
	} {
		t.Run(tt.rule+"/"+tt.reason, func(t *testing.T) {
			if tt.severity == "" {
				tt.severity = lint.Error
			}
			want := string(tt.severity) + " " + tt.rule
			if got := rules(check(t, tt.text, tt.known), false); !slices.Contains(got, want) {
				t.Errorf("want %s, got %q: %s", want, got, tt.reason)
			}
			if got := rules(check(t, tt.near, tt.known), false); got != nil {
				t.Errorf("of the near miss: want nothing, got %q in %s", got, tt.near)
			}
		})
	}
}

// Notes are worth knowing, and change no exit status.
func TestNotes(t *testing.T) {
	for _, tt := range []struct {
		label, reason, text string
		want                []string
	}{
		{"without ids", "a transferred repository is refused", on(gh, `{"StringEquals": {"<p>:sub": "repo:octo-org/app:ref:refs/heads/main"}}`), []string{"note github-immutable-subjects"}},
		{"with and without", "both are kept during the move", on(gh, `{"StringEquals": {"<p>:sub": ["repo:octo-org/app:ref:refs/heads/main", "repo:octo-org@1/app@2:ref:refs/heads/main"]}}`), nil},
		{"another template", "the ids come into the part of the repository, and it has none", on(gh, `{"StringEquals": {"<p>:sub": "repository_owner:octo-org:repository_visibility:private"}}`), nil},
		{"no tags", "Buildkite's agents can ask for session tags", on(buildkite, `{"StringLike": {"<p>:sub": "organization:a:pipeline:b:*"}}`), []string{"note tag-session-missing"}},
		{"tags", "the statement allows them", trust(arn(buildkite), `["sts:AssumeRoleWithWebIdentity", "sts:TagSession"]`, `{"StringLike": {"<p>:sub": "organization:a:pipeline:b:*"}}`), nil},
		{"another issuer", "no tags are documented", on(eks, `{"StringEquals": {"<p>:sub": "system:serviceaccount:a:b"}}`), nil},
		{"a user", "nothing is said of statements without a web identity", `{"Statement": {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"x:sub": ""}}}}`, nil},
		{"SAML", "another call", `{"Statement": {"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:saml-provider/x"}, "Action": "sts:AssumeRoleWithSAML", "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}}}`, nil},
	} {
		t.Run(tt.label, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, rules(check(t, tt.text, lint.Known{}), true)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

// Every rule can be found, and its ID is no other's.
func TestRulesAreTold(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range lint.Rules() {
		if seen[r.ID] || r.Summary == "" || r.Severity == "" {
			t.Errorf("%q is there twice, or says nothing", r.ID)
		}
		seen[r.ID] = true
	}
	for _, f := range check(t, on(gh, `{"StringLike": {"<p>:sub": "repo:*"}}`), lint.Known{}) {
		if !seen[f.Rule] {
			t.Errorf("%q is in no list", f.Rule)
		}
	}
}

// No document makes it fail, and each finding has its rule, its words and a
// place.
func FuzzCheck(f *testing.F) {
	f.Add([]byte(on(gh, `{"StringLike": {"<p>:sub": "repo::*", "sub": "x", ":": ""}, "Null": {"<p>:sub": "false"}}`)))
	f.Add([]byte(trust("accounts.google.com", `["sts:TagSession"]`, `{"ForAllValues:StringNotLike": {"accounts.google.com:aud": ["*", "?"]}}`)))
	f.Add([]byte(`{"Statement": [{"Effect": "Deny", "NotPrincipal": {"Federated": "x"}, "NotAction": "*"}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		doc, err := policy.Parse("f", text)
		if err != nil {
			return
		}
		for _, found := range lint.Check(doc, lint.Known{Read: true}) {
			if found.Rule == "" || found.Severity == "" || found.Message == "" || found.Do == "" || found.Line == 0 || strings.ContainsAny(found.Message+found.Do, "\n\r") {
				t.Errorf("%+v", found)
			}
		}
	})
}

// What a document holds comes out on one line, quoted and cut.
func TestHostile(t *testing.T) {
	for _, v := range []string{"\n::error::x", "\u202egnp", strings.Repeat("*", 5000), "a`b|c<d>", "%0A"} {
		for _, f := range check(t, strings.Replace(on(prefect, `{"StringEquals": {"<p>:sub": VALUE}}`), "VALUE", fmt.Sprintf("%q", v), 1), lint.Known{}) {
			if strings.ContainsAny(f.Message, "\n\r\u202e") || len(f.Message) > 1500 {
				t.Errorf("of %q: %q", v, f.Message)
			}
		}
	}
}
