package diagnosis_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/evidence"
	"whydenied/pkg/policy"
	"whydenied/pkg/trail"
)

const (
	account   = "111122223333"
	arnPrefix = "arn:aws:iam::111122223333:oidc-provider/"
	gitHub    = "token.actions.githubusercontent.com"
	gitHubARN = arnPrefix + gitHub
	roleARN   = "arn:aws:iam::111122223333:role/deploy"
	stsAud    = "sts.amazonaws.com"
	mainSub   = "repo:octo-org/api:ref:refs/heads/main"
)

var moment = time.Date(2026, 10, 5, 14, 2, 0, 0, time.UTC)

// fataler is what tests, fuzz targets and properties have in common.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

// denied is a record of a refusal that shows everything a full one does.
func denied(provider, aud, sub string) trail.Denial {
	return trail.Denial{
		EventID: "11111111-2222-3333-4444-555555555555", Time: moment, Account: account, Region: "eu-west-1",
		ErrorCode: "AccessDenied", ErrorMessage: "An unknown error occurred",
		Provider: text(provider), Audience: text(aud), Subject: text(sub), RoleARN: text(roleARN), SessionName: text("ci"),
		HasRequestParameters: true, SourceIP: "203.0.113.7", UserAgent: "aws-cli/2.24.5",
	}
}

func text(s string) trail.Text { return trail.Text{Value: s, Known: true} }

// onGitHub is a refusal of a GitHub token with the usual audience.
func onGitHub(sub string) trail.Denial { return denied(gitHubARN, stsAud, sub) }

// allow is a statement that lets a provider in under a condition, which is
// JSON or "".
func allow(federated, condition string) string {
	return statement("Allow", fmt.Sprintf(`{"Federated":%q}`, federated), `"Action":"sts:AssumeRoleWithWebIdentity"`, condition)
}

func statement(effect, principal, action, condition string) string {
	if condition != "" {
		condition = `,"Condition":` + condition
	}
	return fmt.Sprintf(`{"Effect":%q,"Principal":%s,%s%s}`, effect, principal, action, condition)
}

// when is a condition of one operator on one key.
func when(operator, key string, values ...string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = jsonText(v)
	}
	return fmt.Sprintf(`{%q:{%s:[%s]}}`, operator, jsonText(key), strings.Join(quoted, ","))
}

func jsonText(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	return string(b)
}

func parse(t fataler, statements ...string) *policy.Document {
	t.Helper()
	doc, err := policy.Parse("", []byte(`{"Version":"2012-10-17","Statement":[`+strings.Join(statements, ",\n")+`]}`))
	if err != nil {
		t.Fatalf("test policy: %v", err)
	}
	return doc
}

func role(t fataler, name string, statements ...string) evidence.Role {
	t.Helper()
	return evidence.Role{ARN: "arn:aws:iam::" + account + ":role/" + name, Name: name, Document: evidence.Held(parse(t, statements...), nil)}
}

// held is the trust policy of a role that has one.
func held(t fataler, r evidence.Role) *policy.Document {
	t.Helper()
	doc, err := r.TrustPolicy()
	if err != nil {
		t.Fatalf("%v", err)
	}
	return doc
}

// holding is an account that was read in full at the event's moment.
func holding(roles ...evidence.Role) evidence.Account {
	return evidence.Account{ID: account, Roles: roles, RolesRead: true}
}

// explain diagnoses a refusal by the role "deploy" with these statements.
func explain(t fataler, d trail.Denial, statements ...string) diagnosis.Diagnosis {
	t.Helper()
	return diagnosis.Diagnose(diagnosis.Input{Denial: d, Account: holding(role(t, "deploy", statements...))})
}

// check asks a policy alone about a token that is described in full.
func check(t fataler, d trail.Denial, statements ...string) diagnosis.Diagnosis {
	t.Helper()
	return diagnosis.Diagnose(diagnosis.Input{Denial: d, Made: true, WhatIf: true, Policy: parse(t, statements...)})
}

// said are the causes in short: "sub_mismatch certain".
func said(causes []diagnosis.Cause) []string {
	var list []string
	for _, c := range causes {
		list = append(list, string(c.Code)+" "+string(c.Confidence))
	}
	return list
}

// hinted are the hints of the primary cause.
func hinted(d *diagnosis.Diagnosis) []diagnosis.Hint {
	if len(d.Causes) == 0 {
		return nil
	}
	return d.Causes[0].Hints
}

func has(notes []string, part string) bool {
	for _, n := range notes {
		if strings.Contains(n, part) {
			return true
		}
	}
	return false
}
