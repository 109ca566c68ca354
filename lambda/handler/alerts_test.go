package handler_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"whydenied/lambda/handler"
	"whydenied/pkg/alert"
	"whydenied/pkg/evidence"
	"whydenied/pkg/evidence/live"
	"whydenied/pkg/report"
)

// told keeps what it is told, and fails as it is bidden.
type told struct {
	events []string
	err    error
}

func (a *told) Report(_ context.Context, r *report.Report) error {
	a.events = append(a.events, "report "+r.Denial.EventID)
	return a.err
}

func (a *told) Flush(_ context.Context, incident string) error {
	a.events = append(a.events, "flush "+incident)
	return a.err
}

func (a *told) Sweep(context.Context) error {
	a.events = append(a.events, "sweep")
	return a.err
}

func (a *told) Changed(_ context.Context, c alert.RoleChange, _ alert.Judge) error {
	a.events = append(a.events, c.Event+" "+c.Account+" "+c.Role+c.Provider)
	return a.err
}

const eventID = "d23f0824-128b-4f33-8c5c-7fd0a6a3a450" // of prefect-subject.json

func queued(bodies ...any) map[string]any {
	records := []any{}
	for i, body := range bodies {
		text, isText := body.(string)
		if !isText {
			data, _ := json.Marshal(body)
			text = string(data)
		}
		records = append(records, map[string]any{"messageId": string(rune('a' + i)), "eventSource": "aws:sqs", "body": text})
	}
	return map[string]any{"Records": records}
}

func failedOn(payload any) map[string]any {
	return map[string]any{"version": "1.0", "requestContext": map[string]any{"condition": "RetriesExhausted"}, "requestPayload": payload, "responsePayload": map[string]any{"errorMessage": "slack: away"}}
}

func TestWhoIsAlerted(t *testing.T) {
	event := json.RawMessage(file(t, "prefect-subject.json"))
	var whole map[string]any
	if err := json.Unmarshal(event, &whole); err != nil {
		t.Fatal(err)
	}
	malformed := map[string]any{"version": "0", "source": "aws.sts", "detail-type": "AWS API Call via CloudTrail",
		"detail": map[string]any{"eventSource": "sts.amazonaws.com", "eventName": "AssumeRoleWithWebIdentity", "errorCode": "AccessDenied", "userIdentity": 7}}
	succeeded := map[string]any{"version": "0", "source": "aws.sts", "detail-type": "AWS API Call via CloudTrail", "detail": record(t, "prefect-subject.json", success)}
	none := `{"batchItemFailures":[]}`
	iam := func(name string, parameters map[string]any, more ...string) map[string]any {
		detail := map[string]any{"eventSource": "iam.amazonaws.com", "eventName": name, "eventTime": "2026-11-24T14:05:00Z", "eventID": "c1",
			"recipientAccountId": "111122223333", "requestParameters": parameters}
		for _, code := range more {
			detail["errorCode"] = code
		}
		return map[string]any{"source": "aws.iam", "detail-type": "AWS API Call via CloudTrail", "detail": detail}
	}
	role, provider := map[string]any{"roleName": "deploy"}, map[string]any{"openIDConnectProviderArn": "arn:aws:iam::111122223333:oidc-provider/x", "clientID": "a"}
	for _, tt := range []struct {
		label, reason string
		payload       any
		want          []string
		answer        string // "" for a report, or any
	}{
		{"EventBridge", "that is what it is for", event, []string{"report " + eventID}, ""},
		{"a success", "nobody was refused", succeeded, nil, ""},
		{"on demand", "whoever asks has the answer", map[string]any{"record": record(t, "prefect-subject.json", nil)}, nil, ""},
		{"a record by hand", "whoever asks has the answer", record(t, "prefect-subject.json", nil), nil, ""},
		{"SNS", "it brings events", map[string]any{"Records": []any{map[string]any{"EventSource": "aws:sns", "Sns": map[string]any{"Message": string(event)}}}}, []string{"report " + eventID}, ""},
		{"a failed event", "it is sent again from the dead-letter queue", failedOn(whole), []string{"report " + eventID}, ""},
		{"a queue with an event", "EventBridge's own dead letters are whole events", queued(whole), []string{"report " + eventID}, none},
		{"a queue with a failed event", "the redrive", queued(failedOn(failedOn(whole))), []string{"report " + eventID}, none},
		{"flush", "an update that waited", queued(`{"flush":"3f2a9c1e5b7d"}`), []string{"flush 3f2a9c1e5b7d"}, none},
		{"flush by hand", "the same without a queue", map[string]any{"flush": "3f2a9c1e5b7d"}, []string{"flush 3f2a9c1e5b7d"}, "{}"},
		{"sweep", "each hour", map[string]any{"sweep": true}, []string{"sweep"}, "{}"},
		{"a role's change", "the loop closes", iam("UpdateAssumeRolePolicy", role), []string{"UpdateAssumeRolePolicy 111122223333 deploy"}, "{}"},
		{"a provider's change", "the loop closes", iam("AddClientIDToOpenIDConnectProvider", provider), []string{"AddClientIDToOpenIDConnectProvider 111122223333 arn:aws:iam::111122223333:oidc-provider/x"}, "{}"},
		{"a change that failed", "nothing changed", iam("UpdateAssumeRolePolicy", role, "AccessDenied"), nil, ""},
		{"another call of IAM", "it is of no concern", iam("GetRole", role), nil, ""},
		{"a failed change event", "the redrive", queued(failedOn(iam("DeleteRole", role))), []string{"DeleteRole 111122223333 deploy"}, none},
		{"several", "each message is one of its own; what is malformed stays in the queue", queued(whole, malformed, "no JSON", `{"flush":"a"}`, map[string]any{"record": 1}),
			[]string{"report " + eventID, "flush a"}, `{"batchItemFailures":[{"itemIdentifier":"b"},{"itemIdentifier":"c"},{"itemIdentifier":"e"}]}`},
	} {
		t.Run(tt.label, func(t *testing.T) {
			h, _ := newHandler(t)
			alerts := &told{}
			h.Alerts = alerts
			out, err := h.Handle(t.Context(), encode(t, tt.payload))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, alerts.events); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
			if tt.answer != "" && string(out) != tt.answer {
				t.Errorf("got answer %s, want %s", out, tt.answer)
			}
		})
	}
}

// What could not be delivered fails the invocation, so that Lambda tries again;
// of a queue only the message.
func TestUndelivered(t *testing.T) {
	event := json.RawMessage(file(t, "prefect-subject.json"))
	away := errors.Join(errors.New("slack: away"), errors.New("sns: away"))
	for _, tt := range []struct {
		label   string
		payload any
	}{
		{"event", event}, {"flush", map[string]any{"flush": "a"}}, {"sweep", map[string]any{"sweep": true}},
	} {
		t.Run(tt.label, func(t *testing.T) {
			h, _ := newHandler(t)
			h.Alerts = &told{err: away}
			if _, err := h.Handle(t.Context(), encode(t, tt.payload)); err == nil || err.Error() != "slack: away; sns: away" {
				t.Errorf("got error %v, want both on one line", err)
			}
			out, err := h.Handle(t.Context(), encode(t, queued(tt.payload)))
			if err != nil || string(out) != `{"batchItemFailures":[{"itemIdentifier":"a"}]}` {
				t.Errorf("got %s, %v; want the one message back in the queue", out, err)
			}
		})
	}
}

func TestNobodyToAlert(t *testing.T) {
	h, _ := newHandler(t)
	if _, err := h.Handle(t.Context(), file(t, "prefect-subject.json")); err != nil {
		t.Errorf("an event is explained all the same: %v", err)
	}
	if _, err := h.Handle(t.Context(), json.RawMessage(`{"flush": "a"}`)); err == nil || !strings.Contains(err.Error(), "started without") {
		t.Errorf("got error %v, want that there are no alerts", err)
	}
}

// trail is a Finder over records at hand.
type trailOf struct {
	records []map[string]any
	err     error
	asked   live.Lookup
}

func (f *trailOf) Records(_ context.Context, l live.Lookup) iter.Seq2[live.Record, error] {
	f.asked = l
	return func(yield func(live.Record, error) bool) {
		if f.err != nil && !yield(live.Record{}, f.err) {
			return
		}
		for _, r := range f.records {
			data, err := json.Marshal(r)
			if !yield(live.Record{JSON: data}, err) {
				return
			}
		}
	}
}

func TestLookup(t *testing.T) {
	now := time.Date(2026, 11, 2, 15, 0, 0, 0, time.UTC)
	const role = "arn:aws:iam::123456789012:role/prefect-flows"
	denied := record(t, "prefect-subject.json", nil)
	roleless := record(t, "prefect-subject.json", map[string]any{"requestParameters": nil, "resources": nil})
	succeeded := record(t, "prefect-subject.json", success)
	other := record(t, "github-environment.json", nil)
	type answer struct {
		Reports []one
		Errors  int
		Asked   live.Lookup
	}
	explained := one{"explained", "sub_mismatch", "prefect:account:3f2a9c1e-8b47-4d0a-9c55-1e6b7a20d4f8"}
	hour := live.Lookup{Account: "123456789012", Since: now.Add(-time.Hour)}
	for _, tt := range []struct {
		label, reason string
		payload       map[string]any
		finder        *trailOf
		want          answer
		err           string
	}{
		{"one event", "the report itself", map[string]any{"eventId": eventID}, &trailOf{records: []map[string]any{denied}},
			answer{Reports: []one{explained}, Asked: live.Lookup{EventID: eventID}}, ""},
		{"one event and its role", "the role settles a record that names none", map[string]any{"eventId": eventID, "roleArn": role}, &trailOf{records: []map[string]any{roleless}},
			answer{Reports: []one{explained}, Asked: live.Lookup{EventID: eventID, Account: "123456789012"}}, ""},
		{"a success by its id", "somebody asked about it", map[string]any{"eventId": eventID}, &trailOf{records: []map[string]any{succeeded}},
			answer{Reports: []one{{"allowed", "", explained.Sub}}, Asked: live.Lookup{EventID: eventID}}, ""},
		{"no such event", "CloudTrail may be late", map[string]any{"eventId": eventID}, &trailOf{}, answer{}, "CloudTrail has no call"},
		{"the event cannot be read", "whoever asks should know which permission is missing", map[string]any{"eventId": eventID}, &trailOf{err: errors.New("cloudtrail:LookupEvents: not allowed")}, answer{}, "cloudtrail:LookupEvents: not allowed"},
		{"a role", "the last hour, and those that name it", map[string]any{"roleArn": role}, &trailOf{records: []map[string]any{denied, other, succeeded}},
			answer{Reports: []one{explained}, Asked: hour}, ""},
		{"a role, some without", "they may be about it, or not", map[string]any{"roleArn": role, "since": "1h"}, &trailOf{records: []map[string]any{denied, roleless}},
			answer{Reports: []one{explained}, Errors: 1, Asked: hour}, ""},
		{"a role, one region away", "the others are answered", map[string]any{"roleArn": role}, &trailOf{records: []map[string]any{denied}, err: errors.New("us-east-1: unreachable")},
			answer{Reports: []one{explained}, Errors: 1, Asked: hour}, ""},
		{"since when", "a duration is expected", map[string]any{"roleArn": role, "since": "yesterday"}, &trailOf{}, answer{}, `payload: since is "yesterday", expected how far back`},
		{"too long ago", "CloudTrail keeps no more", map[string]any{"roleArn": role, "since": "2161h"}, &trailOf{}, answer{}, "payload: since is"},
		{"no ARN", "a name tells no account", map[string]any{"roleArn": "prefect-flows"}, &trailOf{}, answer{}, `payload: roleArn is "prefect-flows", expected`},
		{"unknown key", "a misspelled key is not to be passed over", map[string]any{"roleArn": role, "from": "1h"}, &trailOf{}, answer{}, `payload: unknown key "from"`},
		{"a number", "an id is a string", map[string]any{"eventId": 7}, &trailOf{}, answer{}, "payload: eventId is no string"},
	} {
		t.Run(tt.label, func(t *testing.T) {
			h, _ := newHandler(t)
			alerts := &told{}
			h.Finder, h.Alerts, h.Now = tt.finder, alerts, func() time.Time { return now }
			out, err := h.Handle(t.Context(), encode(t, tt.payload))
			if tt.err != "" {
				if err == nil || !strings.HasPrefix(err.Error(), tt.err) || strings.Contains(err.Error(), "\n") {
					t.Fatalf("%s: got error %v, want one line that begins with %q", tt.reason, err, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			got := answer{Asked: tt.finder.asked}
			got.Reports, got.Errors = readAnswer(t, out)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
			if len(alerts.events) != 0 {
				t.Errorf("whoever asks has the answer, nobody else is told: %v", alerts.events)
			}
		})
	}
}

// readAnswer reads one report or a batch.
func readAnswer(t *testing.T, out []byte) (reports []one, errs int) {
	t.Helper()
	var b handler.Batch
	if err := json.Unmarshal(out, &b); err != nil {
		t.Fatal(err)
	}
	all := b.Reports
	if all == nil {
		all = []json.RawMessage{out}
	} else if err := validBatch(t, out); err != nil {
		t.Error(err)
	}
	for _, one := range all {
		var r report.Report
		if err := json.Unmarshal(one, &r); err != nil {
			t.Fatal(err)
		}
		reports = append(reports, brief(r))
	}
	return reports, len(b.Errors)
}

func TestExplainedIsTold(t *testing.T) {
	snapshot, err := evidence.ParseSnapshot("account.json", file(t, "account.json"))
	if err != nil {
		t.Fatal(err)
	}
	var causes []string
	h := handler.New(handler.Config{Source: snapshot, Log: zerolog.New(&bytes.Buffer{}), Explained: func(r *report.Report) { causes = append(causes, r.Causes[0].Code) }})
	if _, err := h.Handle(t.Context(), file(t, "prefect-subject.json")); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"sub_mismatch"}, causes); diff != "" {
		t.Errorf("metrics count each (-want +got):\n%s", diff)
	}
}
