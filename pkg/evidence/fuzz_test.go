package evidence_test

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"whydenied/pkg/evidence"
	"whydenied/pkg/policy"
)

// growth is how many times longer than its text an indented document may be:
// memory is bounded by the size of the file, however it nests.
const growth = 40

func FuzzParsePolicy(f *testing.F) {
	for _, seed := range []string{
		trust("repo:octo-org/api:*"), url.PathEscape(trust("a+b")), trust("a")[:100], "%7B%2", "", "{}", "null", " {\n} ",
		`{"Version":"2008-10-17","Id":"i","Statement":{"Sid":"s","Effect":"Deny","NotPrincipal":{"AWS":["1","2"]},"NotAction":[],"Condition":{}}}`,
		`{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Condition":{"Null":{"a:b":true},"NumericEquals":{"c":[1.50,-2e9]}}}]}`,
		`{"Statement":` + strings.Repeat("[", 200) + strings.Repeat("]", 200) + `}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		doc, err := evidence.ParsePolicy(deploy, text)
		if err != nil {
			if doc != nil || strings.ContainsRune(err.Error(), '\n') || !strings.Contains(err.Error(), deploy) {
				t.Fatalf("error %q beside document %v, want one line that names the role, and no document", err, doc)
			}
			return
		}
		if len(doc.Source) > growth*len(text) {
			t.Fatalf("%d bytes became %d, want at most %d times as many", len(text), len(doc.Source), growth)
		}
		reprints(t, doc)
	})
}

// reprints checks that what parses prints, and that the print parses to the same.
func reprints(t *testing.T, doc *policy.Document) {
	t.Helper()
	printed, err := doc.MarshalJSON()
	if err != nil {
		t.Fatalf("what parses does not print: %v", err)
	}
	again, err := evidence.ParsePolicy(deploy, string(printed))
	if err != nil {
		t.Fatalf("%s: what is printed does not parse: %v", printed, err)
	}
	if reprinted, err := again.MarshalJSON(); err != nil || string(reprinted) != string(printed) {
		t.Fatalf("printed %s, then %s (%v), want the same", printed, reprinted, err)
	}
}

func FuzzParseSnapshot(f *testing.F) {
	for _, seed := range []string{
		withRole(trust("a")), withRole(quoted(url.PathEscape(trust("a+b")))), withRole(`{"Statement":7}`), withRole("null"),
		withEvents(updated("08:00:00", trust("a")), created("09:00:00", trust("b")), deleted("10:00:00")),
		withEvents(`{"CloudTrailEvent":`+quoted(deleted("08:00:00"))+`}`, `{"detail":`+deleted("09:00:00")+`}`, `7`),
		`{"AccountId":"111122223333","TakenAt":"2026-05-12T11:05:00+02:00","Roles":[{"Arn":"x","CreateDate":"2026-05-12T11:05:00Z","Tags":[{"Key":"a"}]}]}`,
		`{"AccountId":"111122223333","OpenIDConnectProviders":[{"Arn":"x","ClientIDList":["y"]}],"Events":null}`,
		`[]`, `{"AccountId":7}`, "\ufeff" + withRole(trust("a")), strings.Repeat(`{"a":`, 70),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := evidence.ParseSnapshot("account.json", data)
		if err != nil {
			if pe := (*policy.ParseError)(nil); !errors.As(err, &pe) || pe.Pos.Line == 0 || strings.ContainsRune(err.Error(), '\n') {
				t.Fatalf("error %q, want one line with its place", err)
			}
			return
		}
		a, err := s.Account(context.Background(), evidence.Query{Account: s.ID()})
		if err != nil || len(a.ID) != 12 {
			t.Fatalf("account %q, error %v, want twelve digits and none", a.ID, err)
		}
		if !slices.IsSortedFunc(a.Changes, func(x, y evidence.Change) int { return x.Time.Compare(y.Time) }) {
			t.Fatal("changes are not in order")
		}
		times := []time.Time{{}, a.TakenAt}
		for _, c := range a.Changes {
			times = append(times, c.Time, c.Time.Add(-time.Second))
		}
		for i := range a.Roles {
			consistent(t, &a, &a.Roles[i], times)
		}
	})
}

func consistent(t *testing.T, a *evidence.Account, role *evidence.Role, times []time.Time) {
	t.Helper()
	doc, err := role.TrustPolicy()
	if role.ARN == "" || (doc == nil) == (err == nil) {
		t.Fatalf("role %q has policy %v and error %v, want either", role.ARN, doc, err)
	}
	if doc != nil {
		reprints(t, doc)
	}
	for _, at := range times {
		h := a.RoleAt(role.ARN, at)
		if h.Role == nil || h.Reliable && (h.Guessed || h.CreatedSince) || h.InForce.Missing && h.InForce.Policy != nil {
			t.Fatalf("history at %v contradicts itself: %+v", at, h)
		}
	}
}
