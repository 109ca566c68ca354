package policy_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"whydenied/pkg/policy"
)

// parse reads a policy in which a string such as "@unresolved:var.sub" stands
// for an expression, as a reader of Terraform or CloudFormation would give it.
func parse(t testing.TB, text string) *policy.Document {
	t.Helper()
	n, err := policy.ParseNode("trust.json", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	unresolve(n)
	doc, err := policy.Decode(n)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func unresolve(n *policy.Node) {
	if source, found := strings.CutPrefix(n.Text, "@unresolved:"); found {
		n.Kind, n.Text = policy.Unresolved, source
	}
	for _, m := range n.Members {
		unresolve(m.Key)
		unresolve(m.Value)
	}
	for _, e := range n.Elems {
		unresolve(e)
	}
}

const action = "sts:AssumeRoleWithWebIdentity"

// statement is an Allow statement for githubARN with the Condition given.
func statement(condition string) string {
	return fmt.Sprintf(`{"Effect": "Allow", "Principal": {"Federated": %q}, "Action": %q, "Condition": %s}`,
		githubARN, action, condition)
}

func document(version string, statements ...string) string {
	if version != "" {
		version = fmt.Sprintf(`"Version": %q, `, version)
	}
	return "{" + version + `"Statement": [` + strings.Join(statements, ", ") + "]}"
}

// The three states of a key that a table speaks of.
var (
	hidden = policy.Attr{}
	absent = policy.Attr{State: policy.Absent}
)

func many(values ...string) policy.Attr {
	return policy.Attr{State: policy.Present, Values: values, Multi: true}
}

// list is a value of a condition as JSON: one string, or a list of several.
func list(t testing.TB, values []string) string {
	t.Helper()
	var v any = append([]string{}, values...)
	if len(values) == 1 {
		v = values[0]
	}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// operatorCase is one condition on the key "k" and how it comes out.
type operatorCase struct {
	operator string
	values   []string // of the policy
	key      policy.Attr
	want     policy.Truth
	reason   string // the rule, with the page or section that has it
}

// run evaluates each case in a document of the version, with vars as further
// keys of the request.
func run(t *testing.T, version string, vars map[string]policy.Attr, cases []operatorCase) {
	t.Helper()
	seen := make(map[string]bool)
	for _, tt := range cases {
		name := fmt.Sprintf("%s %q on %s %q", tt.operator, tt.values, tt.key.State, tt.key.Values)
		if tt.key.Multi {
			name += " multivalued"
		}
		if tt.reason == "" || seen[name] {
			t.Fatalf("%s: no reason, or twice", name)
		}
		seen[name] = true
		doc := parse(t, document(version, statement(fmt.Sprintf(`{%q: {"K": %s}}`, tt.operator, list(t, tt.values)))))
		req := &policy.Request{Action: action, Provider: githubARN, Keys: map[string]policy.Attr{"k": tt.key}}
		for k, v := range vars {
			req.Keys[k] = v
		}
		if got := policy.Evaluate(doc, req); got != tt.want {
			t.Errorf("%s: want %s, got %s: %s", name, tt.want, got, tt.reason)
		}
	}
}
