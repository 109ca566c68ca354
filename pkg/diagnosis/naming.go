package diagnosis

import (
	"fmt"
	"strings"
)

// keyMessage says why a condition's key can never be in the request.
func (s *subject) keyMessage(p *part) string {
	if p.info.class == keyUnlisted {
		return fmt.Sprintf("%s is none of the condition keys of such a call, so it is never in the request and the condition cannot hold.", quote(p.key))
	}
	right := s.provider.Suffix + ":" + p.info.claim
	if !s.issuer.Documents(p.info.claim) {
		return fmt.Sprintf("the condition key %s is never in this request: keys of this provider begin with %s, and it has none called %s.",
			quote(p.key), quote(s.provider.Suffix+":"), quote(p.info.claim))
	}
	return fmt.Sprintf("the condition key %s is never in this request: keys of this provider begin with %s, so it has to be %s.",
		quote(p.key), quote(s.provider.Suffix+":"), quote(right))
}

func actionMessage(p *part) string {
	if p.operator == notAction {
		return fmt.Sprintf("the statement allows everything but %s, and a web identity needs %s.", quoteAll(texts(p.expected)), quote(actionAssume))
	}
	return fmt.Sprintf("the statement allows %s; a web identity needs %s, which it does not cover.", quoteAll(texts(p.expected)), quote(actionAssume))
}

// providerMessage says in which way the provider ARN differs, and in reason
// what the two ARNs do not say by themselves.
func (s *subject) providerMessage(p *part, hints []Hint) (message, reason string) {
	sentence := fmt.Sprintf("the token's provider is %s; the role trusts %s.", quote(s.provider.Text), quoteAll(texts(p.expected)))
	if len(p.expected) == 0 {
		sentence = fmt.Sprintf("the token's provider is %s; this statement trusts no identity provider.", quote(s.provider.Text))
	}
	if p.operator == notPrincipal {
		return fmt.Sprintf("the token's provider is %s, which NotPrincipal leaves out.", quote(s.provider.Text)), ""
	}
	for _, h := range hints {
		switch h {
		case HintSegmentDiffers:
			switch {
			case s.provider.BuiltIn:
				reason += " STS has this provider built in, and a policy names it by its bare host."
			case len(hints) == 1:
				reason += " The partition differs."
			}
		case HintAccountIDDiffers:
			reason += " The account differs: a role can only trust a provider of its own account."
		case HintOtherProvider:
			reason += " That is another provider."
		case HintIssuerPathMissing:
			reason += " The path of the issuer is missing."
		case HintCaseDiffers:
			reason += " They differ in upper and lower case, which count."
		case HintTrailingSlash:
			reason += " They differ in a slash at the end."
		case HintURLScheme:
			reason += " A provider ARN holds no https://."
		default:
			reason += fmt.Sprintf(" Near miss: %s.", strings.ReplaceAll(string(h), "_", " "))
		}
	}
	reason = strings.TrimSpace(reason)
	return strings.TrimSpace(sentence + " " + reason), reason
}
