package handler

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"whydenied/lambda/doctor/checkup"
)

// Doctor looks at the stack itself: a [whydenied/lambda/doctor.Doctor].
type Doctor interface {
	Examine(ctx context.Context, q checkup.Request) checkup.Report
}

// doctor answers {"doctor": true, "accounts": […], "regions": […], "buses": […],
// "testAlert": true}.
func (h *Handler) doctor(ctx context.Context, request map[string]json.RawMessage) (json.RawMessage, error) {
	if err := onlyKeys(request, "doctor", "accounts", "regions", "buses", "testAlert"); err != nil {
		return nil, err
	}
	if string(request["doctor"]) != "true" {
		return nil, fmt.Errorf("payload: doctor is %s, expected true", cut(string(request["doctor"])))
	}
	var q checkup.Request
	for key, to := range map[string]any{"accounts": &q.Accounts, "regions": &q.Regions, "buses": &q.Buses, "testAlert": &q.TestAlert} {
		if request[key] != nil && json.Unmarshal(request[key], to) != nil {
			return nil, fmt.Errorf("payload: %s is of another kind, expected a list of strings, or for testAlert true or false", key)
		}
	}
	if err := q.Validate(); err != nil {
		return nil, fmt.Errorf("payload: %w", err)
	}
	if h.Doctor == nil {
		return nil, errors.New("payload: the doctor looks at a stack from inside, and this function was started without AWS; ask the one that is deployed")
	}
	r := h.Doctor.Examine(ctx, q)
	failed := 0
	for _, c := range r.Checks {
		if c.Status == checkup.Failed {
			failed++
			h.Log.Warn().Str("check", c.Name).Str("on", cut(c.On)).Str("found", cut(c.Found)).Msg("the doctor found something")
		}
	}
	h.Log.Info().Int("checks", len(r.Checks)).Int("failed", failed).Msg("the doctor was asked")
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(r)
	return b.Bytes(), err
}
