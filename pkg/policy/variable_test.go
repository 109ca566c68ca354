package policy_test

import (
	"testing"

	"whydenied/pkg/policy"
)

var variables = map[string]policy.Attr{
	"aws:username":            policy.One("ann"),
	"aws:principaltag/team":   absent,
	"aws:principaltag/hidden": hidden,
	"aws:principaltag/star":   policy.One("a*"),
	"aws:principaltag/colon":  policy.One("1:role"),
	"aws:tagkeys":             many("ann"),
	"aws:principaltag/pair":   {State: policy.Present, Values: []string{"ann", "bob"}},
}

func TestVariables(t *testing.T) {
	run(t, policy.Version2012, variables, []operatorCase{
		{"StringEquals", []string{"u-${aws:username}"}, policy.One("u-ann"), yes, "3.3: StringEquals resolves variables"},
		{"StringEquals", []string{"u-${AWS:UserName}"}, policy.One("u-ann"), yes, "2.1: key names compare without case"},
		{"StringEquals", []string{"u-${aws:username}"}, policy.One("u-${aws:username}"), no, "3.4: 2012-10-17 resolves variables"},
		{"StringNotEquals", []string{"u-${aws:username}"}, policy.One("u-ann"), no, "3.3: StringNotEquals resolves variables"},
		{"StringEqualsIgnoreCase", []string{"U-${aws:username}"}, policy.One("u-ANN"), yes, "3.3: so does IgnoreCase"},
		{"StringLike", []string{"${aws:username}/*"}, policy.One("ann/x"), yes, "3.3: so does StringLike"},
		{"StringLike", []string{"${aws:username}${aws:username}?"}, policy.One("annannx"), yes, "3.4: any number of variables"},
		{"StringEquals", []string{"${aws:username"}, policy.One("${aws:username"), yes, "3.4: what is not closed is text"},
		{"StringEquals", []string{"$ann", "{ann}"}, policy.One("{ann}"), yes, "3.4: only ${ starts a variable"},
		{"StringEquals", []string{"${aws:PrincipalTag/team, 'core'}"}, policy.One("core"), yes, "3.4: a default stands for a missing value"},
		{"StringEquals", []string{"${aws:PrincipalTag/team, ''}x"}, policy.One("x"), yes, "3.4: a default may be empty"},
		{"StringEquals", []string{"${aws:username, 'core'}"}, policy.One("core"), no, "3.4: a default gives way to a value"},
		{"StringEquals", []string{"${aws:username, 'core'}"}, policy.One("ann"), yes, "3.4: a default gives way to a value"},
		{"StringEquals", []string{"${aws:PrincipalTag/team}"}, policy.One(""), no, "3.4: no value and no default: no match"},
		{"StringNotEquals", []string{"${aws:PrincipalTag/team}"}, policy.One("x"), yes, "3.4: no value and no default: negated operators match"},
		{"StringLike", []string{"*${aws:PrincipalTag/team}*"}, policy.One("x"), no, "3.4: no value and no default: no match"},
		{"StringNotLike", []string{"*${aws:PrincipalTag/team}*"}, policy.One("x"), yes, "3.4: no value and no default: negated operators match"},
		{"StringEquals", []string{"${aws:PrincipalTag/team}", "x"}, policy.One("x"), yes, "3.1: OR over values"},
	})
}

func TestVariablesNotKnown(t *testing.T) {
	run(t, policy.Version2012, variables, []operatorCase{
		{"StringEquals", []string{"t-${aws:PrincipalTag/hidden}"}, policy.One("t-x"), unk, "the variable may have had this value"},
		{"StringNotEquals", []string{"t-${aws:PrincipalTag/hidden}"}, policy.One("t-x"), unk, "the variable may have had this value"},
		{"StringEquals", []string{"t-${aws:PrincipalTag/hidden}"}, policy.One("u-x"), no, "no value of the variable makes t- into u-"},
		{"StringEqualsIgnoreCase", []string{"T-${aws:PrincipalTag/hidden}"}, policy.One("t-x"), unk, "the variable may have had this value"},
		{"StringNotLike", []string{"*t-${aws:PrincipalTag/hidden}-"}, policy.One("t-x"), yes, "no value of the variable gives the last character"},
		{"StringEquals", []string{"t-${aws:PrincipalTag/hidden, 'y'}"}, policy.One("t-x"), unk, "the default counts only if the key is missing"},
		{"StringEquals", []string{"${aws:PrincipalTag/hidden}${aws:PrincipalTag/team}"}, policy.One("x"), no, "3.4: one variable without a value is enough"},
		{"StringEquals", []string{"${aws:TagKeys}"}, policy.One("ann"), unk, "3.4: multivalued keys cannot be variables"},
		{"StringEquals", []string{"${aws:PrincipalTag/pair}"}, policy.One("ann"), unk, "3.4: multivalued keys cannot be variables"},
		{"StringLike", []string{"${aws:PrincipalTag/star}"}, policy.One("a*"), unk, "3.4: a wildcard out of a value is not documented"},
		{"StringLike", []string{"${aws:PrincipalTag/star}"}, policy.One("ab"), unk, "3.4: a wildcard out of a value is not documented"},
		{"StringLike", []string{"x${aws:PrincipalTag/star}"}, policy.One("ab"), no, "3.4: wildcard or not, there is no x"},
		{"StringLike", []string{"${aws:PrincipalTag/team, '*'}"}, policy.One("ab"), unk, "3.4: a wildcard in a default is no clearer"},
		{"StringEquals", []string{"${aws:PrincipalTag/star}"}, policy.One("a*"), yes, "3.3: no wildcards under StringEquals"},
		{"StringEquals", []string{"${aws:PrincipalTag/hidden}"}, absent, no, "3.2: a missing key is not compared"},
		{"StringLike", []string{"${aws:PrincipalTag/hidden}", "x"}, policy.One("x"), yes, "3.1: the other value decides"},
		{"StringEquals", []string{"${ aws:username }"}, policy.One("ann"), unk, "3.4: white space in a variable is not documented"},
		{"StringNotEquals", []string{"${aws:PrincipalTag/team,'core'}"}, policy.One("core"), unk, "3.4: a default comes after a comma and one space"},
		{"StringEquals", []string{"${aws:PrincipalTag/team, \"core\"}"}, policy.One("core"), unk, "3.4: a default stands in single quotes"},
		{"StringEquals", []string{"x${aws:PrincipalTag/team,'core'}"}, policy.One("core"), no, "however it is read, there is no x"},
		{"StringEquals", []string{"${sts:Unlisted}"}, policy.One("x"), unk, "a key that the request does not list is hidden"},
	})
}

func TestLiteralWildcards(t *testing.T) {
	run(t, policy.Version2012, variables, []operatorCase{
		{"StringLike", []string{"a${*}"}, policy.One("a*"), yes, "3.3: ${*} is a literal *"},
		{"StringLike", []string{"a${*}"}, policy.One("ab"), no, "3.3: ${*} is a literal *"},
		{"StringLike", []string{"a${?}"}, policy.One("a?"), yes, "3.3: ${?} is a literal ?"},
		{"StringLike", []string{"a${?}"}, policy.One("ab"), no, "3.3: ${?} is a literal ?"},
		{"StringLike", []string{"${$}{aws:username}"}, policy.One("${aws:username}"), yes, "3.3: ${$} is a literal $"},
		{"StringEquals", []string{"a${*}"}, policy.One("a*"), yes, "3.3: also where * is a literal anyway"},
		{"StringLike", []string{"*${*}?"}, policy.One("x*y"), yes, "3.3: beside wildcards"},
	})
}

// In documents of 2008-10-17, and those that name no version, "${" is text.
func TestVariablesByVersion(t *testing.T) {
	for _, version := range []string{policy.Version2008, ""} {
		run(t, version, variables, []operatorCase{
			{"StringEquals", []string{"${aws:username}"}, policy.One("ann"), no, "3.4: 2008-10-17 does not resolve variables"},
			{"StringEquals", []string{"${aws:username}"}, policy.One("${aws:username}"), yes, "3.4: ${…} is literal text"},
			{"StringNotEquals", []string{"${aws:username}"}, policy.One("ann"), yes, "3.4: ${…} is literal text"},
			{"StringLike", []string{"${aws:username}*"}, policy.One("${aws:username}x"), yes, "3.4: ${…} is literal text"},
			{"StringLike", []string{"a${*}"}, policy.One("a*"), no, "3.4: ${*} too"},
			{"StringLike", []string{"a${*}"}, policy.One("a${*}"), yes, "3.4: ${*} too"},
			{"StringEquals", []string{"${aws:PrincipalTag/team, 'core'}"}, policy.One("core"), no, "3.4: a default is text too"},
			{"ArnLike", []string{"arn:aws:iam::${aws:username}:role/x"}, policy.One("arn:aws:iam::ann:role/x"), no, "3.4: ${…} is literal text"},
		})
	}
	run(t, "@unresolved:var.version", variables, []operatorCase{
		{"StringEquals", []string{"${aws:username}"}, policy.One("ann"), unk, "3.4: which version it is decides"},
		{"StringEquals", []string{"ann"}, policy.One("ann"), yes, "without a variable the version says nothing"},
		{"StringNotEquals", []string{"${aws:username}"}, absent, yes, "3.2: a missing key is not compared"},
	})
}
