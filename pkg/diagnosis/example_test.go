package diagnosis_test

import (
	"fmt"
	"time"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/evidence"
	"whydenied/pkg/trail"
)

// What CloudTrail recorded of the token, and what the account held, give one
// sentence.
func ExampleDiagnose() {
	trust, err := evidence.ParsePolicy("api-deploy", `{
		"Version": "2012-10-17",
		"Statement": [{
			"Effect": "Allow",
			"Principal": {"Federated": "arn:aws:iam::222233334444:oidc-provider/token.actions.githubusercontent.com"},
			"Action": "sts:AssumeRoleWithWebIdentity",
			"Condition": {"StringEquals": {
				"token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
				"token.actions.githubusercontent.com:sub": "repo:octo-org/api:ref:refs/heads/main"
			}}
		}]
	}`)
	if err != nil {
		fmt.Println(err)
		return
	}
	known := func(s string) trail.Text { return trail.Text{Value: s, Known: true} }
	d := diagnosis.Diagnose(diagnosis.Input{
		Denial: trail.Denial{
			Time: time.Date(2026, 10, 5, 9, 41, 0, 0, time.UTC), Account: "222233334444",
			ErrorCode: "AccessDenied", ErrorMessage: "An unknown error occurred", HasRequestParameters: true,
			Provider: known("arn:aws:iam::222233334444:oidc-provider/token.actions.githubusercontent.com"),
			Audience: known("sts.amazonaws.com"), Subject: known("repo:octo-org/api:environment:production"),
			RoleARN: known("arn:aws:iam::222233334444:role/api-deploy"),
		},
		Account: evidence.Account{
			ID: "222233334444", RolesRead: true,
			Roles: []evidence.Role{{ARN: "arn:aws:iam::222233334444:role/api-deploy", Name: "api-deploy", Document: evidence.Held(trust, nil)}},
		},
	})
	fmt.Println(d.Verdict)
	for _, c := range d.Causes {
		fmt.Printf("%s, %s, line %d: %s\n", c.Code, c.Confidence, c.Pos.Line, c.Message)
	}
	fmt.Println("aud:", d.Check("aud").Status)
	// Output:
	// explained
	// sub_mismatch, certain, line 13: sub is "repo:octo-org/api:environment:production"; the role expects "repo:octo-org/api:ref:refs/heads/main". The policy expects a subject of the kind branch; the token's is of the kind environment: repository octo-org/api, environment production. A job that names an environment sends it in place of the branch.
	// aud: match
}
