package evidence_test

import (
	"strings"
	"testing"

	"whydenied/pkg/evidence"
)

func TestAliasOf(t *testing.T) {
	for _, tt := range []struct {
		label  string
		listed []string
		want   string
		reason string
	}{
		{"usual", []string{"octo-prod"}, "octo-prod", "as IAM lists it"},
		{"none", nil, "", "an account needs none"},
		{"shortest", []string{"a1b"}, "a1b", "three characters"},
		{"longest", []string{strings.Repeat("a", 63)}, strings.Repeat("a", 63), "63 characters"},
		{"too short", []string{"ab"}, "", "IAM takes no such alias"},
		{"too long", []string{strings.Repeat("a", 64)}, "", "no name is longer, so that no message can be filled with one"},
		{"capitals", []string{"Octo-Prod"}, "", "small letters only"},
		{"hyphen first", []string{"-octo"}, "", "an alias begins with a letter or a digit"},
		{"hyphen last", []string{"octo-"}, "", "and ends with one"},
		{"two hyphens", []string{"octo--prod"}, "", "no two beside each other"},
		{"markup", []string{"<!channel>"}, "", "Slack would ring all bells"},
		{"another account", []string{"222233334444"}, "", "it would be taken for an account's number"},
		{"digits", []string{"2222333344445"}, "2222333344445", "no account's number is that long"},
		{"new line", []string{"octo\nprod"}, "", "line 1 is one line"},
	} {
		if got := evidence.AliasOf(tt.listed); got != tt.want {
			t.Errorf("%s: got %q, want %q: %s", tt.label, got, tt.want, tt.reason)
		}
	}
}

func TestSnapshotAlias(t *testing.T) {
	for _, tt := range []struct{ members, want, reason string }{
		{``, "", "a file of before holds none"},
		{`,"AccountAliases":null`, "", "null is what tools print for nothing"},
		{`,"AccountAliases":[]`, "", "the account has none"},
		{`,"AccountAliases":["octo-prod"]`, "octo-prod", "as aws iam list-account-aliases prints it"},
		{`,"AccountAliases":["\u001b[2J"]`, "", "what is no alias is not shown, and costs nothing else"},
	} {
		if got := parse(t, `{"AccountId":"111122223333"`+tt.members+`}`).Alias; got != tt.want {
			t.Errorf("%s: got %q, want %q: %s", tt.members, got, tt.want, tt.reason)
		}
	}
}
