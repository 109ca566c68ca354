package report_test

import (
	"strings"
	"time"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/report"
)

const (
	account    = "123456789012"
	arn        = "arn:aws:iam::" + account + ":"
	gitHub     = "token.actions.githubusercontent.com"
	prefect    = "api.prefect.cloud/oidc-provider"
	prefectID  = "3f2a9c1e-5b7d-4c1e-9a8f-0d6b2e4c7a91"
	stsAud     = "sts.amazonaws.com"
	onMain     = "repo:octo-org/api:ref:refs/heads/main"
	production = "repo:octo-org/api:environment:production"
)

func at(s string) *time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return &t
}

func text(s string) *string { return &s }

func index(n int) *int { return &n }

// refused is a refused call with everything matching; cases change what they
// are about.
func refused(suffix, role, aud, sub string) report.Report {
	denial := report.Denial{
		EventID: "5d1f0c6a-1f0b-4a53-9d5e-3c2b1a0f9e8d", Time: at("2026-11-24T14:02:11Z"), Account: account, Region: "us-east-1",
		RoleARN: text(arn + "role/" + role), ProviderARN: text(arn + "oidc-provider/" + suffix), Aud: text(aud), Sub: text(sub),
		SessionName: text("ci"), SourceIP: "198.51.100.24", UserAgent: "aws-sdk-js/3.654.0 os/linux lang/js md/nodejs#20.17.0 api/sts#3.654.0",
		ErrorCode: "AccessDenied", ErrorMessage: "An unknown error occurred",
	}
	return report.Report{
		Schema: report.Schema, Verdict: "explained", Denial: denial,
		Checks: []report.Check{
			checked("token", "match"), checked("role", "match"), checked("provider", "match"), checked("client_ids", "match"),
			checked("provider_arn", "match", *denial.ProviderARN), checked("action", "match", "sts:AssumeRoleWithWebIdentity"),
			tested("aud", "match", "StringEquals", suffix+":aud", aud), tested("sub", "match", "StringEquals", suffix+":sub", sub),
			checked("tags", "not_required"), checked("source_identity", "not_required"), checked("deny", "not_required"),
		},
		Causes: []report.Cause{}, Fixes: []report.Fix{}, Candidates: []report.Candidate{}, Alternatives: []report.Alternative{},
		Changes: []report.Change{}, Notes: []string{}, Trace: []report.Statement{},
	}
}

func checked(element, status string, presented ...string) report.Check {
	return report.Check{Element: element, Status: status, Expected: []string{}, Presented: append([]string{}, presented...)}
}

func tested(element, status, operator, key string, presented ...string) report.Check {
	c := checked(element, status, presented...)
	c.Operator, c.Key, c.Statement = operator, key, index(0)
	return c
}

// set replaces the check of the same element, or adds it.
func set(r *report.Report, c report.Check) {
	for i := range r.Checks {
		if r.Checks[i].Element == c.Element {
			r.Checks[i] = c
			return
		}
	}
	r.Checks = append(r.Checks, c)
}

func cause(code diagnosis.Code, element string) report.Cause {
	d := diagnosis.Cause{Code: code, Element: element}
	return report.Cause{
		Code: string(code), Element: element, Confidence: "certain", Headline: d.Headline(),
		Expected: []string{}, Presented: []string{}, Hints: []string{},
	}
}

// differs is a cause on a condition of the statement, whose check it sets.
func differs(r *report.Report, code diagnosis.Code, element, operator, key, presented string, expected ...string) *report.Cause {
	c := cause(code, element)
	c.Statement, c.Line, c.Column, c.Operator, c.Key = index(0), 12, 21, operator, key
	c.Path = "Statement[0].Condition." + operator + `["` + key + `"]`
	c.Excerpt = `                    "` + key + `": "` + strings.Join(expected, `", "`) + `"`
	c.Expected, c.Presented = expected, []string{presented}
	c.Message = element + " differs."
	check := tested(element, "mismatch", operator, key, presented)
	check.Expected = expected
	set(r, check)
	r.Causes = append(r.Causes, c)
	r.Summary = c.Headline
	return &r.Causes[len(r.Causes)-1]
}

func subDiffers(r *report.Report, suffix, presented string, expected ...string) *report.Cause {
	return differs(r, diagnosis.CauseSubMismatch, "sub", "StringEquals", suffix+":sub", presented, expected...)
}

func part(operator, key, expected, presented, truth string) report.Part {
	return report.Part{
		Path: "Statement[0].Condition." + operator + `["` + key + `"]`, Line: 12, Column: 21, Operator: operator, Key: key,
		State: "present", Expected: []string{expected}, Presented: []string{presented}, Truth: truth,
	}
}
