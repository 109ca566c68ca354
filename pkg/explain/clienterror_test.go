package explain_test

import (
	"strings"
	"testing"

	"whydenied/pkg/explain"
)

// Every text that STS is known to give to the client has an answer, with its
// code beside it or without.
func TestClientError(t *testing.T) {
	for _, tt := range []struct{ code, message, want, next string }{
		{"ValidationError", "1 validation error detected: Value 'x' at 'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 20", "sts_refused", "malformed"},
		{"ValidationError", "Request ARN is invalid", "sts_refused", "role ARN"},
		{"RegionDisabledException", "STS is not activated in this region for account:123456789012. Your account administrator can activate STS in this region using the IAM Console.", "sts_refused", "Activate STS"},
		{"InvalidIdentityToken", "Provided Token is not a Login With Amazon token", "token_invalid", "no OIDC token"},
		{"InvalidIdentityToken", "Missing a required claim: sub", "token_invalid", "iss, aud, sub"},
		{"InvalidIdentityToken", "No OpenIDConnect provider found in your account for https://token.actions.githubusercontent.com", "provider_not_registered", "registered in the role's own account"},
		{"InvalidIdentityToken", "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements", "idp_unreachable", "reachable"},
		{"IDPRejectedClaim", "graph.facebook.com: graph.facebook.com responded with HTTP/1.1 400 Bad Request", "token_invalid", "its own error"},
		{"InvalidIdentityToken", "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint", "idp_unreachable", "certificate"},
		{"ExpiredTokenException", "Token expired: current date/time 1626271164 must be before the expiration date/time1626191469", "token_expired", "new one"},
		{"ExpiredTokenException", "Token too old: 1626191469", "token_expired", "new one"},
		{"InvalidIdentityToken", "Token audience contains more than one audience while authorized party is not present", "token_invalid", "one audience"},
		{"InvalidIdentityToken", "Incorrect token audience", "audience_not_registered", "client IDs"},
		{"InvalidIdentityToken", "The target role ARN is not present in the roles claim of the identity token", "token_invalid", "list of roles"},
		{"AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity", "", ""},
		{"ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.", "session_duration_too_long", "longer session"},
		{"Throttling", "Rate exceeded", "sts_refused", "back-off"},
		{"AccessDenied", "User is not authorized to perform: sts:AssumeRoleWithWebIdentity on resource: x with an explicit deny in a resource control policy", "beyond_trust_policy", "resource control policy"},
	} {
		for _, text := range []string{tt.message, "An error occurred (" + tt.code + ") when calling the AssumeRoleWithWebIdentity operation: " + tt.message} {
			r := explain.ClientError(text)
			code, message := "", ""
			if len(r.Causes) > 0 {
				code, message = r.Causes[0].Code, r.Causes[0].Message
			}
			if code != tt.want || !strings.Contains(message, tt.next) {
				t.Errorf("%q: cause %q, want %q; it says %q, want %q in it", text, code, tt.want, message, tt.next)
			}
			if len(r.Causes) == 0 && len(r.Notes) < 2 {
				t.Errorf("%q: no cause, and notes %q say too little", text, r.Notes)
			}
		}
	}
	if r := explain.ClientError("hello"); len(r.Causes) > 0 || !strings.Contains(r.Summary, "no message of STS") {
		t.Errorf("a text of somebody else: %q %v", r.Summary, r.Causes)
	}
}
