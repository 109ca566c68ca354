package policy_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/policy"
)

// FuzzParse: nothing panics, an error has a place and one line, and what
// parses prints and parses to the same.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		small, githubLike, githubEquals, githubVariables, "", "null", "{}", `{"Statement":[]}`, `{"Statement":[]},:`,
		document("", `{"Effect":"Deny","NotPrincipal":{"AWS":["1"],"Federated":"*"},"NotAction":[]}`),
		document("", statement(`{"Null":{"k":[true,"false"]},"ForAllValues:numericequalsIFEXISTS":{"K":1e5,"k":[]}}`)),
		document(policy.Version2012, statement(`{"ArnLike":{"k":["arn:${a:b, 'c'}:*:?:1:${*}","${"]},"DateLessThan":{"k":"2026-01-01"}}`)),
		document("", statement(`{"IpAddress":{"k":"::/0"},"BinaryEquals":{"k":"QR=="},"Bool":{"k":"${k}"}}`)),
		"{\"Statement\":{\"Sid\":\"\\ud800\u2028\"}}", strings.Repeat("[", 70), `{"Statement":[],"Statement":[]}`, "\ufeff{\"\xff\"",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := policy.Parse("fuzz.json", data)
		if err != nil {
			var parseError *policy.ParseError
			if !errors.As(err, &parseError) || parseError.Pos.Line < 1 || parseError.Pos.Column < 1 || strings.Contains(err.Error(), "\n") {
				t.Fatalf("want one line with a place, got %q", err)
			}
			return
		}
		req := request(map[string]policy.Attr{"k": policy.One("a"), "a:b": absent})
		truth := policy.Trace(doc, req).Truth
		for _, k := range doc.Keys() {
			req.Keys[k] = policy.One("2026-01-01")
		}
		if a, b := policy.Trace(doc, req).Truth, policy.Evaluate(doc, req); a != b {
			t.Fatalf("Trace says %s, Evaluate %s", a, b)
		}
		printed, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		again, err := policy.Parse("printed.json", printed)
		if err != nil {
			t.Fatalf("%v in\n%s", err, printed)
		}
		if diff := cmp.Diff(doc, again, upToPlaces); diff != "" {
			t.Fatalf("printed and parsed (-want +got):\n%s", diff)
		}
		req = request(map[string]policy.Attr{"k": policy.One("a"), "a:b": absent})
		if got := policy.Evaluate(again, req); got != truth {
			t.Fatalf("want %s as before printing, got %s", truth, got)
		}
	})
}

// FuzzLike compares the matcher with one that tries every division.
func FuzzLike(f *testing.F) {
	for _, seed := range [][2]string{
		{"repo:o/*:ref:*", "repo:o/r:ref:x"}, {"*??", "日"}, {"*?é*", "éé"}, {"a*b*c", "abbc"}, {"", ""}, {"*", ""}, {"?", "\xff"}, {"*\x80", "é"},
		{"*a*a*a*b", "aaaaaaaaaaaa"},
	} {
		f.Add(seed[0], seed[1])
	}
	like, _, _ := policy.ParseOperator("StringLike")
	f.Fuzz(func(t *testing.T, pattern, s string) {
		// The recursion is exponential in the stars; JSON has no invalid UTF-8.
		if len(pattern) > 24 || len(s) > 24 || strings.Count(pattern, "*") > 6 {
			return
		}
		pattern, s = strings.ToValidUTF8(pattern, "\ufffd"), strings.ToValidUTF8(s, "\ufffd")
		if want, got := truth(glob(pattern, s)), like.Matches(pattern, s, false); got != want {
			t.Errorf("%q on %q: want %s, got %s", pattern, s, want, got)
		}
	})
}
