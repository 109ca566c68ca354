package files_test

import (
	"encoding/json"
	"strings"
	"testing"

	"whydenied/pkg/policy"
	"whydenied/pkg/source"
	"whydenied/pkg/source/files"
)

// FuzzParseAll: whatever the form is told to be, nothing panics, an error is
// one line, and what is read can be evaluated and printed.
func FuzzParseAll(f *testing.F) {
	for _, text := range advice {
		f.Add([]byte(text))
	}
	for _, text := range []string{
		trust, quote(trust), `[{"AssumeRolePolicyDocument": ` + trust + `}]`, `{"Roles": [null, 1, {"AssumeRolePolicyDocument": "%"}]}`,
		`{"format_version": "1", "resource_changes": [null, {"type": "aws_iam_role", "change": {"after": {"name": 1}, "after_unknown": {"assume_role_policy": true}}}]}`,
		`{"format_version": "1", "values": {"root_module": {"child_modules": [{"resources": [{"type": "aws_iam_role", "values": {"assume_role_policy": "{"}}]}]}}}`,
		`{"Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Fn::Sub": ["${a", {"a": {"Ref": "b"}}]}}}}}`,
		"Version: 2012-10-17\nStatement: []\n", "resource \"aws_iam_role\" \"r\" {}\n", "\ufeff", "a",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		policies, err := files.ParseAll("f", data, source.Deployment{Account: "1", Partition: "aws"})
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("the error has more than one line: %q", err)
		}
		if err == nil && len(policies) == 0 {
			t.Error("no policy and no error")
		}
		for _, p := range policies {
			policy.Trace(p.Policy, &policy.Request{Action: "sts:AssumeRoleWithWebIdentity"})
			if _, err := json.Marshal(p.Policy); err != nil {
				t.Error(err)
			}
		}
	})
}
