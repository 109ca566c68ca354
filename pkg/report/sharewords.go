package report

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/oidc"
	"whydenied/pkg/policy"
)

// The sets that a report's own words come from. What is in none of them does
// not get into a shared report.
var (
	verdicts    = []string{"allowed", "explained", "suspected", "unexplained"}
	presents    = []string{"allows", "refuses", "unknown", "deleted"}
	statuses    = []string{"match", "mismatch", "unknown", "not_required"}
	confidences = []string{"certain", "likely", "possible"}
	effects     = []string{"Allow", "Deny", "(unresolved)"}
	truths      = []string{"true", "false", "unknown"}
	states      = []string{"present", "absent", "hidden"}
	elements    = []string{
		diagnosis.ElementToken, diagnosis.ElementRole, diagnosis.ElementProvider, diagnosis.ElementClientIDs, diagnosis.ElementProviderARN,
		diagnosis.ElementAction, diagnosis.ElementAud, diagnosis.ElementSub, diagnosis.ElementTags, diagnosis.ElementSourceIdentity, diagnosis.ElementDeny,
	}
	policyElements = []string{"Principal", "NotPrincipal", "Action", "NotAction", "Effect", "Condition"}
	recordParts    = []string{
		"userIdentity.principalId", "userIdentity.identityProvider", "userIdentity.userName", "requestParameters.roleArn",
		"requestParameters", "resources", "eventTime", "eventID", "errorCode",
	}
	errorCodes = []string{
		"AccessDenied", "AccessDeniedException", "ExpiredToken", "ExpiredTokenException", "InvalidIdentityToken", "InvalidIdentityTokenException",
		"IDPRejectedClaim", "IDPRejectedClaimException", "IDPCommunicationError", "IDPCommunicationErrorException", "MalformedPolicyDocument",
		"MalformedPolicyDocumentException", "PackedPolicyTooLarge", "PackedPolicyTooLargeException", "RegionDisabledException", "ValidationError",
		"ValidationException", "Throttling", "ThrottlingException",
	}
	iamEvents = []string{
		"CreateRole", "DeleteRole", "UpdateRole", "UpdateAssumeRolePolicy", "CreateOpenIDConnectProvider", "DeleteOpenIDConnectProvider",
		"AddClientIDToOpenIDConnectProvider", "RemoveClientIDFromOpenIDConnectProvider", "UpdateOpenIDConnectProviderThumbprint",
	}
	programs = []string{
		"Boto3", "Botocore", "aws-cli", "aws-cli2", "APN", "aws-sdk-go", "aws-sdk-go-v2", "aws-sdk-java", "aws-sdk-js", "aws-sdk-js-v3", "aws-sdk-nodejs",
		"aws-sdk-dotnet", "aws-sdk-dotnet-coreclr", "aws-sdk-php", "aws-sdk-ruby", "aws-sdk-ruby3", "aws-sdk-rust", "aws-sdk-cpp", "aws-sdk-kotlin",
		"aws-sdk-swift", "configure-aws-credentials-for-github-actions", "aws-internal", "console.amazonaws.com", "HashiCorp", "Terraform",
	}
	// words are parts of values that name nobody, beside those that the table of
	// issuers has.
	words = []string{
		"arn", "aws", "aws-cn", "aws-us-gov", "iam", "sts", "oidc-provider", "saml-provider", "role", "user", "root", "assumed-role", "true", "false", "azp", "iss",
		"amazonaws", "com", "https", "http", "main", "master", "cloud", "refs", "heads", "tags",
		"assumerole", "assumerolewithwebidentity", "assumerolewithsaml", "assumeroot", "tagsession", "setsourceidentity", "setcontext",
		"sts.amazonaws.com.cn", "ec2.amazonaws.com", "lambda.amazonaws.com", "ecs-tasks.amazonaws.com", "pods.eks.amazonaws.com", "ssm.amazonaws.com", "at", "most",
	}
	// stsTexts are what STS says, as far as it says the same to everybody.
	stsTexts = []string{
		"An unknown error occurred", "Not authorized to perform sts:AssumeRoleWithWebIdentity", "Incorrect token audience", "Token expired", "Token too old",
		"Couldn't retrieve verification key from your identity provider", "No OpenIDConnect provider found in your account",
		"OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint", "Missing a required claim", "Not a Login with Amazon token",
		"The requested DurationSeconds exceeds the MaxSessionDuration set for this role",
		"more than one audience while authorized party is not present", "is not activated in this region", "Rate exceeded", "Request ARN is invalid",
	}
)

// one is the text, if it is one of those listed, else the other.
func one(text string, listed []string, other string) string {
	if slices.Contains(listed, text) {
		return text
	}
	return other
}

func leftOut(text string) string { return either(text == "", "", LeftOut) }

// stsText is the part of an error that STS gives to everybody.
func stsText(message string) string {
	for _, t := range stsTexts {
		if strings.Contains(strings.ToLower(message), strings.ToLower(t)) {
			return t
		}
	}
	return leftOut(message)
}

func operator(text string) string {
	if text == "NotAction" || text == "NotPrincipal" {
		return text
	}
	if op, _, ok := policy.ParseOperator(text); ok {
		return op.String()
	}
	return leftOut(text)
}

// headlines are those that speak of nothing but the usual elements.
var headlines = sync.OnceValue(func() []string {
	var all []string
	for _, code := range diagnosis.Codes() {
		for _, element := range elements {
			c := diagnosis.Cause{Code: code, Element: element}
			all = append(all, c.Headline())
		}
	}
	return all
})

// vocabulary are the parts of values that say nothing of anybody: what all of
// an issuer's subjects have in common, its usual audience, AWS's own words.
var vocabulary = sync.OnceValue(func() map[string]bool {
	known := make(map[string]bool)
	put := func(v string) {
		for _, p := range pieces(withoutFields(v)) {
			known[strings.ToLower(p)] = true
		}
	}
	for _, is := range oidc.Issuers() {
		for _, list := range [][]string{is.Audiences, is.DefaultClaims, is.Claims} {
			for _, v := range list {
				put(v)
			}
		}
		for _, v := range is.Suffixes {
			if !strings.Contains(v, "*") {
				put(v)
			}
		}
		for _, g := range is.Grammars {
			for _, form := range g.Forms() {
				put(form)
			}
		}
	}
	for _, w := range words {
		known[w] = true
	}
	return known
})

// withoutFields drops what stands for somebody's name.
func withoutFields(form string) string {
	for {
		before, rest, open := strings.Cut(form, "<")
		_, after, closed := strings.Cut(rest, ">")
		if !open || !closed {
			return form
		}
		form = before + ":" + after
	}
}

// providerOf is the token's provider, also of a shared report, whose accounts
// are no numbers.
func providerOf(d *Denial) (oidc.Provider, bool) {
	if d.ProviderARN == nil {
		return oidc.Provider{}, false
	}
	p, err := oidc.ParseProvider(*d.ProviderARN)
	return p, err == nil || p.Suffix != "" && strings.HasPrefix(p.Account, "ACCOUNT-")
}

// summary says the verdict again, of what is shown.
func summary(r *Report) string {
	if len(r.Causes) == 0 {
		return either(r.Verdict == string(diagnosis.VerdictAllowed), "the trust policy allows this token", "refused; the reason is not known")
	}
	c := &r.Causes[0]
	if c.Reason == "" || len(c.Expected) == 0 || len(c.Presented) == 0 {
		return c.Headline
	}
	return fmt.Sprintf("%s: the role expects %q and the token presented %q", c.Headline, c.Expected[0], c.Presented[0])
}

// sharedNotes say that something is missing, and how much.
func sharedNotes(r *Report) []string {
	notes := []string{"made to be passed on: account ids, role names and other tenants' names are replaced, the same one always by the same; addresses, people, session names and event ids are left out"}
	for _, left := range []struct {
		n         int
		one, many string
	}{{len(r.Notes), "note was left out", "notes were left out"}, {len(r.Fixes), "proposed change was left out", "proposed changes were left out"}} {
		if left.n > 0 {
			notes = append(notes, thousands(left.n)+" "+either(left.n == 1, left.one, left.many))
		}
	}
	return notes
}
