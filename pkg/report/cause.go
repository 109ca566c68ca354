package report

import (
	"fmt"
	"slices"
	"strings"

	"whydenied/pkg/diagnosis"
)

// sides are what a cause compares: what stands on the trust policy's side
// over what the token has.
type sides struct {
	above, below         string // their labels
	expected, presented  []string
	marks                *Marks
	others, missingBelow string // label of the other expected values; words where nothing was presented
}

// sidesOf says what a cause compares, and by which names.
func sidesOf(r *Report, c *Cause) sides {
	s := sides{above: "expected", below: "presented", others: "or one of", expected: c.Expected, presented: c.Presented, marks: c.Marks}
	if s.marks == nil {
		s.marks = mark(c.Expected, c.Presented)
	}
	negated := strings.Contains(c.Operator, "Not")
	switch diagnosis.Code(c.Code) {
	case diagnosis.CauseTokenExpired, diagnosis.CauseTokenInvalid, diagnosis.CauseIDPUnreachable, diagnosis.CauseSTSRefused,
		diagnosis.CauseBeyondTrustPolicy:
		return sides{} // the message repeats what STS said
	case diagnosis.CauseRoleNotFound:
		s.above, s.below = "nearest", "asked for"
	case diagnosis.CauseSessionDurationTooLong:
		s.above, s.below, s.marks = "allowed", "asked for", nil
		if len(c.Presented) == 1 && c.Presented[0] == r.Denial.ErrorMessage {
			s.presented = nil // the message repeats it
		}
	case diagnosis.CauseProviderNotRegistered, diagnosis.CauseAudienceNotRegistered:
		s.above, s.others = "registered", "and"
	case diagnosis.CauseNoFederatedPrincipal:
		s.above, s.others, s.marks = "trusted", "and", nil
	case diagnosis.CauseProviderARNMismatch:
		s.above, s.others = "trusted", "and"
	case diagnosis.CauseActionNotAllowed:
		s.above, s.below, s.others = "allowed", "needed", "and"
	case diagnosis.CauseTagSessionNotAllowed, diagnosis.CauseSourceIdentityForbidden:
		s.above, s.below, s.marks = "not allowed", "carries", nil
	case diagnosis.CauseConditionKeyMisnamed:
		return keySides(r, c)
	case diagnosis.CauseExplicitDeny:
		s.above, s.others, s.marks = "denied", "and", nil
		if negated {
			s.above = "spared"
		}
	case diagnosis.CauseHiddenClaim, diagnosis.CauseClaimNotSupported, diagnosis.CauseRequiredMissing:
		s.marks = nil
		s.missingBelow = "not recorded"
	case diagnosis.CauseAudMismatch, diagnosis.CauseSubMismatch, diagnosis.CauseConditionMismatch:
		s.missingBelow = "not in the request"
		if negated {
			s.above, s.others, s.marks = "excluded", "and", nil
		}
	}
	if strings.EqualFold(c.Operator, "Null") {
		s.above, s.expected, s.marks = "", nil, nil // "true" says nothing by itself
	}
	return s
}

// keySides compares the key with what it has to be: the provider's suffix and
// the claim.
func keySides(r *Report, c *Cause) sides {
	s := sides{above: "right key", below: "policy has", presented: []string{c.Key}}
	if c.Element != diagnosis.ElementAud && c.Element != diagnosis.ElementSub {
		return s
	}
	if p, ok := providerOf(&r.Denial); ok {
		s.expected = []string{p.Suffix + ":" + c.Element}
		s.marks = mark(s.expected, s.presented)
	}
	return s
}

// cause writes one cause: both sides, the place, the reason, the advice.
func (p *page) cause(r *Report, index int) {
	c := &r.Causes[index]
	if n := len(r.Causes); n > 1 {
		for _, l := range p.words(fmt.Sprintf("%d of %d: %s", index+1, n, c.Headline), p.width) {
			p.line(p.paint(bold, l))
		}
	}
	most := maxValue
	if stranger(r) {
		most = maxShort
	}
	p.sides(sidesOf(r, c), most)
	p.place(c)
	p.sentences("why", why(c))
	p.sentences("what to do", advice(r, c))
	p.sentences("confidence", c.Confidence)
	p.sentences("read more", CausePage(c.Code))
}

// why leaves out the values where they stand above it.
func why(c *Cause) string {
	if c.Reason != "" {
		return capital(c.Reason)
	}
	return capital(c.Message)
}

// capital starts a sentence, unless it starts with a name.
func capital(s string) string {
	word, _, _ := strings.Cut(s, " ")
	letters := strings.Trim(word, "abcdefghijklmnopqrstuvwxyz") == ""
	if word == "" || !letters || word == diagnosis.ElementAud || word == diagnosis.ElementSub {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// sides writes the nearest expected value over the presented one, both with
// the part that differs marked, then the other expected values.
func (p *page) sides(s sides, most int) {
	expected := slices.Clone(s.expected)
	var above, below *Span
	if m := s.marks; m != nil && m.Expected < len(expected) && len(s.presented) == 1 {
		above, below = &m.InExpect, &m.InPresent
		nearest := expected[m.Expected]
		expected = append([]string{nearest}, slices.Delete(expected, m.Expected, m.Expected+1)...)
	}
	if len(expected) > 0 {
		p.row(toneNone, s.above, p.shown(expected[0], above, green, most))
	}
	if len(s.presented) > 0 {
		var lines []string
		for _, v := range s.presented[:min(len(s.presented), maxListed)] {
			lines = append(lines, p.shown(v, below, red, most)...)
		}
		p.row(toneNone, s.below, append(lines, andMore(len(s.presented)-maxListed)...))
	} else if s.missingBelow != "" {
		p.row(toneNone, s.below, []string{s.missingBelow})
	}
	if len(expected) > 1 {
		var lines []string
		others := expected[1:]
		for _, v := range others[:min(len(others), maxListed)] {
			lines = append(lines, p.shown(v, nil, "", maxShort)...)
		}
		p.row(toneNone, s.others, append(lines, andMore(len(others)-maxListed)...))
	}
}

func andMore(n int) []string {
	if n <= 0 {
		return nil
	}
	return []string{fmt.Sprintf("and %s more", thousands(n))}
}

// place says where in the trust policy the cause stands, and shows the line.
func (p *page) place(c *Cause) {
	said := placeWords(c)
	if said == "" {
		return
	}
	lines := p.words(said, p.room())
	if text := excerpt(c, 2*p.room()); text != "" {
		// Source text, so that what is escaped in it stays as it is.
		for _, l := range p.words(text, p.room()-2) {
			lines = append(lines, p.paint(dim, "| ")+l)
		}
	}
	p.row(toneNone, "where", lines)
}
