package trail_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/trail"
)

func TestSucceeded(t *testing.T) {
	items := trail.Parse("f", read(t, "success.json"))
	if len(items) != 1 || items[0].Kind != trail.KindSucceeded {
		t.Fatalf("got %v", items)
	}
	want := sample
	want.EventID = "5d1f0000-0000-4000-8000-000000000002"
	want.ErrorCode, want.ErrorMessage = "", ""
	want.SourceIdentity = trail.Known("octocat")
	want.PrincipalTags = map[string]string{"team": "a b", "x/y": ""}
	want.TransitiveTagKeys = []string{"team"}
	want.RoleAuthorizedByIDP = trail.Known("true")
	want.EndpointType = "regional"
	want.VPCEndpoint = "vpce-0123"
	if diff := cmp.Diff(want, items[0].Denial); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestRoleAuthorizedByIDP(t *testing.T) {
	const member = `"errorCode":"AccessDenied"`
	for _, tt := range []struct {
		name, new string
		want      trail.Text
		kind      trail.Kind
		reason    string
	}{
		{"boolean", `"additionalEventData":{"RoleAuthorizedByIdp":true}`, trail.Known("true"), trail.KindSucceeded, "as text"},
		{"string", `"additionalEventData":{"RoleAuthorizedByIdp":"true"}`, trail.Known("true"), trail.KindSucceeded, "a string is taken as it is"},
		{"absent", `"additionalEventData":{}`, trail.Text{}, trail.KindSucceeded, "absent is not false"},
		{"null", `"additionalEventData":null`, trail.Text{}, trail.KindSucceeded, "absent is not false"},
		{"number", `"additionalEventData":{"RoleAuthorizedByIdp":1}`, trail.Text{}, trail.KindMalformed, "a wrong type"},
		{"denied", member + `,"additionalEventData":{"RoleAuthorizedByIdp":true}`, trail.Text{}, trail.KindDenied, "only successes have it"},
		{"only a message", `"errorMessage":"x"`, trail.Text{}, trail.KindDenied, "a message alone is an error too"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			it := trail.Parse("", []byte(with(t, member, tt.new)))[0]
			if it.Kind != tt.kind || it.Denial.RoleAuthorizedByIDP != tt.want {
				t.Errorf("%s: got %v, %+v", tt.reason, it.Kind, it.Denial.RoleAuthorizedByIDP)
			}
		})
	}
}

func TestMixedLog(t *testing.T) {
	want := []string{sample.EventID, "sts.amazonaws.com:AssumeRole", "succeeded"}
	if diff := cmp.Diff(want, outline(trail.Parse("f", read(t, "mixed.json")))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestSparestRecord(t *testing.T) {
	in := `{"eventSource":"sts.amazonaws.com","eventName":"AssumeRoleWithWebIdentity","errorMessage":"x"}`
	want := trail.Denial{ErrorMessage: "x", Missing: []string{
		"eventID", "eventTime", "awsRegion", "recipientAccountId",
		"userIdentity.principalId", "userIdentity.identityProvider", "userIdentity.userName",
		"requestParameters.roleArn", "requestParameters.roleSessionName", "resources",
		"sourceIPAddress", "userAgent", "tlsDetails",
	}}
	if diff := cmp.Diff(want, trail.Parse("", []byte(in))[0].Denial); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestPartsThatDenialsLack(t *testing.T) {
	const parameters = `{"roleArn":"arn:aws:iam::222233334444:role/api","roleSessionName":"ci"}`
	const resources = `[{"accountId":"222233334444","type":"AWS::IAM::Role","ARN":"arn:aws:iam::222233334444:role/api"}]`
	role := trail.Known("arn:aws:iam::222233334444:role/api")
	type told struct {
		Role    trail.Text
		Has     bool
		Account string
		Notes   int
	}
	for _, tt := range []struct {
		name, old, new string
		want           told
		reason         string
	}{
		{"whole", "1.11", "1.12", told{role, true, "222233334444", 0}, "both name the same role"},
		{"parameters null", parameters, "null", told{role, false, "222233334444", 0}, "resources repeats the role"},
		{"parameters too large", parameters, `{"omitted":true,"originalSize":120000,"reason":"requestParameters too large"}`, told{role, false, "222233334444", 0}, "what they lack may have been sent"},
		{"role null", `"roleArn":"arn:aws:iam::222233334444:role/api",`, `"roleArn":null,`, told{role, true, "222233334444", 0}, "seen on GitHub denials"},
		{"resources null", resources, "null", told{role, true, "222233334444", 0}, "normal"},
		{"resources empty", resources, "[]", told{role, true, "222233334444", 0}, "normal"},
		{"resource null", resources, "[null]", told{role, true, "222233334444", 0}, "normal"},
		{"resource of another type", "AWS::IAM::Role", "AWS::IAM::User", told{role, true, "222233334444", 0}, "not the role"},
		{"roles differ", `:role/api"}]`, `:role/other"}]`, told{role, true, "222233334444", 1}, "requestParameters is what was asked for"},
		{"no recipient", `,"recipientAccountId":"222233334444"`, "", told{role, true, "222233334444", 1}, "the resource's account owns the role"},
		{"no resource account", `"accountId":"222233334444",`, "", told{role, true, "222233334444", 0}, "recipientAccountId is enough"},
		{"unknown fields", `"eventVersion"`, `"x":[{"roleArn":7}],"EventName":1,"eventVersion"`, told{role, true, "222233334444", 0}, "what is not read never matters"},
		{"unread field twice", `"eventVersion":"1.11"`, `"eventVersion":"1.11","eventVersion":"1.12"`, told{role, true, "222233334444", 0}, "only fields that are read can say two things"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			it := trail.Parse("", []byte(with(t, tt.old, tt.new)))[0]
			got := told{it.Denial.RoleARN, it.Denial.HasRequestParameters, it.Denial.Account, len(it.Denial.Notes)}
			if diff := cmp.Diff(tt.want, got); diff != "" || it.Err != nil {
				t.Errorf("%s: %v (-want +got)\n%s", tt.reason, it.Err, diff)
			}
		})
	}
}

func TestAccountOfTheEvent(t *testing.T) {
	in := `{"account":"111122223333","detail-type":"AWS API Call via CloudTrail","detail":{"eventSource":"sts.amazonaws.com",` +
		`"eventName":"AssumeRoleWithWebIdentity","errorCode":"AccessDenied","eventTime":"2026-03-04T10:41:07+01:00"}}`
	d := trail.Parse("", []byte(in))[0].Denial
	if d.Account != "111122223333" {
		t.Errorf("account is %q, want that of the EventBridge event", d.Account)
	}
	if want := time.Date(2026, 3, 4, 9, 41, 7, 0, time.UTC); d.Time != want {
		t.Errorf("time is %v, want %v in UTC", d.Time, want)
	}
}

func TestFieldErrors(t *testing.T) {
	for _, tt := range []struct{ name, old, new, want, reason string }{
		{"type", `"userIdentity":{`, `"userIdentity":7,"x":{`, `f:1:39 (userIdentity): found a number, expected an object`, "a wrong type names its path"},
		{"deep type", `"roleSessionName":"ci"`, `"roleSessionName":["ci"]`, `(requestParameters.roleSessionName): found an array, expected a string`, "the path goes down"},
		{"time", "2026-03-04T09:41:07Z", "yesterday", `(eventTime): found a string that is not a time, expected a time such as 2025-09-02T15:47:12Z`, "the value itself is not repeated"},
		{"duration", `"roleSessionName":`, `"durationSeconds":"1h","roleSessionName":`, `(requestParameters.durationSeconds): found a string, expected a whole number`, "seconds are a number"},
		{"fraction", `"roleSessionName":`, `"durationSeconds":0.5,"roleSessionName":`, `(requestParameters.durationSeconds): found a number, expected a whole number`, "and a whole one"},
		{"tag", `"roleSessionName":`, `"principalTags":{"a b":1},"roleSessionName":`, `(requestParameters.principalTags["a b"]): found a number, expected a string`, "a tag's key is quoted"},
		{"tag twice", `"roleSessionName":`, `"principalTags":{"a":"1","a":"2"},"roleSessionName":`, `(requestParameters.principalTags.a): found the key a second time, expected it once`, "two values for one tag"},
		{"tag keys", `"roleSessionName":`, `"transitiveTagKeys":["a",null],"roleSessionName":`, `(requestParameters.transitiveTagKeys[1]): found null, expected a string`, "an element has its index"},
		{"resource", `"resources":[`, `"resources":["r",`, `(resources[0]): found a string, expected an object`, "a resource is an object"},
		{"name twice", `"userName":"`, `"userName":"other","userName":"`, `(userIdentity.userName): found the key a second time, expected it once`, "it says two things"},
		{"event twice", `"eventSource":`, `"eventName":"AssumeRole","eventSource":`, `(eventName): found the key a second time, expected it once`, "it says two things"},
		{"escaped twice", `"errorCode":`, `"error\u0043ode":"","errorCode":`, `(errorCode): found the key a second time, expected it once`, "an escape in a key makes no other key"},
		{"no name", `"eventName"`, `"EventName"`, `f:1:1: found a record that lacks eventSource or eventName, expected one with both`, "keys are read exactly"},
		{"surrogate", `"roleSessionName":"ci"`, `"roleSessionName":"\ud800"`, `(requestParameters.roleSessionName): found half of a surrogate pair, expected a string of whole characters`, "a replacement is a value nobody sent"},
		{"key surrogate", `"roleSessionName":`, `"\udc00":1,"roleSessionName":`, `(requestParameters): found half of a surrogate pair, expected a string of whole characters`, "nor can a key be half a character"},
		{"escape", `"roleSessionName":"ci"`, `"roleSessionName":"\q"`, `found 'q', expected valid JSON`, "an escape that JSON does not have"},
		{"number", `"roleSessionName":`, `"x":01,"roleSessionName":`, `found '1', expected valid JSON`, "a number that JSON does not have"},
		{"UTF-8", `"roleSessionName":"ci"`, "\"roleSessionName\":\"\xff\"", `found the byte 0xff, which is not UTF-8, expected UTF-8`, "JSON is UTF-8"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			items := trail.Parse("f", []byte(with(t, tt.old, tt.new)))
			if len(items) != 1 || items[0].Kind != trail.KindMalformed {
				t.Fatalf("%s: got %v", tt.reason, items)
			}
			if got := items[0].Err.Error(); !strings.HasSuffix(got, tt.want) {
				t.Errorf("%s:\n got %s\nwant %s", tt.reason, got, tt.want)
			}
		})
	}
}

// An identity of type Unknown has empty members, which tell of no empty subject.
func TestUnknownIdentity(t *testing.T) {
	for _, members := range []string{`"principalId":"","userName":""`, `"userName":""`} {
		in := `{"eventSource":"sts.amazonaws.com","eventName":"AssumeRoleWithWebIdentity","errorCode":"AccessDenied","userIdentity":{"type":"Unknown",` + members + `}}`
		d := trail.Parse("", []byte(in))[0].Denial
		if d.Subject.Known || d.Audience.Known || len(d.Notes) > 0 || !slices.Contains(d.Missing, "userIdentity.userName") || !slices.Contains(d.Missing, "userIdentity.principalId") {
			t.Errorf("%s: subject %+v, audience %+v, notes %q, missing %q; want nothing known, and both said to be missing", members, d.Subject, d.Audience, d.Notes, d.Missing)
		}
	}
}
