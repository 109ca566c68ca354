package source_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/source"
)

const trust = `{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"Federated": "accounts.google.com"},
    "Action": "sts:AssumeRoleWithWebIdentity"
  }
}`

// found is what a case compares: where the action stands, by position and by
// the line that an excerpt would show.
type found struct {
	RoleARN string
	At      string
	Line    string
}

func TestParse(t *testing.T) {
	encoded := `"` + url.PathEscape(trust) + `"`
	for _, tt := range []struct {
		label, reason, text string
		want                found
	}{
		{"policy document", "positions are the file's own", trust,
			found{At: "role.json:6:15", Line: `    "Action": "sts:AssumeRoleWithWebIdentity"`}},
		{"byte order mark", "a mark has no column, and no line of its own", "\ufeff" + trust,
			found{At: "role.json:6:15", Line: `    "Action": "sts:AssumeRoleWithWebIdentity"`}},
		{"get-role", "the inner document keeps the file's lines",
			"{\"Role\": {\n\"Arn\": \"arn:aws:iam::123456789012:role/ci/a\", \"MaxSessionDuration\": 7200,\n\"AssumeRolePolicyDocument\": " + trust + "}}",
			found{"arn:aws:iam::123456789012:role/ci/a", "role.json:8:15", `    "Action": "sts:AssumeRoleWithWebIdentity"`}},
		{"role object", "an element of list-roles", `{"RoleName": "a", "AssumeRolePolicyDocument": ` + trust + `}`,
			found{At: "role.json:6:15", Line: `    "Action": "sts:AssumeRoleWithWebIdentity"`}},
		{"percent-encoded", "IAM's API sends the document encoded, on one line", `{"AssumeRolePolicyDocument": ` + encoded + `}`,
			found{At: "8:19", Line: `        "Action": "sts:AssumeRoleWithWebIdentity"`}},
		{"a string alone", "what --query Role.AssumeRolePolicyDocument of an API client prints", encoded,
			found{At: "8:19", Line: `        "Action": "sts:AssumeRoleWithWebIdentity"`}},
		{"document in a string", "CloudTrail's requestParameters hold it so",
			`{"AssumeRolePolicyDocument": "{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"sts:*\"}]}"}`,
			found{At: "6:23", Line: `            "Action": "sts:*"`}},
	} {
		t.Run(tt.label, func(t *testing.T) {
			s, err := source.Parse("role.json", []byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			pos := s.Policy.Statements[0].Action.Values[0].Pos
			got := found{s.RoleARN, pos.String(), s.Policy.Line(pos.Line)}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	for _, tt := range []struct{ label, reason, text, want string }{
		{"empty", "no file is that short", "", "role.json:1:1: empty, expected a JSON value"},
		{"not JSON", "the place of the first wrong character", "{\n  Version", "role.json:2:3: not JSON: "},
		{"list of roles", "whose policy is meant is not said", `{"Roles": []}`, "role.json:1:11: found a list of roles, expected one trust policy or one role"},
		{"role is a list", "get-role prints an object", `{"Role": []}`, "role.json:1:10: found a list, expected a role (an object with AssumeRolePolicyDocument)"},
		{"no document", "a role of list-instance-profiles may lack it", `{"Role": {}}`, "role.json:1:10: the role has no AssumeRolePolicyDocument"},
		{"two documents", "which one counts is not said", `{"AssumeRolePolicyDocument": {}, "AssumeRolePolicyDocument": {}}`,
			`role.json:1:34: key "AssumeRolePolicyDocument" stands twice in one object, first on line 1`},
		{"ARN is a number", "the account is read from it", `{"Arn": 7, "AssumeRolePolicyDocument": {}}`, "role.json:1:9: found a number, expected the role's ARN"},
		{"bad escape", "a cut-off encoding", `{"AssumeRolePolicyDocument": "%7B%2"}`, "role.json:1:30: the string is neither a policy document nor a percent-encoded one"},
		{"bad policy in a string", "both places are named", `{"AssumeRolePolicyDocument": "%7B%22Versio%22:%221%22%7D"}`,
			`role.json:1:30: in the policy inside this string, indented: 2:5: unknown element of a policy document "Versio" (did you mean "Version"?)`},
		{"unknown operator", "the design's own example", strings.Replace(trust, "\"\n  }", "\",\n    \"Condition\": {\"StringLikes\": {}}\n  }", 1),
			`role.json:7:19: unknown operator "StringLikes" (did you mean "StringLike"?)`},
		{"null", "null is no policy", `null`, "role.json:1:1: found null, expected a policy document (an object with Version and Statement)"},
	} {
		t.Run(tt.label, func(t *testing.T) {
			_, err := source.Parse("role.json", []byte(tt.text))
			if err == nil {
				t.Fatalf("no error: %s", tt.reason)
			}
			if got := err.Error(); !strings.HasPrefix(got, tt.want) || strings.Contains(got, "\n") {
				t.Errorf("%s\nwant prefix %s\ngot         %s", tt.reason, tt.want, got)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(trust))
	f.Add([]byte(`{"Role": {"Arn": "a", "AssumeRolePolicyDocument": "` + url.PathEscape(trust) + `"}}`))
	f.Add([]byte(`{"Role": {"Role": {}}}`))
	f.Add([]byte(`"%7B"`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := source.Parse("f", data)
		if (err == nil) == (s.Policy == nil) {
			t.Errorf("policy %v and error %v: want one of them", s.Policy, err)
		}
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("the error has more than one line: %q", err)
		}
	})
}
