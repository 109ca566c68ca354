package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"whydenied/pkg/evidence"
	"whydenied/pkg/lint"
	"whydenied/pkg/policy"
	policyfile "whydenied/pkg/source"
	"whydenied/pkg/trail"
)

// linting is a check without a token.
type linting struct {
	app      *app
	known    lint.Known
	policies int
	findings []lint.Finding
	bad      bool  // some policy could not be read
	lacking  error // evidence that could not be read
}

// lints tells whether check was asked about policies by themselves.
func (q *question) lints() bool {
	return len(q.events) == 0 && q.token == "" && q.provider == "" && len(q.claims) == 0
}

// runLint lints the policies of files, or of an account's roles.
func (a *app) runLint(ctx context.Context, q *question, c *cloud) error {
	l := &linting{app: a}
	if err := l.judge(ctx, q, c); err != nil {
		return err
	}
	if err := a.printFindings(l.findings, l.sum()); err != nil {
		return err
	}
	switch {
	case l.lacking != nil:
		return l.lacking
	case l.bad:
		return ended(statusBadInput)
	case worst(l.findings) == lint.Error, worst(l.findings) == lint.Warning:
		return ended(statusRefused)
	}
	return nil
}

func (l *linting) judge(ctx context.Context, q *question, c *cloud) error {
	if len(q.policies) == 0 {
		return l.account(ctx, q, c)
	}
	if err := c.unused("--policy"); err != nil {
		return err
	}
	if q.account != "" {
		from, err := l.app.account(q.account)
		if err != nil {
			return err
		}
		account, _ := from.snapshot.Account(ctx, evidence.Query{}) // it is in memory: there is nothing to fail
		l.known = lint.Known{Providers: account.Providers, Read: account.ProvidersRead}
	}
	for _, path := range q.policies {
		if err := l.file(path, q.role, len(q.policies) > 1); err != nil {
			return err
		}
	}
	if l.policies == 0 && !l.bad {
		return usage("%s: no trust policy", strings.Join(q.policies, ", "))
	}
	return nil
}

// file lints the policies of one file or folder. Among several, one that has
// none is passed over.
func (l *linting) file(path, role string, several bool) error {
	all, bad, err := l.app.readPolicies(path, deployment(role, &trail.Denial{}))
	switch {
	case several && errors.Is(err, policyfile.ErrNoPolicy):
		return nil
	case l.unreadable(path, bad), l.unreadable(path, err):
	case err != nil:
		return err
	}
	if role != "" && len(all) > 0 && !(len(all) == 1 && strings.HasPrefix(role, "arn:")) {
		one, err := choose(all, path, role, &trail.Denial{})
		if err != nil {
			return err
		}
		all = []policyfile.Policy{*one}
	}
	l.app.sayNotes(all)
	for i := range all {
		l.policy(&all[i], path)
	}
	return nil
}

// unreadable makes a finding of the error of a policy that is not one.
func (l *linting) unreadable(path string, err error) bool {
	var parse *policy.ParseError
	if !errors.As(err, &parse) {
		return false
	}
	l.bad = true
	f := lint.Finding{Rule: "unreadable", Severity: lint.Error, File: parse.Pos.File, Line: parse.Pos.Line, Column: parse.Pos.Column,
		Message: parse.Text, Do: "Mend it: IAM refuses such a policy."}
	if f.File == "" {
		f.File, f.Line, f.Column, f.Message = path, 0, 0, strings.TrimPrefix(err.Error(), path+":")
	}
	l.findings = append(l.findings, f)
	return true
}

// policy lints one. What has its place in a document within a string is told
// with the place of that.
func (l *linting) policy(p *policyfile.Policy, path string) {
	l.policies++
	for _, f := range lint.Check(p.Policy, l.known) {
		f.Policy = p.Name
		if f.File == "" {
			inner := place("", f.Line, f.Column)
			f.File, f.Line, f.Column = p.At.File, p.At.Line, p.At.Column
			if f.File == "" {
				f.File = path
			}
			f.Path = strings.TrimPrefix(f.Path+" ("+strings.TrimPrefix(inner, ":")+")", " ")
		}
		l.findings = append(l.findings, f)
	}
}

// account lints the roles of an account: one, or with a snapshot all.
func (l *linting) account(ctx context.Context, q *question, c *cloud) error {
	account, err := l.app.source(q.account, c)
	c.instead += ", or the trust policy with --policy FILE"
	if err == nil {
		err = account.ready(ctx)
	}
	if err != nil {
		return err
	}
	query := evidence.Query{}
	if q.role != "" {
		if query.Role, err = account.roleARN(ctx, q.role, &trail.Denial{}); err != nil {
			return err
		}
		query.Account = evidence.AccountOf(query.Role)
	}
	from, err := account.Account(ctx, query)
	if err != nil {
		return &failure{statusNoEvidence, err}
	}
	l.known = lint.Known{Providers: from.Providers, Read: from.ProvidersRead}
	for i := range from.Roles {
		if r := &from.Roles[i]; query.Role == "" || r.ARN == query.Role {
			l.role(r)
		}
	}
	if l.policies == 0 && !l.bad && query.Role != "" {
		return &failure{statusNoEvidence, fmt.Errorf("there is no role %q in the account", query.Role)}
	}
	if l.lacking = account.status(); l.lacking != nil {
		for _, note := range from.Notes {
			l.app.complain(note)
		}
	}
	return nil
}

func (l *linting) role(r *evidence.Role) {
	doc, err := r.TrustPolicy()
	if err != nil {
		l.bad = true
		l.findings = append(l.findings, lint.Finding{Rule: "unreadable", Severity: lint.Error, Policy: r.ARN, Message: err.Error()})
		return
	}
	l.policies++
	for _, f := range lint.Check(doc, l.known) {
		f.Policy = r.ARN
		l.findings = append(l.findings, f)
	}
}

// sum is what was found, in a line.
func (l *linting) sum() string {
	return count(l.policies, "trust policy", "trust policies") + ": " + tallied(l.findings)
}

func tallied(findings []lint.Finding) string {
	n := make(map[lint.Severity]int)
	for i := range findings {
		n[findings[i].Severity]++
	}
	var parts []string
	for _, s := range []lint.Severity{lint.Error, lint.Warning, lint.Note} {
		if n[s] > 0 {
			parts = append(parts, count(n[s], string(s), string(s)+"s"))
		}
	}
	if len(parts) == 0 {
		return "nothing found"
	}
	return strings.Join(parts, ", ")
}

// worst is the worst severity, or "".
func worst(findings []lint.Finding) lint.Severity {
	for _, s := range []lint.Severity{lint.Error, lint.Warning, lint.Note} {
		for i := range findings {
			if findings[i].Severity == s {
				return s
			}
		}
	}
	return ""
}
