package policy_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"whydenied/pkg/policy"
)

// cond is what a trace says of one condition, by its key and operator.
type cond struct {
	Key       string
	Truth     policy.Truth
	State     policy.State
	Presented []string
	Values    []policy.Truth
	Waits     []string
}

func TestTrace(t *testing.T) {
	doc := parse(t, document(policy.Version2012, statement(`{
		"StringLike": {"Sub": ["x", "repo:*", "@unresolved:var.sub"]},
		"StringNotEquals": {"aud": ["sts", "other"]},
		"StringEquals": {"Referer": "${Org}-${team, 'a'}-${sub}", "gone": "${Org}", "aud": "@unresolved:var.aud"},
		"ForAnyValue:StringEquals": {"tags": ["a", "b"]},
		"Null": {"referer": "true", "gone": "true", "sub": "@unresolved:var.null"},
		"Bool": "@unresolved:var.bools"
	}`), `{"Effect": "Deny", "Principal": "*", "NotAction": "sts:*"}`, `"@unresolved:var.statement"`))
	req := &policy.Request{Action: action, Provider: githubARN, Keys: map[string]policy.Attr{
		"sub": policy.One("repo:o/r"), "aud": policy.One("sts"), "gone": absent, "team": hidden, "tags": many("b", "c"),
	}}
	got := policy.Trace(doc, req)

	var conditions []cond
	for _, c := range got.Statements[0].Conditions {
		conditions = append(conditions, cond{
			c.Condition.Operator.Text + " " + c.Condition.Key.Text, c.Truth, c.State, c.Presented, c.Values, c.Waits,
		})
	}
	want := []cond{
		{"StringLike Sub", yes, policy.Present, []string{"repo:o/r"}, []policy.Truth{no, yes, unk}, nil},
		{"StringNotEquals aud", no, policy.Present, []string{"sts"}, []policy.Truth{yes, no}, nil},
		{"StringEquals Referer", unk, policy.Hidden, nil, nil, []string{"referer", "org", "team"}},
		{"StringEquals gone", no, policy.Absent, nil, nil, nil},
		{"StringEquals aud", unk, policy.Present, []string{"sts"}, []policy.Truth{unk}, nil},
		{"ForAnyValue:StringEquals tags", yes, policy.Present, []string{"b", "c"}, []policy.Truth{no, yes}, nil},
		{"Null referer", unk, policy.Hidden, nil, nil, []string{"referer"}},
		{"Null gone", yes, policy.Absent, nil, nil, nil},
		{"Null sub", unk, policy.Present, []string{"repo:o/r"}, nil, nil},
		{"Bool var.bools", unk, policy.Hidden, nil, nil, nil},
	}
	if diff := cmp.Diff(want, conditions, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("conditions, in the document's order (-want +got):\n%s", diff)
	}

	type part struct{ Truth, Principal, Action policy.Truth }
	var parts []part
	for i, s := range got.Statements {
		parts = append(parts, part{s.Truth, s.Principal, s.Action})
		if s.Statement != &doc.Statements[i] {
			t.Errorf("statement %d is not the document's own", i)
		}
	}
	if diff := cmp.Diff([]part{{no, yes, yes}, {no, unk, no}, {unk, unk, unk}}, parts); diff != "" {
		t.Errorf("statements; one that is not known has no known part (-want +got):\n%s", diff)
	}
	if got.Truth != unk {
		t.Errorf("the last statement may allow: want unknown, got %s", got.Truth)
	}
}

func TestTracePrincipalEntries(t *testing.T) {
	doc := parse(t, document("", `{"Effect": "Allow", "Principal": {"AWS": "1", "Federated": ["`+githubARN+`", "*"]}, "Action": ["sts:TagSession", "STS:Assume*"]}`))
	var got []policy.Truth
	for i := range doc.Statements[0].Principal.Entries {
		got = append(got, doc.Statements[0].Principal.Entries[i].Truth(&policy.Request{Provider: githubARN}))
	}
	for i := range doc.Statements[0].Action.Values {
		got = append(got, doc.Statements[0].Action.Values[i].MatchesAction(action))
	}
	if diff := cmp.Diff([]policy.Truth{no, yes, unk, no, yes}, got); diff != "" {
		t.Errorf("three principals, two actions (-want +got):\n%s", diff)
	}
}
