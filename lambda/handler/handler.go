// Package handler answers what the Lambda is invoked with: an EventBridge
// event, any other envelope of CloudTrail records, or a request made on demand
// ({"record": …}, or {"trustPolicy": …, "providerArn": …, "claims": …}). A
// payload goes in; the report comes out as JSON, one log line is written for
// each denial. The command "whydenied invoke" calls the same.
//
// It never looks at the world itself: what an account held comes from the
// [evidence.Source] that it is given. It logs no token and no whole record.
package handler

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/rs/zerolog"

	"whydenied/pkg/evidence"
	"whydenied/pkg/explain"
	"whydenied/pkg/report"
	"whydenied/pkg/trail"
)

// Config is what a Handler works with.
type Config struct {
	Source evidence.Source // what the accounts held; required
	Log    zerolog.Logger  // the zero Logger writes nothing
}

// Handler answers payloads. It is safe for concurrent use if its source is.
type Handler struct {
	source evidence.Source
	log    zerolog.Logger
}

// New makes a Handler.
func New(c Config) *Handler {
	return &Handler{source: c.Source, log: c.Log}
}

// Batch is the answer to anything but one denial.
type Batch struct {
	Schema  string            `json:"schema"`
	Reports []json.RawMessage `json:"reports"` // each a [report.Report]
	Skipped Skipped           `json:"skipped"`
	Errors  []string          `json:"errors"` // one line for each record that could not be read
}

// Skipped counts the records that there is nothing to explain about.
type Skipped struct {
	Succeeded int `json:"succeeded"`
	Other     int `json:"other"`
}

// Handle answers one payload with a [report.Report] or a [Batch], as JSON. An
// error is one line that names the place in the payload. A batch in which some
// record can be read is not an error, or Lambda would retry the good ones too.
func (h *Handler) Handle(ctx context.Context, payload json.RawMessage) (json.RawMessage, error) {
	request, onDemand := read(payload)
	switch {
	case !onDemand:
		return h.records(ctx, "payload", payload, false)
	case request["record"] != nil:
		if err := onlyKeys(request, "record"); err != nil {
			return nil, err
		}
		return h.records(ctx, "record", request["record"], true)
	case request["trustPolicy"] != nil:
		return h.whatIf(ctx, request)
	case request["eventId"] != nil:
		return nil, errors.New(`payload: {"eventId": …} has to be looked up in AWS, and this function was started without; send the record itself as {"record": {…}}`)
	default:
		return nil, errors.New(`payload: {"roleArn": …} has to be read from AWS, and this function was started without; send the trust policy itself as {"trustPolicy": {…}, "providerArn": "…", "claims": {…}}`)
	}
}

// maxErrors is how many records that could not be read an answer names; the
// rest are counted.
const maxErrors = 100

// records explains all denials that a payload holds. A success that was sent
// on demand has a report too: somebody asked about it.
func (h *Handler) records(ctx context.Context, name string, data []byte, onDemand bool) (json.RawMessage, error) {
	b := Batch{Schema: report.Schema, Reports: []json.RawMessage{}, Errors: []string{}}
	items, broken := 0, 0
	var success *trail.Denial
	for item := range trail.Read(name, bytes.NewReader(data)) {
		items++
		switch item.Kind {
		case trail.KindDenied:
			if err := h.explain(ctx, &b, item.Denial, false); err != nil {
				return nil, err
			}
		case trail.KindSucceeded:
			h.log.Debug().Str("event_id", cut(item.Denial.EventID)).Msg("passed over: the call succeeded")
			b.Skipped.Succeeded++
			success = &item.Denial
		case trail.KindOther:
			h.log.Debug().Str("call", cut(item.Call)).Msg("passed over: another call")
			b.Skipped.Other++
		case trail.KindMalformed:
			if broken++; broken <= maxErrors {
				b.Errors = append(b.Errors, item.Err.Error())
			}
		}
	}
	if onDemand && items == 1 && success != nil {
		b.Skipped.Succeeded = 0
		if err := h.explain(ctx, &b, *success, true); err != nil {
			return nil, err
		}
	}
	return h.answer(&b, items, broken)
}

// explain adds one report.
func (h *Handler) explain(ctx context.Context, b *Batch, d trail.Denial, succeeded bool) error {
	r := explain.Call(ctx, d, succeeded, h.source)
	h.explained(&r)
	line, err := report.JSON(&r)
	b.Reports = append(b.Reports, line)
	return err
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
		h.log.Warn().Str("error", cut(text)).Msg("not a record")
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
