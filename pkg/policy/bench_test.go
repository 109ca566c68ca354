package policy_test

import (
	"strings"
	"testing"

	"whydenied/pkg/policy"
)

const githubARN = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"

// The two policies that most roles for GitHub have, and one with variables.
var (
	githubLike = document(policy.Version2012, statement(`{
		"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"},
		"StringLike": {"token.actions.githubusercontent.com:sub": "repo:octo-org/*:ref:refs/heads/main"}}`))
	githubEquals = document(policy.Version2012, statement(`{"StringEquals": {
		"token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
		"token.actions.githubusercontent.com:sub": "repo:octo-org/api:ref:refs/heads/main"}}`))
	githubVariables = document(policy.Version2012, statement(`{
		"StringEquals": {"sts:RoleSessionName": "${token.actions.githubusercontent.com:aud}"},
		"StringLike": {"token.actions.githubusercontent.com:sub":
			"repo:${aws:ResourceTag/org, 'octo-org'}/*:ref:refs/heads/main"},
		"ArnLike": {"aws:FederatedProvider": "arn:aws:iam::${aws:ResourceAccount}:oidc-provider/*"}}`))
)

func githubRequest() *policy.Request {
	return &policy.Request{
		Action:   "sts:AssumeRoleWithWebIdentity",
		Provider: githubARN,
		Keys: map[string]policy.Attr{
			"token.actions.githubusercontent.com:aud": policy.One("sts.amazonaws.com"),
			"token.actions.githubusercontent.com:sub": policy.One("repo:octo-org/api:ref:refs/heads/main"),
			"sts:rolesessionname":                     policy.One("sts.amazonaws.com"),
			"aws:resourcetag/org":                     {State: policy.Absent},
			"aws:resourceaccount":                     policy.One("111122223333"),
			"aws:federatedprovider":                   policy.One(githubARN),
			"aws:currenttime":                         policy.One("2026-11-23T14:02:00Z"),
		},
	}
}

func BenchmarkEvaluate(b *testing.B) {
	for _, bb := range []struct{ name, text string }{
		{"StringLike", githubLike}, {"StringEquals", githubEquals}, {"Variables", githubVariables},
	} {
		b.Run(bb.name, func(b *testing.B) {
			doc, req := parse(b, bb.text), githubRequest()
			b.ReportAllocs()
			for b.Loop() {
				if policy.Evaluate(doc, req) != policy.True {
					b.Fatal("the policy does not allow the request")
				}
			}
		})
	}
}

func BenchmarkTrace(b *testing.B) {
	doc, req := parse(b, githubLike), githubRequest()
	b.ReportAllocs()
	for b.Loop() {
		if policy.Trace(doc, req).Truth != policy.True {
			b.Fatal("the policy does not allow the request")
		}
	}
}

// BenchmarkByHand asks the questions of the same two policies in Go, over the
// same request: what one would write for one policy that is known beforehand.
func BenchmarkByHand(b *testing.B) {
	for _, bb := range []struct {
		name  string
		holds func(sub string) bool
	}{
		{"StringLike", func(sub string) bool {
			const prefix, suffix = "repo:octo-org/", ":ref:refs/heads/main"
			return len(sub) >= len(prefix)+len(suffix) && strings.HasPrefix(sub, prefix) && strings.HasSuffix(sub, suffix)
		}},
		{"StringEquals", func(sub string) bool { return sub == "repo:octo-org/api:ref:refs/heads/main" }},
	} {
		b.Run(bb.name, func(b *testing.B) {
			req := githubRequest()
			b.ReportAllocs()
			for b.Loop() {
				if !byHand(req, bb.holds) {
					b.Fatal("the comparison does not hold")
				}
			}
		})
	}
}

func byHand(req *policy.Request, holds func(string) bool) bool {
	if req.Provider != githubARN || !strings.EqualFold(req.Action, "sts:AssumeRoleWithWebIdentity") {
		return false
	}
	aud := req.Keys["token.actions.githubusercontent.com:aud"]
	if aud.State != policy.Present || len(aud.Values) != 1 || aud.Values[0] != "sts.amazonaws.com" {
		return false
	}
	sub := req.Keys["token.actions.githubusercontent.com:sub"]
	return sub.State == policy.Present && len(sub.Values) == 1 && holds(sub.Values[0])
}

func TestEvaluateDoesNotAllocate(t *testing.T) {
	const others = `{"Version": "2012-10-17", "Statement": [{
		"Effect": "Allow", "Principal": "*", "NotAction": "iam:*",
		"Condition": {
			"StringEqualsIgnoreCase": {"token.actions.githubusercontent.com:aud": "STS.AMAZONAWS.COM"},
			"StringNotLike": {"token.actions.githubusercontent.com:sub": ["*a*b*c*d", "?${aws:username, 'x'}*"]},
			"DateGreaterThan": {"aws:CurrentTime": "2026-01-01T00:00:00+02:00"},
			"NumericLessThanIfExists": {"aws:MultiFactorAuthAge": 3600},
			"Bool": {"aws:SecureTransport": "true"},
			"NotIpAddress": {"aws:SourceIp": ["10.0.0.0/8", "2001:db8::/32"]},
			"Null": {"sts:ExternalId": "true"}
		}
	}]}`
	req := githubRequest()
	req.Keys["aws:multifactorauthage"] = policy.One("60.5")
	req.Keys["aws:securetransport"] = policy.One("TRUE")
	req.Keys["aws:sourceip"] = policy.One("203.0.113.7")
	req.Keys["aws:username"], req.Keys["sts:externalid"] = absent, absent
	if got := policy.Evaluate(parse(t, others), req); got != policy.Unknown {
		t.Fatalf("want unknown (the principal is *) with every condition read, got %s", got)
	}
	for _, text := range []string{githubLike, githubEquals, githubVariables, others} {
		doc := parse(t, text)
		if got := testing.AllocsPerRun(100, func() { policy.Evaluate(doc, req) }); got != 0 {
			t.Errorf("Evaluate allocates %v times for %s, want 0: it is called for each role and record", got, text)
		}
	}
}
