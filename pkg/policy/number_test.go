package policy_test

import (
	"strings"
	"testing"

	"whydenied/pkg/policy"
)

func TestNumeric(t *testing.T) {
	long := strings.Repeat("9", 400)
	run(t, policy.Version2012, nil, []operatorCase{
		{"NumericEquals", []string{"10"}, policy.One("10.0"), yes, "3.3: integers and decimals"},
		{"NumericEquals", []string{"-1.50"}, policy.One("-1.5"), yes, "3.3: integers and decimals"},
		{"NumericEquals", []string{"007"}, policy.One("7"), yes, "3.3: numbers, not texts"},
		{"NumericEquals", []string{"0"}, policy.One("-0"), yes, "3.3: numbers, not texts"},
		{"NumericEquals", []string{"1", "2"}, policy.One("2"), yes, "3.1: OR over values"},
		{"NumericNotEquals", []string{"1", "2"}, policy.One("2"), no, "3.1: NOR over values"},
		{"NumericNotEquals", []string{"1", "2"}, policy.One("3"), yes, "3.1: NOR over values"},
		{"NumericLessThan", []string{"10"}, policy.One("9"), yes, "3.3: numbers, not texts"},
		{"NumericLessThan", []string{"10"}, policy.One("10"), no, "3.3: less, not equal"},
		{"NumericLessThanEquals", []string{"10"}, policy.One("10"), yes, "3.3: less or equal"},
		{"NumericGreaterThan", []string{"-2"}, policy.One("-1"), yes, "3.3: numbers below zero"},
		{"NumericGreaterThanEquals", []string{"0.1"}, policy.One("0.10"), yes, "3.3: decimals"},
		{"NumericGreaterThan", []string{"0.1"}, policy.One("0.10"), no, "3.3: decimals"},

		{"NumericEquals", []string{"ten"}, policy.One("10"), no, "3.3: non-numeric is false"},
		{"NumericEquals", []string{"10"}, policy.One("ten"), no, "3.3: non-numeric is false"},
		{"NumericLessThan", []string{"10"}, policy.One(""), no, "3.3: non-numeric is false"},
		{"NumericLessThan", []string{"5"}, policy.One("1-2"), no, "3.3: non-numeric is false"},
		{"NumericLessThan", []string{"5"}, policy.One("2026-01-02"), no, "3.3: non-numeric is false"},
		{"NumericLessThan", []string{"5"}, policy.One(" 4"), no, "3.3: white space is no part of a number"},
		{"NumericEquals", []string{"0x10"}, policy.One("16"), no, "3.3: integers and decimals only"},
		{"NumericEquals", []string{"1_0"}, policy.One("10"), no, "3.3: integers and decimals only"},
		{"NumericGreaterThan", []string{"1"}, policy.One("Inf"), no, "3.3: integers and decimals only"},
		{"NumericEquals", []string{"NaN"}, policy.One("NaN"), no, "3.3: integers and decimals only"},
		{"NumericEquals", []string{"${aws:username, '5'}"}, policy.One("5"), no, "3.3: no variables under numeric operators"},
		{"NumericNotEquals", []string{"10"}, policy.One("ten"), unk, "3.3: whether a negated operator holds is not documented"},
		{"NumericNotEquals", []string{"ten"}, policy.One("10"), unk, "3.3: whether a negated operator holds is not documented"},
		{"NumericNotEquals", []string{"ten", "10"}, policy.One("10"), no, "3.1: NOR: one that equals decides"},
		{"NumericNotEquals", []string{"ten"}, absent, yes, "3.2: a missing key is not compared"},

		{"NumericEquals", []string{"1e1"}, policy.One("10"), unk, "3.3: an exponent is not spoken of"},
		{"NumericEquals", []string{"10"}, policy.One("+10"), unk, "3.3: a plus is not spoken of"},
		{"NumericEquals", []string{".5"}, policy.One("0.5"), unk, "3.3: a bare point is not spoken of"},
		{"NumericEquals", []string{"5."}, policy.One("5"), unk, "3.3: a bare point is not spoken of"},
		{"NumericEquals", []string{"ten"}, policy.One("+10"), no, "3.3: the policy's value equals nothing"},

		{"NumericEquals", []string{"123456789012345678"}, policy.One("123456789012345678"), yes, "one text is one number"},
		{"NumericEquals", []string{"9007199254740993"}, policy.One("9007199254740992"), unk, "one float; IAM's precision is not documented"},
		{"NumericLessThan", []string{"9007199254740993"}, policy.One("9007199254740992.0"), unk, "one float; IAM's precision is not documented"},
		{"NumericEquals", []string{"123456789012345678"}, policy.One("923456789012345678"), no, "they differ in any precision"},
		{"NumericLessThan", []string{"5"}, policy.One(long), unk, "too large for a float"},
		{"NumericEquals", []string{long}, policy.One("5"), unk, "too large for a float"},
	})
}

// A value that is no number equals nothing, whatever a hidden key held.
func TestNumericHidden(t *testing.T) {
	run(t, policy.Version2012, nil, []operatorCase{
		{"NumericLessThan", []string{"ten"}, hidden, no, "3.3: false with a value, 3.2: false without"},
		{"NumericLessThan", []string{"ten", "10"}, hidden, unk, "3.1: the other value may match"},
		{"NumericLessThanIfExists", []string{"ten"}, hidden, unk, "3.2: true where the key is missing"},
		{"ForAnyValue:NumericEquals", []string{"ten"}, hidden, no, "3.2: false where the key is missing"},
		{"NumericNotEquals", []string{"ten"}, hidden, unk, "3.2: true where the key is missing, else not documented"},
		{"NumericEquals", []string{"1e1"}, hidden, unk, "3.3: an exponent is not spoken of"},
	})
}

// A number in JSON is the text as written, and a boolean its word (3.1).
func TestScalarsInJSON(t *testing.T) {
	doc := parse(t, document(policy.Version2012, statement(
		`{"NumericEquals": {"n": [5, 1.50]}, "StringEquals": {"s": 1.50}, "Bool": {"b": true}}`)))
	for _, tt := range []struct {
		n, s, b string
		want    policy.Truth
		reason  string
	}{
		{"5", "1.50", "true", yes, "3.1: values are coerced to strings"},
		{"1.5", "1.50", "True", yes, "3.3: numbers compare as numbers"},
		{"5", "1.5", "true", no, "3.1: the string is the number as written"},
		{"5", "1.50", "false", no, "3.3: Bool"},
	} {
		got := policy.Evaluate(doc, &policy.Request{Action: action, Provider: githubARN, Keys: map[string]policy.Attr{
			"n": policy.One(tt.n), "s": policy.One(tt.s), "b": policy.One(tt.b),
		}})
		if got != tt.want {
			t.Errorf("n %s, s %s, b %s: want %s, got %s: %s", tt.n, tt.s, tt.b, tt.want, got, tt.reason)
		}
	}
}
