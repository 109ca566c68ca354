package policy_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"whydenied/pkg/policy"
)

// rewritten says the same as a policy in another way: statements, values and
// conditions in another order, one value as a list, Sids, other letter case
// of names.
func rewritten(t *rapid.T, p map[string]any) map[string]any {
	q := copied(t, p)
	statements, _ := q["Statement"].([]any)
	statements = rapid.Permutation(statements).Draw(t, "statements")
	for _, s := range statements {
		s, _ := s.(map[string]any)
		if rapid.Bool().Draw(t, "has Sid") {
			s["Sid"] = rapid.StringMatching(`[A-Za-z0-9]{1,8}`).Draw(t, "Sid")
		}
		for _, element := range []string{"Action", "NotAction"} {
			if v, ok := s[element]; ok {
				s[element] = reordered(t, v, strings.ToLower)
			}
		}
		for _, element := range []string{"Principal", "NotPrincipal"} {
			if types, ok := s[element].(map[string]any); ok {
				for _, kind := range slices.Sorted(maps.Keys(types)) {
					types[kind] = reordered(t, types[kind], nil)
				}
			}
		}
		if c, ok := s["Condition"].(map[string]any); ok {
			s["Condition"] = recased(t, c)
		}
	}
	if rapid.Bool().Draw(t, "again") {
		statements = append(statements, statements[0])
	}
	q["Statement"] = statements
	return q
}

func copied(t fataler, p map[string]any) map[string]any {
	data, err := json.Marshal(p)
	var q map[string]any
	if err == nil {
		err = json.Unmarshal(data, &q)
	}
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func reordered(t *rapid.T, v any, spell func(string) string) any {
	list, several := v.([]any)
	if !several {
		list = []any{v}
	}
	list = rapid.Permutation(append(slices.Clone(list), list[0])).Draw(t, "values")
	for i := range list {
		if s, ok := list[i].(string); ok && spell != nil && rapid.Bool().Draw(t, "spelling") {
			list[i] = spell(s)
		}
	}
	return list
}

// recased spells operators and keys otherwise.
func recased(t *rapid.T, condition map[string]any) map[string]any {
	spell := pick(t, "case", strings.ToLower, strings.ToUpper)
	for _, operator := range slices.Sorted(maps.Keys(condition)) {
		keys, _ := condition[operator].(map[string]any)
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			keys[key] = reordered(t, keys[key], nil)
		}
		condition[operator] = respelt(keys, spell)
	}
	return respelt(condition, spell)
}

// respelt has other keys, unless two of them would then be the same.
func respelt(object map[string]any, spell func(string) string) map[string]any {
	out := make(map[string]any)
	for k, v := range object {
		out[spell(k)] = v
	}
	if len(out) < len(object) {
		return object
	}
	return out
}

func TestDiffOfAnotherWritingIsEmpty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPolicy(t)
		before, a := decode(t, p)
		after, b := decode(t, rewritten(t, p))
		if diffs := tellAll(policy.Diff(before, after)); len(diffs) > 0 {
			t.Fatalf("%v between\n%s\nand\n%s", diffs, a, b)
		}
	})
}

// mutated is a policy with one small thing changed, or none.
func mutated(t *rapid.T, p map[string]any) map[string]any {
	q := copied(t, p)
	statements, _ := q["Statement"].([]any)
	at := rapid.IntRange(0, len(statements)-1).Draw(t, "at")
	other := drawStatement(t)
	switch s, _ := statements[at].(map[string]any); pick(t, "what", "none", "version", "drop", "add", "part", "part", "part") {
	case "version":
		q["Version"] = pick(t, "version", policy.Version2008, policy.Version2012)
	case "drop":
		q["Statement"] = slices.Delete(statements, at, at+1)
	case "add":
		q["Statement"] = append(statements, other)
	case "part":
		element := pick(t, "element", "Effect", "Condition", "Principal", "Action")
		for _, name := range []string{element, "Not" + element} {
			delete(s, name)
		}
		for _, name := range []string{element, "Not" + element} {
			if v, ok := other[name]; ok {
				s[name] = v
			}
		}
	}
	return q
}

func TestNoDiffSameAnswers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPolicy(t)
		before, a := decode(t, p)
		after, b := decode(t, mutated(t, rewritten(t, p)))
		if len(policy.Diff(before, after)) > 0 {
			return
		}
		for range 20 {
			req := request(drawKeys(t, true))
			if x, y := policy.Evaluate(before, req), policy.Evaluate(after, req); x != y {
				t.Fatalf("no difference, yet %s and %s for %v, on\n%s\nand\n%s", x, y, req.Keys, a, b)
			}
		}
	})
}

// turned is what a difference is from the other side.
func turned(d policy.Difference) policy.Difference {
	d.Before, d.After = d.After, d.Before
	d.WasOperator, d.Operator = d.Operator, d.WasOperator
	d.Removed, d.Added = d.Added, d.Removed
	switch d.Kind {
	case policy.DiffAdded:
		d.Kind = policy.DiffRemoved
	case policy.DiffRemoved:
		d.Kind = policy.DiffAdded
	case policy.DiffChanged, policy.DiffNotKnown:
	}
	return d
}

func TestDiffTurnedAround(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPolicy(t)
		other := drawPolicy(t)
		if rapid.Bool().Draw(t, "near") {
			other = mutated(t, rewritten(t, p))
		}
		before, a := decode(t, p)
		after, b := decode(t, other)
		var want, got []string
		for _, d := range policy.Diff(before, after) {
			want = append(want, strings.ToLower(told(d)))
		}
		for _, d := range policy.Diff(after, before) {
			got = append(got, strings.ToLower(told(turned(d))))
		}
		slices.Sort(want)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("there and back (-want +got):\n%s\nbetween\n%s\nand\n%s", diff, a, b)
		}
	})
}
