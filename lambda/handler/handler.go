// Package handler answers what the Lambda is invoked with: an EventBridge
// event of a refused call or of a change of a role, any other envelope of
// CloudTrail records, messages of a queue, or a request made on demand
// ({"record": …}, {"eventId": …}, {"roleArn": …, "since": …}, {"trustPolicy": …,
// "providerArn": …, "claims": …}, or {"doctor": true}). A payload goes in; the
// report comes out as JSON, one log line is written for each denial, and what was
// delivered as an event is handed to [Alerts]. The command "whydenied invoke"
// calls the same.
//
// It never looks at the world itself: what an account held comes from the
// [evidence.Source] that it is given, records from the [Finder]. It logs no
// token and no whole record.
package handler

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"whydenied/pkg/alert"
	"whydenied/pkg/evidence"
	"whydenied/pkg/explain"
	"whydenied/pkg/report"
	"whydenied/pkg/trail"
)

// Config is what a Handler works with.
type Config struct {
	Source evidence.Source  // what the accounts held; required
	Finder Finder           // where recorded denials are looked up; nil answers that none can be
	Alerts Alerts           // who is told of denials that were delivered as events; nil for nobody
	Doctor Doctor           // who looks at the stack itself; nil answers that nobody can
	Now    func() time.Time // required where there is a Finder
	Log    zerolog.Logger   // the zero Logger writes nothing
	// Explained is told of each report on a refused call; may be nil.
	Explained func(*report.Report)
}

// Alerts is who is told of denials: an alert.Alerter, or nobody.
type Alerts interface {
	// Report is told of one refused call. An error means that the call has to be
	// reported again.
	Report(ctx context.Context, r *report.Report) error
	// Flush brings the messages on an incident up to date.
	Flush(ctx context.Context, incident string) error
	// Sweep closes incidents that have been quiet.
	Sweep(ctx context.Context) error
	// Changed answers the incidents of a role, or of a provider, that was
	// changed.
	Changed(ctx context.Context, c alert.RoleChange, judge alert.Judge) error
}

// Handler answers payloads. It is safe for concurrent use if its source is.
type Handler struct {
	Config
}

// New makes a Handler.
func New(c Config) *Handler { return &Handler{Config: c} }

// Batch is the answer to anything but one denial.
type Batch struct {
	Schema  string            `json:"schema"`
	Reports []json.RawMessage `json:"reports"` // each a [report.Report]
	Skipped Skipped           `json:"skipped"`
	Errors  []string          `json:"errors"` // one line for each record that could not be read
}

func newBatch() Batch {
	return Batch{Schema: report.Schema, Reports: []json.RawMessage{}, Errors: []string{}}
}

// skip counts a record that there is nothing to explain about.
func (b *Batch) skip(kind trail.Kind) {
	if kind == trail.KindSucceeded {
		b.Skipped.Succeeded++
	} else {
		b.Skipped.Other++
	}
}

// Skipped counts the records that there is nothing to explain about.
type Skipped struct {
	Succeeded int `json:"succeeded"`
	Other     int `json:"other"`
}

// Handle answers one payload with a [report.Report], a [Batch], or what Lambda
// wants to know of a queue's messages, as JSON. An error is one line that names
// the place in the payload, or says what could not be delivered. A batch in
// which some record can be read is not an error, or Lambda would retry the good
// ones too.
func (h *Handler) Handle(ctx context.Context, payload json.RawMessage) (json.RawMessage, error) {
	shape := shapeOf(payload)
	switch {
	case shape.messages != nil:
		return h.messages(ctx, shape.messages)
	case shape.flush != "":
		return done, h.alert(func(a Alerts) error { return a.Flush(ctx, shape.flush) })
	case shape.sweep:
		return done, h.alert(func(a Alerts) error { return a.Sweep(ctx) })
	case shape.request != nil:
		return h.onDemand(ctx, shape.request)
	case shape.iam:
		return h.changed(ctx, shape.payload)
	default:
		return h.records(ctx, "payload", shape.payload, origin{event: shape.event})
	}
}

// done is the answer where there is nothing to tell.
var done = json.RawMessage("{}")

// alert does what only makes sense where somebody is told of denials.
func (h *Handler) alert(f func(Alerts) error) error {
	if h.Alerts == nil {
		return errors.New("payload: it is about alerts, and this function was started without")
	}
	return oneLine(f(h.Alerts))
}

// oneLine puts an error that joins those of several channels on one line.
func oneLine(err error) error {
	if err == nil {
		return nil
	}
	return errors.New(strings.ReplaceAll(err.Error(), "\n", "; "))
}

// onDemand answers a request that somebody made.
func (h *Handler) onDemand(ctx context.Context, request map[string]json.RawMessage) (json.RawMessage, error) {
	switch {
	case request["record"] != nil:
		if err := onlyKeys(request, "record"); err != nil {
			return nil, err
		}
		return h.records(ctx, "record", request["record"], origin{asked: true})
	case request["trustPolicy"] != nil:
		return h.whatIf(ctx, request)
	case request["doctor"] != nil:
		return h.doctor(ctx, request)
	default:
		return h.lookup(ctx, request)
	}
}

// maxErrors is how many records that could not be read an answer names; the
// rest are counted.
const maxErrors = 100

// origin is how records came.
type origin struct {
	event bool // delivered as an event: denials are alerted of
	asked bool // sent on demand: a success has a report too
}

// records explains all denials that a payload holds.
func (h *Handler) records(ctx context.Context, name string, data []byte, from origin) (json.RawMessage, error) {
	b := newBatch()
	items, broken := 0, 0
	var failed []error
	var success *trail.Denial
	for item := range trail.Read(name, bytes.NewReader(data)) {
		items++
		switch item.Kind {
		case trail.KindDenied:
			err := h.explain(ctx, &b, item.Denial, false, from)
			if err != nil {
				failed = append(failed, err)
			}
		case trail.KindSucceeded:
			h.Log.Debug().Str("event_id", cut(item.Denial.EventID)).Msg("passed over: the call succeeded")
			b.skip(item.Kind)
			success = &item.Denial
		case trail.KindOther:
			h.Log.Debug().Str("call", cut(item.Call)).Msg("passed over: another call")
			b.skip(item.Kind)
		case trail.KindMalformed:
			if broken++; broken <= maxErrors {
				b.Errors = append(b.Errors, item.Err.Error())
			}
		}
	}
	if from.asked && items == 1 && success != nil {
		b.Skipped.Succeeded = 0
		if err := h.explain(ctx, &b, *success, true, from); err != nil {
			failed = append(failed, err)
		}
	}
	if len(failed) > 0 {
		return nil, oneLine(errors.Join(failed...))
	}
	return h.answer(&b, items, broken)
}

// explain adds one report, and has it alerted of. The error is one of
// delivery: the report was made.
func (h *Handler) explain(ctx context.Context, b *Batch, d trail.Denial, succeeded bool, from origin) error {
	r := explain.Call(ctx, d, succeeded, h.Source)
	h.explained(&r)
	line, err := report.JSON(&r)
	if err != nil {
		return err
	}
	b.Reports = append(b.Reports, line)
	if !from.event || succeeded || h.Alerts == nil {
		return nil
	}
	return h.Alerts.Report(ctx, &r)
}

// answer is the one report of one record, the batch of several, or an error
// where no record could be read.
func (h *Handler) answer(b *Batch, items, broken int) (json.RawMessage, error) {
	switch {
	case broken == items && items == 1:
		return nil, errors.New(b.Errors[0])
	case broken == items && items > 0:
		return nil, fmt.Errorf("%s (and %d more places that could not be read; none could)", b.Errors[0], items-1)
	case items == 1 && len(b.Reports) == 1:
		return b.Reports[0], nil
	}
	for _, text := range b.Errors {
		h.Log.Warn().Str("error", cut(text)).Msg("not a record")
	}
	if more := broken - len(b.Errors); more > 0 {
		b.Errors = append(b.Errors, fmt.Sprintf("%d more places could not be read", more))
	}
	return encode(b)
}

func encode(batch *Batch) (json.RawMessage, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(batch)
	return b.Bytes(), err
}
