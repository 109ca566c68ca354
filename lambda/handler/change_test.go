package handler_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whydenied/lambda/handler"
	"whydenied/pkg/alert"
	"whydenied/pkg/evidence"
)

// thread is a notifier that keeps the answers to changes.
type thread struct {
	answers []string
	opened  int
	closed  bool
}

func (*thread) Name() string { return "thread" }
func (*thread) Edits() bool  { return true }
func (p *thread) Deliver(_ context.Context, m *alert.Message, sent alert.Ref, keep func(alert.Ref) error) error {
	if sent == "" {
		p.opened++
	}
	for _, a := range m.Incident.Answers[min(len(p.answers), len(m.Incident.Answers)):] {
		p.answers = append(p.answers, strings.TrimSpace(a.Verdict+" "+a.Cause))
	}
	p.closed = m.Incident.Closed
	return keep("there")
}

// account is one whose trust policy a test changes.
type account struct {
	subject string
	since   time.Time // of the last question
}

func (a *account) Account(ctx context.Context, q evidence.Query) (evidence.Account, error) {
	const provider = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
	a.since = q.Since
	data, err := json.Marshal(map[string]any{
		"AccountId": "111122223333", "OpenIDConnectProviders": []any{map[string]any{"Arn": provider, "ClientIDList": []string{"sts.amazonaws.com"}}},
		"Roles": []any{map[string]any{"RoleName": "deploy", "Arn": "arn:aws:iam::111122223333:role/ci/deploy", "AssumeRolePolicyDocument": map[string]any{
			"Version": "2012-10-17", "Statement": []any{map[string]any{"Effect": "Allow", "Principal": map[string]any{"Federated": provider}, "Action": "sts:AssumeRoleWithWebIdentity",
				"Condition": map[string]any{"StringEquals": map[string]any{"token.actions.githubusercontent.com:aud": "sts.amazonaws.com", "token.actions.githubusercontent.com:sub": a.subject}}}},
		}}},
	})
	if err != nil {
		return evidence.Account{}, err
	}
	s, err := evidence.ParseSnapshot("account.json", data)
	if err != nil {
		return evidence.Account{}, err
	}
	return s.Account(ctx, q)
}

// An event comes minutes after its change. What another change did by then is
// not said to be this one's doing.
func TestAnotherChangeCameAfter(t *testing.T) {
	const sub, wrong, role = "repo:octo-org/api:environment:production", "repo:octo-org/api:environment:prod", "deploy"
	trust := func(sub string) string {
		const provider = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
		data, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": map[string]any{
			"Effect": "Allow", "Principal": map[string]any{"Federated": []string{provider}}, "Action": "sts:AssumeRoleWithWebIdentity",
			"Condition": map[string]any{"StringEquals": map[string]any{"token.actions.githubusercontent.com:aud": "sts.amazonaws.com", "token.actions.githubusercontent.com:sub": sub}}}})
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	for _, tt := range []struct {
		label, event string
		parameters   map[string]any
		present      string
		want         string
	}{
		{"hers, written in another way", "UpdateAssumeRolePolicy", map[string]any{"roleName": role, "policyDocument": trust(sub)}, sub, "allows"},
		{"hers was wrong, another's lets it in", "UpdateAssumeRolePolicy", map[string]any{"roleName": role, "policyDocument": trust(wrong)}, sub, "unknown"},
		{"made anew since", "DeleteRole", map[string]any{"roleName": role}, sub, "unknown"},
		{"both were wrong", "UpdateAssumeRolePolicy", map[string]any{"roleName": role, "policyDocument": trust(wrong)}, "repo:octo-org/api:environment:test", "refuses sub does not match"},
	} {
		now := time.Date(2026, 11, 24, 14, 20, 0, 0, time.UTC)
		clock := func() time.Time { return now }
		store, chat, held := alert.NewMemory(), &thread{}, &account{subject: wrong}
		store.Now = clock
		h := handler.New(handler.Config{Source: held, Now: clock, Alerts: alert.New(alert.Config{
			Store: store, Notifiers: []alert.Notifier{chat}, Now: clock, Owner: func(context.Context) string { return "one" },
		})})
		tell := func(detail map[string]any) {
			t.Helper()
			detail["recipientAccountId"], detail["awsRegion"] = "111122223333", "us-east-1"
			if _, err := h.Handle(t.Context(), encode(t, map[string]any{"detail-type": "AWS API Call via CloudTrail", "detail": detail})); err != nil {
				t.Fatal(err)
			}
		}
		const provider = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
		tell(map[string]any{
			"eventSource": "sts.amazonaws.com", "eventName": "AssumeRoleWithWebIdentity", "eventTime": "2026-11-24T14:02:00Z", "eventID": "d1", "errorCode": "AccessDenied",
			"requestParameters": map[string]any{"roleArn": "arn:aws:iam::111122223333:role/ci/deploy", "roleSessionName": "s"},
			"userIdentity":      map[string]any{"type": "WebIdentityUser", "principalId": provider + ":sts.amazonaws.com:" + sub, "userName": sub, "identityProvider": provider},
		})
		held.subject = tt.present
		tell(map[string]any{
			"eventSource": "iam.amazonaws.com", "eventName": tt.event, "eventTime": "2026-11-24T14:05:00Z", "eventID": "c1", "requestParameters": tt.parameters,
			"userIdentity": map[string]any{"arn": "arn:aws:iam::111122223333:user/ana"},
		})
		if diff := cmp.Diff([]string{tt.want}, chat.answers); diff != "" || chat.closed != (tt.want == "allows") {
			t.Errorf("%s: closed %v (-want +got):\n%s", tt.label, chat.closed, diff)
		}
	}
}

// A wrong repair is answered with what still fails, a right one closes the
// incident, and a denial after that opens a new one, which says so.
func TestLoopCloses(t *testing.T) {
	const sub = "repo:octo-org/api:environment:production"
	now := time.Date(2026, 11, 24, 14, 20, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	store, chat, trust := alert.NewMemory(), &thread{}, &account{subject: "repo:octo-org/api:ref:refs/heads/main"}
	store.Now = clock
	h := handler.New(handler.Config{Source: trust, Now: clock, Alerts: alert.New(alert.Config{
		Store: store, Notifiers: []alert.Notifier{chat}, Now: clock, Owner: func(context.Context) string { return "one" },
	})})
	tell := func(source, name, at, id string, more map[string]any) {
		t.Helper()
		detail := map[string]any{"eventSource": source, "eventName": name, "eventTime": at, "eventID": id, "recipientAccountId": "111122223333", "awsRegion": "us-east-1"}
		for key, value := range more {
			detail[key] = value
		}
		if _, err := h.Handle(t.Context(), encode(t, map[string]any{"detail-type": "AWS API Call via CloudTrail", "detail": detail})); err != nil {
			t.Fatal(err)
		}
	}
	denied := func(at, id string) {
		const provider = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
		tell("sts.amazonaws.com", "AssumeRoleWithWebIdentity", at, id, map[string]any{
			"errorCode": "AccessDenied", "errorMessage": "Not authorized", "requestParameters": map[string]any{"roleArn": "arn:aws:iam::111122223333:role/ci/deploy", "roleSessionName": "s"},
			"userIdentity": map[string]any{"type": "WebIdentityUser", "principalId": provider + ":sts.amazonaws.com:" + sub, "userName": sub, "identityProvider": provider},
		})
	}
	changed := func(at, id, subject string) {
		trust.subject = subject
		tell("iam.amazonaws.com", "UpdateAssumeRolePolicy", at, id, map[string]any{
			"requestParameters": map[string]any{"roleName": "deploy"}, "userIdentity": map[string]any{"arn": "arn:aws:iam::111122223333:user/ana"}})
	}

	changed("2026-11-24T14:00:00Z", "c0", trust.subject) // nobody was refused yet
	denied("2026-11-24T14:02:00Z", "d1")
	changed("2026-11-24T14:05:00Z", "c1", "repo:octo-org/api:environment:prod")
	changed("2026-11-24T14:05:00Z", "c1", "repo:octo-org/api:environment:prod") // delivered twice
	if diff := cmp.Diff([]string{"refuses sub does not match"}, chat.answers); diff != "" || chat.closed {
		t.Fatalf("a wrong repair (closed %v) (-want +got):\n%s", chat.closed, diff)
	}
	changed("2026-11-24T14:08:00Z", "c2", sub)
	if diff := cmp.Diff([]string{"refuses sub does not match", "allows"}, chat.answers); diff != "" || !chat.closed {
		t.Fatalf("the right one (closed %v) (-want +got):\n%s", chat.closed, diff)
	}
	if want := time.Date(2026, 11, 24, 14, 8, 1, 0, time.UTC); !trust.since.Equal(want) {
		t.Errorf("judged by what was read since %s, want %s: nothing of before the change", trust.since, want)
	}
	trust.subject = "repo:octo-org/api:ref:refs/heads/main" // as the history of changes has it of then
	denied("2026-11-24T14:07:30Z", "d2")
	if chat.opened != 1 || !chat.closed {
		t.Errorf("got %d messages, closed %v; want the one: the attempt was made before the repair", chat.opened, chat.closed)
	}
	denied("2026-11-24T14:15:00Z", "d3")
	if chat.opened != 2 || chat.closed {
		t.Errorf("got %d messages, closed %v; want a new one", chat.opened, chat.closed)
	}
}
