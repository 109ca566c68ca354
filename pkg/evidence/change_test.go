package evidence_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/evidence"
)

// record is a CloudTrail record of IAM with the members that vary put last, so
// that a case shows them and nothing else.
func record(event, clock, members string) string {
	return fmt.Sprintf(`{"eventVersion":"1.11","userIdentity":{"type":"AssumedRole","principalId":"AROAEXAMPLE:anna",`+
		`"arn":"arn:aws:sts::111122223333:assumed-role/admin/anna","accountId":"111122223333"},"eventTime":"2026-05-12T%sZ",`+
		`"eventSource":"iam.amazonaws.com","eventName":%q,"awsRegion":"us-east-1","sourceIPAddress":"198.51.100.23","userAgent":"aws-cli/2.15",`+
		`"requestID":"r","eventID":"e-%s","readOnly":false,"eventType":"AwsApiCall","managementEvent":true,`+
		`"recipientAccountId":"111122223333","eventCategory":"Management",%s}`, clock, event, clock, members)
}

func updated(clock, policy string) string {
	return record("UpdateAssumeRolePolicy", clock, `"requestParameters":{"roleName":"deploy","policyDocument":`+quoted(policy)+`},"responseElements":null`)
}

// created is CreateRole as CloudTrail records it: the response repeats the
// role, its policy percent-encoded and its date in words.
func created(clock, policy string) string {
	return record("CreateRole", clock, `"requestParameters":{"path":"/","roleName":"deploy","assumeRolePolicyDocument":`+quoted(policy)+`,"maxSessionDuration":3600},`+
		`"responseElements":{"role":{"path":"/","roleName":"deploy","roleId":"AROAEXAMPLE","arn":"`+deploy+`","createDate":"May 12, 2026 8:00:00 AM",`+
		`"assumeRolePolicyDocument":"%7B%22Version%22%3A%222012-10-17%22%7D"}}`)
}

func deleted(clock string) string {
	return record("DeleteRole", clock, `"requestParameters":{"roleName":"deploy"},"responseElements":null`)
}

func TestChanges(t *testing.T) {
	base := evidence.Change{EventID: "e-08:00:00", Time: moment(t, "08:00:00"), By: "arn:aws:sts::111122223333:assumed-role/admin/anna", UserAgent: "aws-cli/2.15"}
	change := func(kind evidence.ChangeKind, event string, set func(*evidence.Change)) evidence.Change {
		c := base
		c.Kind, c.Event = kind, event
		set(&c)
		return c
	}
	ofProvider := func(clientID string) func(*evidence.Change) {
		return func(c *evidence.Change) { c.Provider, c.ClientID = gitHub, clientID }
	}
	ofRole := func(policy string) func(*evidence.Change) {
		return func(c *evidence.Change) {
			c.Role = "deploy"
			if policy != "" {
				c.Policy = document(t, policy)
			}
		}
	}
	const at = "08:00:00"
	arn := `{"openIDConnectProviderArn":"` + gitHub + `"`
	encoded := strings.NewReplacer(`"`, "%22", "{", "%7B", "}", "%7D").Replace(trust("a+b"))
	tests := []struct {
		event, reason string
		want          evidence.Change
	}{
		{updated(at, trust("a")), "the policy is a JSON string", change(evidence.TrustPolicyUpdated, "UpdateAssumeRolePolicy", ofRole(trust("a")))},
		{updated(at, encoded), "or percent-encoded", change(evidence.TrustPolicyUpdated, "UpdateAssumeRolePolicy", ofRole(trust("a+b")))},
		{updated(at, trust("a")[:90]), "a text that was cut short is not held", change(evidence.TrustPolicyUpdated, "UpdateAssumeRolePolicy", ofRole(""))},
		{updated(at, strings.Replace(trust("a"), "StringEquals", "StringEqual", 1)), "nor one that cannot be evaluated", change(evidence.TrustPolicyUpdated, "UpdateAssumeRolePolicy", ofRole(""))},
		{record("UpdateAssumeRolePolicy", at, `"requestParameters":{"roleName":"deploy"}`), "nor one that is not recorded", change(evidence.TrustPolicyUpdated, "UpdateAssumeRolePolicy", ofRole(""))},
		{created(at, trust("a")), "the parameter has another name", change(evidence.RoleCreated, "CreateRole", ofRole(trust("a")))},
		{deleted(at), "a name alone", change(evidence.RoleDeleted, "DeleteRole", ofRole(""))},
		{record("CreateOpenIDConnectProvider", at, `"requestParameters":{"url":"https://token.actions.githubusercontent.com","clientIDList":["sts.amazonaws.com"],"thumbprintList":[]},"responseElements":`+arn+`}`),
			"the ARN is in the response", change(evidence.ProviderCreated, "CreateOpenIDConnectProvider", ofProvider(""))},
		{record("DeleteOpenIDConnectProvider", at, `"requestParameters":`+arn+`},"responseElements":null`), "the ARN is in the request", change(evidence.ProviderDeleted, "DeleteOpenIDConnectProvider", ofProvider(""))},
		{record("AddClientIDToOpenIDConnectProvider", at, `"requestParameters":`+arn+`,"clientID":"x"}`), "an audience", change(evidence.ClientIDAdded, "AddClientIDToOpenIDConnectProvider", ofProvider("x"))},
		{record("RemoveClientIDFromOpenIDConnectProvider", at, `"requestParameters":`+arn+`,"clientID":"x"}`), "an audience", change(evidence.ClientIDRemoved, "RemoveClientIDFromOpenIDConnectProvider", ofProvider("x"))},
	}
	envelopes := map[string]string{
		"bare record":   `%s`,
		"EventBridge":   `{"version":"0","source":"aws.iam","detail-type":"AWS API Call via CloudTrail","detail":%s}`,
		"LookupEvents":  `{"EventId":"e","EventName":"X","EventTime":"2026-05-12T10:00:00+02:00","Resources":[],"CloudTrailEvent":%s}`,
		"failed change": "",
	}
	for _, tt := range tests {
		for name, envelope := range envelopes {
			text, want := tt.event, []evidence.Change{tt.want}
			switch name {
			case "LookupEvents":
				text = fmt.Sprintf(envelope, quoted(text))
			case "failed change":
				text, want = strings.TrimSuffix(text, "}")+`,"errorCode":"AccessDenied","errorMessage":"not authorized"}`, nil
			default:
				text = fmt.Sprintf(envelope, text)
			}
			a := parse(t, withEvents(text))
			if diff := cmp.Diff(want, a.Changes, texts); diff != "" {
				t.Errorf("%s in %s: %s (-want +got):\n%s", tt.want.Event, name, tt.reason, diff)
			}
			if len(a.Notes) > 0 || !a.ChangesRead {
				t.Errorf("%s in %s: notes %q, changes read %t; want none, true", tt.want.Event, name, a.Notes, a.ChangesRead)
			}
		}
	}
}

// Whatever is no change of this account's roles and providers is passed over;
// what cannot be read is noted, for CloudTrail was then not wholly read.
func TestPassedOver(t *testing.T) {
	const at = "08:00:00"
	foreign := strings.Replace(updated(at, trust("a")), `"recipientAccountId":"111122223333"`, `"recipientAccountId":"444455556666"`, 1)
	tests := []struct {
		event, note, reason string
	}{
		{record("UpdateRole", at, `"requestParameters":{"roleName":"deploy","maxSessionDuration":7200}`), "", "no change of the trust policy"},
		{record("PutRolePolicy", at, `"requestParameters":{"roleName":"deploy","policyName":"p","policyDocument":"{}"}`), "", "no trust policy"},
		{strings.Replace(deleted(at), "iam.amazonaws.com", "quicksight.amazonaws.com", 1), "", "another service's role"},
		{strings.TrimSuffix(deleted(at), "}") + `,"errorMessage":"denied"}`, "", "a failure, though without a code"},
		{foreign, "", "an organization's trail holds other accounts' records"},
		{strings.Replace(deleted(at), `"eventSource":"iam.amazonaws.com",`, "", 1),
			`Events[1] is no CloudTrail record (eventSource "", eventName "DeleteRole", eventTime "2026-05-12T08:00:00Z"): passed over`, "every record has a source"},
		{strings.Replace(deleted(at), `"eventName":"DeleteRole"`, `"eventName":null`, 1),
			`Events[1] is no CloudTrail record (eventSource "iam.amazonaws.com", eventName "", eventTime "2026-05-12T08:00:00Z"): passed over`, "every record has a name"},
		{strings.Replace(deleted(at), "2026-05-12T08:00:00Z", "May 12", 1),
			`Events[1] is no CloudTrail record (eventSource "iam.amazonaws.com", eventName "DeleteRole", eventTime "May 12"): passed over`, "when it happened is not known"},
		{`{"EventId":"e","EventName":"DeleteRole","CloudTrailEvent":"{\"eventName\":"}`,
			`Events[1] is no CloudTrail record (eventSource "", eventName "", eventTime ""): passed over`, "a string that was cut short"},
		{`{"detail":null}`, `Events[1] is no CloudTrail record (eventSource "", eventName "", eventTime ""): passed over`, "an empty envelope"},
		{`"DeleteRole"`, `Events[1] is no CloudTrail record (eventSource "", eventName "", eventTime ""): passed over`, "no object"},
		{record("UpdateAssumeRolePolicy", at, `"requestParameters":{"omitted":true,"originalSize":120000,"reason":"requestParameters too large"}`),
			`Events[1] (UpdateAssumeRolePolicy of 2026-05-12T08:00:00Z) does not name what it changed: passed over`, "CloudTrail leaves out what is too large"},
		{record("CreateOpenIDConnectProvider", at, `"requestParameters":{"url":"https://gitlab.com"},"responseElements":null`),
			`Events[1] (CreateOpenIDConnectProvider of 2026-05-12T08:00:00Z) does not name what it changed: passed over`, "no ARN"},
	}
	for _, tt := range tests {
		a := parse(t, withEvents(deleted("07:00:00"), tt.event))
		var want []string
		if tt.note != "" {
			want = []string{tt.note}
		}
		if diff := cmp.Diff(want, a.Notes); diff != "" {
			t.Errorf("%s: %s: notes (-want +got):\n%s", tt.event, tt.reason, diff)
		}
		if len(a.Changes) != 1 || a.ChangesRead != (tt.note == "") {
			t.Errorf("%s: %s: %d changes, read %t; want the one beside it, read %t", tt.event, tt.reason, len(a.Changes), a.ChangesRead, tt.note == "")
		}
	}
}

func TestChangesOldestFirst(t *testing.T) {
	tests := []struct {
		events, want, reason string
	}{
		{"08:00 09:00 07:30", "07:30 08:00 09:00", "by time, whatever the order of the list"},
		{"09:00 08:00b 08:00a 07:00", "07:00 08:00a 08:00b 09:00", "LookupEvents gives the newest first, also within a second"},
		{"07:00 08:00a 08:00b 09:00", "07:00 08:00a 08:00b 09:00", "a log file gives the oldest first"},
	}
	for _, tt := range tests {
		var events []string
		for _, e := range strings.Fields(tt.events) {
			events = append(events, strings.Replace(deleted(e[:5]+":00"), `"eventID":"e-`+e[:5]+":00", `"eventID":"`+e, 1))
		}
		var got []string
		for _, c := range parse(t, withEvents(events...)).Changes {
			got = append(got, c.EventID)
		}
		if diff := cmp.Diff(strings.Fields(tt.want), got); diff != "" {
			t.Errorf("%s: %s (-want +got):\n%s", tt.events, tt.reason, diff)
		}
	}
}

// A file that was put together from others may hold a record twice.
func TestChangesOnce(t *testing.T) {
	u := updated("09:00:00", trust("A"))
	a := parse(t, withEvents(updated("08:00:00", trust("B")), u, u))
	if len(a.Changes) != 2 || !a.ChangesRead {
		t.Errorf("%d changes, read %t; want each record once, all read", len(a.Changes), a.ChangesRead)
	}
	other := strings.Replace(updated("09:01:00", trust("C")), "e-09:01:00", "e-09:00:00", 1)
	if a := parse(t, withEvents(u, other)); len(a.Changes) != 2 {
		t.Errorf("%d changes; want both, which only have the same ID", len(a.Changes))
	}
	nameless := strings.Replace(u, `"eventID":"e-09:00:00"`, `"eventID":""`, 1)
	if a := parse(t, withEvents(nameless, nameless)); len(a.Changes) != 2 {
		t.Errorf("%d changes; want both, of which nothing tells that they are one", len(a.Changes))
	}
}

// A list may begin with its newest or with its oldest, and one second does not
// tell which.
func TestCreatedBeforeUpdated(t *testing.T) {
	const at = "08:00:00"
	create, update, gone := created(at, trust("A")), updated(at, trust("B")), deleted(at)
	other := strings.Replace(created(at, trust("A")), `"roleName":"deploy"`, `"roleName":"web"`, 1)
	tests := []struct {
		events       []string
		want, reason string
	}{
		{[]string{update, create}, "CreateRole UpdateAssumeRolePolicy", "what is made is updated then"},
		{[]string{create, update}, "CreateRole UpdateAssumeRolePolicy", "as it is"},
		{[]string{update, gone, create}, "UpdateAssumeRolePolicy DeleteRole CreateRole", "a role was updated, deleted, and made anew"},
		{[]string{update, other}, "UpdateAssumeRolePolicy CreateRole", "another role's"},
	}
	for _, tt := range tests {
		for i := range tt.events {
			tt.events[i] = strings.Replace(tt.events[i], `"eventID":"e-08:00:00"`, fmt.Sprintf(`"eventID":"e%d"`, i), 1)
		}
		var got []string
		for _, c := range parse(t, withEvents(tt.events...)).Changes {
			got = append(got, c.Event)
		}
		if diff := cmp.Diff(tt.want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
		}
	}
}
