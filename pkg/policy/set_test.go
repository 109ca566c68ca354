package policy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"whydenied/pkg/policy"
)

// comparison is one operator with a value of a policy, and two of a request of
// which the first matches it before negation.
type comparison struct {
	operator      string
	negated       bool
	value         string
	match, differ string
}

// comparisons are all operators but Null, written down anew from IAM User
// Guide, "Condition operators".
var comparisons = []comparison{
	{"StringEquals", false, "a", "a", "b"},
	{"StringNotEquals", true, "a", "a", "b"},
	{"StringEqualsIgnoreCase", false, "a", "A", "b"},
	{"StringNotEqualsIgnoreCase", true, "a", "A", "b"},
	{"StringLike", false, "a*", "ab", "b"},
	{"StringNotLike", true, "a*", "ab", "b"},
	{"NumericEquals", false, "5", "5.0", "6"},
	{"NumericNotEquals", true, "5", "5.0", "6"},
	{"NumericLessThan", false, "5", "4", "5"},
	{"NumericLessThanEquals", false, "5", "5", "6"},
	{"NumericGreaterThan", false, "5", "6", "5"},
	{"NumericGreaterThanEquals", false, "5", "5", "4"},
	{"DateEquals", false, "2026-01-01", "1767225600", "2026-01-02"},
	{"DateNotEquals", true, "2026-01-01", "1767225600", "2026-01-02"},
	{"DateLessThan", false, "2026-01-01", "2025-12-31", "2026-01-01"},
	{"DateLessThanEquals", false, "2026-01-01", "2026-01-01", "2026-01-02"},
	{"DateGreaterThan", false, "2026-01-01", "2026-01-02", "2026-01-01"},
	{"DateGreaterThanEquals", false, "2026-01-01", "2026-01-01", "2025-12-31"},
	{"Bool", false, "true", "TRUE", "false"},
	{"BinaryEquals", false, "QQ==", "QQ==", "Qg=="},
	{"IpAddress", false, "203.0.113.0/24", "203.0.113.7", "198.51.100.7"},
	{"NotIpAddress", true, "203.0.113.0/24", "203.0.113.7", "198.51.100.7"},
	{"ArnEquals", false, "arn:aws:iam::1:role/*", "arn:aws:iam::1:role/a", "arn:aws:iam::2:role/a"},
	{"ArnNotEquals", true, "arn:aws:iam::1:role/*", "arn:aws:iam::1:role/a", "arn:aws:iam::2:role/a"},
	{"ArnLike", false, "arn:aws:iam::1:role/*", "arn:aws:iam::1:role/a", "arn:aws:iam::2:role/a"},
	{"ArnNotLike", true, "arn:aws:iam::1:role/*", "arn:aws:iam::1:role/a", "arn:aws:iam::2:role/a"},
}

func TestComparisonsAreAll(t *testing.T) {
	want := []string{"Null"}
	for _, c := range comparisons {
		want = append(want, c.operator)
	}
	got := policy.Operators()
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(want, got) {
		t.Errorf("want operators %q, got %q", want, got)
	}
}

// What quantifier, IfExists and negation make of a key, the same for every
// operator: match and differ are single values, the columns behind them several.
func TestEveryOperator(t *testing.T) {
	type row struct {
		absent, hidden, match, differ, both, matches, differs, empty policy.Truth
	}
	for _, tt := range []struct {
		set, suffix   string
		positive, not row
		reason        string
	}{
		{
			"", "",
			row{no, unk, yes, no, unk, unk, unk, no},
			row{yes, unk, no, yes, unk, unk, unk, yes},
			"3.2: a missing key fails a positive operator and passes a negated one; several values without a quantifier are not documented",
		},
		{
			"", "IfExists",
			row{yes, unk, yes, no, unk, unk, unk, yes},
			row{yes, unk, no, yes, unk, unk, unk, yes},
			"3.2: IfExists is true for a missing key",
		},
		{
			"ForAllValues:", "",
			row{yes, unk, yes, no, no, yes, no, yes},
			row{yes, unk, no, yes, no, no, yes, yes},
			"3.2: ForAllValues is true for a missing key and an empty one; else each value passes",
		},
		{
			"ForAllValues:", "IfExists",
			row{yes, unk, yes, no, no, yes, no, yes},
			row{yes, unk, no, yes, no, no, yes, yes},
			"3.2: ForAllValues with IfExists is true for a missing key",
		},
		{
			"ForAnyValue:", "",
			row{no, unk, yes, no, yes, yes, no, no},
			row{no, unk, no, yes, yes, no, yes, no},
			"3.2: ForAnyValue is false for a missing key, negated or not; else some value passes",
		},
		{
			"ForAnyValue:", "IfExists",
			row{unk, unk, yes, no, yes, yes, no, unk},
			row{unk, unk, no, yes, yes, no, yes, unk},
			"3.2: whether ForAnyValue with IfExists passes a missing key is unverified",
		},
	} {
		var cases []operatorCase
		for _, c := range comparisons {
			want := tt.positive
			if c.negated {
				want = tt.not
			}
			for _, k := range []struct {
				key  policy.Attr
				want policy.Truth
			}{
				{absent, want.absent},
				{hidden, want.hidden},
				{policy.One(c.match), want.match},
				{policy.One(c.differ), want.differ},
				{many(c.match, c.differ), want.both},
				{many(c.differ, c.match, c.differ), want.both},
				{many(c.match, c.match), want.matches},
				{many(c.differ, c.differ), want.differs},
				{policy.Attr{State: policy.Present}, want.empty},
			} {
				cases = append(cases, operatorCase{tt.set + c.operator + tt.suffix, []string{c.value}, k.key, k.want, tt.reason})
			}
		}
		run(t, policy.Version2012, nil, cases)
	}
}

// Names of operators compare without regard to letter case (3.1).
func TestOperatorCase(t *testing.T) {
	for _, c := range comparisons {
		for _, name := range []string{strings.ToUpper(c.operator), strings.ToLower(c.operator)} {
			run(t, policy.Version2012, nil, []operatorCase{
				{"foranyVALUE:" + name, []string{c.value}, many(c.match), truth(!c.negated), "3.1: operator names are case-insensitive"},
				{name + "ifEXISTS", []string{c.value}, policy.One(c.match), truth(!c.negated), "3.1: operator names are case-insensitive"},
			})
		}
	}
}

func truth(b bool) policy.Truth {
	if b {
		return policy.True
	}
	return policy.False
}

// OR over the values of a positive operator, NOR over those of a negated one.
func TestEveryOperatorWithSeveralValues(t *testing.T) {
	const unresolved = "@unresolved:var.value"
	for _, c := range comparisons {
		reason := fmt.Sprintf("3.1: values are joined by OR, by NOR under a negated operator such as %s: %v", c.operator, c.negated)
		run(t, policy.Version2012, nil, []operatorCase{
			{c.operator, []string{c.value, c.value}, policy.One(c.match), truth(!c.negated), reason},
			{c.operator, []string{c.value, c.value}, policy.One(c.differ), truth(c.negated), reason},
			{c.operator, nil, policy.One(c.match), truth(c.negated), "an empty list has no value that matches"},
			{c.operator, nil, hidden, truth(c.negated), "an empty list has no value that matches, missing key or not"},
			{c.operator, []string{unresolved}, policy.One(c.match), unk, "a value that is not known may match"},
			{c.operator, []string{unresolved, c.value}, policy.One(c.match), truth(!c.negated), "one value that matches decides, whatever the other is"},
			{c.operator, []string{c.value, unresolved}, policy.One(c.differ), unk, "the other value may match"},
			{c.operator, []string{unresolved}, absent, truth(c.negated), "a missing key is not compared"},
			{c.operator, []string{unresolved}, hidden, unk, "a value that is not known may match"},
			{"ForAllValues:" + c.operator, []string{unresolved}, absent, yes, "a missing key is not compared"},
			{"ForAnyValue:" + c.operator, []string{unresolved}, many(c.match), unk, "a value that is not known may match"},
		})
	}
}
