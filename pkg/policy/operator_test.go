package policy_test

import (
	"testing"

	"whydenied/pkg/policy"
)

func TestParseOperator(t *testing.T) {
	for _, tt := range []struct {
		text, name, suggestion string
		ok                     bool
		reason                 string
	}{
		{"StringEquals", "StringEquals", "", true, "3.3"},
		{"stringlikeifexists", "StringLikeIfExists", "", true, "3.1: case-insensitive"},
		{"FORANYVALUE:ArnNotLikeIfExists", "ForAnyValue:ArnNotLikeIfExists", "", true, "3.2"},
		{"forallvalues:bool", "ForAllValues:Bool", "", true, "3.2"},
		{"null", "Null", "", true, "3.3"},
		{"NullIfExists", "", "Null", false, "3.2: NullIfExists is invalid"},
		{"ForAnyValue:Null", "", "Null", false, "Null asks for presence alone"},
		{"StringLikes", "", "StringLike", false, "a letter too many"},
		{"StringEqual", "", "StringEquals", false, "a letter too few"},
		{"NumericLessThen", "", "NumericLessThan", false, "another letter"},
		{"StringEqalsIfExists", "", "StringEqualsIfExists", false, "the suffix stays"},
		{"ForAnyValue:StringLikes", "", "ForAnyValue:StringLike", false, "the quantifier stays"},
		{"ForAnyValues:StringLike", "", "ForAnyValue:StringLike", false, "a quantifier nearly right"},
		{"ForAllValue:stringequals", "", "ForAllValues:StringEquals", false, "a quantifier nearly right"},
		{"ForAllValue:Nonsense", "", "", false, "neither half is near"},
		{"Contains", "", "", false, "nothing is near"},
		{"IfExists", "", "", false, "a suffix alone"},
		{"ForAnyValue:", "", "", false, "a quantifier alone"},
		{"", "", "", false, "nothing at all"},
		{"String:Equals", "", "", false, "no such quantifier"},
		{"ForAnyValue:ForAllValues:StringLike", "", "", false, "one quantifier only"},
	} {
		op, suggestion, ok := policy.ParseOperator(tt.text)
		if ok != tt.ok || suggestion != tt.suggestion {
			t.Errorf("%q: want ok %v and %q, got %v and %q: %s", tt.text, tt.ok, tt.suggestion, ok, suggestion, tt.reason)
		}
		if ok && op.String() != tt.name || op.Text != tt.text {
			t.Errorf("%q: want %q, got %q (%q): %s", tt.text, tt.name, op.String(), op.Text, tt.reason)
		}
	}
}

func TestOperatorAnswers(t *testing.T) {
	for _, tt := range []struct {
		text, base    string
		negated, null bool
	}{
		{"stringlike", "StringLike", false, false},
		{"ForAnyValue:StringNotLikeIfExists", "StringNotLike", true, false},
		{"NotIpAddress", "NotIpAddress", true, false},
		{"Null", "Null", false, true},
		{"Contains", "", false, false},
	} {
		op, _, _ := policy.ParseOperator(tt.text)
		if op.Base() != tt.base || op.Negated() != tt.negated || op.IsNull() != tt.null {
			t.Errorf("%q: want base %q, negated %v, null %v; got %q, %v, %v",
				tt.text, tt.base, tt.negated, tt.null, op.Base(), op.Negated(), op.IsNull())
		}
	}
	if got := (policy.Operator{Text: "var.operator"}).String(); got != "var.operator" {
		t.Errorf("want the source of an unresolved operator, got %q", got)
	}
}

func TestOperatorMatches(t *testing.T) {
	for _, tt := range []struct {
		operator, value, presented string
		vars                       bool
		want                       policy.Truth
		reason                     string
	}{
		{"StringLike", "a*", "ab", true, yes, "3.3: a wildcard"},
		{"StringEquals", "a*", "ab", true, no, "3.3: no wildcard"},
		{"StringNotEquals", "a", "a", true, yes, "before negation"},
		{"ForAnyValue:StringEqualsIfExists", "a", "a", true, yes, "the quantifier plays no part"},
		{"StringEquals", "${k}", "x", true, unk, "the variable's value is not known here"},
		{"StringEquals", "a${k}", "x", true, no, "no value of the variable gives the a"},
		{"StringEquals", "${k}", "${k}", false, yes, "3.4: text in 2008-10-17"},
		{"NumericEquals", "1e1", "10", true, unk, "3.3: an exponent is not spoken of"},
		{"ArnLike", "*", "arn:aws:iam::1:role/x", true, unk, "not documented"},
		{"Null", "true", "x", true, unk, "Null compares no values"},
		{"Contains", "a", "ab", true, unk, "no operator"},
	} {
		op, _, _ := policy.ParseOperator(tt.operator)
		if got := op.Matches(tt.value, tt.presented, tt.vars); got != tt.want {
			t.Errorf("%s %q on %q: want %s, got %s: %s", tt.operator, tt.value, tt.presented, tt.want, got, tt.reason)
		}
	}
}

func TestIsGlob(t *testing.T) {
	for text, want := range map[string]bool{"": false, "a.b[c]": false, "a*": true, "?": true} {
		if got := policy.IsGlob(text); got != want {
			t.Errorf("%q: want %v, got %v", text, want, got)
		}
	}
}
