package report

import (
	"strings"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/oidc"
)

// said are the sentences of a cause, made anew of its code and its hints: the
// report's own repeat names. The reason is what the values do not say by
// themselves.
func (s *sharer) said(c *Cause) (message, reason string) {
	code := diagnosis.Code(c.Code)
	if text := meanings[code]; text != "" {
		return text, ""
	}
	var sentences []string
	for _, h := range c.Hints {
		if text := nearMisses[diagnosis.Hint(h)]; text != "" {
			sentences = append(sentences, text)
		}
	}
	if form := s.issuer.Form; form != "" && code == diagnosis.CauseSubMismatch && s.provider.Suffix != "" {
		sentences = append(sentences, form+".")
	}
	if c.Element == diagnosis.ElementSub && s.reading.Kind == oidc.KindEnvironment && s.issuer.RequiredClaim == "sub" && strings.HasPrefix(s.issuer.Name, "GitHub Actions") {
		sentences = append(sentences, "A job that names an environment sends it in place of the branch.")
	}
	reason = strings.Join(sentences, " ")
	if reason == "" {
		reason = "What was expected and what was presented differ."
	}
	return capital(c.Headline) + ". " + reason, reason
}

// meanings are of the causes whose sentence needs no hint.
var meanings = map[diagnosis.Code]string{
	diagnosis.CauseTokenExpired:            "The token had expired when STS looked at it, or was issued too long ago.",
	diagnosis.CauseTokenInvalid:            "STS did not accept the token.",
	diagnosis.CauseIDPUnreachable:          "STS could not fetch the issuer's keys, or did not trust its certificate.",
	diagnosis.CauseSTSRefused:              "STS refused the call before, or apart from, the trust policy.",
	diagnosis.CauseRoleNotFound:            "The account has no role of that name.",
	diagnosis.CauseSessionDurationTooLong:  "The caller asked for a longer session than the role allows.",
	diagnosis.CauseProviderNotRegistered:   "IAM has no OIDC provider for the token's issuer in the role's account.",
	diagnosis.CauseAudienceNotRegistered:   "The token's audience is not among the client IDs of the identity provider in IAM.",
	diagnosis.CauseNoFederatedPrincipal:    "The trust policy trusts no web identity at all.",
	diagnosis.CauseActionNotAllowed:        "The statement does not allow sts:AssumeRoleWithWebIdentity, which a web identity needs.",
	diagnosis.CauseConditionKeyMisnamed:    "The condition's key is never in such a request: keys of this provider begin with its issuer, without https://.",
	diagnosis.CauseClaimNotSupported:       "AWS does not list this claim among the condition keys of the issuer.",
	diagnosis.CauseRequiredMissing:         "STS refuses this issuer's tokens unless the trust policy tests that claim.",
	diagnosis.CauseHiddenClaim:             "The outcome rests on a claim that CloudTrail does not record.",
	diagnosis.CauseTagSessionNotAllowed:    "The token carries session tags, and the trust policy does not allow sts:TagSession.",
	diagnosis.CauseSourceIdentityForbidden: "The token carries a source identity, and the trust policy does not allow sts:SetSourceIdentity.",
	diagnosis.CauseExplicitDeny:            "A Deny statement holds for this token, and a Deny overrides every Allow.",
	diagnosis.CauseBeyondTrustPolicy:       "Everything that CloudTrail shows does match: another policy, or a change since, decides. Do not loosen the trust policy.",
}

// nearMisses say what a hint means.
var nearMisses = map[diagnosis.Hint]string{
	diagnosis.HintCaseDiffers:             "They differ in upper and lower case, which count.",
	diagnosis.HintWildcardNeedsStringLike: "The expected value holds a wildcard, which this operator takes literally.",
	diagnosis.HintMissingWildcard:         "The presented value goes on where the expected one ends.",
	diagnosis.HintWhitespace:              "They differ in white space.",
	diagnosis.HintSmartQuotes:             "The expected value has quotation marks that a word processor made.",
	diagnosis.HintInvisibleCharacter:      "The expected value has a character that nobody sees.",
	diagnosis.HintChatMarkup:              "The expected value has the markup of a chat program.",
	diagnosis.HintPercentEncoding:         "One of them is percent-encoded.",
	diagnosis.HintURLScheme:               "One of them has https:// in it.",
	diagnosis.HintTrailingSlash:           "They differ in a slash at the end.",
	diagnosis.HintAccountIDDiffers:        "The account differs: a role can only trust a provider of its own account.",
	diagnosis.HintSegmentDiffers:          "They differ in one part.",
	diagnosis.HintSubjectShapeDiffers:     "They are subjects of different kinds.",
	diagnosis.HintImmutableSubject:        "GitHub puts the ids of owner and repository into some subjects, and only one of them has these.",
	diagnosis.HintAudSubSwapped:           "The value of aud stands where that of sub belongs, or the other way round.",
	diagnosis.HintTypo:                    "They differ in a letter or two.",
	diagnosis.HintPlaceholder:             "The expected value is a placeholder that was never filled in.",
	diagnosis.HintOtherProvider:           "That is another provider.",
	diagnosis.HintIssuerPathMissing:       "The path of the issuer is missing.",
}
