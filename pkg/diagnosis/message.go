package diagnosis

import (
	"fmt"
	"strconv"
	"strings"

	"whydenied/pkg/policy"
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

func quoteAll(values []string) string {
	const most = 3
	quoted := make([]string, 0, most)
	for _, v := range values[:min(len(values), most)] {
		quoted = append(quoted, quote(v))
	}
	list := strings.Join(quoted, " or ")
	if more := len(values) - most; more > 0 {
		list += fmt.Sprintf(" or %d more", more)
	}
	return list
}

// Headline says in a few words what is wrong: the first thing that a person
// reads.
func (c *Cause) Headline() string {
	name := c.Element
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
		return actionAssume + " is not allowed"
	case CauseAudMismatch, CauseSubMismatch, CauseConditionMismatch:
		return name + " does not match"
	case CauseConditionKeyMisnamed:
		return "the condition key for " + name + " is misnamed"
	case CauseClaimNotSupported:
		return name + " is no condition key of this issuer"
	case CauseRequiredMissing:
		return "the trust policy does not test " + name
	case CauseHiddenClaim:
		return "it depends on a claim that CloudTrail does not record"
	case CauseTagSessionNotAllowed:
		return actionTagSession + " is not allowed, and the token carries session tags"
	case CauseSourceIdentityForbidden:
		return actionSetSourceIdentity + " is not allowed, and the token carries a source identity"
	case CauseExplicitDeny:
		return "a Deny statement refuses it"
	case CauseBeyondTrustPolicy:
		return "refused, though the trust policy allows this token"
	}
	return string(c.Code)
}

// valueMessage says in which way a condition on recorded values is false.
func (s *subject) valueMessage(p *part) string {
	if p.cond.Operator.IsNull() {
		if p.info.attr.State == policy.Present {
			return fmt.Sprintf("the policy asks that %s be missing from the request, and it is there.", p.key)
		}
		return fmt.Sprintf("the policy asks that %s be in the request, and it is not.", p.key)
	}
	if len(p.presented) == 0 {
		return fmt.Sprintf("the policy tests %s, which is not in the request, so %s cannot hold.", p.key, p.operator)
	}
	if p.cond.Operator.Negated() {
		return fmt.Sprintf("%s is %s, which %s excludes.", s.name(p), quoteAll(p.presented), p.operator)
	}
	sentence := fmt.Sprintf("%s is %s; the role expects %s.", s.name(p), quoteAll(p.presented), quoteAll(texts(p.expected)))
	if len(p.expected) == 0 {
		sentence = fmt.Sprintf("%s is %s; the role lists no value at all.", s.name(p), quoteAll(p.presented))
	}
	return sentence
}

// reason explains why the values differ, as a colleague would; "" where there
// is nothing to add to the two of them.
func (s *subject) reason(p *part, hints []Hint) string {
	if p.cond == nil || p.cond.Operator.Negated() || p.cond.Operator.IsNull() || len(p.presented) != 1 || len(p.expected) == 0 {
		return ""
	}
	reason := s.why(p, s.nearest(p)[0], hints)
	if p.soft {
		reason = strings.TrimSpace(reason + " The issuer may send azp, which then takes the place of aud.")
	}
	return reason
}

func (s *subject) name(p *part) string {
	if p.element == ElementAud || p.element == ElementSub {
		return p.element
	}
	return p.key
}

// why explains the difference, as a colleague would.
func (s *subject) why(p *part, expected string, hints []Hint) string {
	presented := p.presented[0]
	e, v := differingPart(expected, presented)
	var said []string
	for _, h := range hints {
		switch h {
		case HintCaseDiffers:
			said = append(said, fmt.Sprintf("The policy says %s, the token says %s: upper and lower case count.", quote(e), quote(v)))
		case HintWildcardNeedsStringLike:
			said = append(said, fmt.Sprintf("Under %s a * is an ordinary character; only StringLike takes it as a wildcard.", p.operator))
		case HintMissingWildcard:
			said = append(said, fmt.Sprintf("The policy's value stops at %s; the token's goes on with %s.", quote(tail(expected)), quote(presented[min(len(presented), commonPrefix(expected, presented)):])))
		case HintWhitespace:
			said = append(said, fmt.Sprintf("They differ in white space only: the policy has %s.", quote(e)))
		case HintSmartQuotes:
			said = append(said, "The policy's value holds curly quotes or dashes that a word processor put there.")
		case HintInvisibleCharacter:
			said = append(said, fmt.Sprintf("There is an invisible character: %s against %s.", strconv.QuoteToASCII(cut(e)), strconv.QuoteToASCII(cut(v))))
		case HintChatMarkup:
			said = append(said, fmt.Sprintf("The policy's value was changed by a chat program: %s is what it made of %s.", quote(expected), quote(withoutMarkup(expected))))
		case HintPercentEncoding:
			said = append(said, fmt.Sprintf("They differ in percent-encoding: the policy says %s, the token says %s.", quote(e), quote(v)))
		case HintURLScheme:
			said = append(said, "They differ in the scheme (https://) only.")
		case HintTrailingSlash:
			said = append(said, "They differ in a slash at the end only.")
		case HintAccountIDDiffers:
			said = append(said, fmt.Sprintf("They name different accounts: %s and %s.", quote(e), quote(v)))
		case HintImmutableSubject:
			said = append(said, "GitHub now puts the ids of owner and repository into the subjects of some repositories, and the policy and the token differ in that.")
		case HintAudSubSwapped:
			said = append(said, fmt.Sprintf("That is the token's %s: the condition stands under the wrong key.", map[string]string{ElementAud: ElementSub, ElementSub: ElementAud}[p.element]))
		case HintPlaceholder:
			said = append(said, "The policy still has a placeholder, or a part that a template left empty.")
		case HintTypo:
			said = append(said, fmt.Sprintf("The policy says %s, the token says %s: this looks like a slip of the pen.", quote(e), quote(v)))
		case HintSegmentDiffers:
			if !containsHint(hints, HintTypo) && !containsHint(hints, HintSubjectShapeDiffers) {
				said = append(said, s.segmentSentence(p, expected))
			}
		case HintSubjectShapeDiffers:
			said = append(said, s.shapeSentence(expected))
		case HintOtherProvider, HintIssuerPathMissing:
		}
	}
	if clean := withoutMarkup(expected); clean != expected && !containsHint(hints, HintChatMarkup) {
		said = append(said, fmt.Sprintf("A chat program also changed the policy's value: %s stands for %s.", quote(expected), quote(clean)))
	}
	return strings.Join(said, " ")
}

func cut(s string) string {
	if r := []rune(s); len(r) > maxQuoted {
		return string(r[:maxQuoted])
	}
	return s
}

func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

func tail(s string) string {
	if i := strings.LastIndexAny(s, ":/"); i >= 0 && i < len(s)-1 {
		return s[i+1:]
	}
	return s
}

// differingPart finds the one part of two values that is not the same, or
// gives both back whole.
func differingPart(e, p string) (string, string) {
	for _, sep := range []string{":", "/"} {
		es, ps := strings.Split(e, sep), strings.Split(p, sep)
		if n := len(es); n > 1 && n < len(ps) && strings.HasSuffix(es[n-1], "*") {
			ps = append(ps[:n-1:n-1], strings.Join(ps[n-1:], sep))
		}
		if len(es) != len(ps) || len(es) == 1 {
			continue
		}
		at, n := 0, 0
		for i := range es {
			if like.Matches(es[i], ps[i], false) != policy.True {
				at, n = i, n+1
			}
		}
		if n == 1 {
			return differingPart(es[at], ps[at])
		}
	}
	return e, p
}

var ordinals = []string{"first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"}

// segmentSentence names the part that differs, and how such subjects read.
func (s *subject) segmentSentence(p *part, expected string) string {
	presented := p.presented[0]
	e, v := differingPart(expected, presented)
	sentence := fmt.Sprintf("The policy says %s, the token says %s.", quote(e), quote(v))
	if at := segmentNumber(expected, presented); at >= 0 && at < len(ordinals) && p.element == ElementSub {
		sentence = fmt.Sprintf("Its %s part is %s where the policy expects %s.", ordinals[at], quote(v), quote(e))
	}
	if p.element == ElementSub {
		return sentence + s.form(expected)
	}
	return sentence
}

// form says how the issuer's subjects read, where the policy's value reads as
// none of them.
func (s *subject) form(expected string) string {
	r := s.issuer.ReadPattern(expected)
	if s.issuer.Known && s.issuer.Form != "" && len(r.Fields) == 0 {
		return " " + strings.TrimSuffix(s.issuer.Form, ".") + "."
	}
	return ""
}

func segmentNumber(e, p string) int {
	es, ps := segments(e), segments(p)
	if len(es) != len(ps) {
		return -1
	}
	at := -1
	for i := range es {
		if like.Matches(es[i], ps[i], false) != policy.True {
			if at >= 0 {
				return -1
			}
			at = i
		}
	}
	return at
}

// shapeSentence compares the kinds of two subjects.
func (s *subject) shapeSentence(expected string) string {
	r := s.issuer.ReadPattern(expected)
	if s.reading.Complete && r.Kind != "" && s.reading.Kind != "" && r.Kind != s.reading.Kind {
		sentence := fmt.Sprintf("The policy expects a subject of the kind %s; the token's is of the kind %s: %s.", r.Kind, s.reading.Kind, s.reading.String())
		return sentence + contextFact(s.reading.Kind)
	}
	es, ps := segments(expected), segments(s.in.Denial.Subject.Value)
	for i := 0; i < len(es) && i < len(ps); i++ {
		if like.Matches(es[i], ps[i], false) != policy.True && i < len(ordinals) {
			return fmt.Sprintf("Its %s part is %s where the policy expects %s, and the policy's value has %d parts where the token's has %d.%s",
				ordinals[i], quote(ps[i]), quote(es[i]), len(es), len(ps), s.form(expected))
		}
	}
	return fmt.Sprintf("The policy's value has %d parts, the token's has %d.%s", len(es), len(ps), s.form(expected))
}

// contextFact is what people are surprised by: which event gives which kind
// of subject at GitHub (GitHub Docs, "OpenID Connect reference").
func contextFact(kind string) string {
	switch kind {
	case "environment":
		return " A job that names an environment sends it in place of the branch."
	case "pull request":
		return " A run for a pull request names no branch."
	case "tag":
		return " A run for a tag or a release names the tag, not a branch."
	}
	return ""
}

// keyMessage says why a condition's key can never be in the request.
func (s *subject) keyMessage(p *part) string {
	if p.info.class == keyUnlisted {
		return fmt.Sprintf("%s is in no list of condition keys, so it is never in a request and the condition cannot hold.", quote(p.key))
	}
	right := s.provider.Suffix + ":" + p.info.claim
	return fmt.Sprintf("the condition key %s is never in this request: keys of this provider begin with %s, so it has to be %s.",
		quote(p.key), quote(s.provider.Suffix+":"), quote(right))
}

func (s *subject) providerMessage(p *part, hints []Hint) string {
	sentence := fmt.Sprintf("the token's provider is %s; the role trusts %s.", quote(s.provider.Text), quoteAll(texts(p.expected)))
	if len(p.expected) == 0 {
		sentence = fmt.Sprintf("the token's provider is %s; this statement trusts no identity provider.", quote(s.provider.Text))
	}
	for _, h := range hints {
		switch h {
		case HintSegmentDiffers:
			if len(hints) == 1 {
				sentence += " The partition differs."
			}
		case HintAccountIDDiffers:
			sentence += " The account differs: a role can only trust a provider of its own account."
		case HintOtherProvider:
			sentence += " That is another provider."
		case HintIssuerPathMissing:
			sentence += " The path of the issuer is missing."
		case HintCaseDiffers:
			sentence += " They differ in upper and lower case, which count."
		case HintTrailingSlash:
			sentence += " They differ in a slash at the end."
		case HintURLScheme:
			sentence += " A provider ARN holds no https://."
		default:
			sentence += fmt.Sprintf(" Near miss: %s.", strings.ReplaceAll(string(h), "_", " "))
		}
	}
	return sentence
}
