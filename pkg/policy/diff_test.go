package policy_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/policy"
)

// told is a difference in one line: "condition changed k: StringEquals -a +b".
func told(d policy.Difference) string {
	said := []string{string(d.Part), string(d.Kind)}
	if d.Key != "" {
		said = append(said, d.Key)
	}
	if d.WasOperator+d.Operator != "" {
		said = append(said, fmt.Sprintf("(%s→%s)", d.WasOperator, d.Operator))
	}
	for _, v := range d.Removed {
		said = append(said, "-"+v.Text)
	}
	for _, v := range d.Added {
		said = append(said, "+"+v.Text)
	}
	if d.Part == policy.DiffStatement && d.Before != nil {
		said = append(said, "-"+d.Before.Path())
	}
	if d.Part == policy.DiffStatement && d.After != nil {
		said = append(said, "+"+d.After.Path())
	}
	return strings.Join(said, " ")
}

func tellAll(diffs []policy.Difference) []string {
	var all []string
	for _, d := range diffs {
		all = append(all, told(d))
	}
	return all
}

func TestDiff(t *testing.T) {
	const (
		aud      = `"x:aud": "sts"`
		onMain   = `{"StringEquals": {` + aud + `, "x:sub": "main"}}`
		listed   = `{"stringequals": {"X:Sub": ["main", "main"], "x:AUD": ["sts"]}}`
		onDev    = `{"StringEquals": {` + aud + `, "x:sub": "dev"}}`
		onBoth   = `{"StringEquals": {` + aud + `, "x:sub": ["dev", "main"]}}`
		like     = `{"StringEquals": {` + aud + `}, "StringLike": {"x:sub": "main*"}}`
		audAlone = `{"StringEquals": {` + aud + `}}`
	)
	service := `{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}`
	with := func(part, other string) string { return strings.Replace(statement(onMain), part, other, 1) }
	one := func(s ...string) string { return document(policy.Version2012, s...) }
	for _, tt := range []struct {
		label, reason string
		before, after string
		want          []string
	}{
		{"the same", "nothing differs", one(statement(onMain)), one(statement(onMain)), nil},
		{"another writing", "key and operator names compare without case; order and lists of one do not count", one(statement(onMain)), one(statement(listed)), nil},
		{"a Sid", "it names a statement and tests nothing", one(statement(onMain)), one(with(`{"Effect"`, `{"Sid": "CI", "Effect"`)), nil},
		{"one statement, not in a list", "IAM takes both", `{"Version": "2012-10-17", "Statement": ` + statement(onMain) + `}`, one(statement(onMain)), nil},
		{"statements in another order", "any that allows, allows", one(service, statement(onMain)), one(statement(onMain), service), nil},
		{"a statement twice", "it says the same twice", one(statement(onMain)), one(statement(onMain), statement(onMain)), nil},
		{"everybody, spelt out", "the IAM User Guide calls the two equivalent", one(with(`{"Federated": "`+githubARN+`"}`, `"*"`)), one(with(`{"Federated": "`+githubARN+`"}`, `{"AWS": "*"}`)), nil},
		{"an account by its number", "IAM stores it as the ARN of the root", one(with(`"Federated": "`+githubARN+`"`, `"AWS": "111122223333"`)), one(with(`"Federated": "`+githubARN+`"`, `"AWS": "arn:aws:iam::111122223333:root"`)), nil},
		{"true in capitals", "Bool and Null take both", one(statement(`{"Null": {"k": "true"}, "Bool": {"b": "FALSE"}}`)), one(statement(`{"Null": {"k": "True"}, "Bool": {"b": false}}`)), nil},
		{"case where it is ignored", "StringEqualsIgnoreCase", one(statement(`{"StringEqualsIgnoreCase": {"k": "Main"}}`)), one(statement(`{"StringEqualsIgnoreCase": {"k": "mAIN"}}`)), nil},
		{"no version and the older", "a document without one is of the older", document("", statement(onMain)), document(policy.Version2008, statement(onMain)), nil},
		{"a version that decides nothing", "no value holds a variable", document("", statement(onMain)), one(statement(onMain)), nil},

		{"a value", "sub", one(statement(onMain)), one(statement(onDev)), []string{"condition changed x:sub (StringEquals→StringEquals) -main +dev"}},
		{"the case of a value", "values compare with case", one(statement(onMain)), one(with(`"main"`, `"Main"`)), []string{"condition changed x:sub (StringEquals→StringEquals) -main +Main"}},
		{"a value more", "the other one stays", one(statement(onMain)), one(statement(onBoth)), []string{"condition changed x:sub (StringEquals→StringEquals) +dev"}},
		{"another operator", "all values mean something else", one(statement(onMain)), one(statement(like)), []string{"condition changed x:sub (StringEquals→StringLike) -main +main*"}},
		{"a condition less", "the statement lets more in", one(statement(onMain)), one(statement(audAlone)), []string{"condition removed x:sub (StringEquals→) -main"}},
		{"a condition more", "the statement lets less in", one(statement(audAlone)), one(statement(onMain)), []string{"condition added x:sub (→StringEquals) +main"}},
		{"another key", "no claim in common", one(statement(onMain)), one(with("x:sub", "y:sub")), []string{"condition removed x:sub (StringEquals→) -main", "condition added y:sub (→StringEquals) +main"}},
		{"another provider", "the conditions tell that it is the same statement", one(statement(onMain)), one(with(githubARN, "arn:other")), []string{"principal changed Federated (Principal→Principal) -" + githubARN + " +arn:other"}},
		{"everybody but the provider", "NotPrincipal turns it around", one(statement(onMain)), one(with(`"Principal"`, `"NotPrincipal"`)), []string{"principal changed Federated (Principal→NotPrincipal) -" + githubARN + " +" + githubARN}},
		{"nobody and everybody", "NotPrincipal of nobody is everybody", one(with(`{"Federated": "`+githubARN+`"}`, `{}`)), one(with(`"Principal": {"Federated": "`+githubARN+`"}`, `"NotPrincipal": {}`)), []string{"principal changed (Principal→NotPrincipal)"}},
		{"another action", "TagSession", one(statement(onMain)), one(with(`"`+action+`"`, `["`+action+`", "sts:TagSession"]`)), []string{"action changed (Action→Action) +sts:TagSession"}},
		{"Deny for Allow", "the effect alone", one(statement(onMain)), one(with(`"Allow"`, `"Deny"`)), []string{"effect changed -Allow +Deny"}},
		{"a statement more", "nothing in common with the other", one(statement(onMain)), one(service, statement(onMain)), []string{"statement added +Statement[0]"}},
		{"a statement less", "nothing in common with the other", one(service, statement(onMain)), one(statement(onMain)), []string{"statement removed -Statement[0]"}},
		{"another statement altogether", "no part of it is the same", one(statement(onMain)), one(service), []string{"statement removed -Statement[0]", "statement added +Statement[0]"}},
		{"two changed, in another order", "the Sid tells which is which", one(with(`{"Effect"`, `{"Sid": "A", "Effect"`), strings.Replace(statement(onDev), `{"Effect"`, `{"Sid": "B", "Effect"`, 1)),
			one(strings.Replace(statement(like), `{"Effect"`, `{"Sid": "B", "Effect"`, 1), strings.Replace(statement(audAlone), `{"Effect"`, `{"Sid": "A", "Effect"`, 1)),
			[]string{"condition removed x:sub (StringEquals→) -main", "condition changed x:sub (StringEquals→StringLike) -dev +main*"}},
		{"the version of a variable", "in the older one it is plain text", document("", statement(`{"StringEquals": {"k": "${x:sub}"}}`)), one(statement(`{"StringEquals": {"k": "${x:sub}"}}`)), []string{"version changed -2008-10-17 +2012-10-17"}},

		{"an expression of the same source", "it has one value, whichever", one(statement(`{"StringEquals": {"k": "@unresolved:var.x"}}`)), one(statement(`{"StringEquals": {"k": ["@unresolved:var.x"]}}`)), nil},
		{"an expression for a value", "whether it is the same is not known, and its source is shown", one(statement(`{"StringEquals": {"k": "a"}}`)), one(statement(`{"StringEquals": {"k": "@unresolved:a"}}`)), []string{"condition changed k (StringEquals→StringEquals) -a +a"}},
		{"a statement that is not resolved", "it has no source to compare by", one(`"@unresolved:local.s"`), one(`"@unresolved:local.s"`), []string{"statement not_known -Statement[0] +Statement[0]"}},
		{"a principal that is not resolved", "it has no source to compare by", one(statement(onMain)), one(with(`{"Federated": "`+githubARN+`"}`, `"@unresolved:local.p"`)), []string{"principal not_known"}},
		{"an effect that is not resolved", "it has no source to compare by", one(statement(onMain)), one(with(`"Allow"`, `"@unresolved:local.e"`)), []string{"effect not_known"}},
	} {
		t.Run(tt.label, func(t *testing.T) {
			got := tellAll(policy.Diff(parse(t, tt.before), parse(t, tt.after)))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

func TestStatementText(t *testing.T) {
	doc := parse(t, document(policy.Version2012, statement(`{"StringLike": {"x:sub": ["a<b", "c"]}}`), `"@unresolved:local.s"`))
	want := []string{`{"Effect":"Allow","Principal":{"Federated":"` + githubARN + `"},"Action":"` + action + `","Condition":{"StringLike":{"x:sub":["a<b","c"]}}}`, "(unresolved)"}
	if diff := cmp.Diff(want, []string{doc.Statements[0].Text(), doc.Statements[1].Text()}); diff != "" {
		t.Errorf("on one line, as IAM would have it (-want +got):\n%s", diff)
	}
}
