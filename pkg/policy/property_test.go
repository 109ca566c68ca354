package policy_test

import (
	"encoding/json"
	"maps"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"whydenied/pkg/policy"
)

// opposite tells whether one answer is true and the other false.
func opposite(a, b policy.Truth) bool {
	return a != policy.Unknown && a == b.Not()
}

func TestDenyNeverAllowsMore(t *testing.T) {
	rank := map[policy.Truth]int{policy.False: 0, policy.Unknown: 1, policy.True: 2}
	rapid.Check(t, func(t *rapid.T) {
		p, req := drawPolicy(t), request(drawKeys(t, true))
		before, _ := decode(t, p)
		deny := drawStatement(t)
		deny["Effect"] = "Deny"
		statements, _ := p["Statement"].([]any)
		p["Statement"] = append(statements, deny)
		after, text := decode(t, p)
		if a, b := policy.Evaluate(before, req), policy.Evaluate(after, req); rank[b] > rank[a] {
			t.Fatalf("%s without the last statement, %s with it, on\n%s", a, b, text)
		}
	})
}

func TestHiddenKeyResolved(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		doc, text := decode(t, drawPolicy(t))
		keys, known := drawKeys(t, true), drawKeys(t, false)
		got := policy.Evaluate(doc, request(keys))
		for k := range keys {
			full := maps.Clone(keys)
			if full[k].State == policy.Hidden {
				full[k] = known[k]
			}
			if then := policy.Evaluate(doc, request(full)); opposite(got, then) {
				t.Fatalf("%s while %s is hidden, %s as %v, on\n%s", got, k, then, full[k], text)
			}
		}
	})
}

// forget makes some parts of a policy's tree unresolved: any value, and the
// names of operators and condition keys.
func forget(t *rapid.T, n *policy.Node, inCondition bool) {
	lose := func(n *policy.Node) bool {
		if rapid.IntRange(0, 7).Draw(t, "forget") > 0 {
			return false
		}
		*n = policy.Node{Kind: policy.Unresolved, Text: "var.x"}
		return true
	}
	for _, m := range n.Members {
		isCondition := inCondition || m.Key.Text == "Condition"
		if inCondition {
			lose(m.Key)
		}
		if !lose(m.Value) {
			forget(t, m.Value, isCondition)
		}
	}
	for _, e := range n.Elems {
		if !lose(e) {
			forget(t, e, inCondition)
		}
	}
}

func TestUnresolvedPartResolved(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		doc, text := decode(t, drawPolicy(t))
		n, err := policy.ParseNode("random.json", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		forget(t, n, false)
		partial, err := policy.Decode(n)
		if err != nil {
			t.Fatal(err)
		}
		for range 20 {
			req := request(drawKeys(t, true))
			if a, b := policy.Evaluate(partial, req), policy.Evaluate(doc, req); opposite(a, b) {
				t.Fatalf("%s with parts unresolved, %s when all is known, for %v on\n%s", a, b, req.Keys, text)
			}
		}
	})
}

func TestLikeWithoutWildcardsIsEquals(t *testing.T) {
	plain := rapid.StringOf(rapid.SampledFrom([]rune("aAb:/é日${}k2, '")))
	rapid.Check(t, func(t *rapid.T) {
		value := plain.Draw(t, "value") + pick(t, "variable", "", "${k2}", "${none, 'b'}", "${none}")
		keys := map[string]policy.Attr{"k2": policy.One(plain.Draw(t, "k2")), "none": absent}
		keys["k"] = policy.One(pick(t, "presented", value, strings.ReplaceAll(value, "${k2}", keys["k2"].Values[0]), plain.Draw(t, "other")))
		var truths []policy.Truth
		for _, operator := range []string{"StringEquals", "StringLike"} {
			doc, _ := decode(t, map[string]any{"Version": policy.Version2012, "Statement": []any{map[string]any{
				"Effect": "Allow", "Principal": map[string]any{"Federated": githubARN}, "Action": action,
				"Condition": map[string]any{operator: map[string]any{"k": value}},
			}}})
			truths = append(truths, policy.Evaluate(doc, request(keys)))
		}
		if truths[0] != truths[1] {
			t.Fatalf("%q on %v: %s under StringEquals, %s under StringLike", value, keys, truths[0], truths[1])
		}
	})
}

// upToPlaces leaves out where things stand, and what is computed from the rest.
var upToPlaces = cmp.Options{
	cmpopts.IgnoreTypes(policy.Pos{}), cmpopts.IgnoreFields(policy.Document{}, "Source"), onlyExported, cmpopts.EquateEmpty(),
}

func TestPrintParseIdentity(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPolicy(t)
		p["Id"] = rapid.String().Draw(t, "id")
		statements, _ := p["Statement"].([]any)
		for _, s := range statements {
			if s, ok := s.(map[string]any); ok {
				s["Sid"] = rapid.String().Draw(t, "sid")
			}
		}
		doc, text := decode(t, p)
		printed, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		again, err := policy.Parse("printed.json", printed)
		if err != nil {
			t.Fatalf("%v in\n%s", err, printed)
		}
		if diff := cmp.Diff(doc, again, upToPlaces); diff != "" {
			t.Fatalf("printed and parsed (-want +got):\n%s\nof\n%s", diff, text)
		}
		req := request(drawKeys(t, true))
		if a, b := policy.Evaluate(doc, req), policy.Evaluate(again, req); a != b {
			t.Fatalf("want %s, got %s from\n%s", a, b, printed)
		}
	})
}

func TestTraceIsEvaluate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		doc, text := decode(t, drawPolicy(t))
		req := request(drawKeys(t, true))
		r := policy.Trace(doc, req)
		if want := policy.Evaluate(doc, req); r.Truth != want {
			t.Fatalf("want %s, got %s for %v on\n%s", want, r.Truth, req.Keys, text)
		}
		for i, s := range r.Statements {
			want := s.Principal.And(s.Action)
			for _, c := range s.Conditions {
				want = want.And(c.Truth)
				for _, k := range c.Waits {
					if c.Truth != policy.Unknown || req.Keys[k].State != policy.Hidden {
						t.Fatalf("%s is %s and waits for %q, in\n%s", c.Condition.Path, c.Truth, k, text)
					}
				}
			}
			if s.Truth != want {
				t.Fatalf("statement %d: its parts give %s, got %s, in\n%s", i, want, s.Truth, text)
			}
		}
	})
}

// A parsed document is never changed; the race detector watches.
func TestConcurrentUse(t *testing.T) {
	doc, req := parse(t, githubVariables), githubRequest()
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 200 {
				if policy.Evaluate(doc, req) != policy.True || policy.Trace(doc, req).Truth != policy.True || len(doc.Keys()) != 6 {
					t.Error("want the same answer in every goroutine")
					return
				}
			}
		})
	}
	wg.Wait()
}
