package report

import (
	"slices"
	"strings"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/policy"
	"whydenied/pkg/remedy"
)

// advice says in one or two sentences which side should change. It never
// holds a value to copy, never widens what the trust policy lets in, and for
// a stranger it offers nothing.
func advice(r *Report, c *Cause) string {
	code := diagnosis.Code(c.Code)
	switch {
	case stranger(r):
		return "Nothing, unless this caller is yours, or its owner was renamed or moved."
	case r.Present != nil && r.Present.Verdict == string(diagnosis.PresentAllows):
		return "Re-run: the trust policy was changed since, and the one that stands now allows this token."
	case len(r.Causes) > 0 && c == &r.Causes[0] && r.FixWithheld && compares(code):
		return "No change of the trust policy is offered; the notes say why. If this caller is meant to get in, whoever owns the role has to confirm it, and admit no more than this caller."
	case len(r.Causes) > 0 && c == &r.Causes[0] && len(r.Fixes) > 0 && r.Fixes[0].Kind == string(remedy.KindPattern) && code == diagnosis.CauseSubMismatch:
		return "Role's side: test a pattern under StringLike whose wildcard stands for what is meant to vary, and for nothing else."
	case code == diagnosis.CauseSubMismatch || code == diagnosis.CauseAudMismatch || code == diagnosis.CauseConditionMismatch:
		return valueAdvice(c)
	}
	return adviceByCode[code]
}

// compares tells whether a cause is about a value of the token.
func compares(code diagnosis.Code) bool {
	return code == diagnosis.CauseSubMismatch || code == diagnosis.CauseAudMismatch || code == diagnosis.CauseConditionMismatch
}

var adviceByCode = map[diagnosis.Code]string{
	diagnosis.CauseTokenExpired:            "Caller's side: fetch a new token right before the call. The trust policy is not what refused this try.",
	diagnosis.CauseTokenInvalid:            "Caller's side: mend how the token is made or passed on. The trust policy is not what refused.",
	diagnosis.CauseIDPUnreachable:          "Issuer's side: its discovery document and keys have to be served over HTTPS where AWS can fetch them. Where the error names a thumbprint, role's side: bring the provider's thumbprints in IAM up to date.",
	diagnosis.CauseSTSRefused:              "Go by what STS said. The trust policy is not what refused.",
	diagnosis.CauseRoleNotFound:            "Caller's side: check the role's name, its path and the account where the job is configured. If they are right, the role has to be made; no other role has to change.",
	diagnosis.CauseSessionDurationTooLong:  "Caller's side: ask for a shorter session. Or role's side: raise the role's maximum session duration.",
	diagnosis.CauseProviderNotRegistered:   "Role's side: register the issuer as an identity provider in the role's own account, spelt as the token's iss has it.",
	diagnosis.CauseAudienceNotRegistered:   "Caller's side: ask for a token with an audience that is registered. Or role's side: register the presented one with the identity provider.",
	diagnosis.CauseNoFederatedPrincipal:    "The role is for other callers: check that it is the one the job should ask for. If it is, its owner has to add a statement for this provider, limited to this subject.",
	diagnosis.CauseProviderARNMismatch:     "If this issuer is meant to get in, role's side: name the presented provider, in the principal and in the condition keys. If not, the caller asked for the wrong role.",
	diagnosis.CauseActionNotAllowed:        "Role's side: allow the action that was needed in this statement. sts:AssumeRole is another call and does not cover it.",
	diagnosis.CauseConditionKeyMisnamed:    "Role's side: rename the condition key. Do not drop the condition.",
	diagnosis.CauseClaimNotSupported:       "Role's side: test a claim that AWS does pass on for this issuer, such as sub.",
	diagnosis.CauseRequiredMissing:         "Role's side: add a condition on that claim for this caller. Without one STS refuses every token of this issuer.",
	diagnosis.CauseHiddenClaim:             "Compare the token's own claims with what the trust policy expects: the job can print them. Until then leave the condition as it is.",
	diagnosis.CauseTagSessionNotAllowed:    "Role's side: allow sts:TagSession beside sts:AssumeRoleWithWebIdentity. Or caller's side: ask for a token without session tags.",
	diagnosis.CauseSourceIdentityForbidden: "Role's side: allow sts:SetSourceIdentity beside sts:AssumeRoleWithWebIdentity. Or caller's side: ask for a token without a source identity.",
	diagnosis.CauseExplicitDeny:            "If this caller is meant to get in, role's side: correct the Deny statement. No change of an Allow statement helps.",
	diagnosis.CauseBeyondTrustPolicy:       "Do not loosen the trust policy: it is not what refused.",
}

// hintAdvice is tried in this order: the first hint that a cause has decides.
var hintAdvice = []struct {
	hints []diagnosis.Hint
	say   string
}{
	{[]diagnosis.Hint{diagnosis.HintAudSubSwapped}, "Role's side: test each value under the claim that carries it."},
	{[]diagnosis.Hint{diagnosis.HintPlaceholder, diagnosis.HintChatMarkup, diagnosis.HintSmartQuotes, diagnosis.HintInvisibleCharacter},
		"Role's side: write the value out as it is meant, by hand. No wildcard is needed."},
	{[]diagnosis.Hint{diagnosis.HintWildcardNeedsStringLike}, "Role's side: write the presented value out, or test the same pattern under StringLike. Writing it out lets in the fewest."},
	{[]diagnosis.Hint{diagnosis.HintMissingWildcard}, "Role's side: write the presented value out. A wildcard at the end would let in more than this caller."},
	{[]diagnosis.Hint{diagnosis.HintImmutableSubject}, "Role's side: trust both forms while the issuer moves from one to the other. No wildcard is needed."},
}

// valueAdvice is about a condition whose value differs.
func valueAdvice(c *Cause) string {
	if strings.Contains(c.Operator, "Not") {
		return "If this caller is meant to get in, role's side: the condition excludes it. If not, there is nothing to do."
	}
	if c.Foreign && c.Element == diagnosis.ElementAud && !slices.Contains(c.Hints, string(diagnosis.HintAudSubSwapped)) {
		return "Role's side: the presented audience is the one that this issuer's tokens usually have; expect it. Do not drop the condition."
	}
	if c.Foreign && c.Element == diagnosis.ElementSub && !slices.Contains(c.Hints, string(diagnosis.HintAudSubSwapped)) {
		return "Role's side: the policy's value is none of this issuer's subjects; put the presented one in its place. No wildcard is needed."
	}
	for _, a := range hintAdvice {
		if slices.ContainsFunc(a.hints, func(h diagnosis.Hint) bool { return slices.Contains(c.Hints, string(h)) }) {
			return a.say
		}
	}
	switch {
	case strings.EqualFold(c.Operator, "Null"):
		return "Role's side: correct the condition. Or caller's side: send what it asks for."
	case c.Element == diagnosis.ElementAud:
		return "Caller's side: ask for a token with the expected audience. Or role's side: expect the presented one. Do not drop the condition."
	case slices.ContainsFunc(writing, func(h diagnosis.Hint) bool { return slices.Contains(c.Hints, string(h)) }):
		return "Role's side: write the value to the letter as it was presented. No wildcard is needed."
	case len(c.Presented) == 0 && diagnosis.NeverCarried(c.Key):
		return "Role's side: remove this condition: no call of this kind carries the key, so it can never hold. Keep those on aud and sub."
	case len(c.Presented) == 0:
		return "Caller's side: send what the condition tests. Or role's side: test what is in the request. Do not drop the condition."
	}
	if slices.ContainsFunc(c.Expected, policy.IsGlob) {
		return "Role's side, if this caller is meant to get in: accept the presented value as well, with no more wildcards than the policy has now. Caller's side, if not: run as what is expected."
	}
	return "Role's side, if this caller is meant to get in: accept the presented value as well, without a wildcard. Caller's side, if not: run as what is expected."
}

// writing are the near misses that are the same name, written otherwise.
var writing = []diagnosis.Hint{
	diagnosis.HintCaseDiffers, diagnosis.HintWhitespace, diagnosis.HintPercentEncoding, diagnosis.HintURLScheme,
	diagnosis.HintTrailingSlash, diagnosis.HintTypo,
}
