package policy_test

import (
	"errors"
	"strings"
	"testing"

	"whydenied/pkg/policy"
)

// within puts the text where a statement's other elements stand, on line 2.
func within(elements string) string {
	return "{\"Statement\": [{\n" + elements + "}]}"
}

func TestParseErrors(t *testing.T) {
	const rest = `"Effect": "Allow", "Principal": "*", "Action": "*"`
	for _, tt := range []struct {
		label, text, want string
	}{
		{"empty", "", "t.json:1:1: empty, expected a JSON value"},
		{"white space", " \n ", "t.json:1:1: empty, expected a JSON value"},
		{"a byte order mark alone", "\ufeff", "t.json:1:1: empty, expected a JSON value"},
		{"not JSON", "Version: 2012-10-17", "t.json:1:1: not JSON: invalid character 'V' looking for beginning of value"},
		{"a comment", "{\n  // why\n}", "t.json:2:3: not JSON: invalid character '/'"},
		{"single quotes", "{'Version': 1}", `t.json:1:2: not JSON: invalid character '\''`},
		{"no comma", "{\"Version\": \"2012-10-17\"\n\"Statement\": []}", "t.json:2:1: not JSON: invalid character '\"' after object key:value pair"},
		{"a comma too many", "{\"Id\": \"a\",\n}", "t.json:2:1: not JSON: invalid character '}' looking for beginning of object key string"},
		{"a bad escape", `{"Id": "\x"}`, `t.json:1:8: not JSON: invalid character 'x' in string escape code`},
		{"truncated", "{\"Statement\": [\n{", "t.json:2:2: the JSON ends too early"},
		{"truncated in a string", "{\"Statement", "t.json:1:12: the JSON ends too early"},
		{"trailing text", "{\"Statement\": []}\n{}", "t.json:2:1: text after the end of the JSON value"},
		{"trailing comma", `{"Statement": []},`, "t.json:1:18: text after the end of the JSON value"},
		{"invalid UTF-8", "{\"Id\": \"é\xff\"}", "t.json:1:10: invalid UTF-8, expected JSON in UTF-8"},
		{"deep nesting", strings.Repeat("[", 66) + strings.Repeat("]", 66), "t.json:1:66: nested deeper than 64 levels"},
		{"a duplicate key", "{\"Statement\": [],\n\"Statement\": []}", `t.json:2:1: key "Statement" stands twice in one object, first on line 1`},
		{"a duplicate operator", within(rest + `, "Condition": {"StringLike": {}, "StringLike": {}}`), `t.json:2:85: key "StringLike" stands twice in one object, first on line 2`},
		{"a duplicate in another writing", `{"Id": "a", "\u0049d": "a", "Statement": []}`, `t.json:1:13: key "Id" stands twice in one object, first on line 1`},

		{"a list", "[]", "t.json:1:1: found a list, expected a policy document (an object with Version and Statement)"},
		{"a policy as a string", `"{}"`, "t.json:1:1: found a string, expected a policy document (an object with Version and Statement)"},
		{"null", "null", "t.json:1:1: found null, expected a policy document (an object with Version and Statement)"},
		{"no statement", "{}", "t.json:1:1: no Statement in the policy document"},
		{"an element's letter case", `{"statement": []}`, `t.json:1:2: unknown element of a policy document "statement" (did you mean "Statement"?)`},
		{"an element nearly right", `{"Statements": []}`, `t.json:1:2: unknown element of a policy document "Statements" (did you mean "Statement"?)`},
		{"another element", `{"Owner": 1}`, `t.json:1:2: unknown element of a policy document "Owner" (expected one of Version, Id, Statement)`},
		{"an unknown version", `{"Version": "2012-10-18"}`, `t.json:1:13: unknown Version "2012-10-18", expected "2012-10-17" or "2008-10-17"`},
		{"a version that is no string", `{"Version": 2012}`, "t.json:1:13: found a number, expected a string for Version"},
		{"an id that is no string", `{"Id": true}`, "t.json:1:8: found true or false, expected a string for Id"},
		{"statements of another type", `{"Statement": "x"}`, "t.json:1:15: found a string, expected a statement or a list of statements"},
		{"a statement of another type", `{"Statement": [1]}`, "t.json:1:16: found a number, expected a statement"},

		{"no Effect", within(`"Principal": "*", "Action": "*"`), "t.json:1:16: Statement[0] has no Effect"},
		{"no Principal", within(`"Effect": "Allow", "Action": "*"`), "t.json:1:16: Statement[0] needs either Principal or NotPrincipal"},
		{"both principals", within(rest + `, "NotPrincipal": "*"`), "t.json:1:16: Statement[0] needs either Principal or NotPrincipal"},
		{"no Action", within(`"Effect": "Allow", "Principal": "*"`), "t.json:1:16: Statement[0] needs either Action or NotAction"},
		{"both actions", within(rest + `, "NotAction": "*"`), "t.json:1:16: Statement[0] needs either Action or NotAction"},
		{"an unknown element", within(`"Conditions": {}`), `t.json:2:1: unknown element of a statement "Conditions" (did you mean "Condition"?)`},
		{"a Resource", within(rest + `, "Resource": "*"`), "t.json:2:53: Resource is not allowed in a trust policy"},
		{"a NotResource", within(`"NotResource": "*"`), "t.json:2:1: NotResource is not allowed in a trust policy"},
		{"an effect's letter case", within(`"Effect": "allow"`), `t.json:2:11: unknown Effect "allow", expected "Allow" or "Deny"`},
		{"an effect of another type", within(`"Effect": ["Allow"]`), "t.json:2:11: found a list, expected a string for Effect"},
		{"a Sid of another type", within(`"Sid": 1`), "t.json:2:8: found a number, expected a string for Sid"},

		{"a principal that is no type", within(`"Principal": "arn"`), `t.json:2:14: found "arn", expected "*" or an object such as {"Federated": …}`},
		{"a list of principals", within(`"Principal": ["*"]`), `t.json:2:14: found a list, expected "*" or an object such as {"Federated": …}`},
		{"a principal type's letter case", within(`"Principal": {"federated": "x"}`), `t.json:2:15: unknown principal type "federated" (did you mean "Federated"?)`},
		{"another principal type", within(`"Principal": {"SAML": "x"}`), `t.json:2:15: unknown principal type "SAML" (expected one of AWS, Federated, Service, CanonicalUser)`},
		{"a principal of another type", within(`"Principal": {"AWS": ["1", 2]}`), "t.json:2:28: found a number, expected a string or a list of strings for AWS"},
		{"an action of another type", within(`"Action": {}`), "t.json:2:11: found an object, expected a string or a list of strings for Action"},

		{"conditions of another type", within(`"Condition": []`), "t.json:2:14: found a list, expected an object of operators for Condition"},
		{"an unknown operator", within(`"Condition": {"StringLikes": {}}`), `t.json:2:15: unknown operator "StringLikes" (did you mean "StringLike"?)`},
		{"an operator like nothing", within(`"Condition": {"Contains": {}}`), `t.json:2:15: unknown operator "Contains"`},
		{"NullIfExists", within(`"Condition": {"NullIfExists": {"k": "true"}}`), `t.json:2:15: unknown operator "NullIfExists" (did you mean "Null"?)`},
		{"an operator's keys of another type", within(`"Condition": {"StringLike": "x"}`), "t.json:2:29: found a string, expected an object of condition keys under StringLike"},
		{"a value of another type", within(`"Condition": {"StringLike": {"k": {}}}`), "t.json:2:35: found an object, expected a string, a number, true, false, or a list of them for k"},
		{"a null value", within(`"Condition": {"StringLike": {"k": ["a", null]}}`), "t.json:2:41: found null, expected a string, a number, true, false, or a list of them for k"},
		{"a list in a list", within(`"Condition": {"StringLike": {"k": [["a"]]}}`), "t.json:2:36: found a list, expected a string, a number, true, false, or a list of them for k"},
		{"a bad Null value", within(`"Condition": {"Null": {"k": ["true", "yes"]}}`), `t.json:2:38: found "yes", expected true or false under Null`},
	} {
		t.Run(tt.label, func(t *testing.T) {
			doc, err := policy.Parse("t.json", []byte(tt.text))
			var parseError *policy.ParseError
			if !errors.As(err, &parseError) || doc != nil {
				t.Fatalf("want no document and a *ParseError, got %v and %v", doc, err)
			}
			if got := err.Error(); got != tt.want {
				t.Errorf("want %s\n got %s", tt.want, got)
			}
		})
	}
}
