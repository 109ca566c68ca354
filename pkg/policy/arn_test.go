package policy_test

import (
	"testing"

	"whydenied/pkg/policy"
)

func TestARN(t *testing.T) {
	const role = "arn:aws:iam::111122223333:role/ci/deploy"
	run(t, policy.Version2012, nil, []operatorCase{
		{"ArnEquals", []string{role}, policy.One(role), yes, "3.3: ArnEquals"},
		{"ArnEquals", []string{"arn:aws:iam::*:role/*"}, policy.One(role), yes, "3.3: ArnEquals is ArnLike"},
		{"ArnLike", []string{"arn:aws:iam::*:role/*"}, policy.One(role), yes, "3.3: * in a part"},
		{"ArnLike", []string{"arn:*:role/*"}, policy.One(role), no, "3.3: * does not cross : between the first five parts"},
		{"ArnLike", []string{"arn:aws:iam:*:role/ci/deploy"}, policy.One(role), no, "3.3: * does not cross : between the first five parts"},
		{"ArnLike", []string{"arn:???:*:*:*:*"}, policy.One(role), yes, "3.3: wildcards in every part"},
		{"ArnLike", []string{"arn:aws:iam:?:111122223333:role/ci/deploy"}, policy.One(role), no, "3.3: ? is exactly one character"},
		{"ArnLike", []string{"ARN:aws:iam::*:role/*"}, policy.One(role), no, "3.3: case-sensitive"},
		{"ArnLike", []string{"arn:aws:iam::*:role/Ci/*"}, policy.One(role), no, "3.3: case-sensitive"},
		{"ArnLike", []string{"arn:aws:iam::*:role/*"}, policy.One(role + ":a/b"), yes, "3.3: the resource part may hold : and /"},
		{"ArnLike", []string{"arn:aws:iam::*:role/*:b"}, policy.One(role + ":a:b"), yes, "3.3: the resource part may hold : and /"},
		{"ArnNotEquals", []string{role}, policy.One(role), no, "3.3: negated"},
		{"ArnNotLike", []string{"arn:aws:iam::*:role/x", "arn:aws:iam::*:role/*"}, policy.One(role), no, "3.1: NOR over values"},
		{"ArnLike", []string{"repo:o/r:*"}, policy.One("repo:o/r:ref:refs/heads/main"), no, "3.3: what is no ARN never matches"},
		{"ArnLike", []string{"*:*:*:*:*:*"}, policy.One("repo:o/r:ref:refs/heads/main"), no, "3.3: what is no ARN never matches"},
		{"ArnNotLike", []string{"repo:o/r:*"}, policy.One("repo:o/r:ref:refs/heads/main"), yes, "3.3: what is no ARN never matches"},
		{"ArnLike", []string{"arn:aws:iam::111122223333"}, policy.One("arn:aws:iam::111122223333"), no, "3.3: five parts are no ARN"},
		{"ArnLike", []string{"*"}, policy.One(role), unk, "whether * alone stands for every ARN is not documented"},
		{"ArnLike", []string{"organization:*:project:*:workspace:*"}, policy.One("organization:o:project:p:workspace:w"), unk,
			"six parts that are no ARN: that IAM looks at the first is not documented"},
		{"ArnLike", []string{"organization:x:project:*:workspace:*"}, policy.One("organization:o:project:p:workspace:w"), no,
			"an ARN or not, a part differs"},
		{"ArnLike", []string{"repo:o/r:*"}, hidden, no, "3.3: no value matches it, 3.2: nor does a missing one"},
		{"ArnNotLike", []string{"repo:o/r:*"}, hidden, yes, "3.3: no value matches it, 3.2: true for a missing key"},
		{"ArnLike", []string{"*"}, hidden, unk, "whether * alone stands for every ARN is not documented"},
		{"ArnLikeIfExists", []string{"arn:*:*:*:*:*"}, hidden, unk, "3.3: a value that is no ARN does not match"},
	})
}

func TestARNVariables(t *testing.T) {
	run(t, policy.Version2012, variables, []operatorCase{
		{"ArnLike", []string{"arn:aws:iam::1:user/${aws:username}"}, policy.One("arn:aws:iam::1:user/ann"), yes, "3.3: ArnLike resolves variables"},
		{"ArnEquals", []string{"arn:aws:iam::${aws:username}:user/*"}, policy.One("arn:aws:iam::ann:user/x"), yes, "3.3: the colon in ${…} splits nothing"},
		{"ArnLike", []string{"arn:aws:iam::1:user/${aws:username}"}, policy.One("arn:aws:iam::1:user/bob"), no, "3.3: ArnLike resolves variables"},
		{"ArnNotLike", []string{"arn:aws:iam::1:user/${aws:username}"}, policy.One("arn:aws:iam::1:user/bob"), yes, "3.3: ArnNotLike resolves variables"},
		{"ArnLike", []string{"arn:aws:iam::1:user/${aws:PrincipalTag/team}"}, policy.One("arn:aws:iam::1:user/"), no, "3.4: no value and no default"},
		{"ArnLike", []string{"arn:aws:iam::${aws:PrincipalTag/team}:user/x"}, policy.One("arn:aws:iam:::user/x"), no, "3.4: no value and no default"},
		{"ArnLike", []string{"arn:aws:iam::1:user/${aws:PrincipalTag/team, 'x'}"}, policy.One("arn:aws:iam::1:user/x"), yes, "3.4: a default"},
		{"ArnLike", []string{"arn:aws:iam::1:user/${*}"}, policy.One("arn:aws:iam::1:user/*"), yes, "3.3: ${*} is a literal *"},
		{"ArnLike", []string{"arn:aws:iam::1:user/${*}"}, policy.One("arn:aws:iam::1:user/x"), no, "3.3: ${*} is a literal *"},
		{"ArnLike", []string{"arn:aws:iam::${1:user/x"}, policy.One("arn:aws:iam::${1:user/x"), yes, "3.4: what is not closed is text"},
		{"ArnLike", []string{"arn:aws:iam::1:user/${aws:PrincipalTag/hidden}"}, policy.One("arn:aws:iam::1:user/x"), unk, "the variable may have had this value"},
		{"ArnLike", []string{"arn:aws:iam::1:user/${aws:PrincipalTag/hidden}"}, policy.One("arn:aws:iam::1:role/x"), no, "no value makes user/ into role/"},
		{"ArnLike", []string{"arn:aws:iam::${aws:PrincipalTag/hidden}:user/x"}, policy.One("arn:aws:iam::1:user/x"), unk, "the variable may have had this value"},
		{"ArnLike", []string{"arn:aws:sts::${aws:PrincipalTag/hidden}:user/x"}, policy.One("arn:aws:iam::1:user/x"), no, "a part before the variable differs"},
		{"ArnLike", []string{"arn:aws:iam::${aws:PrincipalTag/colon}/x"}, policy.One("arn:aws:iam::1:role/x"), unk, "split before resolving, or after: not documented"},
		{"ArnLike", []string{"${aws:PrincipalTag/hidden}"}, policy.One("arn:aws:iam::1:role/x"), unk, "a whole ARN may come out of a variable"},
		{"ArnLike", []string{"${aws:username}"}, policy.One("arn:aws:iam::1:role/x"), no, "a value without colons makes no ARN"},
		{"ArnLike", []string{"arn:aws:${aws:username}"}, policy.One("arn:aws:ann:x:1:y"), no, "a value without colons makes no ARN"},
		{"ArnLike", []string{"arn:aws:iam::1:user/${aws:PrincipalTag/colon}"}, policy.One("arn:aws:iam::1:user/1:role"), yes, "3.3: the resource part may hold :"},
		{"ArnLike", []string{"arn:aws:iam::1:user/${aws:PrincipalTag/star}"}, policy.One("arn:aws:iam::1:user/ab"), unk, "3.4: a wildcard out of a value is not documented"},
	})
}
