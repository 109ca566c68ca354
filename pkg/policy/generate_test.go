package policy_test

import (
	"encoding/json"
	"strings"

	"pgregory.net/rapid"

	"whydenied/pkg/policy"
)

// The keys of random requests: k1 and k2 have one value, m is multivalued, and
// nothing ever fills none.
const multivalued = "m"

// wanted are values of policies, by the family of the operator.
var wanted = map[string][]string{
	"String": {
		"", "a", "A", "ab", "b", "a*", "*", "**", "?", "a?", "*?", "*??b", "*a*b*", "é", "日b", "a.b",
		"${k2}", "a${K2}", "${k2}*", "${k2, 'b'}", "${none}", "${none, 'a'}", "${none, 'a*'}", "${*}", "a${?}", "${k2", "$",
	},
	"Numeric": {"1", "1.50", "-2", "1767225600", "x", ""},
	"Date":    {"2026-01-01", "2026-01-01T00:00:00Z", "2026-01-02T01:00+01:00", "1767225600", "x"},
	"Bool":    {"true", "FALSE", "x"},
	"Binary":  {"QQ==", "QR==", "!", ""},
	"Ip":      {"203.0.113.0/24", "203.0.113.7", "10.0.0.0/8", "::/0", "2001:db8::1", "x"},
	"Arn": {
		"arn:aws:iam::1:role/a", "arn:aws:iam::*:role/*", "arn:*:role/a", "arn:*:*:*:*:*", "*:*:*:*:*:*", "*", "x", "a:b",
		"arn:aws:iam::1:role/${k2}", "arn:aws:iam::${k2}:role/a", "arn:aws:iam::${k2}/a", "${k2}", "arn:aws:iam::1:${none, 'role/a'}", "arn:aws:iam::1:${none}",
	},
}

// presented are values of requests. None is one whose very meaning is open, as
// four digits are for a date; the tables have those.
var presented = []string{
	"", "a", "A", "ab", "aab", "a*", "a?", "b", "é", "日b", "x", "${k2}", "$", "1", "1.5", "-2", "1767225600",
	"2026-01-01", "2026-01-02T00:00:00Z", "true", "FALSE", "QQ==", "203.0.113.7", "10.1.2.3", "2001:db8::1",
	"arn:aws:iam::1:role/a", "arn:aws:iam::a:role/a:b", "a:b:c:d:e:f", "1:role",
}

func pick[T any](t *rapid.T, name string, from ...T) T {
	return rapid.SampledFrom(from).Draw(t, name)
}

// drawBlock is an operator, and values that suit it.
func drawBlock(t *rapid.T) (operator string, values []string) {
	c := rapid.SampledFrom(comparisons).Draw(t, "operator")
	for family, of := range wanted {
		if strings.Contains(c.operator, family) {
			values = rapid.SliceOfN(rapid.SampledFrom(of), 1, 3).Draw(t, "wanted")
		}
	}
	operator = pick(t, "set", "", "ForAllValues:", "ForAnyValue:") + c.operator + pick(t, "suffix", "", "IfExists")
	if pick(t, "null", false, false, false, false, false, false, true) {
		operator, values = "Null", pick(t, "null values", []string{"true"}, []string{"False"}, []string{"true", "false"})
	}
	return pick(t, "spelling", operator, operator, strings.ToLower(operator)), values
}

// drawStatement is a statement as encoding/json would read it, so that both
// evaluators can have it.
func drawStatement(t *rapid.T) map[string]any {
	s := map[string]any{"Effect": pick(t, "effect", "Allow", "Allow", "Deny")}
	s[pick(t, "principal", "Principal", "Principal", "Principal", "NotPrincipal")] = pick[any](t, "who",
		map[string]any{"Federated": githubARN}, map[string]any{"Federated": githubARN}, map[string]any{"Federated": []any{"x", githubARN}},
		map[string]any{"AWS": "1", "Service": "*"}, map[string]any{"AWS": "*"}, map[string]any{"Federated": "*"}, "*")
	s[pick(t, "action", "Action", "Action", "Action", "NotAction")] = pick[any](t, "what",
		action, strings.ToUpper(action), "sts:*", "sts:AssumeRole", []any{"s3:*", "*WithWebIdentity"}, []any{"sts:A?sume*y"}, "?")
	condition := make(map[string]any)
	for range rapid.IntRange(0, 2).Draw(t, "operators") {
		operator, values := drawBlock(t)
		keys := make(map[string]any)
		for range rapid.IntRange(1, 2).Draw(t, "keys") {
			keys[pick(t, "key", "k1", "K1", "k2", "M", "none")] = anyList(values)
		}
		condition[operator] = keys
	}
	if len(condition) > 0 {
		s["Condition"] = condition
	}
	return s
}

func anyList(values []string) any {
	if len(values) == 1 {
		return values[0]
	}
	var all []any
	for _, v := range values {
		all = append(all, v)
	}
	return all
}

func drawPolicy(t *rapid.T) map[string]any {
	statements := []any{}
	for range rapid.IntRange(1, 3).Draw(t, "statements") {
		statements = append(statements, drawStatement(t))
	}
	p := map[string]any{"Statement": statements}
	if version := pick(t, "version", "", policy.Version2008, policy.Version2012, policy.Version2012); version != "" {
		p["Version"] = version
	}
	return p
}

// drawKeys is what is known of the keys; nothing is hidden unless mayHide.
func drawKeys(t *rapid.T, mayHide bool) map[string]policy.Attr {
	one := rapid.Map(rapid.SampledFrom(presented), policy.One)
	several := rapid.Map(rapid.SliceOfN(rapid.SampledFrom(presented), 0, 3), func(v []string) policy.Attr { return many(v...) })
	draw := func(name string, value *rapid.Generator[policy.Attr]) policy.Attr {
		generators := []*rapid.Generator[policy.Attr]{value, value, rapid.Just(absent)}
		if mayHide {
			generators = append(generators, rapid.Just(hidden))
		}
		a := rapid.OneOf(generators...).Draw(t, name)
		a.Multi = name == multivalued
		return a
	}
	return map[string]policy.Attr{"k1": draw("k1", one), "k2": draw("k2", one), multivalued: draw(multivalued, several), "none": absent}
}

// fataler is what *testing.T and *rapid.T have in common.
type fataler interface {
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

func decode(t fataler, p map[string]any) (*policy.Document, string) {
	text, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := policy.Parse("random.json", text)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return doc, string(text)
}
