package evidence_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"whydenied/pkg/evidence"
	"whydenied/pkg/policy"
)

func TestParseSnapshot(t *testing.T) {
	got := parse(t, `{
  "AccountId": "111122223333",
  "TakenAt": "2026-05-12T11:05:00+02:00",
  "Roles": [
    {"Path": "/ci/", "RoleName": "deploy", "RoleId": "AROAEXAMPLE", "Arn": "`+deployUnder+`", "MaxSessionDuration": 43200,
     "CreateDate": "2021-07-14T08:54:41+00:00", "Tags": [{"Key": "team", "Value": "web"}, {"Key": "empty", "Value": ""}],
     "AssumeRolePolicyDocument": `+trust("a")+`},
    {"Arn": "arn:aws:iam::111122223333:role/plain", "AssumeRolePolicyDocument": `+trust("b")+`, "Tags": []}
  ],
  "OpenIDConnectProviders": [
    {"Arn": "`+gitHub+`", "Url": "token.actions.githubusercontent.com", "ClientIDList": ["sts.amazonaws.com", "x"],
     "ThumbprintList": [], "CreateDate": "2020-01-02T03:04:05.678Z"}
  ],
  "Events": []
}`)
	want := evidence.Account{
		ID: account, TakenAt: time.Date(2026, 5, 12, 9, 5, 0, 0, time.UTC),
		RolesRead: true, ProvidersRead: true, ChangesRead: true,
		Roles: []evidence.Role{
			{ARN: deployUnder, Name: "deploy", MaxSessionDuration: 43200, Created: time.Date(2021, 7, 14, 8, 54, 41, 0, time.UTC),
				Tags: map[string]string{"team": "web", "empty": ""}, TagsRead: true},
			{ARN: "arn:aws:iam::111122223333:role/plain", Name: "plain", TagsRead: true},
		},
		Providers: []evidence.Provider{{ARN: gitHub, ClientIDs: []string{"sts.amazonaws.com", "x"},
			Created: time.Date(2020, 1, 2, 3, 4, 5, 678e6, time.UTC)}},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(evidence.Role{}, "Document")); diff != "" {
		t.Errorf("account (-want +got):\n%s", diff)
	}
	if got.Role(deploy) != nil || got.Role(deployUnder) == nil || got.Provider(gitHub+"/") != nil || got.Provider(gitHub) == nil {
		t.Error("roles and providers are found by their whole ARN, to the letter")
	}
}

// What was not read is never "there are none" (cases/README, "account.json").
func TestNotReadIsNotNone(t *testing.T) {
	type read struct{ Roles, Providers, Changes bool }
	tests := []struct {
		members string
		want    read
		reason  string
	}{
		{``, read{}, "a missing key means not read"},
		{`,"Roles":null,"OpenIDConnectProviders":null,"Events":null`, read{}, "null is what tools print for nothing read"},
		{`,"Roles":[],"OpenIDConnectProviders":[],"Events":[]`, read{true, true, true}, "an empty list means that there are none"},
		{`,"Roles":[]`, read{Roles: true}, "each key for itself"},
		{`,"roles":[]`, read{}, "keys are to the letter"},
		{`,"Roles":[],"NextToken":"eyJN"`, read{}, "the CLI was told to print some, and there are more"},
		{`,"Roles":[],"IsTruncated":true,"Marker":"m"`, read{}, "one page of the API"},
		{`,"Roles":[],"IsTruncated":true`, read{}, "without its marker"},
		{`,"Roles":[{"Arn":"arn:aws:iam::444455556666:role/a"}],"OpenIDConnectProviders":[{"Arn":"arn:aws:iam::444455556666:oidc-provider/a"}]`, read{}, "another account's tell nothing of this one"},
		{`,"OpenIDConnectProviders":[{"Arn":"arn:aws:iam::444455556666:oidc-provider/a"},{"Arn":"arn:aws:iam::111122223333:oidc-provider/a"}]`, read{Providers: true}, "beside its own"},
		{`,"Roles":[],"IsTruncated":false,"NextToken":null`, read{Roles: true}, "the last page"},
	}
	for _, tt := range tests {
		a := parse(t, `{"AccountId":"111122223333"`+tt.members+`}`)
		got := read{a.RolesRead, a.ProvidersRead, a.ChangesRead}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %s (-want +got):\n%s", tt.members, tt.reason, diff)
		}
	}
	tags := parse(t, withRole(trust("a"))).Roles[0]
	if tags.TagsRead {
		t.Error("list-roles prints no Tags, which tells nothing of the role's tags")
	}
}

func TestDocumentForms(t *testing.T) {
	const encoded = `%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%7B%22Federated%22%3A%22` +
		`arn%3Aaws%3Aiam%3A%3A111122223333%3Aoidc-provider%2Ftoken.actions.githubusercontent.com%22%7D%2C%22Action%22%3A%22sts%3AAssumeRoleWithWebIdentity%22%2C` +
		`%22Condition%22%3A%7B%22StringEquals%22%3A%7B%22token.actions.githubusercontent.com%3Asub%22%3A%22SUB%22%7D%7D%7D%5D%7D`
	tests := []struct {
		form, document, sub, reason string
	}{
		{"object", trust("a b"), "a b", "as aws iam get-role prints it"},
		{"object over lines", strings.ReplaceAll(trust("a b"), ",", ",\n\t"), "a b", "the file's own spacing says nothing"},
		{"string", quoted(trust("a b")), "a b", "a string that holds JSON"},
		{"string with white space around", quoted("\n " + trust("a b") + "\n"), "a b", "a document read from a file"},
		{"percent-encoded", quoted(strings.Replace(encoded, "SUB", "a%20b", 1)), "a b", "as IAM's API sends it, RFC 3986"},
		{"percent-encoded plus", quoted(strings.Replace(encoded, "SUB", "a+b", 1)), "a+b", "in RFC 3986 a plus is a plus, not a space"},
		{"percent-encoded %2B", quoted(strings.Replace(encoded, "SUB", "a%2Bb", 1)), "a+b", "an encoded plus"},
		{"percent sign in plain JSON", quoted(trust("a%3Ab")), "a%3Ab", "plain JSON is not decoded: GitHub's own %3A stays"},
		{"percent sign behind white space", quoted("\n" + trust("a%3Ab")), "a%3Ab", "plain JSON, too"},
		{"percent sign, encoded", quoted(strings.Replace(encoded, "SUB", "a%253Ab", 1)), "a%3Ab", "decoded once"},
	}
	for _, tt := range tests {
		role := parse(t, withRole(tt.document)).Roles[0]
		doc, err := role.TrustPolicy()
		if err != nil {
			t.Errorf("%s: %v", tt.form, err)
			continue
		}
		if diff := cmp.Diff(trust(tt.sub), compact(t, doc)); diff != "" {
			t.Errorf("%s: %s (-want +got):\n%s", tt.form, tt.reason, diff)
		}
		c := doc.Statements[0].Conditions[0]
		got := fmt.Sprintf("%s %s %s", c.Pos, c.Values[0].Pos, doc.Line(c.Pos.Line))
		want := fmt.Sprintf("12:21 12:64 %s", strings.Repeat(" ", 20)+`"token.actions.githubusercontent.com:sub": `+quoted(tt.sub))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: positions are those of the document indented by four spaces (-want +got):\n%s", tt.form, diff)
		}
	}
}

func compact(t *testing.T, doc *policy.Document) string {
	t.Helper()
	data, err := doc.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(data), "\n", "")
}

// An operator or element that is not known "costs only that role" (design,
// "Three-valued evaluation").
func TestBadPolicyCostsItsRole(t *testing.T) {
	const first = `trust policy of "arn:aws:iam::111122223333:role/deploy": `
	duplicate := strings.Replace(trust("a"), `"Effect"`, `"Effect":"Deny","Effect"`, 1)
	tests := []struct {
		document, want, reason string
	}{
		{strings.Replace(trust("a"), "StringEquals", "StringEqual", 1), first + `11:17: unknown operator "StringEqual" (did you mean "StringEquals"?)`, "place in the indented document"},
		{duplicate, first + `6:13: key "Effect" stands twice in one object, first on line 5`, "IAM refuses a key that stands twice"},
		{quoted("%7B%22Version%2"), first + `invalid URL escape "%2", expected JSON, percent-encoded or not`, "an encoding that was cut short"},
		{quoted("%7B%22Version%22"), first + `1:11: the JSON ends too early`, "a text that was cut short"},
		{quoted("%7B%FF"), first + `1:2: invalid UTF-8, expected JSON in UTF-8`, "no text at all"},
		{quoted(""), first + `1:1: empty, expected a JSON value`, "an empty text"},
		{`[]`, first + `1:1: found a list, expected a policy document (an object with Version and Statement)`, "no object"},
		{quoted(strings.Repeat(`{"a":`, 9000) + "1" + strings.Repeat("}", 9000)), first + `1:326: nested deeper than 64 levels`, "not indented: a deep text would grow with the square of its depth"},
		{quoted(`{"Statement":` + strings.Repeat("[", 30) + strings.Repeat("]", 30) + `}`), first + `1:15: found a list, expected a statement`, "nor what is deeper than any policy"},
		{`null`, `Roles[0] has no AssumeRolePolicyDocument`, "null is nothing"},
	}
	for _, tt := range tests {
		text := strings.TrimSuffix(withRole(tt.document), "]}") + `,{"Arn":"arn:aws:iam::111122223333:role/sound","AssumeRolePolicyDocument":` + trust("b") + `}]}`
		a := parse(t, text)
		bad, badErr := a.Roles[0].TrustPolicy()
		if diff := cmp.Diff(tt.want, fmt.Sprint(badErr)); diff != "" {
			t.Errorf("%s: %s (-want +got):\n%s", tt.document, tt.reason, diff)
		}
		if sound, err := a.Roles[1].TrustPolicy(); bad != nil || sound == nil || err != nil {
			t.Errorf("%s: the other role is as it was", tt.document)
		}
	}
}

func TestSnapshotTimes(t *testing.T) {
	tests := []struct {
		text, want, reason string
	}{
		{"2021-07-14T08:54:41+00:00", "2021-07-14 08:54:41 +0000 UTC", "AWS CLI 2"},
		{"2021-07-14T08:54:41Z", "2021-07-14 08:54:41 +0000 UTC", "AWS CLI 1, the raw API"},
		{"2021-07-14T08:54:41.123Z", "2021-07-14 08:54:41.123 +0000 UTC", "JavaScript"},
		{"2021-07-14T08:54:41.123456+05:30", "2021-07-14 03:24:41.123456 +0000 UTC", "Python, in another zone"},
	}
	for _, tt := range tests {
		a := parse(t, fmt.Sprintf(`{"AccountId":"111122223333","TakenAt":%q,"Roles":[{"Arn":%q,"CreateDate":%q}]}`, tt.text, deploy, tt.text))
		if diff := cmp.Diff([]string{tt.want, tt.want}, []string{a.TakenAt.String(), a.Roles[0].Created.String()}); diff != "" {
			t.Errorf("%s (%s) (-want +got):\n%s", tt.text, tt.reason, diff)
		}
	}
}

func TestParseSnapshotErrors(t *testing.T) {
	const head = `{"AccountId":"111122223333",`
	tests := []struct {
		text, want, reason string
	}{
		{`Roles: []`, `1:1: not JSON: invalid character 'R' looking for beginning of value`, "YAML"},
		{``, `1:1: empty, expected a JSON value`, "an empty file"},
		{`{"AccountId":`, `1:14: the JSON ends too early`, "cut short"},
		{`[]`, `1:1: found a list, expected an account snapshot (an object with AccountId, Roles and OpenIDConnectProviders)`, "a list of roles"},
		{`{"Roles":[]}`, `1:1: AccountId: missing, expected the twelve digits of an account (is this an account snapshot?)`, "aws iam list-roles as it is"},
		{`{"version":"0","detail-type":"AWS API Call via CloudTrail","detail":{}}`, `1:1: AccountId: missing, expected the twelve digits of an account (is this an account snapshot?)`, "an event in place of the account"},
		{`{"AccountId":"11112222333"}`, `1:14: AccountId: found "11112222333", expected twelve digits`, "eleven digits"},
		{`{"AccountId":"11112222333x"}`, `1:14: AccountId: found "11112222333x", expected twelve digits`, "a letter"},
		{`{"AccountId":111122223333}`, `1:14: AccountId: found a number, expected a string`, "a number loses its leading zeros"},
		{`{"AccountId":"111122223333","AccountId":"444455556666"}`, `1:29: key "AccountId" stands twice in one object, first on line 1`, "which of the two is not known"},
		{head + `"Roles":{}}`, `1:37: Roles: found an object, expected a list`, "no list"},
		{head + "\n\"Roles\":[\n  7]}", `3:3: Roles[0]: found a number, expected a role (an object with Arn and AssumeRolePolicyDocument)`, "no role"},
		{head + `"Roles":[{"Arn":7}]}`, `1:45: Roles[0].Arn: found a number, expected a string`, "no ARN"},
		{head + `"Roles":[{"Arn":"x"},{"RoleName":"y"}]}`, `1:50: Roles[1].Arn: missing, expected a role ARN`, "which role is not known"},
		{head + `"Roles":[{"Arn":"x","CreateDate":"yesterday"}]}`, `1:62: Roles[0].CreateDate: found "yesterday", expected a time such as 2026-03-12T09:41:27Z`, "no time"},
		{head + `"Roles":[{"Arn":"x","MaxSessionDuration":"3600"}]}`, `1:70: Roles[0].MaxSessionDuration: found a string, expected a whole number of seconds`, "no number"},
		{head + `"Roles":[{"Arn":"x","MaxSessionDuration":1e3}]}`, `1:70: Roles[0].MaxSessionDuration: found 1e3, expected a whole number of seconds`, "not read as 1"},
		{head + `"Roles":[{"Arn":"x","Tags":{"team":"web"}}]}`, `1:56: Roles[0].Tags: found an object, expected a list`, "Terraform's shape of tags"},
		{head + `"Roles":[{"Arn":"x","Tags":["team"]}]}`, `1:57: Roles[0].Tags[0]: found a string, expected a tag (an object with Key and Value)`, "no tag"},
		{head + `"OpenIDConnectProviders":[{"Url":"gitlab.com"}]}`, `1:55: OpenIDConnectProviders[0].Arn: missing, expected a provider ARN`, "get-open-id-connect-provider prints no Arn: it has to be added"},
		{head + `"OpenIDConnectProviders":[{"Arn":"x","ClientIDList":[true]}]}`, `1:82: OpenIDConnectProviders[0].ClientIDList[0]: found true or false, expected a string`, "no audience"},
		{head + `"AccountAliases":"octo-prod"}`, `1:46: AccountAliases: found a string, expected a list`, "no list"},
		{head + `"AccountAliases":[{}]}`, `1:47: AccountAliases[0]: found an object, expected a string`, "no alias"},
		{head + `"TakenAt":1778576700}`, `1:39: TakenAt: found a number, expected a string`, "seconds since 1970"},
		{head + `"Events":"none"}`, `1:38: Events: found a string, expected a list`, "no list"},
		{head + `"Roles":` + strings.Repeat("[", 80) + strings.Repeat("]", 80) + `}`, `1:101: nested deeper than 64 levels`, "no account nests so deep"},
		{"{\"AccountId\":\"1111\xff\"}", `1:19: invalid UTF-8, expected JSON in UTF-8`, "another encoding"},
		{`{"AccountId":"111122223333"} {}`, `1:30: text after the end of the JSON value`, "two accounts"},
	}
	for _, tt := range tests {
		_, err := evidence.ParseSnapshot("account.json", []byte(tt.text))
		if diff := cmp.Diff("account.json:"+tt.want, fmt.Sprint(err)); diff != "" {
			t.Errorf("%s: %s (-want +got):\n%s", tt.text, tt.reason, diff)
		}
		if pe := (*policy.ParseError)(nil); !errors.As(err, &pe) {
			t.Errorf("%s: the error is %T, want a *policy.ParseError with the place", tt.text, err)
		}
	}
}

func TestSnapshotOfAnotherAccount(t *testing.T) {
	s, err := evidence.ParseSnapshot("account.json", []byte(withRole(trust("a"))))
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Account(context.Background(), evidence.Query{Account: "444455556666", Role: deploy})
	if err != nil {
		t.Fatal(err)
	}
	want := evidence.Account{Notes: []string{`the snapshot is of account 111122223333, the call was made to account "444455556666": nothing was read there`}}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(evidence.Role{}, "Document")); diff != "" {
		t.Errorf("account (-want +got):\n%s", diff)
	}
	if own, err := s.Account(context.Background(), evidence.Query{}); err != nil || own.ID != account {
		t.Errorf("account %q, error %v; want the file's own where the call names none", own.ID, err)
	}
	if s.ID() != account {
		t.Errorf("ID() = %q, want %q", s.ID(), account)
	}
}
