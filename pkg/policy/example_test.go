package policy_test

import (
	"fmt"
	"strings"

	"whydenied/pkg/policy"
)

const trust = `{
  "Version": "2012-10-17",
  "Statement": [{
    "Effect": "Allow",
    "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},
    "Action": "sts:AssumeRoleWithWebIdentity",
    "Condition": {
      "StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"},
      "StringLike": {"token.actions.githubusercontent.com:sub": "repo:octo-org/api:ref:refs/heads/*"},
      "Bool": {"sts:RoleAuthorizedByIdp": "true"}
    }
  }]
}`

// A token for an environment, where the policy expects a branch. What is not
// listed among the keys is hidden: the record does not say.
var exampleRequest = &policy.Request{
	Action:   "sts:AssumeRoleWithWebIdentity",
	Provider: "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com",
	Keys: map[string]policy.Attr{
		"token.actions.githubusercontent.com:aud": policy.One("sts.amazonaws.com"),
		"token.actions.githubusercontent.com:sub": policy.One("repo:octo-org/api:environment:production"),
	},
}

func ExampleEvaluate() {
	doc, err := policy.Parse("trust.json", []byte(trust))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(policy.Evaluate(doc, exampleRequest))

	branch := *exampleRequest
	branch.Keys = map[string]policy.Attr{
		"token.actions.githubusercontent.com:aud": policy.One("sts.amazonaws.com"),
		"token.actions.githubusercontent.com:sub": policy.One("repo:octo-org/api:ref:refs/heads/main"),
	}
	fmt.Println(policy.Evaluate(doc, &branch))
	branch.Keys["sts:roleauthorizedbyidp"] = policy.One("true")
	fmt.Println(policy.Evaluate(doc, &branch))
	// Output:
	// false
	// unknown
	// true
}

func ExampleTrace() {
	doc, err := policy.Parse("trust.json", []byte(trust))
	if err != nil {
		fmt.Println(err)
		return
	}
	result := policy.Trace(doc, exampleRequest)
	for _, s := range result.Statements {
		fmt.Printf("%s: %s (principal %s, action %s)\n", s.Statement.Path(), s.Truth, s.Principal, s.Action)
		for _, c := range s.Conditions {
			fmt.Printf("%s: %s %s: %s\n", c.Condition.Pos, c.Condition.Operator, c.Condition.Key.Text, c.Truth)
			if c.Truth == policy.False {
				fmt.Printf("  expects   %s\n  presented %s\n", c.Condition.Values[0].Text, strings.Join(c.Presented, ", "))
			}
			if len(c.Waits) > 0 {
				fmt.Printf("  waits for %s\n", strings.Join(c.Waits, ", "))
			}
		}
	}
	// Output:
	// Statement[0]: false (principal true, action true)
	// trust.json:8:24: StringEquals token.actions.githubusercontent.com:aud: true
	// trust.json:9:22: StringLike token.actions.githubusercontent.com:sub: false
	//   expects   repo:octo-org/api:ref:refs/heads/*
	//   presented repo:octo-org/api:environment:production
	// trust.json:10:16: Bool sts:RoleAuthorizedByIdp: unknown
	//   waits for sts:roleauthorizedbyidp
}

func ExampleParse() {
	_, err := policy.Parse("trust.json", []byte(strings.Replace(trust, "StringLike", "StringLikes", 1)))
	fmt.Println(err)
	// Output:
	// trust.json:9:7: unknown operator "StringLikes" (did you mean "StringLike"?)
}
