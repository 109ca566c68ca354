package policy_test

import (
	"fmt"
	"testing"

	"whydenied/pkg/policy"
)

const googleHost = "accounts.google.com"

func TestPrincipal(t *testing.T) {
	const principal, notPrincipal = "Principal", "NotPrincipal"
	for _, tt := range []struct {
		element, value, provider string
		want                     policy.Truth
		reason                   string
	}{
		{principal, `{"Federated": "` + githubARN + `"}`, githubARN, yes, "3.5: exact string compare"},
		{principal, `{"Federated": "` + githubARN + `/octo"}`, githubARN, no, "3.5: exact string compare"},
		{principal, `{"Federated": "` + githubARN + `"}`, "arn:aws:iam::111122223333:oidc-provider/Token.actions.githubusercontent.com", no, "3.5: case-sensitive"},
		{principal, `{"Federated": "arn:aws:iam::*:oidc-provider/*"}`, githubARN, no, "3.5: no partial wildcard"},
		{principal, `{"Federated": ["x", "` + googleHost + `"]}`, googleHost, yes, "3.5: OR; a built-in provider is a bare host"},
		{principal, `{"AWS": "111122223333", "Federated": "` + googleHost + `"}`, googleHost, yes, "3.5: keys combine as OR"},
		{principal, `{"AWS": "` + githubARN + `"}`, githubARN, no, "3.5: a web identity is no AWS principal"},
		{principal, `{"Service": "*"}`, githubARN, no, "3.5: a web identity is no service"},
		{principal, `{"CanonicalUser": "*"}`, githubARN, no, "3.5: a web identity is no canonical user"},
		{principal, `"*"`, githubARN, unk, "3.5: whether * admits a web identity is unverified"},
		{principal, `{"AWS": "*"}`, githubARN, unk, "3.5: the same as *"},
		{principal, `{"Federated": "*"}`, githubARN, unk, "3.5: whether IAM accepts it is unverified"},
		{principal, `{"Federated": ["*", "` + githubARN + `"]}`, githubARN, yes, "3.5: OR: the named one decides"},
		{principal, `{"Federated": "@unresolved:var.arn"}`, githubARN, unk, "the ARN may be this one"},
		{principal, `{"AWS": "@unresolved:var.arn"}`, githubARN, unk, "the value may be *"},
		{principal, `{"Service": "@unresolved:var.arn"}`, githubARN, no, "a web identity is no service"},
		{principal, `"@unresolved:local.principal"`, githubARN, unk, "the whole element is not known"},
		{principal, `{"AWS": "*", "@unresolved:var.type": "x"}`, githubARN, unk, "the type may be any"},
		{principal, `{"Federated": "` + githubARN + `"}`, "", unk, "the record did not say which provider"},
		{principal, `{}`, githubARN, no, "nobody is named"},
		{notPrincipal, `{"Federated": "` + githubARN + `"}`, githubARN, no, "3.5: everybody but"},
		{notPrincipal, `{"AWS": "111122223333"}`, githubARN, yes, "3.5: everybody but"},
		{notPrincipal, `{"Federated": ["x", "` + githubARN + `"]}`, githubARN, no, "3.5: none of several"},
		{notPrincipal, `"*"`, githubARN, unk, "3.5: whether * admits a web identity is unverified"},
		{notPrincipal, `"@unresolved:local.principal"`, githubARN, unk, "the whole element is not known"},
	} {
		text := fmt.Sprintf(`{"Effect": "Allow", %q: %s, "Action": "*"}`, tt.element, tt.value)
		req := &policy.Request{Action: action, Provider: tt.provider}
		if got := policy.Evaluate(parse(t, document("", text)), req); got != tt.want {
			t.Errorf("%s %s on %q: want %s, got %s: %s", tt.element, tt.value, tt.provider, tt.want, got, tt.reason)
		}
	}
}

func TestAction(t *testing.T) {
	const is, not = "Action", "NotAction"
	for _, tt := range []struct {
		element, value string
		want           policy.Truth
		reason         string
	}{
		{is, `"sts:AssumeRoleWithWebIdentity"`, yes, "3.5: Action"},
		{is, `"STS:assumerolewithwebidentity"`, yes, "3.5: case-insensitive"},
		{is, `"sts:AssumeRole"`, no, "3.5: sts:AssumeRole alone does not allow it"},
		{is, `"sts:AssumeRole*"`, yes, "3.5: * is a wildcard"},
		{is, `"sts:assume????with*"`, yes, "3.5: ? is a wildcard, case-insensitive beside it"},
		{is, `"sts:AssumeRole?"`, no, "3.5: ? is one character"},
		{is, `"*"`, yes, "3.5: * alone"},
		{is, `"sts:*"`, yes, "3.5: a whole service"},
		{is, `"*:*WebIdentity"`, yes, "3.5: several wildcards"},
		{is, `"*Web"`, no, "3.5: anchored at the end"},
		{is, `"s3:*"`, no, "3.5: another service"},
		{is, `["sts:TagSession", "sts:AssumeRoleWithWebIdentity"]`, yes, "3.5: OR over values"},
		{is, `["sts:TagSession", "sts:AssumeRole"]`, no, "3.5: OR over values"},
		{is, `"@unresolved:var.action"`, unk, "the value may be this action"},
		{is, `["@unresolved:var.action", "sts:*"]`, yes, "the other value decides"},
		{is, `[]`, no, "no action is named"},
		{not, `"sts:AssumeRoleWithWebIdentity"`, no, "3.5: everything else"},
		{not, `"s3:*"`, yes, "3.5: everything else"},
		{not, `["s3:*", "sts:assumerolewith*"]`, no, "3.5: none of several"},
		{not, `"@unresolved:var.action"`, unk, "the value may be this action"},
	} {
		text := fmt.Sprintf(`{"Effect": "Allow", "Principal": {"Federated": %q}, %q: %s}`, githubARN, tt.element, tt.value)
		req := &policy.Request{Action: action, Provider: githubARN}
		if got := policy.Evaluate(parse(t, document("", text)), req); got != tt.want {
			t.Errorf("%s %s: want %s, got %s: %s", tt.element, tt.value, tt.want, got, tt.reason)
		}
	}
}

// Any matching Deny wins, otherwise any matching Allow, otherwise nothing is
// allowed (3.5); a Deny that may hold leaves the outcome open.
func TestEffects(t *testing.T) {
	part := func(effect, condition string) string {
		return fmt.Sprintf(`{"Effect": %q, "Principal": {"Federated": %q}, "Action": "*", "Condition": %s}`, effect, githubARN, condition)
	}
	const (
		holds  = `{}`
		open   = `{"StringEquals": {"aws:Referer": "x"}}`
		fails  = `{"Null": {"k": "true"}}`
		either = "@unresolved:var.effect"
	)
	for _, tt := range []struct {
		statements []string
		want       policy.Truth
		reason     string
	}{
		{nil, no, "3.5: implicit deny"},
		{[]string{part("Allow", holds)}, yes, "3.5: an Allow that matches"},
		{[]string{part("Allow", fails)}, no, "3.5: implicit deny"},
		{[]string{part("Allow", open)}, unk, "the Allow may match"},
		{[]string{part("Allow", fails), part("Allow", holds)}, yes, "3.5: any Allow"},
		{[]string{part("Allow", holds), part("Allow", open)}, yes, "3.5: any Allow"},
		{[]string{part("Allow", holds), part("Deny", holds)}, no, "3.5: a Deny that matches wins"},
		{[]string{part("Deny", holds), part("Allow", holds)}, no, "3.5: in any order"},
		{[]string{part("Allow", holds), part("Deny", open)}, unk, "the Deny may match"},
		{[]string{part("Allow", open), part("Deny", holds)}, no, "3.5: a Deny that matches wins over what may match"},
		{[]string{part("Allow", holds), part("Deny", fails)}, yes, "a Deny that does not match says nothing"},
		{[]string{part("Deny", open)}, no, "3.5: implicit deny, whether the Deny matches or not"},
		{[]string{part("Allow", fails), part("Deny", open)}, no, "3.5: implicit deny, whether the Deny matches or not"},
		{[]string{part(either, holds)}, unk, "the statement may allow"},
		{[]string{part(either, fails)}, no, "a statement that does not match says nothing in either kind"},
		{[]string{part("Allow", holds), part(either, holds)}, unk, "the statement may deny"},
		{[]string{part("Allow", holds), part(either, fails)}, yes, "a statement that does not match says nothing in either kind"},
		{[]string{part("Deny", holds), part(either, holds)}, no, "3.5: a Deny that matches wins"},
		{[]string{`"@unresolved:local.statement"`}, unk, "nothing is known of the statement"},
		{[]string{`{"Effect": "Deny", "@unresolved:var.element": "*"}`}, unk, "the element may be any"},
		{[]string{`"@unresolved:local.statement"`, part("Allow", holds)}, unk, "the statement may deny"},
		{[]string{`"@unresolved:local.statement"`, part("Deny", holds)}, no, "3.5: a Deny that matches wins"},
	} {
		req := &policy.Request{Action: action, Provider: githubARN, Keys: map[string]policy.Attr{"k": policy.One("v")}}
		if got := policy.Evaluate(parse(t, document("", tt.statements...)), req); got != tt.want {
			t.Errorf("%s: want %s, got %s: %s", tt.statements, tt.want, got, tt.reason)
		}
	}
}

// AND over operators and over keys; a whole part may be unknown.
func TestConditions(t *testing.T) {
	for _, tt := range []struct {
		condition string
		want      policy.Truth
		reason    string
	}{
		{`{}`, yes, "no condition fails"},
		{`{"StringEquals": {"a": "1", "b": "2"}}`, yes, "3.1: AND over keys"},
		{`{"StringEquals": {"a": "1", "b": "x"}}`, no, "3.1: AND over keys"},
		{`{"StringEquals": {"a": "1"}, "StringLike": {"b": "x"}}`, no, "3.1: AND over operators"},
		{`{"StringEquals": {"A": "1"}, "StringLike": {"B": "2"}}`, yes, "2.1: key names compare without case"},
		{`{"StringEquals": {"a": "1"}, "stringequals": {"a": "x"}}`, no, "3.1: two spellings are two operators"},
		{`{"StringEquals": {}}`, yes, "no key fails"},
		{`{"StringEquals": {"hidden": "1", "b": "x"}}`, no, "one part that fails decides"},
		{`{"StringEquals": {"hidden": "1", "b": "2"}}`, unk, "the hidden key may differ"},
		{`"@unresolved:local.condition"`, unk, "the whole element is not known"},
		{`{"@unresolved:var.operator": {"a": "1"}}`, unk, "the operator is not known"},
		{`{"StringEquals": "@unresolved:var.keys"}`, unk, "the keys are not known"},
		{`{"StringEquals": {"@unresolved:var.key": "1"}}`, unk, "the key is not known"},
		{`{"StringEquals": {"b": "x"}, "StringLike": "@unresolved:var.keys"}`, no, "one part that fails decides"},
	} {
		req := &policy.Request{Action: action, Provider: githubARN, Keys: map[string]policy.Attr{"a": policy.One("1"), "b": policy.One("2")}}
		if got := policy.Evaluate(parse(t, document("", statement(tt.condition))), req); got != tt.want {
			t.Errorf("%s: want %s, got %s: %s", tt.condition, tt.want, got, tt.reason)
		}
	}
}
