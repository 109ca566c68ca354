package policy_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"whydenied/pkg/policy"
)

// outcomes are the answers of the naive evaluator to a request without hidden
// keys, under every reading of the points that it asks about. It is documented
// if there are none.
func outcomes(p map[string]any, keys map[string]policy.Attr) (answers map[bool]bool, documented bool) {
	n := &naive{
		provider: githubARN, action: action,
		keys: make(map[string][]string), multi: make(map[string]bool),
		reading: make(map[point]bool), asked: make(map[point]bool),
	}
	for k, a := range keys {
		n.multi[k] = a.Multi
		if a.State == policy.Present {
			n.keys[k] = a.Values
		}
	}
	answers = map[bool]bool{n.allows(p): true}
	points := slices.Collect(maps.Keys(n.asked))
	for mask := range 1 << len(points) {
		for i, q := range points {
			n.reading[q] = mask>>i&1 == 1
		}
		answers[n.allows(p)] = true
	}
	return answers, len(points) == 0
}

func request(keys map[string]policy.Attr) *policy.Request {
	return &policy.Request{Action: action, Provider: githubARN, Keys: keys}
}

// Where nothing is hidden and no open point is asked about, the two evaluators
// agree exactly. Elsewhere the real one is never decided against a reading.
func TestAgreesWithNaive(t *testing.T) {
	exact, allowed := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		p, keys := drawPolicy(t), drawKeys(t, false)
		doc, text := decode(t, p)
		for _, v := range presented {
			keys["k1"] = policy.One(v)
			got := policy.Evaluate(doc, request(keys))
			answers, documented := outcomes(p, keys)
			if documented && got == policy.Unknown || got != policy.Unknown && answers[got == policy.False] {
				t.Fatalf("want %v (documented: %v), got %s, for %v on\n%s", answers, documented, got, keys, text)
			}
			if documented {
				exact++
			}
			if got == policy.True {
				allowed++
			}
		}
	})
	if exact < 50 || allowed == 0 {
		t.Errorf("only %d requests were documented and %d allowed: the generators have lost their aim", exact, allowed)
	}
}

// completions calls f with each hidden key absent, and with each value of a
// small universe.
func completions(keys map[string]policy.Attr, universe []policy.Attr, f func(map[string]policy.Attr)) {
	for k, a := range keys {
		if a.State != policy.Hidden {
			continue
		}
		for _, u := range append([]policy.Attr{absent}, universe...) {
			if !a.Multi && u.State == policy.Present && len(u.Values) != 1 {
				continue
			}
			u.Multi = a.Multi
			full := maps.Clone(keys)
			full[k] = u
			completions(full, universe, f)
		}
		return
	}
	f(keys)
}

// With hidden keys the real evaluator is never decided against what a value of
// the key, or its absence, would give.
func TestNeverContradictsNaive(t *testing.T) {
	universe := []policy.Attr{{State: policy.Present}, many("a", "b")}
	for _, v := range []string{"", "ab", "a*", "1.5", "2026-01-01", "true", "203.0.113.7", "arn:aws:iam::1:role/a", "1:role"} {
		universe = append(universe, policy.One(v))
	}
	decided := 0
	rapid.Check(t, func(t *rapid.T) {
		p, keys := drawPolicy(t), drawKeys(t, true)
		keys[pick(t, "hide", "k1", "k2")] = hidden
		doc, text := decode(t, p)
		got := policy.Evaluate(doc, request(keys))
		if got == policy.Unknown {
			return
		}
		decided++
		completions(keys, universe, func(full map[string]policy.Attr) {
			if answers, _ := outcomes(p, full); answers[got == policy.False] {
				t.Fatalf("got %s for %v, but %v answers otherwise, on\n%s", got, keys, full, text)
			}
		})
	})
	if decided < 10 {
		t.Errorf("only %d requests were decided: the generators have lost their aim", decided)
	}
}

// For one condition with one value, without variables, on one hidden key the
// real evaluator has to be decided exactly where every value does the same. The
// universe holds a value that the condition matches and one that it does not,
// wherever there are such. (Of several values and several conditions it may
// be less decided: that they cover each other's gaps is not looked for.)
func TestHiddenExactly(t *testing.T) {
	for _, c := range comparisons {
		for family, of := range wanted {
			if !strings.Contains(c.operator, family) {
				continue
			}
			for _, w := range of {
				for _, set := range []string{"", "ForAllValues:", "ForAnyValue:"} {
					for _, suffix := range []string{"", "IfExists"} {
						for _, multi := range []bool{false, true} {
							hiddenExactly(t, set+c.operator+suffix, w, multi)
						}
					}
				}
			}
		}
	}
	for _, w := range []string{"true", "false"} {
		hiddenExactly(t, "Null", w, false)
		hiddenExactly(t, "Null", w, true)
	}
}

func hiddenExactly(t *testing.T, operator, value string, multi bool) {
	if strings.Contains(value, "${") {
		return
	}
	p := map[string]any{"Version": policy.Version2012, "Statement": []any{map[string]any{
		"Effect": "Allow", "Principal": map[string]any{"Federated": githubARN}, "Action": action,
		"Condition": map[string]any{operator: map[string]any{"k": value}},
	}}}
	universe := []policy.Attr{{State: policy.Present}, policy.One(value), policy.One(strings.NewReplacer("*", "", "?", "q").Replace(value))}
	for _, v := range slices.Concat(presented, []string{"-9", "9999999999"}) {
		universe = append(universe, policy.One(v), many("a", v))
	}
	keys := map[string]policy.Attr{"k": {Multi: multi}}
	answers := make(map[bool]bool)
	completions(keys, universe, func(full map[string]policy.Attr) {
		found, _ := outcomes(p, full)
		maps.Copy(answers, found)
	})
	want := policy.Unknown
	if len(answers) == 1 {
		want = truth(answers[true])
	}
	doc, _ := decode(t, p)
	if got := policy.Evaluate(doc, request(keys)); got != want {
		t.Errorf("%s %q on a hidden key, multivalued %v: want %s, got %s", operator, value, multi, want, got)
	}
}
