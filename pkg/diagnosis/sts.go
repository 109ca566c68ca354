package diagnosis

import (
	"fmt"
	"strings"

	"whydenied/pkg/internal/lazy"
	"whydenied/pkg/oidc"
	"whydenied/pkg/policy"
)

// Refusal is what an error of STS says of itself.
type Refusal struct {
	// Code is "" for AccessDenied: the trust policy, or what stands beyond it.
	Code    Code
	Element string
	Issuer  string // provider suffix, where only the text names the issuer
}

// texts of STS's own errors, in lower case. Text decides before code.
var refusals = []struct {
	text    string
	code    Code
	element string
}{
	{"verification key", CauseIDPUnreachable, ElementToken},
	{"thumbprint", CauseIDPUnreachable, ElementToken},
	{"token expired", CauseTokenExpired, ElementToken},
	{"token too old", CauseTokenExpired, ElementToken},
	{"no openidconnect provider found", CauseProviderNotRegistered, ElementProvider},
	{"incorrect token audience", CauseAudienceNotRegistered, ElementClientIDs},
}

// furtherTexts are texts of STS whose code says what they are, for those who
// have the text alone, and what to look at next.
var furtherTexts = []struct {
	text string
	code Code
	next string
}{
	{"not a login with amazon token", CauseTokenInvalid, "What was sent is no OIDC token: look at how it is fetched and passed on."},
	{"missing a required claim", CauseTokenInvalid, "The issuer has to put iss, aud, sub, exp and iat into its tokens."},
	{"more than one audience while authorized party is not present", CauseTokenInvalid, "Ask the issuer for a token with one audience."},
	{"not present in the roles claim", CauseTokenInvalid, "The token's own list of roles (claim https://aws.amazon.com/roles) lacks this role: have the issuer add it, or ask for a listed one."},
	{"responded with http/", CauseTokenInvalid, "The identity provider itself rejected the token: look at its own error."},
	{"validation error detected", CauseSTSRefused, "A parameter of the call is malformed: the text names it."},
	{"request arn is invalid", CauseSTSRefused, "The role ARN in the caller's configuration is malformed."},
	{"is not activated in this region", CauseSTSRefused, "Activate STS in this region in the role's account, or call another region's endpoint."},
	{"rate exceeded", CauseSTSRefused, "STS throttled the caller: retry with a longer back-off."},
	{"malformedpolicydocument", CauseSTSRefused, "The session policy that the caller sends along is malformed."},
	{"packedpolicytoolarge", CauseSTSRefused, "The session policies and tags that the caller sends along are too large together."},
}

// IsSTS tells whether a text can be an error of this call at all: it speaks of
// the call, has a code of STS, or is a text that is known.
func IsSTS(message string) bool {
	for _, word := range []string{"AssumeRoleWithWebIdentity", "RegionDisabled", "ValidationError", "Throttling", "STS "} {
		if strings.Contains(message, word) {
			return true
		}
	}
	return nextStep("", message) != ""
}

// nextStep is what to look at for such a text, or "".
func nextStep(code, message string) string {
	text := strings.ToLower(code + " " + message)
	for _, f := range furtherTexts {
		if strings.Contains(text, f.text) {
			return " " + f.next
		}
	}
	return ""
}

// refusalCodes are STS's codes, without "Exception".
var refusalCodes = map[string]Code{
	"IDPCommunicationError": CauseIDPUnreachable,
	"ExpiredToken":          CauseTokenExpired,
	"InvalidIdentityToken":  CauseTokenInvalid,
	"IDPRejectedClaim":      CauseTokenInvalid,
	"AccessDenied":          "",
}

var (
	// A validation error repeats what the caller sent, which may hold any text.
	callersValue = lazy.Regexp(`(?s)Value '.*' at '`)
	issuerInText = lazy.Regexp(`(?i)found in your account for (\S+)`)
	codeInText   = lazy.Regexp(`\b(IDPCommunicationError|ExpiredToken|InvalidIdentityToken|IDPRejectedClaim|AccessDenied)(?:Exception)?\b`)
)

// ReadRefusal reads an error by its code and its text; either may be missing.
func ReadRefusal(code, message string) Refusal {
	if strings.Contains(message, "Value '") {
		message = callersValue().ReplaceAllString(message, "at '")
	}
	text := strings.ToLower(message)
	for _, r := range refusals {
		if strings.Contains(text, r.text) {
			refusal := Refusal{Code: r.code, Element: r.element}
			if m := issuerInText().FindStringSubmatch(message); m != nil {
				refusal.Issuer = strings.TrimRight(oidc.SuffixOf(m[1]), ".,;:!?\"')")
			}
			return refusal
		}
	}
	if strings.Contains(text, "durationseconds") && !strings.Contains(text, "greater than or equal to") {
		return Refusal{Code: CauseSessionDurationTooLong, Element: ElementRole}
	}
	code = strings.TrimSuffix(code, "Exception")
	if code == "" {
		if m := codeInText().FindStringSubmatch(message); m != nil {
			code = m[1]
		} else if unexplained(text) {
			code = "AccessDenied"
		}
	}
	if code == "" {
		for _, f := range furtherTexts {
			if strings.Contains(text, f.text) {
				return Refusal{Code: f.code, Element: ElementToken}
			}
		}
	}
	if c, ok := refusalCodes[code]; ok {
		return Refusal{Code: c, Element: ElementToken}
	}
	return Refusal{Code: CauseSTSRefused, Element: ElementToken}
}

// unexplained tells whether a text is one that STS gives to the client, or
// CloudTrail to the record, for AccessDenied.
func unexplained(text string) bool {
	plain := strings.ReplaceAll(text, "perform: ", "perform ")
	return strings.Contains(plain, "not authorized to perform sts:assumerolewithwebidentity") ||
		strings.TrimSpace(text) == "an unknown error occurred"
}

// refusalCause is the one cause of a call that STS refused before, or apart
// from, the trust policy.
func (s *subject) refusalCause(r Refusal) Cause {
	d := &s.in.Denial
	c := Cause{Code: r.Code, Element: r.Element, Confidence: Certain, Statement: NoStatement, Presented: oneOf(cut(d.ErrorMessage))}
	said := ""
	if d.ErrorMessage != "" && !s.in.WhatIf {
		said = fmt.Sprintf(" STS said: %s.", quote(d.ErrorMessage))
	}
	switch r.Code {
	case CauseProviderNotRegistered:
		c.Presented = oneOf(s.provider.Suffix)
		c.Message = fmt.Sprintf("IAM has no OIDC provider for the issuer %s in this account; it has to be registered in the role's own account, to the letter.", quote("https://"+s.provider.Suffix))
		if s.provider.Suffix == "" {
			c.Message = "IAM has no OIDC provider for the token's issuer in this account." + said
		}
		c.Expected, c.Hints = s.nearProviders()
	case CauseAudienceNotRegistered:
		c.Presented = oneOf(d.Audience.Value)
		if p := s.in.Account.Provider(s.provider.Text); p != nil {
			c.Expected = p.ClientIDs
		}
		c.Message = "the token's audience is not among the client IDs of the identity provider in IAM." + said
	case CauseTokenExpired:
		c.Message = "the token had expired when STS looked at it, or was issued too long ago; the caller has to fetch a new one." + said
	case CauseIDPUnreachable:
		c.Message = "STS could not fetch the issuer's keys, or did not trust its certificate: the issuer's discovery document and keys have to be reachable from the internet." + said
	case CauseSessionDurationTooLong:
		c.Message = "the caller asked for a longer session than the role allows." + said
		if d.DurationSeconds > 0 {
			c.Presented = []string{fmt.Sprint(d.DurationSeconds)}
		}
		if s.role != nil && s.role.MaxSessionDuration > 0 {
			c.Expected = []string{fmt.Sprintf("at most %d", s.role.MaxSessionDuration)}
		}
	case CauseTokenInvalid:
		c.Message = "STS did not accept the token." + said + nextStep(d.ErrorCode, d.ErrorMessage)
	default:
		code := ""
		if d.ErrorCode != "" {
			code = " (" + plain(d.ErrorCode) + ")"
		}
		c.Message = fmt.Sprintf("STS refused the call before, or apart from, the trust policy%s.%s", code, said) + nextStep(d.ErrorCode, d.ErrorMessage)
	}
	return c
}

// nearProviders are the account's providers that come close to the token's,
// with how they differ.
func (s *subject) nearProviders() (suffixes []string, hints []Hint) {
	if s.provider.Suffix == "" {
		return nil, nil
	}
	for i := range s.in.Account.Providers {
		p, err := oidc.ParseProvider(s.in.Account.Providers[i].ARN)
		if err != nil {
			continue
		}
		if near := correctName(p.Suffix, s.provider.Suffix); near != nil {
			suffixes, hints = append(suffixes, p.Suffix), near
		} else if h := suffixHints(p.Suffix, s.provider.Suffix); h[0] == HintIssuerPathMissing {
			suffixes, hints = append(suffixes, p.Suffix), h
		}
	}
	return suffixes, hints
}

// refusalChecks are the first four checks of a call that STS refused itself.
func (s *subject) refusalChecks(r Refusal, roleFound policy.Truth) []Check {
	status := map[string]Status{ElementToken: StatusUnknown, ElementProvider: StatusUnknown, ElementClientIDs: StatusUnknown, ElementRole: statusOf(roleFound)}
	// STS looks at the token in this order: provider, keys, times, audience,
	// then the role. What stands before the refusal had passed.
	switch r.Code {
	case CauseIDPUnreachable, CauseTokenExpired, CauseAudienceNotRegistered:
		status[ElementProvider] = StatusMatch
	case CauseSessionDurationTooLong:
		status[ElementToken], status[ElementProvider], status[ElementClientIDs], status[ElementRole] = StatusMatch, StatusMatch, StatusMatch, StatusMatch
	default:
	}
	if r.Code != CauseSessionDurationTooLong && r.Code != CauseSTSRefused {
		status[r.Element] = StatusMismatch
	}
	if s.provider.BuiltIn && r.Element == ElementToken {
		status[ElementProvider], status[ElementClientIDs] = StatusNotRequired, StatusNotRequired
	}
	var checks []Check
	for _, element := range []string{ElementToken, ElementRole, ElementProvider, ElementClientIDs} {
		checks = append(checks, Check{Element: element, Status: status[element], Statement: NoStatement, Inferred: element != ElementRole})
	}
	return checks
}

func statusOf(t policy.Truth) Status {
	switch t {
	case policy.True:
		return StatusMatch
	case policy.False:
		return StatusMismatch
	default:
		return StatusUnknown
	}
}
