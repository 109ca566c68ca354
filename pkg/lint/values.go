package lint

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/policy"
)

// value lints one value of a condition on a claim.
func (s *statement) value(c *policy.Condition, t *trusted, claim string, v policy.Value) {
	switch {
	case damaged(v.Text):
		s.report(ruleValueDamaged, v.Pos, c.Path, fmt.Sprintf("%s holds what a chat program or an editor put there, and no token has", quote(v.Text)),
			"Type the value anew, in plain text.")
		return
	case left(v.Text) && !complete(t, claim, v.Text):
		s.report(ruleValueEmpty, v.Pos, c.Path, fmt.Sprintf("%s has an empty part, as a template leaves it whose variable is not set", quote(v.Text)),
			"Fill the part in, and have the template fail where its variable is empty.")
		return
	case diagnosis.IsPlaceholder(v.Text):
		s.report(ruleValuePlaceholder, v.Pos, c.Path, fmt.Sprintf("%s holds a placeholder", quote(v.Text)), "Write what it stands for.")
		return
	case isEquality(c.Operator) && policy.IsGlob(v.Text) && (claim == "sub" || strings.Contains(v.Text, "*")):
		s.report(ruleWildcardEquality, v.Pos, c.Path, fmt.Sprintf("%s takes the wildcard in %s for a character, which no token has there", c.Operator, quote(v.Text)),
			"Write StringLike if the pattern is meant and bounded, or the whole value.")
		return
	}
	switch claim {
	case "sub":
		s.form(c, t, v)
		s.broad(c, t, v)
	case "aud":
		s.audience(c, t, v)
	}
}

// isEquality tells whether an operator on texts knows no wildcards.
func isEquality(op policy.Operator) bool {
	return strings.HasPrefix(op.Base(), "StringEquals") || strings.HasPrefix(op.Base(), "StringNotEquals")
}

func isLike(op policy.Operator) bool {
	return op.Base() == "StringLike" || op.Base() == "StringNotLike"
}

// left tells whether some part of a value is empty. ARNs have empty parts, and
// URLs have "//".
func left(v string) bool {
	if v == "" {
		return true
	}
	if strings.HasPrefix(v, "arn:") || strings.Contains(v, "://") {
		return false
	}
	return strings.Contains(v, "::") || strings.Contains(v, ":/") || strings.Contains(v, "/:") || strings.Contains(v, "//") ||
		strings.HasPrefix(v, ":") || strings.HasPrefix(v, "/") || strings.HasSuffix(v, ":") || strings.HasSuffix(v, "/")
}

// complete tells whether the issuer has such subjects, some of whose parts may
// be empty. The values of other claims have forms of their own.
func complete(t *trusted, claim, v string) bool {
	switch {
	case v == "":
		return false
	case claim != "sub":
		return true
	case len(t.issuer.Grammars) == 0:
		return !strings.Contains(v, "::")
	}
	return t.issuer.ReadPattern(v).Complete
}

// damaged finds the markup of chat programs, and what cannot be seen or is no
// character of any claim.
func damaged(v string) bool {
	if strings.Contains(v, "<http") && strings.Contains(v, ">") || v != strings.TrimSpace(v) {
		return true
	}
	return strings.ContainsFunc(v, func(r rune) bool {
		return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.So, unicode.Mn, unicode.Zl, unicode.Zp) || unicode.Is(unicode.Zs, r) && r != ' ' ||
			strings.ContainsRune("“”‘’„", r)
	})
}

// audience holds an audience that is wanted against those of the account's
// provider.
func (s *statement) audience(c *policy.Condition, t *trusted, v policy.Value) {
	if !s.known.Read || t.BuiltIn || s.Effect != policy.Allow || c.Operator.Negated() {
		return
	}
	p := s.provider(t)
	if p == nil || p.ClientIDs == nil || slices.ContainsFunc(p.ClientIDs, func(id string) bool {
		return c.Operator.Matches(v.Text, id, s.doc.Version == policy.Version2012) != policy.False
	}) {
		return
	}
	s.report(ruleAudience, v.Pos, c.Path, fmt.Sprintf("the identity provider of the account does not accept the audience %s, so STS refuses each token that has it", quote(v.Text)),
		"Register the audience at the identity provider, or write one that is registered.")
}
