package bus_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/smithy-go"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"whydenied/pkg/alert"
	"whydenied/pkg/alert/bus"
	"whydenied/pkg/report"
)

// putter is a bus.
type putter struct {
	entries []types.PutEventsRequestEntry
	err     error
	code    string // of the entry
}

func (p *putter) PutEvents(_ context.Context, in *eventbridge.PutEventsInput, _ ...func(*eventbridge.Options)) (*eventbridge.PutEventsOutput, error) {
	if p.err != nil {
		return nil, p.err
	}
	if p.code != "" {
		return &eventbridge.PutEventsOutput{FailedEntryCount: 1, Entries: []types.PutEventsResultEntry{{ErrorCode: aws.String(p.code), ErrorMessage: aws.String("m")}}}, nil
	}
	p.entries = append(p.entries, in.Entries...)
	return &eventbridge.PutEventsOutput{Entries: []types.PutEventsResultEntry{{EventId: aws.String("11710aed")}}}, nil
}

func newNotifier(p bus.Putter) *bus.Notifier {
	return bus.New(bus.Config{Client: func(context.Context) (bus.Putter, error) { return p, nil }, Bus: "incidents"})
}

// stored are the messages that all notifiers are tested with.
func stored(t testing.TB) map[string]*alert.Message {
	t.Helper()
	files, err := filepath.Glob("../testdata/messages/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no messages: %v", err)
	}
	all := map[string]*alert.Message{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var m alert.Message
		if err := json.Unmarshal(data, &m); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all[strings.TrimSuffix(filepath.Base(file), ".json")] = &m
	}
	return all
}

func nothing(alert.Ref) error { return nil }

// compiled is the published schema, with the report's.
func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	data, err := os.Open("../../report/schema.json")
	if err != nil {
		t.Fatal(err)
	}
	defer data.Close()
	doc, err := jsonschema.UnmarshalJSON(data)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.AddResource("urn:whydenied:report:v1", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("denial-diagnosed.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func TestDetail(t *testing.T) {
	schema := compiled(t)
	for name, m := range stored(t) {
		p := &putter{}
		if err := newNotifier(p).Deliver(t.Context(), m, "", nothing); err != nil {
			t.Fatal(err)
		}
		if m.Kind == alert.KindClosing {
			if len(p.entries) != 0 {
				t.Errorf("%s: a closing summary opens a ticket", name)
			}
			continue
		}
		e := p.entries[0]
		if *e.Source != "whydenied" || *e.DetailType != "Denial Diagnosed" || *e.EventBusName != "incidents" || !e.Time.Equal(m.Incident.Last) {
			t.Errorf("%s: %+v", name, e)
		}
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(*e.Detail))
		if err == nil {
			err = schema.Validate(v)
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOnce(t *testing.T) {
	p := &putter{}
	n := newNotifier(p)
	var kept alert.Ref
	for range 3 {
		if err := n.Deliver(t.Context(), stored(t)["1-prefect"], kept, func(r alert.Ref) error { kept = r; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	if len(p.entries) != 1 || n.Edits() || n.Name() != "bus" {
		t.Errorf("%d events, want 1", len(p.entries))
	}
}

func TestErrors(t *testing.T) {
	m := stored(t)["1-prefect"]
	for _, tt := range []struct {
		label, reason string
		bus           *putter
		want          string
	}{
		{"an entry fails", "the call itself succeeds", &putter{code: "AccessDeniedException"},
			`events:PutEvents "incidents": the function may not put events: its role, or the bus's policy, has to allow events:PutEvents (AccessDeniedException)`},
		{"an entry is throttled", "it is to be tried later", &putter{code: "ThrottlingException"}, "EventBridge takes no more messages for 10s"},
		{"the call fails", "a bus was mistyped", &putter{err: &smithy.GenericAPIError{Code: "ResourceNotFoundException", Message: "m"}},
			`events:PutEvents "incidents": there is no such bus (ResourceNotFoundException)`},
		{"no answer", "the deadline", &putter{err: context.DeadlineExceeded}, `events:PutEvents "incidents": no answer before the deadline: context deadline exceeded`},
		{"unreachable", "what is not from AWS is said as it is", &putter{err: errors.New("dial")}, `events:PutEvents "incidents": dial`},
	} {
		t.Run(tt.label, func(t *testing.T) {
			err := newNotifier(tt.bus).Deliver(t.Context(), m, "", func(alert.Ref) error { t.Error("kept"); return nil })
			if err == nil || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s (%s)", err, tt.want, tt.reason)
			}
		})
	}
}

func TestLongReport(t *testing.T) {
	m := *stored(t)["2-environment"]
	r := *m.Report
	for range 2000 {
		r.Candidates = append(r.Candidates, report.Candidate{RoleARN: strings.Repeat("é", 500), Checks: r.Checks, Causes: r.Causes})
	}
	m.Report, m.Incident.Role = &r, strings.Repeat("r", 5000)
	p := &putter{}
	if err := newNotifier(p).Deliver(t.Context(), &m, "", nothing); err != nil {
		t.Fatal(err)
	}
	if e := p.entries[0]; len(*e.Detail) > 262_144-16_384 || len(e.Resources) != 0 {
		t.Errorf("%d bytes, %d resources", len(*e.Detail), len(e.Resources))
	}
}
