package diagnosis_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/evidence"
	"whydenied/pkg/trail"
)

// everyCode is one input for each code, built around a text that stands
// wherever a caller, or whoever writes the policy, may put one.
func everyCode(t fataler, odd string) map[diagnosis.Code]diagnosis.Input {
	sub := "repo:" + odd + "/api:ref:refs/heads/main"
	d := onGitHub(sub)
	d.SessionName, d.UserAgent = text(odd), odd
	d.Audience = text(odd)
	policy := func(d trail.Denial, statements ...string) diagnosis.Input {
		return diagnosis.Input{Denial: d, Account: holding(role(t, "deploy", statements...))}
	}
	failed := func(code, message string) diagnosis.Input {
		d := d
		d.ErrorCode, d.ErrorMessage = code, message
		return policy(d, allow(gitHubARN, ""))
	}
	tagged, identified, gone := d, d, d
	tagged.PrincipalTags = map[string]string{odd: odd}
	identified.SourceIdentity = text(odd)
	gone.RoleARN = text("arn:aws:iam::" + account + ":role/" + odd)
	long := failed("ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role. "+odd)
	long.Denial.DurationSeconds = 99999
	audience := policy(d, allow(gitHubARN, ""))
	audience.WhatIf, audience.Account.ProvidersRead = true, true
	audience.Account.Providers = []evidence.Provider{{ARN: gitHubARN, ClientIDs: []string{stsAud}}}
	key := gitHub + ":" + strings.ReplaceAll(odd, ":", "")
	return map[diagnosis.Code]diagnosis.Input{
		diagnosis.CauseTokenExpired:            failed("ExpiredTokenException", "Token expired: "+odd),
		diagnosis.CauseTokenInvalid:            failed("InvalidIdentityToken", odd),
		diagnosis.CauseIDPUnreachable:          failed("IDPCommunicationError", odd),
		diagnosis.CauseSTSRefused:              failed(odd, odd),
		diagnosis.CauseRoleNotFound:            policy(gone, allow(gitHubARN, "")),
		diagnosis.CauseSessionDurationTooLong:  long,
		diagnosis.CauseProviderNotRegistered:   failed("InvalidIdentityToken", "No OpenIDConnect provider found in your account for https://"+odd),
		diagnosis.CauseAudienceNotRegistered:   audience,
		diagnosis.CauseNoFederatedPrincipal:    policy(d, statement("Allow", `{"Service":`+jsonText(odd)+`}`, `"Action":"sts:AssumeRole"`, "")),
		diagnosis.CauseProviderARNMismatch:     policy(d, statement("Allow", `{"Federated":`+jsonText(arnPrefix+odd)+`}`, `"Action":"sts:AssumeRoleWithWebIdentity"`, "")),
		diagnosis.CauseActionNotAllowed:        policy(d, statement("Allow", federatedGitHub, `"Action":`+jsonText("sts:"+odd), "")),
		diagnosis.CauseAudMismatch:             policy(d, allow(gitHubARN, when("StringEquals", gitHub+":aud", odd+"x"))),
		diagnosis.CauseSubMismatch:             policy(d, allow(gitHubARN, when("StringEquals", gitHub+":sub", sub+odd, odd, "repo:"+odd))),
		diagnosis.CauseConditionMismatch:       policy(tagged, statement("Allow", federatedGitHub, `"Action":"sts:*"`, when("StringEquals", "aws:RequestTag/"+odd, odd+"x"))),
		diagnosis.CauseConditionKeyMisnamed:    policy(d, allow(gitHubARN, when("StringEquals", "gitlab.com"+key, odd))),
		diagnosis.CauseClaimNotSupported:       policy(d, allow(gitHubARN, when("StringEquals", key, odd))),
		diagnosis.CauseRequiredMissing:         policy(denied(hcpARN, odd, odd), allow(hcpARN, "")),
		diagnosis.CauseHiddenClaim:             policy(d, allow(gitHubARN, when("StringEquals", "aws:PrincipalTag/"+odd, odd))),
		diagnosis.CauseTagSessionNotAllowed:    policy(tagged, allow(gitHubARN, "")),
		diagnosis.CauseSourceIdentityForbidden: policy(identified, allow(gitHubARN, "")),
		diagnosis.CauseExplicitDeny:            policy(d, allow(gitHubARN, ""), statement("Deny", federatedGitHub, `"Action":"*"`, when("StringNotEquals", "aws:RequestTag/"+odd, odd))),
		diagnosis.CauseBeyondTrustPolicy:       policy(d, allow(gitHubARN, "")),
	}
}

// Each code has a headline and a message: plain text on one line, of bounded
// length, whatever a caller put into the token.
func TestMessages(t *testing.T) {
	texts := []struct{ label, text string }{
		{"plain", "octo"},
		{"long", strings.Repeat("octo-", 20_000)},
		{"control characters", "octo\x1b[31m\r\n\u2028\u202eorg\u200b"},
		{"long and wide", strings.Repeat("\U0001f600\u200b", 20_000)},
		{"markup", "<!channel> <https://evil.example|here> [a](b) `x`"},
		{"verbs of a format", "%s%d%!(EXTRA)%n"},
	}
	for _, tt := range texts {
		inputs := everyCode(t, tt.text)
		for _, code := range diagnosis.Codes() {
			t.Run(fmt.Sprintf("%s/%s", code, tt.label), func(t *testing.T) {
				in, ok := inputs[code]
				if !ok {
					t.Fatalf("no input gives %s", code)
				}
				d := diagnosis.Diagnose(in)
				if !slices.ContainsFunc(d.Causes, func(c diagnosis.Cause) bool { return c.Code == code }) {
					t.Fatalf("causes %v lack it", said(d.Causes))
				}
				wrongWords(t, &d)
				if tt.label == "verbs of a format" && strings.Contains(d.Summary+strings.Join(d.Notes, " "), "MISSING") {
					t.Errorf("a text of the token was taken for a format: %s", d.Summary)
				}
			})
		}
	}
}

// What a summary calls expected is what the policy wants to see.
func TestSummaryOfOtherOperators(t *testing.T) {
	const sub = gitHub + ":sub"
	for _, tt := range []struct{ condition, reason, want string }{
		{when("StringEquals", sub, "x"), "expected over presented", `sub does not match: the role expects "x" and the token presented "` + mainSub + `"`},
		{when("StringNotEquals", sub, mainSub), "the value is excluded", `sub does not match: sub is "` + mainSub + `", which StringNotEquals excludes.`},
		{when("Null", sub, "true"), "presence is no value", `sub does not match: the policy asks that ` + sub + ` be missing from the request, and it is there.`},
		{when("DateLessThan", "aws:CurrentTime", "2020-01-01T00:00:00Z"), "a limit is no value", `aws:CurrentTime does not match: aws:CurrentTime is "2026-10-05T14:02:00Z", which DateLessThan "2020-01-01T00:00:00Z" excludes.`},
		{when("ForAllValues:StringEquals", "aws:TagKeys", "team"), "all of the token's values", `aws:TagKeys does not match: the role expects "team" and the token presented "stage" and "team"`},
		{when("StringEquals", "aws:ResourceAccount", ""), "an empty value is shown as one", `aws:ResourceAccount does not match: the role expects "" and the token presented "111122223333"`},
	} {
		d := onGitHub(mainSub)
		d.PrincipalTags = map[string]string{"team": "web", "stage": "prod"}
		got := explain(t, d, statement("Allow", federatedGitHub, `"Action":"sts:*"`, tt.condition))
		if got.Summary != tt.want {
			t.Errorf("%s:\ngot  %s\nwant %s", tt.reason, got.Summary, tt.want)
		}
	}
}

// A reason that would send the reader the wrong way is worse than none.
func TestReasons(t *testing.T) {
	const sub = gitHub + ":sub"
	for _, tt := range []struct {
		reason, presented, condition string
		want, lacks                  string
	}{
		{"* is a wildcard under ArnLike; the value is no ARN", mainSub, when("ArnLike", sub, "repo:octo-org/*"), "ArnLike compares ARNs", "ordinary character"},
		{"equal as texts, and no ARN", mainSub, when("ArnEquals", sub, mainSub), "ArnEquals compares ARNs only", "slip"},
		{"another id is another owner, not another form", "repo:octo-org@12/api@34:pull_request", when("StringEquals", sub, "repo:octo-org@77/api@34:pull_request"), "another one, whatever its name", "GitHub now puts"},
		{"mending the branch alone would not do", mainSub, when("StringEquals", sub, "repo:octo-org/*:ref:refs/heads/next"), "Besides, under StringEquals a * is an ordinary character.", ""},
		{"two differences: neither is the only one", "repo:octo-org/api", when("StringEquals", sub, "https://Repo:octo-org/api"), "They differ in the scheme", "only"},
		{"a placeholder is no chat program's work", mainSub, when("StringEquals", sub, "repo:<org>/api:ref:refs/heads/main"), "placeholder", "chat program"},
	} {
		got := explain(t, onGitHub(tt.presented), allow(gitHubARN, tt.condition))
		r := got.Causes[0].Reason
		if !strings.Contains(r, tt.want) || tt.lacks != "" && strings.Contains(r, tt.lacks) {
			t.Errorf("%s: %q, want %q and not %q", tt.reason, r, tt.want, tt.lacks)
		}
	}
}

// TestReasonsByIssuer: what a sentence says of one issuer is not said of another.
func TestReasonsByIssuer(t *testing.T) {
	const bitbucket, fly = "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc", "oidc.fly.io/octo-org"
	const circle = "oidc.circleci.com/org/0f0e0d0c-1111-4222-8333-444455556666"
	const project = "org/0f0e0d0c-1111-4222-8333-444455556666/project/9a9a9a9a-1111-4222-8333-444455556666/user/"
	const one, two, three = "{aaaaaaaa-0000-4000-8000-000000000001}", "{bbbbbbbb-0000-4000-8000-000000000002}", "{cccccccc-0000-4000-8000-000000000003}"
	for _, tt := range []struct {
		reason, issuer, expected, presented string
		want, not                           string
	}{
		{"a deployment adds its environment", bitbucket, one + ":" + three, one + ":" + two + ":" + three, "of the kind environment", "in place of the branch"},
		{"GitHub puts it in the branch's place", gitHub, mainSub, "repo:octo-org/api:environment:prod", "in place of the branch", ""},
		{"one letter of two characters looks like one of one", gitHub, "repo:octo-org/api:environment:pro\u0308d", "repo:octo-org/api:environment:pr\u00f6d", `"pr\u00f6d" where the policy expects "pro\u0308d"`, ""},
		{"any ref is no environment", gitHub, "repo:octo-org/api:ref:*", "repo:octo-org/api:environment:prod", "in place of the branch", "changes on each run"},
		{"a machine is another one each time", fly, "octo-org:api:1", "octo-org:api:2", "changes on each run", ""},
		{"a subject without colons has no first part", circle, project + "1", project + "2", `The policy says "1"`, "first part"},
	} {
		got := explain(t, denied(arnPrefix+tt.issuer, stsAud, tt.presented), allow(arnPrefix+tt.issuer, when("StringLike", tt.issuer+":sub", tt.expected)))
		if len(got.Causes) == 0 || !strings.Contains(got.Causes[0].Reason, tt.want) || tt.not != "" && strings.Contains(got.Causes[0].Reason, tt.not) {
			t.Errorf("%s: %+v", tt.reason, got.Causes)
		}
	}
}
