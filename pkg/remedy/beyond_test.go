package remedy_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/policy"
	"whydenied/pkg/remedy"
	"whydenied/pkg/trail"
)

const githubARN = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"

// allowing is what a policy with these conditions says of a branch's token.
func allowing(t *testing.T, conditions string) []string {
	t.Helper()
	doc, err := policy.Parse("", []byte(`{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"Federated": "`+githubARN+`"},
		"Action": "sts:AssumeRoleWithWebIdentity", "Condition": `+conditions+`}}`))
	if err != nil {
		t.Fatal(err)
	}
	in := diagnosis.Input{WhatIf: true, Made: true, OnlyClaims: true, Policy: doc, Claims: map[string][]string{"workflow": {"deploy"}}, Denial: trail.Denial{
		Provider: trail.Known(githubARN), Audience: trail.Known("sts.amazonaws.com"), Subject: trail.Known("repo:octo-org/web:ref:refs/heads/main"),
	}}
	return remedy.Beyond(in, diagnosis.Diagnose(in))
}

func TestBeyond(t *testing.T) {
	for _, tt := range []struct {
		label, reason, conditions string
		want                      []string
	}{
		{"only this", "equality admits one subject", `{"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com", "token.actions.githubusercontent.com:sub": "repo:octo-org/web:ref:refs/heads/main"}}`,
			[]string{"beyond this token the trust policy lets in none of the N others that it was asked about"}},
		{"any branch", "the pattern ends before the context", `{"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}, "StringLike": {"token.actions.githubusercontent.com:sub": "repo:octo-org/web:*"}}`,
			[]string{"beyond this token the trust policy lets in another branch, another environment, any pull request, another tag and another ref"}},
		{"another claim decides", "another token's workflow is its own", `{"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com", "token.actions.githubusercontent.com:workflow": "deploy"}, "StringLike": {"token.actions.githubusercontent.com:sub": "repo:octo-org/web:ref:*"}}`,
			[]string{"whether it lets in another branch, another tag and another ref rests on claims of theirs that are not known here"}},
		{"not allowed", "nothing is said of what a refusal admits", `{"StringEquals": {"token.actions.githubusercontent.com:sub": "x"}}`, nil},
	} {
		t.Run(tt.label, func(t *testing.T) {
			got := allowing(t, tt.conditions)
			for i := range got {
				got[i] = withoutNumbers(got[i])
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

// withoutNumbers leaves the number of probes out of account.
func withoutNumbers(s string) string {
	out := ""
	for _, r := range s {
		switch {
		case r < '0' || r > '9':
			out += string(r)
		case len(out) == 0 || out[len(out)-1] != 'N':
			out += "N"
		}
	}
	return out
}
