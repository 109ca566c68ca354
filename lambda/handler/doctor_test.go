package handler_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whydenied/lambda/doctor/checkup"
)

// examined keeps what it was asked.
type examined struct{ asked []checkup.Request }

func (e *examined) Examine(_ context.Context, q checkup.Request) checkup.Report {
	e.asked = append(e.asked, q)
	return checkup.Report{Schema: checkup.Schema, Checks: []checkup.Check{
		{Name: "rule", On: "us-east-1", Status: checkup.Failed, Found: "no rule", Do: "deploy <it>"}, {Name: "table", Status: checkup.OK, Found: "read"}}}
}

func TestDoctor(t *testing.T) {
	h, logs := newHandler(t)
	d := &examined{}
	h.Doctor = d
	answer, err := h.Handle(t.Context(), json.RawMessage(`{"doctor": true, "accounts": ["111122223333"], "regions": ["eu-west-1"], "buses": ["b"], "testAlert": true}`))
	if err != nil {
		t.Fatal(err)
	}
	want := []checkup.Request{{Accounts: []string{"111122223333"}, Regions: []string{"eu-west-1"}, Buses: []string{"b"}, TestAlert: true}}
	if diff := cmp.Diff(want, d.asked); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
	var r checkup.Report
	if err := json.Unmarshal(answer, &r); err != nil || len(r.Checks) != 2 || !strings.Contains(string(answer), "deploy <it>") {
		t.Errorf("got %s (%v)", answer, err)
	}
	if log := logs.String(); !strings.Contains(log, `"check":"rule"`) || !strings.Contains(log, `"failed":1`) || strings.Contains(log, `"check":"table"`) {
		t.Errorf("what is wrong is logged, got\n%s", log)
	}
}

func TestDoctorRefuses(t *testing.T) {
	for _, tt := range []struct {
		label, reason, payload, want string
		without                      bool
	}{
		{"false", "nothing else is asked for", `{"doctor": false}`, "payload: doctor is false, expected true", false},
		{"misspelled", "it would be passed over in silence", `{"doctor": true, "testalert": true}`, `payload: unknown key "testalert" beside "doctor"`, false},
		{"one region", "a list is expected", `{"doctor": true, "regions": "eu-west-1"}`, "payload: regions is of another kind", false},
		{"a region", "it gets into a host's name", `{"doctor": true, "regions": ["evil.example/"]}`, `payload: regions: found "evil.example/", expected a region such as eu-west-1`, false},
		{"an account", "it gets into an ARN", `{"doctor": true, "accounts": ["*"]}`, `payload: accounts: found "*", expected twelve digits`, false},
		{"a bus", "its name has few signs", `{"doctor": true, "buses": ["a b"]}`, `payload: buses: found "a b"`, false},
		{"too many", "the answer has to come in time", `{"doctor": true, "regions": ["eu-west-1"` + strings.Repeat(`,"eu-west-1"`, 100) + `]}`, "payload: regions: found 101, expected at most 100", false},
		{"a snapshot", "there is no stack to look at", `{"doctor": true}`, "payload: the doctor looks at a stack from inside", true},
	} {
		h, _ := newHandler(t)
		if !tt.without {
			h.Doctor = &examined{}
		}
		if _, err := h.Handle(t.Context(), json.RawMessage(tt.payload)); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: %s\nwant %q\ngot  %v", tt.label, tt.reason, tt.want, err)
		}
	}
}

// It is asked by those who may invoke the function, not by what a queue brings.
func TestDoctorIsNotQueued(t *testing.T) {
	h, _ := newHandler(t)
	d := &examined{}
	h.Doctor = d
	answer, err := h.Handle(t.Context(), encode(t, queued(map[string]any{"doctor": true, "testAlert": true})))
	if err != nil || len(d.asked) > 0 || !strings.Contains(string(answer), `"itemIdentifier":"a"`) {
		t.Errorf("got %s, %v after %d examinations", answer, err, len(d.asked))
	}
}
