package bench_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"whydenied/pkg/evidence"
	"whydenied/pkg/explain"
	"whydenied/pkg/policy"
	"whydenied/pkg/report"
	"whydenied/pkg/trail"
)

const (
	provider = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
	prefix   = "token.actions.githubusercontent.com"
	trust    = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
		"Principal": {"Federated": "` + provider + `"}, "Action": "sts:AssumeRoleWithWebIdentity",
		"Condition": {"StringEquals": {"` + prefix + `:aud": "sts.amazonaws.com"},
		"StringLike": {"` + prefix + `:sub": "repo:octo-org/api:*"}}}]}`
)

// BenchmarkEvaluate asks a policy that was parsed once; by hand, the same
// comparisons are spelt out in Go over the same claims.
func BenchmarkEvaluate(b *testing.B) {
	doc, err := policy.Parse("", []byte(trust))
	if err != nil {
		b.Fatal(err)
	}
	req := &policy.Request{Action: "sts:AssumeRoleWithWebIdentity", Provider: provider, Keys: map[string]policy.Attr{
		prefix + ":aud": policy.One("sts.amazonaws.com"),
		prefix + ":sub": policy.One("repo:octo-org/api:ref:refs/heads/main"),
	}}
	claims := map[string]string{prefix + ":aud": "sts.amazonaws.com", prefix + ":sub": "repo:octo-org/api:ref:refs/heads/main"}
	action, token := req.Action, req.Provider
	allowed := 0
	ratio(b, 10_000, func() {
		if policy.Evaluate(doc, req) == policy.True {
			allowed++
		}
	}, func() {
		if token == provider && strings.EqualFold(action, "sts:AssumeRoleWithWebIdentity") &&
			claims[prefix+":aud"] == "sts.amazonaws.com" && strings.HasPrefix(claims[prefix+":sub"], "repo:octo-org/api:") {
			allowed++
		}
	})
	if allowed%20_000 != 0 {
		b.Fatal("the two do not agree")
	}
}

// BenchmarkDiagnosis goes from the bytes of an event to the bytes of a report,
// the account being read; the baseline decodes the same event and encodes the
// same report, with nothing in between.
func BenchmarkDiagnosis(b *testing.B) {
	event, account := read(b, "../../events/github-environment.json"), read(b, "../../events/account.json")
	source, err := evidence.ParseSnapshot("account.json", account)
	if err != nil {
		b.Fatal(err)
	}
	diagnose := func() report.Report {
		return explain.Call(context.Background(), trail.Parse("", event)[0].Denial, false, source)
	}
	r := diagnose()
	ratio(b, 100, func() {
		r := diagnose()
		if _, err := report.JSON(&r); err != nil {
			b.Fatal(err)
		}
	}, func() {
		var e map[string]any
		if err := json.NewDecoder(bytes.NewReader(event)).Decode(&e); err != nil {
			b.Fatal(err)
		}
		if _, err := report.JSON(&r); err != nil {
			b.Fatal(err)
		}
	})
}

func read(b *testing.B, name string) []byte {
	b.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		b.Fatal(err)
	}
	return data
}
