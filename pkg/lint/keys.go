package lint

import (
	"fmt"
	"slices"
	"strings"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/internal/edit"
	"whydenied/pkg/policy"
)

// condition lints one condition: its key, then its values.
func (s *statement) condition(c *policy.Condition) {
	if c.Unresolved || c.Key.Unresolved {
		s.report(ruleUnresolved, c.Pos, c.Path, "the condition is not resolved here, and was not judged", "Check a plan, in which it is resolved.")
		return
	}
	t := s.key(c)
	if t == nil {
		return
	}
	_, claim := splitKey(c.FoldedKey())
	s.vacuous(c, claim)
	for _, v := range c.Values {
		switch {
		case v.Unresolved:
			s.report(ruleUnresolved, v.Pos, c.Path, fmt.Sprintf("the value is not resolved here, and was not judged: %s", quote(v.Text)), "Check a plan, in which it is resolved.")
		case !c.Operator.IsNull():
			s.value(c, t, claim, v)
		}
	}
	if claim == "sub" {
		s.immutable(c, t)
	}
}

// key lints a condition key. It returns the provider whose claim the key is;
// nil where it is none, and its values then say nothing.
func (s *statement) key(c *policy.Condition) *trusted {
	key := c.FoldedKey()
	prefix, claim := splitKey(key)
	t := s.trusted(prefix)
	switch {
	case t != nil:
		s.claim(c, t, claim)
		return t
	case diagnosis.NeverCarried(key):
		s.never(c, "no "+assumeWebIdentity+" request has the key", "Leave the condition out, or test what the token has.")
	case isService(prefix):
	case strings.Contains(prefix, "://"):
		s.never(c, "the key begins with a scheme", "Write the issuer without https:// before the claim.")
	case prefix == "":
		s.never(c, "the key names no issuer", fmt.Sprintf("Write the issuer before it: %s.", quote(s.providers[0].Suffix+":"+c.Key.Text)))
	case !s.open:
		s.never(c, fmt.Sprintf("the key's issuer is %s, and the statement trusts %s", quote(prefix), quote(s.providers[0].Suffix)),
			fmt.Sprintf("Write %s, if that is the issuer.", quote(s.providers[0].Suffix+":"+claim)))
	}
	return nil
}

// never reports a key that no request has: the condition never holds, or, by
// its operator, always.
func (s *statement) never(c *policy.Condition, why, do string) {
	switch {
	case c.Operator.IsNull():
		s.as(Warning, ruleKeyNever, c.Pos, c.Path, fmt.Sprintf("the presence of %s is tested, and no request has it: %s", quote(c.Key.Text), why), do)
	case c.Operator.Set == policy.ForAllValues, c.Operator.Negated() && c.Operator.Set != policy.ForAnyValue, c.Operator.IfExists:
		s.report(ruleConditionAlways, c.Pos, c.Path,
			fmt.Sprintf("the condition on %s holds for every request: %s, and %s holds without it", quote(c.Key.Text), why, c.Operator), do)
	default:
		s.report(ruleKeyNever, c.Pos, c.Path, fmt.Sprintf("the condition on %s never holds: %s", quote(c.Key.Text), why), do)
	}
}

// claim lints a claim of a trusted provider.
func (s *statement) claim(c *policy.Condition, t *trusted, claim string) {
	if t.issuer.Documents(claim) {
		return
	}
	do := "Test a claim that is documented, such as sub: a condition on another one may never hold."
	if near, ok := edit.Nearest(claim, slices.Concat(t.issuer.DefaultClaims, t.issuer.Claims)); ok {
		do = fmt.Sprintf("Write %s, if that was meant.", quote(t.Suffix+":"+near))
	}
	s.report(ruleKeyUndocumented, c.Pos, c.Path, fmt.Sprintf("AWS documents no condition key %s of %s", quote(c.Key.Text), nameOf(t)), do)
}

// vacuous finds ForAllValues in an Allow: it holds where the request lacks the
// key (IAM User Guide, "Set operators for multivalued context keys").
func (s *statement) vacuous(c *policy.Condition, claim string) {
	if s.Effect != policy.Allow || c.Operator.Set != policy.ForAllValues || claim == "amr" {
		return
	}
	severity := ruleSetVacuous.Severity
	if s.demands(c.FoldedKey()) {
		severity = Note
	}
	s.as(severity, ruleSetVacuous, c.Pos, c.Path, fmt.Sprintf("%s holds for a token without %s, and the claim has one value", c.Operator, quote(claim)),
		fmt.Sprintf("Write %s: the quantifier is for keys with several values.", c.Operator.Base()))
}

// demands tells whether the statement wants a key to be there: Null with
// false.
func (s *statement) demands(key string) bool {
	return slices.ContainsFunc(s.Conditions, func(c policy.Condition) bool {
		return c.Operator.IsNull() && c.FoldedKey() == key &&
			slices.ContainsFunc(c.Values, func(v policy.Value) bool { return strings.EqualFold(v.Text, "false") })
	})
}

// splitKey takes a key apart: the claim stands behind the last colon.
func splitKey(key string) (prefix, claim string) {
	at := strings.LastIndexByte(key, ':')
	return key[:max(0, at)], key[at+1:]
}

// isService tells whether a key's first part is an AWS service and no host.
func isService(prefix string) bool {
	return prefix != "" && !strings.ContainsAny(prefix, "./: ")
}

func nameOf(t *trusted) string {
	if t.issuer.Known {
		return t.issuer.Name
	}
	return quote(t.Suffix)
}
