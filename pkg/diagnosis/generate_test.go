package diagnosis_test

import (
	"fmt"
	"strings"
	"time"

	"pgregory.net/rapid"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/evidence"
	"whydenied/pkg/policy"
	"whydenied/pkg/trail"
)

// The pools that random calls and policies are drawn from: small, so that
// what is asked for and what is presented meet often.
var (
	providers = []string{gitHubARN, eksARN, hcpARN, gitLabARN, google, cognito, arnPrefix + "id.acme.example/realms/x", strings.Replace(gitHubARN, "1111", "9999", 1), "nobody"}
	audiences = []string{stsAud, hcpAud, "client", "", "https://gitlab.com", "line\nbreak\u202e"}
	subjects  = []string{
		mainSub, "repo:Octo-Org/api:ref:refs/heads/main", "repo:octo-org@12/api@34:environment:prod", "repo:evil/x:pull_request", hcpSub, eksSub,
		"project_path:acme/web:ref_type:branch:ref:main", "1074", "repo:octo-org/*", "", "\x00\xff\u200b", "environment:prod:actor:octocat",
	}
	principals = []string{
		`{"Federated":"` + gitHubARN + `"}`, `{"Federated":["` + eksARN + `","` + hcpARN + `"]}`, `{"Federated":"` + google + `"}`,
		`{"Federated":"` + gitLabARN + `"}`, `"*"`, `{"AWS":"*"}`, `{"Federated":"*"}`, `{"Service":"ec2.amazonaws.com"}`,
		`{"AWS":"arn:aws:iam::111122223333:root"}`, `{"Federated":"arn:aws:iam::111122223333:saml-provider/x"}`,
	}
	actions = []string{
		`"Action":"sts:AssumeRoleWithWebIdentity"`, `"Action":"sts:AssumeRoleWithWebIdentity"`, `"Action":["sts:AssumeRoleWithWebIdentity","sts:TagSession"]`,
		`"Action":"sts:*"`, `"Action":"sts:AssumeRole"`, `"Action":"sts:TagSession"`, `"NotAction":"sts:AssumeRole"`, `"NotAction":"sts:*"`,
	}
	operators = []string{
		"StringEquals", "StringLike", "StringNotEquals", "StringNotLike", "StringEqualsIgnoreCase", "StringEqualsIfExists", "StringNotEqualsIfExists",
		"ForAllValues:StringLike", "ForAnyValue:StringEquals", "ForAnyValue:StringNotEquals", "ArnLike", "NumericEquals", "DateLessThan", "IpAddress", "NotIpAddress", "Bool",
	}
	keys = []string{
		gitHub + ":sub", gitHub + ":aud", gitHub + ":environment", gitHub + ":repository_owner", gitHub + ":actor", "https://" + gitHub + ":sub", "gitlab.com:sub",
		"app.terraform.io:sub", "app.terraform.io:aud", google + ":aud", google + ":oaud", cognito + ":amr", strings.TrimPrefix(eksARN, arnPrefix) + ":sub", "id.acme.example/realms/x:aud",
		"aws:SourceIp", "aws:PrincipalOrgID", "aws:PrincipalArn", "aws:RequestTag/team", "aws:TagKeys", "aws:ResourceTag/team", "sts:RoleSessionName",
		"aws:CurrentTime", "aws:SourceVpce", "aws:Sourceip4", "sub", "deny", gitHub + ":sub ", "saml:aud", "odd\n\u202ekey",
	}
	// A value that its operator cannot read is met by nothing, which is known
	// without any record.
	typed = map[string][]string{
		"NumericEquals": {"1074", "1"}, "DateLessThan": {"2030-01-01T00:00:00Z", "2020-01-01T00:00:00Z"}, "Bool": {"true", "false"},
		"IpAddress": {"203.0.113.0/24", "10.0.0.0/8"}, "NotIpAddress": {"203.0.113.0/24", "10.0.0.0/8"}, "ArnLike": {gitHubARN, "arn:aws:iam::*:role/*"},
	}
	values   = append([]string{"*", "repo:octo-org/*", "x", "ci", "true", "203.0.113.0/24", "2030-01-01T00:00:00Z", "${aws:PrincipalTag/x}", "${aws:username, 'x'}", "repo:<org>/api"}, append(subjects, audiences...)...)
	refusals = [][2]string{
		{"AccessDenied", "An unknown error occurred"}, {"AccessDenied", "An unknown error occurred"}, {"AccessDenied", "An unknown error occurred"},
		{"ExpiredTokenException", "Token expired: current date/time 2 must be before the expiration date/time1"}, {"InvalidIdentityToken", "Incorrect token audience"},
		{"InvalidIdentityToken", "No OpenIDConnect provider found in your account for https://x.example/"}, {"ValidationError", "odd\u202e"}, {"", ""}, {"", "An unknown error occurred"},
	}
)

func drawCondition(t *rapid.T) string {
	operator := rapid.SampledFrom(operators).Draw(t, "operator")
	key := rapid.SampledFrom(keys).Draw(t, "key")
	if rapid.IntRange(0, 9).Draw(t, "null") == 0 {
		return when("Null", key, rapid.SampledFrom([]string{"true", "false"}).Draw(t, "wanted"))
	}
	from, ok := typed[operator]
	if !ok {
		from = values
	}
	return when(operator, key, rapid.SliceOfN(rapid.SampledFrom(from), 1, 3).Draw(t, "values")...)
}

func drawStatement(t *rapid.T, effect string) string {
	condition := ""
	if n := rapid.IntRange(0, 3).Draw(t, "conditions"); n > 0 {
		// Each under an operator of its own: the braces between two go.
		seen, parts := map[string]bool{}, []string{}
		for range n {
			c := drawCondition(t)
			if operator := strings.SplitN(c, `"`, 3)[1]; !seen[operator] {
				seen[operator] = true
				parts = append(parts, strings.TrimSuffix(strings.TrimPrefix(c, "{"), "}"))
			}
		}
		condition = "{" + strings.Join(parts, ",") + "}"
	}
	principal := rapid.SampledFrom(principals).Draw(t, "principal")
	s := statement(effect, principal, rapid.SampledFrom(actions).Draw(t, "action"), condition)
	if strings.Contains(principal, "Federated") && rapid.IntRange(0, 9).Draw(t, "not") == 0 {
		s = strings.Replace(s, `"Principal"`, `"NotPrincipal"`, 1)
	}
	return s
}

func drawStatements(t *rapid.T) []string {
	var statements []string
	for range rapid.IntRange(1, 3).Draw(t, "statements") {
		effect := rapid.SampledFrom([]string{"Allow", "Allow", "Allow", "Deny"}).Draw(t, "effect")
		statements = append(statements, drawStatement(t, effect))
	}
	return statements
}

func drawText(t *rapid.T, label string, from []string) trail.Text {
	if rapid.IntRange(0, 9).Draw(t, label+" missing") == 0 {
		return trail.Text{}
	}
	return text(rapid.SampledFrom(from).Draw(t, label))
}

func drawDenial(t *rapid.T) trail.Denial {
	d := denied("", "", "")
	d.Provider, d.Audience, d.Subject = drawText(t, "provider", providers), drawText(t, "aud", audiences), drawText(t, "sub", subjects)
	e := rapid.SampledFrom(refusals).Draw(t, "error")
	d.ErrorCode, d.ErrorMessage = e[0], e[1]
	d.RoleARN = drawText(t, "role", []string{roleARN, roleARN, roleARN, "arn:aws:iam::111122223333:role/gone", "arn:aws:iam::444455556666:role/deploy", "odd"})
	d.HasRequestParameters = rapid.Bool().Draw(t, "parameters")
	if d.HasRequestParameters && rapid.Bool().Draw(t, "tags") {
		d.PrincipalTags = map[string]string{"team": "x"}
		d.SourceIdentity = drawText(t, "identity", []string{"alice"})
	}
	if rapid.IntRange(0, 9).Draw(t, "time missing") == 0 {
		d.Time = time.Time{}
	}
	return d
}

// drawAccount has the statements in its role "deploy", whose earlier and later
// versions come from draw.
func drawAccount(t *rapid.T, statements []string, draw func(*rapid.T) []string) evidence.Account {
	a := evidence.Account{ID: account, RolesRead: rapid.Bool().Draw(t, "roles read"), ProvidersRead: rapid.Bool().Draw(t, "providers read")}
	a.Roles = append(a.Roles, role(t, "deploy", statements...))
	a.Roles[0].TagsRead = rapid.Bool().Draw(t, "role tags read")
	switch rapid.IntRange(0, 3).Draw(t, "second role") {
	case 0:
		a.Roles = append(a.Roles, role(t, "other", drawStatements(t)...))
	case 1:
		a.Roles = append(a.Roles, evidence.Role{ARN: roleARN + "2", Name: "deploy2", Document: evidence.Held(nil, fmt.Errorf("unknown operator %q", "x"))})
	}
	if rapid.Bool().Draw(t, "dated") {
		a.TakenAt = moment.Add(time.Duration(rapid.IntRange(-30, 30).Draw(t, "minutes")) * time.Minute)
	}
	for range rapid.IntRange(0, 2).Draw(t, "changes") {
		c := evidence.Change{
			Kind: evidence.ChangeKind(rapid.IntRange(int(evidence.RoleCreated), int(evidence.TrustPolicyUpdated)).Draw(t, "kind")),
			Time: moment.Add(time.Duration(rapid.IntRange(-20, 20).Draw(t, "at")) * time.Minute), Role: "deploy",
		}
		if c.Kind != evidence.RoleDeleted && rapid.Bool().Draw(t, "held") {
			c.Policy = parse(t, draw(t)...)
		}
		a.Changes = append(a.Changes, c)
		a.ChangesRead = true
	}
	if n := len(a.Changes); n == 2 && a.Changes[1].Time.Before(a.Changes[0].Time) {
		a.Changes[0], a.Changes[1] = a.Changes[1], a.Changes[0]
	}
	return a
}

func drawInput(t *rapid.T) diagnosis.Input {
	statements := drawStatements(t)
	in := diagnosis.Input{Denial: drawDenial(t)}
	in.Made, in.WhatIf = rapid.Bool().Draw(t, "made"), rapid.Bool().Draw(t, "what if")
	in.Made = in.Made && in.WhatIf
	if in.WhatIf && rapid.Bool().Draw(t, "policy") {
		in.Policy = parse(t, statements...)
	} else {
		in.Account = drawAccount(t, statements, drawStatements)
	}
	in.Succeeded = !in.WhatIf && rapid.IntRange(0, 9).Draw(t, "succeeded") == 0
	if in.WhatIf && rapid.Bool().Draw(t, "claims") {
		in.Claims = map[string][]string{"azp": {"client"}, "actor": {"x"}}
		in.OnlyClaims = rapid.Bool().Draw(t, "only")
	}
	return in
}

func truth(d *diagnosis.Diagnosis) policy.Truth { return d.Trace.Truth }
