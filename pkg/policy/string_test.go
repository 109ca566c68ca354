package policy_test

import (
	"strings"
	"testing"

	"whydenied/pkg/policy"
)

func TestStringEquals(t *testing.T) {
	run(t, policy.Version2012, nil, []operatorCase{
		{"StringEquals", []string{"repo:o/r:ref:refs/heads/main"}, policy.One("repo:o/r:ref:refs/heads/main"), yes, "3.3: exact"},
		{"StringEquals", []string{"repo:Octo/r"}, policy.One("repo:octo/r"), no, "3.3: case-sensitive"},
		{"StringEquals", []string{"repo:o/*"}, policy.One("repo:o/r"), no, "3.3: * is a literal"},
		{"StringEquals", []string{"repo:o/*"}, policy.One("repo:o/*"), yes, "3.3: * is a literal"},
		{"StringEquals", []string{"a?"}, policy.One("ab"), no, "3.3: no wildcards"},
		{"StringEquals", []string{"a"}, policy.One("a "), no, "3.3: exact, white space too"},
		{"StringEquals", []string{""}, policy.One(""), yes, "3.3: exact, empty too"},
		{"StringEquals", []string{""}, policy.One("a"), no, "3.3: exact, empty too"},
		{"StringEquals", []string{"é"}, policy.One("e\u0301"), no, "3.3: exact, so another writing of é differs"},
		{"StringEquals", []string{"a", "b"}, policy.One("b"), yes, "3.1: OR over values"},
		{"StringNotEquals", []string{"a", "b"}, policy.One("b"), no, "3.1: NOR over values, not differs from one"},
		{"StringNotEquals", []string{"a", "b"}, policy.One("c"), yes, "3.1: NOR over values"},
		{"StringNotEquals", []string{"a*"}, policy.One("ab"), yes, "3.3: * is a literal"},
		{"StringEqualsIgnoreCase", []string{"repo:Octo/R"}, policy.One("repo:octo/r"), yes, "3.3: case-folded"},
		{"StringEqualsIgnoreCase", []string{"STRASSE"}, policy.One("straße"), no, "3.3: case-folded character by character"},
		{"StringEqualsIgnoreCase", []string{"ÉCOLE"}, policy.One("école"), yes, "3.3: case-folded beyond ASCII"},
		{"StringEqualsIgnoreCase", []string{"a*"}, policy.One("ab"), no, "3.3: no wildcards"},
		{"StringNotEqualsIgnoreCase", []string{"A"}, policy.One("a"), no, "3.3: case-folded, negated"},
	})
}

func TestStringLike(t *testing.T) {
	run(t, policy.Version2012, nil, []operatorCase{
		{"StringLike", []string{"repo:o/r:*"}, policy.One("repo:o/r:ref:refs/heads/main"), yes, "3.3: * reaches over : and /"},
		{"StringLike", []string{"repo:o/r:*"}, policy.One("repo:o/r:"), yes, "3.3: * is any run, the empty one too"},
		{"StringLike", []string{"repo:o/r*"}, policy.One("a repo:o/r"), no, "3.3: anchored at the front"},
		{"StringLike", []string{"*:main"}, policy.One("x:main2"), no, "3.3: anchored at the end"},
		{"StringLike", []string{"repo:O/*"}, policy.One("repo:o/r"), no, "3.3: case-sensitive"},
		{"StringLike", []string{"a?c"}, policy.One("abc"), yes, "3.3: ? is one character"},
		{"StringLike", []string{"a?c"}, policy.One("ac"), no, "3.3: ? is exactly one character"},
		{"StringLike", []string{"a?"}, policy.One("abc"), no, "3.3: ? is exactly one character"},
		{"StringLike", []string{"?"}, policy.One("日"), yes, "3.3: one character, of three bytes here"},
		{"StringLike", []string{"*??"}, policy.One("日"), no, "3.3: ? is a whole character behind * too"},
		{"StringLike", []string{"*?"}, policy.One("日"), yes, "3.3: ? is a whole character behind * too"},
		{"StringLike", []string{"*??日"}, policy.One("é日"), no, "3.3: ? is a whole character behind * too"},
		{"StringLike", []string{"*"}, policy.One(""), yes, "3.3: * is any run"},
		{"StringLike", []string{"?*"}, policy.One(""), no, "3.3: ? is exactly one character"},
		{"StringLike", []string{""}, policy.One(""), yes, "3.3: exact where there is no wildcard"},
		{"StringLike", []string{"a.c"}, policy.One("abc"), no, "3.3: * and ? are the only wildcards"},
		{"StringLike", []string{"[ab]"}, policy.One("a"), no, "3.3: * and ? are the only wildcards"},
		{"StringLike", []string{`a\*`}, policy.One("a*"), no, "3.3: a backslash is ordinary text"},
		{"StringLike", []string{"*ab*ab*"}, policy.One("xabyabz"), yes, "3.3: any number of wildcards"},
		{"StringLike", []string{"*ab*ab"}, policy.One("ababa"), no, "3.3: anchored at the end"},
		{"StringLike", []string{"x", "a*"}, policy.One("ab"), yes, "3.1: OR over values"},
		{"StringNotLike", []string{"x", "a*"}, policy.One("ab"), no, "3.1: NOR over values"},
		{"StringNotLike", []string{"x", "a*"}, policy.One("b"), yes, "3.1: NOR over values"},
		{"ForAllValues:StringLike", []string{"repo:o/*"}, policy.One("repo:o/r"), yes, "3.2: a single value is a set of one"},
		{"ForAnyValue:StringLike", []string{"a*"}, many("b", "ab"), yes, "3.2: some value"},
		{"ForAnyValue:StringNotLike", []string{"a*"}, many("ab", "b"), yes, "3.2: some value matches none"},
	})
}

// "*" alone matches every value, so that only the key's presence is left open.
func TestStringLikeAnythingOnHiddenKey(t *testing.T) {
	run(t, policy.Version2012, nil, []operatorCase{
		{"StringLike", []string{"*"}, hidden, unk, "3.2: false where the key is missing"},
		{"StringLikeIfExists", []string{"*"}, hidden, yes, "3.2: true where the key is missing, and any value matches"},
		{"StringLikeIfExists", []string{"a", "**"}, hidden, yes, "3.1: one of the values matches whatever there is"},
		{"StringLikeIfExists", []string{"*a"}, hidden, unk, "some values do not match"},
		{"StringLikeIfExists", []string{"*"}, policy.Attr{Multi: true}, unk, "3.2: a multivalued key without a quantifier is not documented"},
		{"ForAllValues:StringLike", []string{"*"}, hidden, yes, "3.2: true where the key is missing"},
		{"ForAllValues:StringLike", []string{"*"}, policy.Attr{Multi: true}, yes, "3.2: true where the key is missing"},
		{"ForAnyValue:StringLike", []string{"*"}, hidden, unk, "3.2: false where the key is missing"},
		{"StringNotLike", []string{"*"}, hidden, unk, "3.2: true where the key is missing, and no value passes"},
		{"ForAnyValue:StringNotLike", []string{"*"}, hidden, no, "3.2: false where the key is missing, and no value passes"},
		{"StringEqualsIfExists", []string{"*"}, hidden, unk, "3.3: * is a literal under StringEquals"},
	})
}

// A pattern of many stars against a text that nearly fits. A matcher that
// tries every division would not come back.
func TestStringLikeManyStars(t *testing.T) {
	run(t, policy.Version2012, nil, []operatorCase{
		{"StringLike", []string{strings.Repeat("*a", 1024) + "*b"}, policy.One(strings.Repeat("a", 2048)), no, "there is no b"},
		{"StringLike", []string{strings.Repeat("*a", 1024) + "*"}, policy.One(strings.Repeat("a", 2048)), yes, "3.3: any run"},
		{"StringLike", []string{"*" + strings.Repeat("a", 2047) + "b"}, policy.One(strings.Repeat("a", 2048)), no, "there is no b"},
	})
}
