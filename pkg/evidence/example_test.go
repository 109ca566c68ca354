package evidence_test

import (
	"context"
	"fmt"
	"time"

	"whydenied/pkg/evidence"
)

// The policy that is read now is not the one that refused: CloudTrail holds
// the earlier text.
func ExampleParseSnapshot() {
	snapshot, err := evidence.ParseSnapshot("account.json", []byte(`{
  "AccountId": "111122223333",
  "TakenAt": "2026-05-12T12:00:00Z",
  "Roles": [{
    "Arn": "arn:aws:iam::111122223333:role/deploy",
    "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Federated": "accounts.google.com"},
      "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"accounts.google.com:sub": "1075"}}}]}
  }],
  "Events": [
    `+updated("11:00:00", trust("repo:octo-org/api:ref:refs/heads/main"))+`,
    `+updated("08:00:00", trust("repo:octo-org/api:environment:production"))+`
  ]
}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	account, _ := snapshot.Account(context.Background(), evidence.Query{Account: "111122223333"})
	history := account.RoleAt("arn:aws:iam::111122223333:role/deploy", time.Date(2026, 5, 12, 10, 0, 0, 0, time.UTC))
	condition := history.InForce.Policy.Statements[0].Conditions[0]
	fmt.Println(condition.Key.Text, condition.Values[0].Text)
	fmt.Println("since", history.InForce.Since.Time.Format(time.TimeOnly), "reliable", history.Reliable)
	fmt.Println("changed since", len(history.After))

	_, err = evidence.ParseSnapshot("account.json", []byte(`{"AccountId": "111122223333", "Roles": {}}`))
	fmt.Println(err)
	// Output:
	// token.actions.githubusercontent.com:sub repo:octo-org/api:environment:production
	// since 08:00:00 reliable true
	// changed since 1
	// account.json:1:40: Roles: found an object, expected a list
}
