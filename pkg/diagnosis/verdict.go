package diagnosis

import (
	"fmt"
	"strings"

	"whydenied/pkg/policy"
)

// finish gives the verdict and the summary. It is total: every diagnosis has
// one of the four verdicts.
func (d *Diagnosis) finish(s *subject) {
	if d.Verdict == VerdictAllowed {
		d.Summary = "allowed: STS let this token in"
		return
	}
	if s.in.WhatIf && d.Trace.Truth == policy.True && len(d.Causes) == 0 && !d.needsMore() {
		d.Verdict, d.Summary = VerdictAllowed, "allowed: the trust policy allows this token"
		return
	}
	if len(d.Causes) == 0 && d.everythingMatches() {
		d.Causes = append(d.Causes, s.beyond())
	}
	d.Verdict = d.verdict()
	d.Summary = d.summary()
}

func (d *Diagnosis) verdict() Verdict {
	v := VerdictUnexplained
	for _, c := range d.Causes {
		if c.Confidence == Certain {
			return VerdictExplained
		}
		if c.Code != CauseBeyondTrustPolicy {
			v = VerdictSuspected
		}
	}
	return v
}

// needsMore: the token carries tags or a source identity, and whether the
// policy allows that is not known.
func (d *Diagnosis) needsMore() bool {
	for _, c := range d.Checks {
		if isSecondary(c.Element) && c.Status == StatusUnknown && len(c.Presented) > 0 {
			return true
		}
	}
	return false
}

func isSecondary(element string) bool {
	return element == ElementTags || element == ElementSourceIdentity
}

// everythingMatches: no check but tags and source_identity is open, and these
// only where it is not known whether the token carries any.
func (d *Diagnosis) everythingMatches() bool {
	for _, c := range d.Checks {
		open := isSecondary(c.Element) && len(c.Presented) == 0
		if c.Status == StatusMismatch || c.Status == StatusUnknown && !open {
			return false
		}
	}
	return d.Trace.Truth == policy.True
}

// otherPolicies are those beyond the trust policy that AWS names in some of
// its AccessDenied messages. No denial of this call has been seen to, but one
// that does speaks for itself.
var otherPolicies = []string{"resource control policy", "service control policy", "vpc endpoint policy"}

// OtherPolicy is the kind of policy, beyond the trust policy, that a message
// of AWS names as what denies, or "".
func OtherPolicy(message string) string {
	text := strings.ToLower(message)
	for _, name := range otherPolicies {
		if strings.Contains(text, "deny in a "+name) {
			return name
		}
	}
	return ""
}

// beyondByName takes AWS's word where the message names another policy. What
// the trust policy says besides stays in the notes.
func (d *Diagnosis) beyondByName(s *subject) {
	name := OtherPolicy(s.in.Denial.ErrorMessage)
	if name == "" || s.in.WhatIf || s.in.Succeeded {
		return
	}
	for _, c := range d.Causes {
		d.note("apart from that, %s: %s", c.Headline(), c.Message)
	}
	c := s.beyond()
	c.Confidence, c.Presented = Certain, []string{cut(s.in.Denial.ErrorMessage)}
	c.Message = "AWS itself says that a " + name + " refuses this call; do not loosen the trust policy."
	d.Causes, d.Changed = []Cause{c}, nil
}

func (s *subject) beyond() Cause {
	return Cause{Code: CauseBeyondTrustPolicy, Element: ElementProviderARN, Confidence: Possible, Statement: NoStatement,
		Message: "everything that CloudTrail shows does match. Look at resource control policies of the organization, at the policy of a VPC endpoint, and at a change made since; do not loosen the trust policy."}
}

// wanted tells whether the values under an operator are what the policy wants
// to see, and not what it excludes or the limit of a range.
func wanted(operator string) bool {
	op, _, ok := policy.ParseOperator(operator)
	return operator == "" || ok && !op.Negated() && !op.IsNull() && !isRange(op)
}

func isRange(op policy.Operator) bool { return strings.Contains(op.Base(), "Than") }

// summary is one sentence that does alone: what is wrong, expected and
// presented.
func (d *Diagnosis) summary() string {
	if len(d.Causes) == 0 {
		return "nothing that can be checked explains the refusal; see the notes for what is not known"
	}
	c := &d.Causes[0]
	if d.Stranger && c.Code == CauseSubMismatch && wanted(c.Operator) {
		return fmt.Sprintf("probable stranger: sub does not match: the role expects %s and the token presented %s", quoteAll(c.Expected), quoteEach(c.Presented))
	}
	switch c.Code {
	case CauseAudMismatch, CauseSubMismatch, CauseConditionMismatch, CauseProviderARNMismatch:
		if len(c.Expected) > 0 && len(c.Presented) > 0 && wanted(c.Operator) {
			return fmt.Sprintf("%s: the role expects %s and the token presented %s", c.Headline(), quoteAll(c.Expected), quoteEach(c.Presented))
		}
	default:
	}
	return c.Headline() + ": " + c.Message
}
