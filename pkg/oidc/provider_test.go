package oidc_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/oidc"
)

func TestParseProvider(t *testing.T) {
	tests := []struct {
		text   string
		want   oidc.Provider
		reason string
	}{
		{
			"arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com",
			oidc.Provider{Partition: "aws", Account: "123456789012", Suffix: "token.actions.githubusercontent.com"},
			"a host alone",
		},
		{
			"arn:aws-cn:iam::123456789012:oidc-provider/oidc.eks.cn-north-1.amazonaws.com.cn/id/AB12",
			oidc.Provider{Partition: "aws-cn", Account: "123456789012", Suffix: "oidc.eks.cn-north-1.amazonaws.com.cn/id/AB12"},
			"the path belongs to the suffix, in its letter case",
		},
		{
			"arn:aws-us-gov:iam::123456789012:oidc-provider/acme.auth0.com/",
			oidc.Provider{Partition: "aws-us-gov", Account: "123456789012", Suffix: "acme.auth0.com/"},
			"a registered trailing slash stays",
		},
		{
			"arn:aws-iso-b:iam::000000000000:oidc-provider/gitlab.example:8443/x",
			oidc.Provider{Partition: "aws-iso-b", Account: "000000000000", Suffix: "gitlab.example:8443/x"},
			"only the first five colons separate",
		},
		{
			"cognito-identity.amazonaws.com",
			oidc.Provider{Suffix: "cognito-identity.amazonaws.com", BuiltIn: true},
			"a built-in provider is its host",
		},
		{"accounts.google.com", oidc.Provider{Suffix: "accounts.google.com", BuiltIn: true}, "built in"},
		{"www.amazon.com", oidc.Provider{Suffix: "www.amazon.com", BuiltIn: true}, "built in"},
		{"graph.facebook.com", oidc.Provider{Suffix: "graph.facebook.com", BuiltIn: true}, "built in"},
		{
			"arn:aws:iam::123456789012:oidc-provider/accounts.google.com",
			oidc.Provider{Partition: "aws", Account: "123456789012", Suffix: "accounts.google.com"},
			"the same issuer registered as a provider is not the built-in one",
		},
	}
	for _, tc := range tests {
		tc.want.Text = tc.text
		got, err := oidc.ParseProvider(tc.text)
		if err != nil {
			t.Errorf("%s: %v (%s)", tc.text, err, tc.reason)
		}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s: %s (-want +got):\n%s", tc.text, tc.reason, diff)
		}
		if !got.BuiltIn && oidc.NewProviderARN(got.Partition, got.Account, got.Suffix) != tc.text {
			t.Errorf("%s: NewProviderARN does not give it back", tc.text)
		}
	}
}

func TestParseProviderErrors(t *testing.T) {
	const jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJyZXBvOm8vciJ9.c2lnbmF0dXJl"
	tests := []struct {
		text   string
		want   string // part of the error
		suffix string
		reason string
	}{
		{"", "is not an ARN", "", "nothing"},
		{"token.actions.githubusercontent.com", "is not an ARN", "", "a host that is not built in"},
		{"Accounts.Google.com", "is not an ARN", "", "STS compares built-in hosts exactly"},
		{"https://gitlab.com", "is not an ARN", "", "an issuer URL"},
		{"arn:aws:iam::123456789012", "is not an ARN", "", "five parts"},
		{"arn:gcp:iam::123456789012:oidc-provider/gitlab.com", `partition "gcp"`, "gitlab.com", "another cloud"},
		{"arn:aws:sts::123456789012:oidc-provider/gitlab.com", `a resource of "sts"`, "", "another service"},
		{"arn:aws:iam:us-east-1:123456789012:oidc-provider/gitlab.com", `the region "us-east-1"`, "gitlab.com", "IAM has no regions"},
		{"arn:aws:iam::12345678901:oidc-provider/gitlab.com", "expected twelve digits", "gitlab.com", "eleven digits"},
		{"arn:aws:iam::<account-id>:oidc-provider/gitlab.com", "expected twelve digits", "gitlab.com", "a placeholder"},
		{"arn:aws:iam::123456789012:saml-provider/okta", "is a SAML provider", "", "SAML"},
		{"arn:aws:iam::123456789012:role/deploy", `resource type is "role"`, "", "a role"},
		{"arn:aws:iam::123456789012:oidc-provider/", "names no issuer", "", "empty suffix"},
		{"arn:aws:iam::123456789012:oidc-provider", "names no issuer", "", "no suffix"},
		{"arn:aws:iam::123456789012:oidc-provider/https://gitlab.com", "has a scheme", "gitlab.com", "a scheme inside"},
		{"arn:aws:iam::123456789012:oidc-provider/HTTP://gitlab.com", "has a scheme", "HTTP://gitlab.com", "a scheme in capitals"},
		{strings.Repeat(jwt, 5), "is not an ARN", "", "a token by mistake"},
	}
	for _, tc := range tests {
		got, err := oidc.ParseProvider(tc.text)
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got error %v, want %q (%s)", tc.text, err, tc.want, tc.reason)
			continue
		}
		if strings.Contains(err.Error(), "\n") || strings.HasSuffix(err.Error(), ".") || len(err.Error()) > 500 {
			t.Errorf("%s: not one short line without a full stop: %v", tc.text, err)
		}
		if got.Text != tc.text || got.Suffix != tc.suffix || got.BuiltIn {
			t.Errorf("%s: got %+v, want suffix %q (%s)", tc.text, got, tc.suffix, tc.reason)
		}
	}
}

func TestSuffixOf(t *testing.T) {
	for issuer, want := range map[string]string{
		"https://gitlab.com":              "gitlab.com",
		"https://acme.auth0.com/":         "acme.auth0.com/",
		"gitlab.com":                      "gitlab.com",
		"https://api.pulumi.com/oidc":     "api.pulumi.com/oidc",
		"http://issuer.example/https://x": "http://issuer.example/https://x",
	} {
		if got := oidc.SuffixOf(issuer); got != want {
			t.Errorf("SuffixOf(%q) = %q, want %q", issuer, got, want)
		}
	}
}
