package slack_test

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"whydenied/pkg/evidence"
)

type object = map[string]any

// record is the call as CloudTrail has it.
func (c call) record(t testing.TB) []byte {
	r := object{
		"eventVersion": "1.11", "eventSource": "sts.amazonaws.com", "eventName": "AssumeRoleWithWebIdentity", "eventTime": c.at,
		"userIdentity": object{"type": "WebIdentityUser", "principalId": provider(c) + ":" + c.aud + ":" + c.sub, "userName": c.sub, "identityProvider": provider(c)},
		"awsRegion":    c.region, "sourceIPAddress": c.ip, "userAgent": c.agent, "errorCode": "AccessDenied", "errorMessage": "An unknown error occurred",
		"eventID": "6b0d549b-6f03-475a-9600-a35a099950d8", "recipientAccountId": c.account, "readOnly": true, "eventType": "AwsApiCall",
	}
	if c.role != "" {
		r["requestParameters"] = object{"roleArn": "arn:aws:iam::" + c.account + ":role/" + c.role, "roleSessionName": c.session}
	}
	return encode(t, r)
}

// snapshot is the account as it was read at the time of the call.
func (c call) snapshot(t testing.TB) []byte {
	var roles, events []object
	for _, name := range slices.Sorted(maps.Keys(c.trusts)) {
		doc := c.policy(c.trusts[name])
		if name == c.changed {
			events = append(events, c.update(t, name, "2026-11-10T08:00:00Z", doc), c.update(t, name, "2026-11-24T14:05:40Z", c.policy([]string{c.sub})))
			doc = c.policy([]string{c.sub})
		}
		roles = append(roles, object{"RoleName": name, "Arn": "arn:aws:iam::" + c.account + ":role/" + name, "AssumeRolePolicyDocument": doc})
	}
	account := object{
		"AccountId": c.account, "Roles": roles,
		"OpenIDConnectProviders": []object{{"Arn": provider(c), "Url": c.provider, "ClientIDList": []string{c.aud}}},
	}
	if events != nil {
		account["Events"], account["TakenAt"] = events, "2026-11-24T14:30:00Z"
	}
	return encode(t, account)
}

func (c call) policy(subjects []string) object {
	return object{"Version": "2012-10-17", "Statement": []object{{
		"Effect": "Allow", "Principal": object{"Federated": provider(c)}, "Action": "sts:AssumeRoleWithWebIdentity",
		"Condition": object{"StringEquals": object{c.provider + ":aud": c.aud, c.provider + ":sub": subjects}},
	}}}
}

func (c call) update(t testing.TB, role, at string, doc object) object {
	return object{
		"eventVersion": "1.11", "eventSource": "iam.amazonaws.com", "eventName": "UpdateAssumeRolePolicy", "eventTime": at, "awsRegion": "us-east-1",
		"userIdentity":      object{"type": "AssumedRole", "arn": "arn:aws:sts::" + c.account + ":assumed-role/platform-admin/alice", "accountId": c.account},
		"requestParameters": object{"roleName": role, "policyDocument": string(encode(t, doc))}, "eventID": "7c1e659c-7f14-486b-a711-b46b1aa061e9",
	}
}

func encode(t testing.TB, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// withoutChanges is an account whose CloudTrail could not be read.
type withoutChanges struct{ source evidence.Source }

func (w withoutChanges) Account(ctx context.Context, q evidence.Query) (evidence.Account, error) {
	a, err := w.source.Account(ctx, q)
	a.ChangesRead, a.Partial = false, true
	a.Notes = append(a.Notes, "changes of the role were not read: cloudtrail:LookupEvents was throttled until the deadline")
	return a, err
}

func fixed(value string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return value, nil }
}

func background() context.Context { return context.Background() }
