package source_test

import (
	"errors"
	"testing"

	"whydenied/pkg/policy"
	"whydenied/pkg/source"
)

func TestChoose(t *testing.T) {
	policies := []source.Policy{
		{Name: "aws_iam_role.a", RoleName: "deploy", RoleARN: "arn:aws:iam::123456789012:role/ci/deploy"},
		{Name: "aws_iam_role.b", RoleName: "other"},
		{Name: "aws_iam_role.c"},
		{At: policy.Pos{File: "x", Line: 2, Column: 1}},
	}
	for _, tt := range []struct{ label, role, want, wantErr string }{
		{"address", "aws_iam_role.c", "aws_iam_role.c", ""},
		{"name", "deploy", "aws_iam_role.a", ""},
		{"ARN", "arn:aws:iam::123456789012:role/ci/deploy", "aws_iam_role.a", ""},
		{"ARN that the file does not have", "arn:aws:iam::123456789012:role/other", "aws_iam_role.b", ""},
		{"no such role", "x", "", `no trust policy of a role "x" (there are "aws_iam_role.a", "aws_iam_role.b", "aws_iam_role.c", "x:2:1")`},
		{"none said", "", "", `found 4 trust policies, expected one: say which role is meant ("aws_iam_role.a", "aws_iam_role.b", "aws_iam_role.c", "x:2:1")`},
	} {
		t.Run(tt.label, func(t *testing.T) {
			got, err := source.Choose(policies, tt.role)
			if got.Name != tt.want || (err == nil) != (tt.wantErr == "") || err != nil && err.Error() != tt.wantErr {
				t.Errorf("want %q and error %q, got %q and %v", tt.want, tt.wantErr, got.Name, err)
			}
		})
	}
	if got, err := source.Choose(policies[:1], ""); err != nil || got.Name != policies[0].Name {
		t.Errorf("want the only one, got %q and %v", got.Name, err)
	}
	if _, err := source.Choose(nil, ""); !errors.Is(err, source.ErrNoPolicy) {
		t.Errorf("want ErrNoPolicy, got %v", err)
	}
}

func TestProviderARN(t *testing.T) {
	at := source.Deployment{Account: "123456789012", Partition: "aws-cn"}
	for _, tt := range []struct{ label, url, want string }{
		{"GitHub", "https://token.actions.githubusercontent.com", "arn:aws-cn:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"},
		{"with a path", "https://api.prefect.cloud/oidc-provider", "arn:aws-cn:iam::123456789012:oidc-provider/api.prefect.cloud/oidc-provider"},
		{"no scheme", "token.actions.githubusercontent.com", ""},
		{"another scheme", "http://a", ""},
		{"letter case", "https://Example.com", ""},
		{"trailing slash", "https://example.com/", ""},
		{"empty", "https://", ""},
	} {
		if got := at.ProviderARN(tt.url); got != tt.want {
			t.Errorf("%s: want %q, got %q", tt.label, tt.want, got)
		}
	}
	if got := (source.Deployment{Account: "1"}).ProviderARN("https://a.example"); got != "" {
		t.Errorf("without a partition: want none, got %q", got)
	}
	if want, got := "arn:aws-cn:iam::123456789012:role/ci/a", at.RoleARN("/ci/", "a"); want != got {
		t.Errorf("want %q, got %q", want, got)
	}
	if got := at.RoleARN("", "a"); got != "" {
		t.Errorf("with an unknown path: want none, got %q", got)
	}
}
