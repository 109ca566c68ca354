package diagnosis

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"whydenied/pkg/policy"
)

// valueMessage says in which way a condition on recorded values is false.
func (s *subject) valueMessage(p *part) string {
	op := p.cond.Operator
	switch {
	case op.IsNull() && p.info.attr.State == policy.Present:
		return fmt.Sprintf("the policy asks that %s be missing from the request, and it is there.", plain(p.key))
	case op.IsNull():
		return fmt.Sprintf("the policy asks that %s be in the request, and it is not.", plain(p.key))
	case NeverCarried(p.key):
		return fmt.Sprintf("the policy tests %s, which no call of this kind carries, so %s cannot hold.", plain(p.key), p.operator)
	case p.info.attr.State == policy.Hidden && len(p.expected) > 0:
		return fmt.Sprintf("the policy tests %s, whose value is not known; %s %s holds for none that it could have.", plain(p.key), p.operator, quoteAll(texts(p.expected)))
	case len(p.presented) == 0:
		return fmt.Sprintf("the policy tests %s, which is not in the request, so %s cannot hold.", plain(p.key), p.operator)
	case len(p.expected) == 0:
		return fmt.Sprintf("%s is %s; the role lists no value at all.", s.name(p), quoteEach(p.presented))
	case op.Negated():
		return fmt.Sprintf("%s is %s, which %s excludes.", s.name(p), quoteEach(p.presented), p.operator)
	case isRange(op):
		return fmt.Sprintf("%s is %s, which %s %s excludes.", s.name(p), quoteEach(p.presented), p.operator, quoteAll(texts(p.expected)))
	default:
		return fmt.Sprintf("%s is %s; the role expects %s.", s.name(p), quoteEach(p.presented), quoteAll(texts(p.expected)))
	}
}

// reason explains why the token's value differs from the expected one, as a
// colleague would; "" where there is nothing to add to the two of them.
func (s *subject) reason(p *part, expected string, hints []Hint) string {
	if p.cond == nil || p.cond.Operator.Negated() || p.cond.Operator.IsNull() || len(p.presented) != 1 || len(p.expected) == 0 {
		return ""
	}
	reason := s.why(p, expected, hints)
	if p.soft {
		reason = strings.TrimSpace(reason + " The issuer may send azp, which then takes the place of aud.")
	}
	return reason
}

func (s *subject) name(p *part) string {
	if p.element == ElementAud || p.element == ElementSub {
		return p.element
	}
	return plain(p.key)
}

// why puts each hint into a sentence, and adds what would keep the condition
// false once these are seen to.
func (s *subject) why(p *part, expected string, hints []Hint) string {
	var said []string
	for _, h := range hints {
		if sentence := s.hintSentence(p, expected, h, hints); sentence != "" {
			said = append(said, sentence)
		}
	}
	op := p.cond.Operator
	clean := withoutMarkup(expected)
	switch {
	case clean != expected && !slices.Contains(hints, HintChatMarkup) && !slices.Contains(hints, HintPlaceholder):
		said = append(said, fmt.Sprintf("A chat program also changed the policy's value: %s stands for %s.", quote(expected), quote(clean)))
	case slices.Contains(hints, HintWildcardNeedsStringLike):
	case strings.HasPrefix(op.Base(), "Arn") && op.Matches(p.presented[0], p.presented[0], false) != policy.True:
		said = append(said, fmt.Sprintf("%s compares ARNs only, and the token's value is none.", p.operator))
	case strings.HasPrefix(op.Base(), "StringEquals") && policy.IsGlob(expected):
		said = append(said, fmt.Sprintf("Besides, under %s a * is an ordinary character.", p.operator))
	}
	return strings.Join(said, " ")
}

// hintSentence says one near miss.
func (s *subject) hintSentence(p *part, expected string, h Hint, all []Hint) string {
	presented := p.presented[0]
	e, v := differingPart(expected, presented)
	switch h {
	case HintCaseDiffers:
		return fmt.Sprintf("The policy says %s, the token says %s: upper and lower case count.", quote(e), quote(v))
	case HintWildcardNeedsStringLike:
		if strings.HasPrefix(p.cond.Operator.Base(), "Arn") {
			return fmt.Sprintf("%s compares ARNs, part by part; only StringLike takes a * in any text as a wildcard.", p.operator)
		}
		if !policy.IsGlob(expected) {
			return "" // the sentence on the missing wildcard is enough
		}
		return fmt.Sprintf("Under %s a * is an ordinary character; only StringLike takes it as a wildcard.", p.operator)
	case HintMissingWildcard:
		return missingSentence(expected, presented)
	case HintWhitespace:
		return fmt.Sprintf("They differ in white space: the policy has %s.", quote(e))
	case HintSmartQuotes:
		return "The policy's value holds curly quotes or dashes that a word processor put there."
	case HintInvisibleCharacter:
		return fmt.Sprintf("There is an invisible character: %s against %s.", strconv.QuoteToASCII(cut(e)), strconv.QuoteToASCII(cut(v)))
	case HintChatMarkup:
		return fmt.Sprintf("The policy's value was changed by a chat program: %s is what it made of %s.", quote(expected), quote(withoutMarkup(expected)))
	case HintPercentEncoding:
		return fmt.Sprintf("They differ in percent-encoding: the policy says %s, the token says %s.", quote(e), quote(v))
	case HintURLScheme:
		if withoutAddress(expected) != expected {
			return "The policy's value holds an address; a subject has the names of owner and repository alone."
		}
		return "They differ in the scheme (https://)."
	case HintTrailingSlash:
		return "They differ in a slash at the end."
	case HintAccountIDDiffers:
		return fmt.Sprintf("They name different accounts: %s and %s.", quote(e), quote(v))
	case HintImmutableSubject:
		return "GitHub now puts the ids of owner and repository into the subjects of some repositories, and the policy and the token differ in that."
	case HintAudSubSwapped:
		return fmt.Sprintf("That is the token's %s: the condition stands under the wrong key.", map[string]string{ElementAud: ElementSub, ElementSub: ElementAud}[p.element])
	case HintPlaceholder:
		return "The policy still has a placeholder, or a part that a template left empty."
	case HintTypo:
		return fmt.Sprintf("The policy says %s, the token says %s: they differ by a letter or two.", quote(e), quote(v))
	case HintSegmentDiffers:
		if slices.Contains(all, HintTypo) || slices.Contains(all, HintSubjectShapeDiffers) {
			return ""
		}
		return s.segmentSentence(p, expected)
	case HintSubjectShapeDiffers:
		return s.shapeSentence(expected)
	case HintOtherProvider, HintIssuerPathMissing:
	}
	return ""
}

func missingSentence(expected, presented string) string {
	if policy.IsGlob(expected) {
		return fmt.Sprintf("The policy's value stops at %s; the token's goes on.", quote(tail(expected)))
	}
	return fmt.Sprintf("The policy's value stops at %s; the token's goes on with %s.", quote(tail(expected)), quote(presented[min(len(presented), commonPrefix(expected, presented)):]))
}
