package handler_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"whydenied/lambda/handler"
	"whydenied/pkg/evidence"
	"whydenied/pkg/report"
)

func file(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "events", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// newHandler has the account that serves all events, and the log that it writes.
func newHandler(t testing.TB) (*handler.Handler, *bytes.Buffer) {
	t.Helper()
	snapshot, err := evidence.ParseSnapshot("account.json", file(t, "account.json"))
	if err != nil {
		t.Fatal(err)
	}
	var logs bytes.Buffer
	return handler.New(handler.Config{Source: snapshot, Log: zerolog.New(&logs)}), &logs
}

// record is the CloudTrail record in an event, with some of its fields changed.
func record(t testing.TB, name string, change map[string]any) map[string]any {
	t.Helper()
	var event struct {
		Detail map[string]any `json:"detail"`
	}
	if err := json.Unmarshal(file(t, name), &event); err != nil {
		t.Fatal(err)
	}
	for k, v := range change {
		if v == nil {
			delete(event.Detail, k)
		} else {
			event.Detail[k] = v
		}
	}
	return event.Detail
}

func encode(t testing.TB, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// one is what a case compares of a report.
type one struct{ Verdict, Cause, Sub string }

func brief(r report.Report) one {
	b := one{Verdict: r.Verdict}
	if len(r.Causes) > 0 {
		b.Cause = r.Causes[0].Code
	}
	if r.Denial.Sub != nil {
		b.Sub = *r.Denial.Sub
	}
	return b
}

var success = map[string]any{"errorCode": nil, "errorMessage": nil}

func TestHandleOneReport(t *testing.T) {
	const sub = "prefect:account:3f2a9c1e-8b47-4d0a-9c55-1e6b7a20d4f8"
	advice := func(name string) json.RawMessage { return file(t, "prefect-advice/"+name) }
	provider := "arn:aws:iam::123456789012:oidc-provider/api.prefect.cloud/oidc-provider"
	claims := map[string]any{"aud": "prefect-cloud", "sub": sub}
	for _, tt := range []struct {
		label, reason string
		payload       any
		want          one
	}{
		{"EventBridge", "one denial: the report itself", json.RawMessage(file(t, "prefect-subject.json")), one{"explained", "sub_mismatch", sub}},
		{"bare record", "whatever trail reads is accepted", record(t, "prefect-subject.json", nil), one{"explained", "sub_mismatch", sub}},
		{"on demand", "the record alone, under a key", map[string]any{"record": record(t, "prefect-subject.json", nil)}, one{"explained", "sub_mismatch", sub}},
		{"a success on demand", "somebody asked about it", map[string]any{"record": record(t, "prefect-subject.json", success)}, one{"allowed", "", sub}},
		{"what-if that allows", "the trust policy, the provider and the claims are all there is",
			map[string]any{"trustPolicy": advice("right.json"), "providerArn": provider, "claims": claims}, one{"allowed", "", sub}},
		{"what-if that refuses", "the advice changes the wrong thing",
			map[string]any{"trustPolicy": advice("aud.json"), "providerArn": provider, "claims": claims}, one{"explained", "aud_mismatch", sub}},
		{"what-if with a policy in a string", "IAM's API sends it so",
			map[string]any{"trustPolicy": string(advice("right.json")), "providerArn": provider, "claims": claims}, one{"allowed", "", sub}},
		{"what-if without claims", "a claim that is not given is hidden",
			map[string]any{"trustPolicy": advice("right.json"), "providerArn": provider}, one{"suspected", "hidden_claim", ""}},
		{"what-if with two audiences", "STS refuses several audiences without azp",
			map[string]any{"trustPolicy": advice("right.json"), "providerArn": provider,
				"claims": map[string]any{"aud": []string{"prefect-cloud", "other"}, "sub": sub, "n": 7}}, one{"explained", "token_invalid", sub}},
	} {
		t.Run(tt.label, func(t *testing.T) {
			h, _ := newHandler(t)
			out, err := h.Handle(context.Background(), encode(t, tt.payload))
			if err != nil {
				t.Fatal(err)
			}
			var got report.Report
			if err := json.Unmarshal(out, &got); err != nil {
				t.Fatal(err)
			}
			if got.Schema != report.Schema {
				t.Errorf("schema %q, want %q", got.Schema, report.Schema)
			}
			if diff := cmp.Diff(tt.want, brief(got)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

func validBatch(t *testing.T, out []byte) error {
	t.Helper()
	c := jsonschema.NewCompiler()
	for _, name := range []string{"schema.json", "batch.schema.json"} {
		data, err := os.ReadFile(filepath.Join("..", "..", "pkg", "report", name))
		if err != nil {
			t.Fatal(err)
		}
		schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		id := map[string]string{"schema.json": "urn:whydenied:report:v1", "batch.schema.json": "urn:whydenied:batch:v1"}[name]
		if err := c.AddResource(id, schema); err != nil {
			t.Fatal(err)
		}
	}
	schema, err := c.Compile("urn:whydenied:batch:v1")
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(out))
	if err != nil {
		return err
	}
	return schema.Validate(v)
}

func TestHandleBatch(t *testing.T) {
	type batch struct {
		Reports []one
		Skipped handler.Skipped
		Errors  int
	}
	denied := record(t, "github-environment.json", nil)
	succeeded := record(t, "prefect-subject.json", success)
	other := record(t, "prefect-subject.json", map[string]any{"eventName": "AssumeRole"})
	explained := one{"explained", "sub_mismatch", "repo:octo-org/api:environment:production"}
	event := func(detail any) map[string]any {
		return map[string]any{"version": "0", "detail-type": "AWS API Call via CloudTrail", "source": "aws.sts", "detail": detail}
	}
	for _, tt := range []struct {
		label, reason string
		payload       any
		want          batch
	}{
		{"log file", "successes and other calls are counted", map[string]any{"Records": []any{denied, succeeded, other, denied}},
			batch{Reports: []one{explained, explained}, Skipped: handler.Skipped{Succeeded: 1, Other: 1}}},
		{"a success of EventBridge", "acknowledged: nothing is to be retried", event(succeeded), batch{Skipped: handler.Skipped{Succeeded: 1}}},
		{"another call of EventBridge", "acknowledged: nothing is to be retried", event(other), batch{Skipped: handler.Skipped{Other: 1}}},
		{"no record at all", "an empty log file is a log file", map[string]any{"Records": []any{}}, batch{}},
		{"malformed among good", "the good ones are not to be retried", map[string]any{"Records": []any{denied, record(t, "prefect-subject.json", map[string]any{"userIdentity": 7})}},
			batch{Reports: []one{explained}, Errors: 1}},
	} {
		t.Run(tt.label, func(t *testing.T) {
			h, _ := newHandler(t)
			out, err := h.Handle(context.Background(), encode(t, tt.payload))
			if err != nil {
				t.Fatal(err)
			}
			var b struct {
				Schema  string
				Reports []report.Report
				Skipped handler.Skipped
				Errors  []string
			}
			dec := json.NewDecoder(bytes.NewReader(out))
			dec.DisallowUnknownFields()
			if err := dec.Decode(&b); err != nil {
				t.Fatal(err)
			}
			got := batch{Skipped: b.Skipped, Errors: len(b.Errors)}
			for _, r := range b.Reports {
				got.Reports = append(got.Reports, brief(r))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
			if err := validBatch(t, out); err != nil {
				t.Errorf("against the schema: %v", err)
			}
			if b.Schema != report.Schema || b.Reports == nil || b.Errors == nil {
				t.Errorf("schema %q, want %q and lists that are not null: %s", b.Schema, report.Schema, out)
			}
		})
	}
}

func TestHandleErrors(t *testing.T) {
	nameless := map[string]any{"eventName": nil, "eventSource": nil}
	policy := json.RawMessage(file(t, "prefect-advice/right.json"))
	provider := "arn:aws:iam::123456789012:oidc-provider/api.prefect.cloud/oidc-provider"
	for _, tt := range []struct {
		label, reason string
		payload       any
		want          string // what the error begins with
	}{
		{"event without eventSource and eventName", "the dead-letter queue is to get it", map[string]any{"detail": record(t, "prefect-subject.json", nameless)}, "payload:1:"},
		{"record without them", "the place is that in the record", map[string]any{"record": record(t, "prefect-subject.json", nameless)}, "record:1:"},
		{"all malformed", "none is good that a retry could repeat", map[string]any{"Records": []any{record(t, "prefect-subject.json", nameless), record(t, "prefect-subject.json", nameless)}}, "payload:1:"},
		{"not an object", "Lambda sends any JSON", 7, "payload:1:1"},
		{"event id", "the event is in AWS", map[string]any{"eventId": "b1"}, `payload: eventId and roleArn have to be looked up in AWS`},
		{"role", "the denials are in AWS", map[string]any{"roleArn": "r", "since": "1h"}, `payload: eventId and roleArn have to be looked up in AWS`},
		{"unknown key beside a record", "a misspelled key is not to be passed over", map[string]any{"record": 1, "claims": 2}, `payload: unknown key "claims" beside "record", expected record`},
		{"unknown key of a what-if", "a misspelled key is not to be passed over", map[string]any{"trustPolicy": policy, "providerArn": provider, "claim": 2}, `payload: unknown key "claim" beside "trustPolicy"`},
		{"no provider", "there is nothing to compare", map[string]any{"trustPolicy": policy}, "payload: providerArn is missing"},
		{"bad provider", "an ARN names its account", map[string]any{"trustPolicy": policy, "providerArn": "arn:aws:iam::12:oidc-provider/x"}, "payload: providerArn: "},
		{"bad policy", "the place is that in the policy, indented", map[string]any{"trustPolicy": map[string]any{"Statements": 1}, "providerArn": provider}, `payload: trust policy of "trustPolicy": 2:5: unknown element`},
		{"claims are a list", "claims have names", map[string]any{"trustPolicy": policy, "providerArn": provider, "claims": []int{1}}, "payload: claims is no object"},
		{"claim is an object", "no condition key has such a value", map[string]any{"trustPolicy": policy, "providerArn": provider, "claims": map[string]any{"sub": map[string]int{}}}, `payload: claims["sub"] is neither`},
		{"two subjects", "a token has one", map[string]any{"trustPolicy": policy, "providerArn": provider, "claims": map[string]any{"sub": []string{"a", "b"}}}, `payload: claims["sub"] holds 2 values, expected one`},
	} {
		t.Run(tt.label, func(t *testing.T) {
			h, _ := newHandler(t)
			out, err := h.Handle(context.Background(), encode(t, tt.payload))
			if err == nil {
				t.Fatalf("no error but %s: %s", out, tt.reason)
			}
			if got := err.Error(); !strings.HasPrefix(got, tt.want) || strings.Contains(got, "\n") {
				t.Errorf("%s\nwant one line that begins with %q\ngot %q", tt.reason, tt.want, got)
			}
		})
	}
}

func TestLog(t *testing.T) {
	long := strings.Repeat("é", 1000)
	for _, tt := range []struct {
		label, reason string
		payload       any
		want          map[string]any
	}{
		{"denial", "one line, with what a search starts from", json.RawMessage(file(t, "session-tags.json")), map[string]any{
			"level": "info", "message": "denial explained", "event_id": record(t, "session-tags.json", nil)["eventID"], "account": "123456789012",
			"role": "arn:aws:iam::123456789012:role/buildkite-deploy", "verdict": "explained", "cause": "tag_session_not_allowed", "confidence": "certain"}},
		{"long values", "callers choose them", record(t, "session-tags.json", map[string]any{"eventID": long}), map[string]any{
			"level": "info", "message": "denial explained", "event_id": strings.Repeat("é", 128) + "…", "account": "123456789012",
			"role": "arn:aws:iam::123456789012:role/buildkite-deploy", "verdict": "explained", "cause": "tag_session_not_allowed", "confidence": "certain"}},
		{"another call", "no denial: at debug only", record(t, "session-tags.json", map[string]any{"eventName": "AssumeRole"}), map[string]any{
			"level": "debug", "message": "passed over: another call", "call": "sts.amazonaws.com:AssumeRole"}},
	} {
		t.Run(tt.label, func(t *testing.T) {
			h, logs := newHandler(t)
			if _, err := h.Handle(context.Background(), encode(t, tt.payload)); err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(logs.String(), "\n"); n != 1 {
				t.Fatalf("%d lines, want 1:\n%s", n, logs)
			}
			var got map[string]any
			if err := json.Unmarshal(logs.Bytes(), &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

func FuzzHandle(f *testing.F) {
	for _, name := range []string{"prefect-subject.json", "github-immutable.json", "session-tags.json"} {
		event := file(f, name)
		f.Add(event)
		f.Add([]byte(`{"record": ` + string(event) + `}`))
		f.Add([]byte(`{"Records": [` + string(event) + `, {"eventName": 1}]}`))
	}
	f.Add([]byte(`{"trustPolicy": ` + string(file(f, "prefect-advice/aud-chat.json")) + `, "providerArn": "accounts.google.com", "claims": {"sub": ["a"], "aud": 1}}`))
	f.Add([]byte(`{"eventId": "x"}`))
	h, logs := newHandler(f)
	f.Fuzz(func(t *testing.T, payload []byte) {
		defer logs.Reset()
		out, err := h.Handle(context.Background(), payload)
		if err == nil && !json.Valid(out) {
			t.Errorf("the answer is no JSON: %q", out)
		}
		if err != nil && strings.ContainsAny(err.Error(), "\n\r") {
			t.Errorf("the error has more than one line: %q", err)
		}
	})
}
