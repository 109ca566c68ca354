package files_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/source"
	"whydenied/pkg/source/files"
	"whydenied/pkg/source/sourcetest"
)

const trust = `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"Federated": "x"}, "Action": "sts:*"}}`

// named is each policy's name, its role's name in brackets, and the first
// characters of the text at its place.
func named(text string, policies []source.Policy) (got []string) {
	lines := strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n")
	for _, p := range policies {
		name := p.Name
		if p.RoleName != "" {
			name += " (" + p.RoleName + ")"
		}
		start := lines[p.At.Line-1][p.At.Column-1:]
		got = append(got, name+" "+p.At.File+" "+start[:min(6, len(start))])
	}
	return got
}

func TestParseAll(t *testing.T) {
	role := `{"RoleName": "a", "Arn": "arn:aws:iam::123456789012:role/a", "AssumeRolePolicyDocument": ` + trust + `}`
	encoded := `{"RoleName": "b", "AssumeRolePolicyDocument": "` + url.PathEscape(trust) + `"}`
	plan := `{"format_version": "1.2", "terraform_version": "1.9.0", "resource_changes": [
{"address": "module.x.aws_iam_role.a[0]", "mode": "managed", "type": "aws_iam_role", "change": {"actions": ["update"], "after": {"name": "a", "assume_role_policy": ` + quote(trust) + `}, "after_unknown": {}}},
{"address": "aws_iam_role.gone", "mode": "managed", "type": "aws_iam_role", "change": {"actions": ["delete"], "after": null, "after_unknown": {}}},
{"address": "aws_s3_bucket.b", "mode": "managed", "type": "aws_s3_bucket", "change": {"after": {}}},
{"address": "aws_iam_role.new", "mode": "managed", "type": "aws_iam_role", "change": {"actions": ["create"], "after": {"name": "new"}, "after_unknown": {"assume_role_policy": true}}}]}`
	state := `{"format_version": "1.0", "values": {"root_module": {"resources": [], "child_modules": [{"resources": [
{"address": "module.x.aws_iam_role.a", "mode": "managed", "type": "aws_iam_role", "values": {"name": "a", "assume_role_policy": ` + quote(trust) + `}}]}]}}}`
	for _, tt := range []struct {
		label, reason, file, text string
		want                      []string
	}{
		{"document", "the form of IAM", "a.json", trust, []string{` a.json {"Vers`}},
		{"without an extension", "standard input has no name", "", trust, []string{`  {"Vers`}},
		{"role", "get-role", "", `{"Role": ` + role + `}`, []string{`a (a)  {"Vers`}},
		{"roles", "list-roles", "", `{"Roles": [` + role + ", " + encoded + `]}`, []string{`a (a)  {"Vers`, `b (b)  "%7B%2`}},
		{"a list", "--query Roles", "", `[` + role + `]`, []string{`a (a)  {"Vers`}},
		{"details", "get-account-authorization-details", "", `{"UserDetailList": [], "RoleDetailList": [` + role + `]}`, []string{`a (a)  {"Vers`}},
		{"plan", "terraform show -json of a plan", "plan.json", plan, []string{`module.x.aws_iam_role.a[0] (a) plan.json "{\"Ve`, `aws_iam_role.new (new) plan.json true}}`}},
		{"state", "terraform show -json without a plan", "", state, []string{`module.x.aws_iam_role.a (a)  "{\"Ve`}},
		{"template in JSON", "a resource of AWS", "", `{"Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "r", "AssumeRolePolicyDocument": ` + trust + `}}}}`, []string{`R (r)  {"Vers`}},
		{"template in YAML", "by its keys", "", "# a role\nResources:\n  R:\n    Type: AWS::IAM::Role\n    Properties: {AssumeRolePolicyDocument: " + trust + "}\n", []string{`R  {"Vers`}},
		{"YAML by its name", "flow style starts with a brace", "t.yml", "{Resources: {R: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: " + trust + "}}}}", []string{`R t.yml {"Vers`}},
		{"policy in YAML", "what yq prints of a policy", "", "Version: 2012-10-17\nStatement: []\n", []string{`  Versio`}},
		{"Terraform by its name", "", "main.tf", "resource \"aws_iam_role\" \"r\" {\n  assume_role_policy = jsonencode(" + trust + ")\n}", []string{`aws_iam_role.r main.tf {"Vers`}},
		{"Terraform by its content", "standard input has no name", "", "# a\n  resource \"aws_iam_role\" \"r\" {\n  assume_role_policy = jsonencode(" + trust + ")\n}", []string{`aws_iam_role.r  {"Vers`}},
		{"byte order mark", "editors put it there", "", "\ufeffresource \"aws_iam_role\" \"r\" {\n  assume_role_policy = jsonencode(" + trust + ")\n}", []string{`aws_iam_role.r  {"Vers`}},
	} {
		t.Run(tt.label, func(t *testing.T) {
			policies, err := files.ParseAll(tt.file, []byte(tt.text), source.Deployment{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, named(tt.text, policies)); diff != "" {
				t.Errorf("%s (-want +got):\n%s\n%s", tt.reason, diff, sourcetest.Outline(policies, nil))
			}
		})
	}
}

func quote(s string) string { return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"` }

func TestParseAllErrors(t *testing.T) {
	for _, tt := range []struct{ label, reason, file, text, want string }{
		{"empty", "nothing says what it would be", "a.json", "", "a.json:1:1: empty, expected a JSON value"},
		{"bad JSON", "it starts like JSON", "", `{"Version": `, "1:13: the JSON ends too early"},
		{"bad JSON by its name", "the extension says so", "a.json", `Version`, "a.json:1:1: not JSON: "},
		{"prose", "a paste of the wrong thing", "", "please fix", "1:1: found neither JSON, Terraform nor YAML"},
		{"a plan without roles", "it is well-formed", "", `{"format_version": "1", "resource_changes": []}`, "no trust policy, expected an aws_iam_role"},
		{"no roles", "an account without any", "", `{"Roles": []}`, "no trust policy, expected a role"},
		{"a plan's policy is bad", "the place in the plan, and in the policy", "", `{"format_version": "1", "resource_changes": [{"type": "aws_iam_role", "change": {"after": {"assume_role_policy": "{}"}}}]}`,
			"1:114: in the policy inside this string, indented: 1:1: no Statement"},
		{"some other JSON", "as before", "", `{"name": "package"}`, `1:2: unknown element of a policy document "name"`},
	} {
		t.Run(tt.label, func(t *testing.T) {
			_, err := files.ParseAll(tt.file, []byte(tt.text), source.Deployment{})
			if err == nil {
				t.Fatalf("no error: %s", tt.reason)
			}
			if got := err.Error(); !strings.HasPrefix(got, tt.want) || strings.Contains(got, "\n") {
				t.Errorf("%s\nwant prefix %s\ngot         %s", tt.reason, tt.want, got)
			}
			if got, want := errors.Is(err, source.ErrNoPolicy), strings.Contains(tt.want, "no trust policy"); got != want {
				t.Errorf("want ErrNoPolicy %v, got %v", want, got)
			}
		})
	}
}

// The good roles of a list are given beside the error of the first bad one.
func TestBeside(t *testing.T) {
	text := `{"Roles": [{"RoleName": "bad", "AssumeRolePolicyDocument": {}}, {"RoleName": "good", "AssumeRolePolicyDocument": ` + trust + `}]}`
	policies, err := files.ParseAll("", []byte(text), source.Deployment{})
	if len(policies) != 1 || policies[0].RoleName != "good" || err == nil || !strings.HasPrefix(err.Error(), "1:60: no Statement") {
		t.Errorf("want good and the error of bad, got %v and %v", named(text, policies), err)
	}
}

func TestParseFolder(t *testing.T) {
	text := "resource \"aws_iam_role\" \"r\" {\n  assume_role_policy = jsonencode(" + trust + ")\n}"
	policies, err := files.ParseFolder("infra", fstest.MapFS{
		"main.tf":    {Data: []byte(text)},
		"README.md":  {Data: []byte("# x")},
		"sub/own.tf": {Data: []byte("resource")},
	}, source.Deployment{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{`aws_iam_role.r infra/main.tf {"Vers`}, named(text, policies)); diff != "" {
		t.Errorf("the files at the top (-want +got):\n%s", diff)
	}
	_, err = files.ParseFolder("infra", fstest.MapFS{}, source.Deployment{})
	if !errors.Is(err, source.ErrNoPolicy) || !strings.HasPrefix(err.Error(), "infra: no trust policy") {
		t.Errorf("want ErrNoPolicy, got %v", err)
	}
}

// A state as Terraform stores it has no policy that could be found in it.
func TestStoredState(t *testing.T) {
	_, err := files.ParseAll("terraform.tfstate", []byte(`{"version": 4, "terraform_version": "1.9.0", "lineage": "a", "resources": []}`), source.Deployment{})
	if want := `terraform.tfstate:1:1: found a state as Terraform stores it, expected what "terraform show -json" prints of it`; err == nil || err.Error() != want {
		t.Errorf("want %s, got %v", want, err)
	}
}

func TestIsOther(t *testing.T) {
	for _, tt := range []struct {
		label, text string
		want        bool
	}{
		{"policy", trust, false},
		{"role", `{"Role": {"AssumeRolePolicyDocument": ` + trust + `}}`, false},
		{"policy with a slip", `{"Version": "2012-10-17", "Statements": []}`, false},
		{"list of roles", `[{"AssumeRolePolicyDocument": ` + trust + `}]`, false},
		{"plan", `{"format_version": "1.2", "planned_values": {}}`, false},
		{"template", `{"Resources": {"R": {"Type": "AWS::IAM::Role"}}}`, false},
		{"cannot be read", `{"Statement": [}`, false},
		{"record of CloudTrail", `{"eventName": "AssumeRoleWithWebIdentity"}`, true},
		{"records", `[{"eventName": "AssumeRoleWithWebIdentity"}]`, true},
		{"tree of a CDK app", `{"version": "tree-0.1", "tree": {"assumeRolePolicyDocument": ` + trust + `}}`, true},
	} {
		if got := files.IsOther("f.json", []byte(tt.text)); got != tt.want {
			t.Errorf("%s: want %v, got %v", tt.label, tt.want, got)
		}
	}
}
