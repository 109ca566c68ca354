package cloudformation_test

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"whydenied/pkg/policy"
	"whydenied/pkg/source"
	"whydenied/pkg/source/cloudformation"
)

// role is a template with one role and this text below its properties.
func role(properties string) string {
	return "Resources:\n  R:\n    Type: AWS::IAM::Role\n    Properties:\n" + properties
}

func TestErrors(t *testing.T) {
	for _, tt := range []struct{ label, reason, text, want string }{
		{"tab", "the parser only says that a character cannot start a token", role("      Path: /\n\tAssumeRolePolicyDocument: {}\n"),
			"t.yaml:6:1: not YAML: a tab indents this line, expected spaces"},
		{"not YAML", "the parser's line", role("      AssumeRolePolicyDocument: [1\n"), "t.yaml:5:1: not YAML: did not find expected ',' or ']'"},
		{"not YAML on the first line", "which the parser leaves out", "{a", "t.yaml:1:1: not YAML: did not find expected "},
		{"unknown anchor", "the parser gives no line", "a: *x\n", "t.yaml: not YAML: unknown anchor 'x' referenced"},
		{"key twice", "which of them counts is not written anywhere", role("      AssumeRolePolicyDocument:\n        Statement: []\n        Statement: []\n"),
			`t.yaml:7:9: key "Statement" stands twice in one object, first on line 6`},
		{"resource twice", "one of the roles would not be seen", "Resources:\n  R: {Type: AWS::IAM::Role}\n  R: {Type: AWS::IAM::Role}\n",
			`t.yaml:3:3: key "R" stands twice in one object, first on line 2`},
		{"policy twice", "the one that is deployed may be the other", role("      AssumeRolePolicyDocument: {Statement: []}\n      AssumeRolePolicyDocument: {}\n"),
			`t.yaml:6:7: key "AssumeRolePolicyDocument" stands twice in one object, first on line 5`},
		{"properties twice", "as above, in JSON", `{"Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": {}, "Properties": {}}}}`,
			`t.yaml:1:66: key "Properties" stands twice in one object, first on line 1`},
		{"resources twice", "the roles of the second would not be seen", "Resources: {R: {Type: AWS::IAM::Role}}\nResources: {}\n",
			`t.yaml:2:1: key "Resources" stands twice in one object, first on line 1`},
		{"no trust policy", "the property is required", role("      Path: /\n"), "t.yaml:2:3: role R has no AssumeRolePolicyDocument"},
		{"taken away", "the property is required", role("      AssumeRolePolicyDocument: !Ref AWS::NoValue\n"), "t.yaml:5:33: found AWS::NoValue, expected a policy document"},
		{"empty", "a key without a value", role("      AssumeRolePolicyDocument:\n"), "t.yaml:5:32: found null, expected a policy document"},
		{"text", "a string has to be JSON", role("      AssumeRolePolicyDocument: hello\n"), "t.yaml:5:33: not JSON: "},
		{"bad JSON in a block", "the place in the file", role("      AssumeRolePolicyDocument: |\n        {\"Statement\": [\n          {,}]}\n"), "t.yaml:7:13: not JSON: "},
		{"misspelled element", "as in JSON", role("      AssumeRolePolicyDocument:\n        Statements: []\n"), `t.yaml:6:9: unknown element of a policy document "Statements" (did you mean "Statement"?)`},
		{"a list for a key", "YAML admits it, a policy does not", "? [a]\n: b\n", "t.yaml:1:3: found a list or a mapping, expected a name"},
		{"no roles", "a template of something else", "Resources: {B: {Type: AWS::S3::Bucket}}\n", "t.yaml: no trust policy, expected "},
		{"other YAML", "a manifest of Kubernetes", "kind: Role\n", "t.yaml: no trust policy, expected "},
		{"nothing", "an empty file", "", "t.yaml: no trust policy, expected "},
		{"a bomb of aliases", "nine levels of nine", bomb(), "t.yaml:"},
		{"an alias of itself", "it has no end", "a: &a [*a]\n", "t.yaml:1:"},
		{"too deep", "the stack is not endless", "a: " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000), "t.yaml:"},
		{"too long", "CloudFormation takes a megabyte", strings.Repeat("#", 2<<20+1), "t.yaml: larger than 2097152 bytes"},
	} {
		t.Run(tt.label, func(t *testing.T) {
			_, err := cloudformation.Parse("t.yaml", []byte(tt.text), source.Deployment{})
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

func bomb() string {
	var b strings.Builder
	b.WriteString("a0: &a0 x\n")
	for i := range 9 {
		name := string(rune('0' + i))
		b.WriteString("a" + string(rune('1'+i)) + ": &a" + string(rune('1'+i)) + " [" + strings.Repeat("*a"+name+", ", 9) + "]\n")
	}
	return b.String()
}

// Long templates end too, whatever they repeat.
func TestLarge(t *testing.T) {
	const size = 400_000
	repeat := func(s string) string { return strings.Repeat(s, size/len(s)) }
	for label, text := range map[string]string{
		"aliases of a text": "x: &x " + strings.Repeat("x", 100_000) + "\ny: [" + strings.Repeat("*x, ", 20_000) + "]\n",
		"references":        role("      AssumeRolePolicyDocument:\n        Statement:\n" + repeat("        - !Ref Abc\n")),
		"joins":             role("      AssumeRolePolicyDocument: !Join [\"\", [" + repeat("a, !Ref b, ") + "]]\n"),
		"substitutions":     role("      AssumeRolePolicyDocument: !Sub '" + repeat("${a}${!b}") + "'\n"),
		"another spelling":  role("      AssumeRolePolicyDocument: {Statement: [" + strings.Repeat(`!Sub "\u00e9", `, 40_000) + "]}\n"),
		"keys":              role("      AssumeRolePolicyDocument: {" + strings.Repeat("a: , ", 20_000) + "}\n"),
		"merges":            "a: &a {b: 1, c: 2}\nd:\n" + strings.Repeat("  <<: *a\n", 30_000),
	} {
		t.Run(label, func(t *testing.T) {
			_, err := cloudformation.Parse("t.yaml", []byte(text), source.Deployment{})
			if err != nil && strings.Contains(err.Error(), "\n") {
				t.Errorf("want one line, got %v", err)
			}
		})
	}
}

// FuzzParse: nothing panics, an error is one line, and what is read can be
// evaluated and printed.
func FuzzParse(f *testing.F) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			f.Add(file.Data)
		}
	}
	f.Add([]byte(role("      AssumeRolePolicyDocument: !Sub [\"{\\\"a\\\": ${}${!}${x\", {x: !Join [a, !Sub b]}]\n")))
	f.Add([]byte(role("      AssumeRolePolicyDocument: !Join [!Ref a, [!Select [0, [!Join [\"\", !Split [a, b]]]]]]\n")))
	f.Fuzz(func(t *testing.T, data []byte) {
		policies, err := cloudformation.Parse("f.yaml", data, source.Deployment{Account: "1", Partition: "aws"})
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
