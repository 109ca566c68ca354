package diagnosis_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/trail"
)

// The texts of STS's own errors, as clients and records show them.
func TestReadRefusal(t *testing.T) {
	const (
		invalid = "InvalidIdentityToken"
		expired = "ExpiredToken"
	)
	for _, tt := range []struct {
		code, text string
		want       diagnosis.Code
		element    string
		issuer     string
	}{
		{code: "ValidationError", text: `1 validation error detected: Value 'x' at 'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 20`, want: "sts_refused", element: "token"},
		{code: "ValidationError", text: `1 validation error detected: Value 'Token expired' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]*`, want: "sts_refused", element: "token"},
		{code: "ValidationError", text: "Request ARN is invalid", want: "sts_refused", element: "token"},
		{code: "RegionDisabled", text: "STS is not activated in this region for account:111122223333. Your account administrator can activate STS in this region using the IAM Console.", want: "sts_refused", element: "token"},
		{code: invalid, text: "Provided Token is not a Login With Amazon token", want: "token_invalid", element: "token"},
		{code: invalid, text: "Missing a required claim: sub", want: "token_invalid", element: "token"},
		{code: invalid, text: "No OpenIDConnect provider found in your account for https://token.actions.githubusercontent.com/octo/", want: "provider_not_registered", element: "provider", issuer: gitHub + "/octo/"},
		{code: invalid, text: "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements", want: "idp_unreachable", element: "token"},
		{code: "IDPCommunicationError", text: "the request could not be fulfilled because the identity provider (IDP) that was asked to verify the incoming identity token could not be reached", want: "idp_unreachable", element: "token"},
		{code: "IDPRejectedClaim", text: "graph.facebook.com: graph.facebook.com responded with HTTP/1.1 400 Bad Request", want: "token_invalid", element: "token"},
		{code: invalid, text: "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint", want: "idp_unreachable", element: "token"},
		{code: expired, text: "Token expired: current date/time 1700000400 must be before the expiration date/time1700000000", want: "token_expired", element: "token"},
		{code: expired, text: "Token expired: current date/time 1700000400 must be before the expiration date/time 1700000000", want: "token_expired", element: "token"},
		{code: invalid, text: "Token too old: 1700000000", want: "token_expired", element: "token"},
		{code: expired, text: "", want: "token_expired", element: "token"},
		{code: invalid, text: "Token audience contains more than one audience while authorized party is not present", want: "token_invalid", element: "token"},
		{code: invalid, text: "Incorrect token audience", want: "audience_not_registered", element: "client_ids"},
		{code: invalid, text: "The target role ARN is not present in the roles claim of the identity token", want: "token_invalid", element: "token"},
		{code: "AccessDenied", text: "Not authorized to perform sts:AssumeRoleWithWebIdentity", element: "token"},
		{code: "AccessDenied", text: "An unknown error occurred", element: "token"},
		{code: "ValidationError", text: "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.", want: "session_duration_too_long", element: "role"},
		{code: "ValidationError", text: "1 validation error detected: Value '99999' at 'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to 43200", want: "session_duration_too_long", element: "role"},
		{code: "ValidationError", text: "1 validation error detected: Value '60' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900", want: "sts_refused", element: "token"},
		{code: "MalformedPolicyDocument", text: "The policy is not in the valid JSON format.", want: "sts_refused", element: "token"},
		{code: "PackedPolicyTooLarge", text: "Packed policy consumes 112% of allotted space, please use smaller policy.", want: "sts_refused", element: "token"},
		{code: "Throttling", text: "Rate exceeded", want: "sts_refused", element: "token"},
	} {
		want := diagnosis.Refusal{Code: tt.want, Element: tt.element, Issuer: tt.issuer}
		for _, code := range []string{tt.code, tt.code + "Exception"} {
			if diff := cmp.Diff(want, diagnosis.ReadRefusal(code, tt.text)); diff != "" {
				t.Errorf("%s: %s (-want +got):\n%s", code, tt.text, diff)
			}
		}
	}
}

// What a client prints has no code of its own, or has it in the text.
func TestReadRefusalOfClients(t *testing.T) {
	for _, tt := range []struct {
		text string
		want diagnosis.Code
	}{
		{"An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to perform sts:AssumeRoleWithWebIdentity", ""},
		{"Error: Could not assume role with OIDC: Not authorized to perform sts:AssumeRoleWithWebIdentity", ""},
		{"User: anonymous is not authorized to perform: sts:AssumeRoleWithWebIdentity on resource: " + roleARN, ""},
		{"An unknown error occurred", ""},
		{"operation error STS: AssumeRoleWithWebIdentity, https response error StatusCode: 400, ExpiredTokenException: Token expired: current date/time 2 must be before the expiration date/time 1", "token_expired"},
		{"An error occurred (InvalidIdentityToken) when calling the AssumeRoleWithWebIdentity operation: something new", "token_invalid"},
		{"IDPCommunicationErrorException: something new", "idp_unreachable"},
	} {
		if got := diagnosis.ReadRefusal("", tt.text).Code; got != tt.want {
			t.Errorf("%s: %q, want %q", tt.text, got, tt.want)
		}
	}
}

// STS's own error is the one cause, certain; the policy is judged and noted.
func TestRefusedBySTS(t *testing.T) {
	d := onGitHub(mainSub)
	d.ErrorCode, d.ErrorMessage = "ExpiredTokenException", "Token expired: current date/time 2 must be before the expiration date/time1"
	got := explain(t, d, allow(gitHubARN, when("StringEquals", gitHub+":sub", "x")))
	if diff := cmp.Diff([]string{"token_expired certain"}, said(got.Causes)); diff != "" {
		t.Errorf("causes (-want +got):\n%s", diff)
	}
	if got.Check("sub").Status != diagnosis.StatusMismatch || !has(got.Notes, "apart from that, sub does not match") {
		t.Errorf("sub is %s, notes %q", got.Check("sub").Status, got.Notes)
	}
	if !strings.Contains(got.Causes[0].Message, "STS said: \"Token expired") {
		t.Errorf("the message does not quote STS: %s", got.Causes[0].Message)
	}
}

// The issuer that stands in the text alone is read from there.
func TestIssuerFromText(t *testing.T) {
	for _, tt := range []struct{ label, account string }{
		{"with the account", account},
		{"the message alone", ""},
	} {
		d := trail.Denial{Account: tt.account, ErrorCode: "InvalidIdentityToken", ErrorMessage: "No OpenIDConnect provider found in your account for https://gitlab.example/ci"}
		got := diagnosis.Diagnose(diagnosis.Input{Denial: d})
		if diff := cmp.Diff([]string{"gitlab.example/ci"}, got.Causes[0].Presented); diff != "" {
			t.Errorf("%s: presented (-want +got):\n%s", tt.label, diff)
		}
		if !strings.Contains(got.Causes[0].Message, `"https://gitlab.example/ci"`) {
			t.Errorf("%s: %s", tt.label, got.Causes[0].Message)
		}
	}
}

// Provider and audience are no matter for a provider that STS has built in.
func TestRefusedBuiltIn(t *testing.T) {
	d := denied("graph.facebook.com", "app", "user")
	d.ErrorCode, d.ErrorMessage = "IDPRejectedClaim", "graph.facebook.com: graph.facebook.com responded with HTTP/1.1 400 Bad Request"
	got := explain(t, d, allow("graph.facebook.com", ""))
	for _, e := range []string{"provider", "client_ids"} {
		if s := got.Check(e).Status; s != diagnosis.StatusNotRequired {
			t.Errorf("%s is %s, want not_required", e, s)
		}
	}
}
