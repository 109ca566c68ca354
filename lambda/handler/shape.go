package handler

import (
	"context"
	"encoding/json"
	"errors"
)

// shape is what a payload is, told by its members. At most one of the first
// four is set; none for any other envelope of CloudTrail records.
type shape struct {
	request  map[string]json.RawMessage // made on demand
	messages []message                  // of an SQS queue
	flush    string                     // an incident whose messages are to be brought up to date
	sweep    bool
	event    bool            // EventBridge's, or what SNS brought
	iam      bool            // EventBridge's, of a call of IAM's API
	payload  json.RawMessage // without what Lambda put around one that failed
}

// maxWraps is how often a payload may have failed and been sent again.
const maxWraps = 8

// message is one message of an SQS queue as Lambda hands it over (Lambda
// Developer Guide, "Using Lambda with Amazon SQS").
type message struct {
	ID     string `json:"messageId"`
	Body   string `json:"body"`
	Source string `json:"eventSource"`
}

// requests are the members by which a request on demand is told; no envelope of
// CloudTrail records has any of them at its top.
var requests = []string{"record", "trustPolicy", "eventId", "roleArn", "doctor"}

func shapeOf(payload json.RawMessage) (s shape) {
	top := members(payload)
	// Lambda's on-failure destination: what an invocation was given, and failed on.
	for range maxWraps {
		if top["requestPayload"] == nil || top["detail-type"] != nil {
			break
		}
		payload = top["requestPayload"]
		top = members(payload)
	}
	s.payload = payload
	for _, key := range requests {
		if top[key] != nil {
			s.request = top
			return s
		}
	}
	_, s.event = top["detail-type"]
	var flush string
	switch {
	case s.event:
		s.iam = isIAM(top["detail"])
	case json.Unmarshal(top["flush"], &flush) == nil:
		s.flush = flush
	case string(top["sweep"]) == "true":
		s.sweep = true
	case top["Records"] != nil:
		s.messages, s.event = ofQueue(top["Records"])
	}
	return s
}

// members are those of an object; none of anything else.
func members(payload json.RawMessage) (top map[string]json.RawMessage) {
	if json.Unmarshal(payload, &top) != nil {
		return nil
	}
	return top
}

// ofQueue are the messages of a queue. Records of SNS are told apart; those of
// a log file are neither.
func ofQueue(records json.RawMessage) (messages []message, topic bool) {
	if json.Unmarshal(records, &messages) != nil || len(messages) == 0 {
		return nil, false
	}
	for _, m := range messages {
		if m.Source != "aws:sqs" {
			var sns []struct{ EventSource string }
			topic = json.Unmarshal(records, &sns) == nil && sns[0].EventSource == "aws:sns"
			return nil, topic
		}
	}
	return messages, false
}

// messages answers each message of a queue. Only those that failed are tried
// again (Lambda Developer Guide, "Implementing partial batch responses").
func (h *Handler) messages(ctx context.Context, all []message) (json.RawMessage, error) {
	type failure struct {
		ID string `json:"itemIdentifier"`
	}
	failures := []failure{}
	for _, m := range all {
		if err := h.message(ctx, json.RawMessage(m.Body)); err != nil {
			h.Log.Error().Str("message_id", cut(m.ID)).Str("error", cut(err.Error())).Msg("a message of the queue could not be handled")
			failures = append(failures, failure{m.ID})
		}
	}
	return json.Marshal(map[string]any{"batchItemFailures": failures})
}

// message answers one. Whatever a queue brings came as an event before.
func (h *Handler) message(ctx context.Context, body json.RawMessage) error {
	s := shapeOf(body)
	var err error
	switch {
	case s.request != nil:
		err = errors.New("a queue brings events, found a request on demand")
	case s.messages != nil:
		err = errors.New("a queue brings events, found the messages of another queue")
	case s.flush != "" || s.sweep || s.iam:
		_, err = h.Handle(ctx, s.payload)
	default:
		_, err = h.records(ctx, "body", s.payload, origin{event: true})
	}
	return err
}
