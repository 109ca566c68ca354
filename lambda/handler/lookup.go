package handler

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"whydenied/pkg/evidence/live"
	"whydenied/pkg/trail"
)

// Finder looks up calls that CloudTrail recorded: a [live.Source].
type Finder interface {
	// Records yields CloudTrail's records, newest first. An error says what could
	// not be read; others may follow.
	Records(ctx context.Context, l live.Lookup) iter.Seq2[live.Record, error]
}

const (
	defaultSince = time.Hour
	// history is how long CloudTrail keeps events (CloudTrail User Guide,
	// "Working with CloudTrail event history").
	history = 90 * 24 * time.Hour
)

// lookup answers {"eventId": …} and {"roleArn": …, "since": …}.
func (h *Handler) lookup(ctx context.Context, request map[string]json.RawMessage) (json.RawMessage, error) {
	if h.Finder == nil {
		return nil, errors.New(`payload: eventId and roleArn have to be looked up in AWS, and this function was started without; send the record itself as {"record": {…}}`)
	}
	var eventID, role, since string
	wanted := []string{"roleArn", "since"}
	if request["eventId"] != nil {
		wanted = []string{"eventId", "roleArn"}
	}
	if err := onlyKeys(request, wanted...); err != nil {
		return nil, err
	}
	for key, to := range map[string]*string{"eventId": &eventID, "roleArn": &role, "since": &since} {
		if request[key] != nil && (json.Unmarshal(request[key], to) != nil || *to == "") {
			return nil, fmt.Errorf("payload: %s is no string, or empty", key)
		}
	}
	account, err := accountOf(role)
	if err != nil {
		return nil, err
	}
	l := live.Lookup{Account: account, EventID: eventID}
	if eventID == "" {
		if l.Since, err = h.since(since); err != nil {
			return nil, err
		}
	}
	return h.found(ctx, l, role)
}

func accountOf(role string) (string, error) {
	if role == "" {
		return "", nil
	}
	parts := strings.SplitN(role, ":", 6)
	if len(parts) != 6 || parts[2] != "iam" || !strings.HasPrefix(parts[5], "role/") {
		return "", fmt.Errorf(`payload: roleArn is %q, expected "arn:aws:iam::<account>:role/<name>"`, cut(role))
	}
	return parts[4], nil
}

func (h *Handler) since(text string) (time.Time, error) {
	ago := defaultSince
	if text != "" {
		var err error
		if ago, err = time.ParseDuration(text); err != nil || ago <= 0 || ago > history {
			return time.Time{}, fmt.Errorf(`payload: since is %q, expected how far back, up to 2160h (90 days, as long as CloudTrail keeps events), such as "1h" or "30m"`, cut(text))
		}
	}
	return h.Now().Add(-ago), nil
}

// found explains the denials that are found. Of a role's search those count
// that name it; the role settles the one record of an event that names none.
func (h *Handler) found(ctx context.Context, l live.Lookup, role string) (json.RawMessage, error) {
	b := newBatch()
	items, roleless := 0, 0
	for record, err := range h.Finder.Records(ctx, l) {
		if err != nil {
			b.Errors = append(b.Errors, err.Error())
			continue
		}
		for item := range trail.Read("record", bytes.NewReader(record.JSON)) {
			d := &item.Denial
			switch {
			case item.Kind == trail.KindMalformed:
				b.Errors = append(b.Errors, item.Err.Error())
				continue
			case item.Kind == trail.KindOther || item.Kind == trail.KindSucceeded && l.EventID == "":
				b.skip(item.Kind)
				continue
			case role != "" && !d.RoleARN.Known && l.EventID != "":
				d.RoleARN = trail.Known(role)
			case role != "" && !d.RoleARN.Known:
				roleless++
				continue
			case role != "" && d.RoleARN.Value != role && l.EventID == "":
				continue
			}
			items++
			if err := h.explain(ctx, &b, *d, item.Kind == trail.KindSucceeded, origin{}); err != nil {
				return nil, err
			}
		}
	}
	return h.outcome(&b, l, items, roleless)
}

// outcome is the one report of one event, or a batch.
func (h *Handler) outcome(b *Batch, l live.Lookup, items, roleless int) (json.RawMessage, error) {
	switch {
	case l.EventID != "" && items == 1:
		return b.Reports[0], nil
	case l.EventID != "" && items == 0 && len(b.Errors) > 0:
		return nil, errors.New(b.Errors[0])
	case l.EventID != "" && items == 0:
		return nil, fmt.Errorf("CloudTrail has no call of AssumeRoleWithWebIdentity with event id %q here: it delivers up to 15 minutes late, keeps 90 days, and has each event in the role's account and in the region of the STS endpoint only", cut(l.EventID))
	case roleless > 0:
		b.Errors = append(b.Errors, fmt.Sprintf("denials that name no role, and may be about this one: %d; ask with their eventId and this roleArn", roleless))
	}
	return encode(b)
}
