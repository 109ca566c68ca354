package evidence_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/evidence"
	"whydenied/pkg/policy"
)

const (
	account     = "111122223333"
	gitHub      = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
	deploy      = "arn:aws:iam::111122223333:role/deploy"
	deployUnder = "arn:aws:iam::111122223333:role/ci/deploy"
)

// trust is a trust policy that admits one subject, on one line as IAM has it.
func trust(sub string) string {
	return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":%q},`+
		`"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"token.actions.githubusercontent.com:sub":%q}}}]}`, gitHub, sub)
}

// quoted is a text as a JSON string.
func quoted(text string) string {
	data, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(data)
}

// withRole is a snapshot of one role with this document.
func withRole(document string) string {
	return fmt.Sprintf(`{"AccountId":%q,"Roles":[{"RoleName":"deploy","Arn":%q,"AssumeRolePolicyDocument":%s}]}`, account, deploy, document)
}

// withEvents is a snapshot of these changes and no more.
func withEvents(events ...string) string {
	return fmt.Sprintf(`{"AccountId":%q,"Events":[%s]}`, account, strings.Join(events, ","))
}

// parse reads a snapshot and answers for its own account.
func parse(t testing.TB, text string) evidence.Account {
	t.Helper()
	s, err := evidence.ParseSnapshot("account.json", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	a, err := s.Account(context.Background(), evidence.Query{Account: account})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// document reads a trust policy.
func document(t testing.TB, text string) *policy.Document {
	t.Helper()
	doc, err := evidence.ParsePolicy(deploy, text)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// moment is a time of the day on which everything here happens.
func moment(t testing.TB, clock string) time.Time {
	t.Helper()
	if clock == "" {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, "2026-05-12T"+clock+"Z")
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// texts compares documents by what they say, and errors by their text.
var texts = cmp.Options{
	cmp.Transformer("document", func(d *policy.Document) string {
		if d == nil {
			return "(none)"
		}
		data, err := d.MarshalJSON()
		return fmt.Sprint(string(data), err)
	}),
	cmp.Transformer("error", func(err error) string { return fmt.Sprint(err) }),
}
