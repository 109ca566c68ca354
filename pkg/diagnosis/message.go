package diagnosis

import (
	"fmt"
	"strconv"
	"strings"
)

// maxQuoted bounds what a message repeats of a value, in characters: subjects
// are chosen by whoever calls, and the whole value stands beside the message.
const maxQuoted = 300

// quote shows a value within a sentence: what cannot be seen is spelt out,
// and what is long is cut.
func quote(s string) string {
	if r := []rune(s); len(r) > maxQuoted {
		return strconv.Quote(string(r[:maxQuoted])) + "…"
	}
	return strconv.Quote(s)
}

// plain shows a name as it stands, or quoted where it is long or would not be
// plain text on one line.
func plain(name string) string {
	if name != "" && len(name) <= maxQuoted && strconv.Quote(name) == `"`+name+`"` {
		return name
	}
	return quote(name)
}

// quoteAll lists what the policy has, any of which would do; quoteEach what
// the token has, which is all of it.
func quoteAll(values []string) string  { return quoteList(values, " or ") }
func quoteEach(values []string) string { return quoteList(values, " and ") }

func quoteList(values []string, joint string) string {
	const most = 3
	quoted := make([]string, 0, most)
	for _, v := range values[:min(len(values), most)] {
		quoted = append(quoted, quote(v))
	}
	list := strings.Join(quoted, joint)
	if more := len(values) - most; more > 0 {
		list += fmt.Sprintf("%s%d more", joint, more)
	}
	return list
}

// Headline says in a few words what is wrong: the first thing that a person
// reads.
func (c *Cause) Headline() string {
	name := plain(c.Element)
	switch c.Code {
	case CauseTokenExpired:
		return "the token had expired"
	case CauseTokenInvalid:
		return "STS did not accept the token"
	case CauseIDPUnreachable:
		return "STS could not verify the token with its issuer"
	case CauseSTSRefused:
		return "STS refused the call before the trust policy"
	case CauseRoleNotFound:
		return "there is no such role"
	case CauseSessionDurationTooLong:
		return "the session duration is longer than the role allows"
	case CauseProviderNotRegistered:
		return "the identity provider is not registered in this account"
	case CauseAudienceNotRegistered:
		return "the audience is not registered with the identity provider"
	case CauseNoFederatedPrincipal:
		return "the role trusts no web identity"
	case CauseProviderARNMismatch:
		return "provider ARN does not match"
	case CauseActionNotAllowed:
		return "AssumeRoleWithWebIdentity is not allowed"
	case CauseAudMismatch, CauseSubMismatch, CauseConditionMismatch:
		return name + " does not match"
	case CauseConditionKeyMisnamed:
		return "the condition key for " + name + " is misnamed"
	case CauseClaimNotSupported:
		return name + " is no condition key of this issuer"
	case CauseRequiredMissing:
		return "the trust policy does not test " + name
	case CauseHiddenClaim:
		return "a value that decides it is not known"
	case CauseTagSessionNotAllowed:
		return actionTagSession + " is not allowed"
	case CauseSourceIdentityForbidden:
		return actionSetSourceIdentity + " is not allowed"
	case CauseExplicitDeny:
		return "a Deny statement refuses it"
	case CauseBeyondTrustPolicy:
		if c.Confidence == Certain {
			return "another policy than the trust policy refuses it"
		}
		return "refused, though the policy allows it"
	}
	return string(c.Code)
}

func cut(s string) string {
	if r := []rune(s); len(r) > maxQuoted {
		return string(r[:maxQuoted])
	}
	return s
}
