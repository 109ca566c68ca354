package remedy

import (
	"fmt"
	"slices"
	"strings"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/oidc"
	"whydenied/pkg/policy"
)

// isYAML: Pulumi names an environment that has no name "<yaml>".
func isYAML(issuer *oidc.Issuer, subject string) bool {
	return strings.HasPrefix(issuer.Name, "Pulumi") && strings.Contains(subject, "<yaml>")
}

// likeOf is StringLike with the same quantifier and IfExists.
func likeOf(op policy.Operator) string {
	like := stringLike
	like.Set, like.IfExists = op.Set, op.IfExists
	return like.String()
}

// underLike are a condition's values as StringLike takes them to the letter,
// with the pattern in the place of the nearest, or behind them all.
func (f *finder) underLike(k *policy.Condition, nearest, pattern string, replace bool) ([]string, bool) {
	var list []string
	done := false
	for _, v := range k.Values {
		if v.Text == nearest && replace && !done {
			list, done = append(list, pattern), true
			continue
		}
		value := v.Text
		if !knowsWildcards(k.Operator) {
			if policy.IsGlob(value) && f.doc.Version != policy.Version2012 {
				return nil, false
			}
			// Variables stay what they are: only "*" and "?" change their meaning.
			value = strings.NewReplacer("${*}", "${*}", "${?}", "${?}", "*", "${*}", "?", "${?}").Replace(value)
		}
		list = append(list, value)
	}
	if !done {
		list = append(list, pattern)
	}
	return list, true
}

// boundedDraft is a pattern that the policy meant; whole where it is all that
// the policy says, and not less.
type boundedDraft struct {
	draft
	whole bool
}

// patternDraft is for a value with a wildcard that does not hold: under an
// operator that takes "*" to the letter, or with a name in another writing.
// The pattern is kept within the token's own resource and kind of context.
func (f *finder) patternDraft(c *diagnosis.Cause, k *policy.Condition) (boundedDraft, bool) {
	wild := policy.IsGlob(c.Nearest)
	wrongOperator := slices.Contains(c.Hints, diagnosis.HintWildcardNeedsStringLike) && wild
	if !wild || !wrongOperator && !onlyWriting(c.Hints) {
		return boundedDraft{}, false
	}
	pattern, whole, ok := f.bounded(c.Nearest, c.Presented[0])
	if !ok {
		return boundedDraft{}, false
	}
	b := boundedDraft{whole: whole}
	b.kind, b.admits, b.operator = KindPattern, pattern, stringLike
	b.gone, b.warnings = []string{sampleOf(c.Nearest, k.Operator)}, f.warnings(c)
	if knowsWildcards(k.Operator) && !isARN(k.Operator) {
		b.title = fmt.Sprintf("Write the pattern %q in the place of %q", cut(pattern), cut(c.Nearest))
		b.steps = []step{replaceValue(c.Statement, k.Operator.Text, k.Key.Text, c.Nearest, pattern)}
		return b, true
	}
	list, ok := f.underLike(k, c.Nearest, pattern, true)
	b.mends = isARN(k.Operator)
	b.title = fmt.Sprintf("Test sub under StringLike, against the pattern %q", cut(pattern))
	b.steps = []step{moveCondition(c.Statement, k.Operator.Text, k.Key.Text, likeOf(k.Operator), list)}
	return b, ok
}

// bounded is an expected pattern with its wildcard kept to the last part of
// the subject: "repo:octo-org/*" becomes "repo:octo-org/api:ref:refs/heads/*"
// for a token of a branch of that repository. whole tells that nothing was cut
// off from what the policy says. A pattern that would reach over a name of an
// organization or a repository is not meant by anybody's leave.
func (f *finder) bounded(expected, presented string) (pattern string, whole, ok bool) {
	fields := f.reading.Fields
	last := len(fields) - 1
	if !f.reading.Complete || last < 1 || fields[last].End != len(presented) || fields[last].Name == "event" {
		return "", false, false
	}
	field := fields[last]
	start, ok := literal(presented[:field.Start], stringLike, f.doc.Version)
	if !ok {
		return "", false, false
	}
	// What the policy's own pattern has of the last part, up to its wildcard.
	own, found := "", false
	if r := f.issuer.ReadPattern(expected); r.Kind == f.reading.Kind && len(r.Fields) == len(fields) {
		own, found = r.Fields[last].Value, true
	}
	stem, _, _ := strings.Cut(own, "*")
	inResource := field.Role == oidc.RoleResource && fields[last-1].Role == oidc.RoleResource && len(stem) > 2
	switch {
	case field.Role != oidc.RoleContext && !inResource, strings.Contains(stem, "?"):
		return "", false, false
	case !strings.HasPrefix(field.Value, stem):
		stem, found = "", false
	}
	pattern = start + stem + "*"
	// The wildcard must not stand for more than the policy's own does.
	for _, sample := range []string{"", madeUp, "x/y"} {
		text := diagnosis.PlainName(presented[:field.Start] + stem + sample)
		if stringLike.Matches(diagnosis.PlainName(expected), text, false) != policy.True {
			return "", false, false
		}
	}
	return pattern, found && diagnosis.PlainName(expected) == diagnosis.PlainName(pattern), true
}
