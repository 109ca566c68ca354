// Package queue is an [alert.Scheduler] by an SQS queue with delays, whose
// messages come back to the function that sent them:
//
//	{"flush":"<incident id>"}
//
// The one call is SendMessage. It needs sqs:SendMessage, and on a queue that is
// encrypted with a key of the customer's kms:GenerateDataKey and kms:Decrypt.
package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"whydenied/pkg/alert"
)

// maxDelay is the longest that SQS keeps a message back (API Reference,
// SendMessage, DelaySeconds).
const maxDelay = 15 * time.Minute

// API is the call of SQS that is made. A *sqs.Client has it.
type API interface {
	SendMessage(context.Context, *sqs.SendMessageInput, ...func(*sqs.Options)) (*sqs.SendMessageOutput, error)
}

// Config is what a scheduler needs.
type Config struct {
	QueueURL string // of a standard queue: a FIFO one takes no delay for a message
	// Client makes the client, when it is first needed. It is called again
	// after an error, else never.
	Client func(context.Context) (API, error)
}

// Queue is an [alert.Scheduler]. Its errors name the call and the queue, and
// the permission that is missing.
type Queue struct {
	url    string
	client func(context.Context) (API, error)

	mutex sync.Mutex
	api   API
}

var _ alert.Scheduler = (*Queue)(nil)

// Message is the body of what is sent.
type Message struct {
	Flush string `json:"flush"` // the ID of the incident to look at
}

// New makes a scheduler. It calls nothing yet.
func New(config Config) *Queue {
	return &Queue{url: config.QueueURL, client: config.Client}
}

// Later sends a message that comes after a time, in whole seconds and rounded
// up. What is longer than 15 minutes is cut to them: who gets the message too
// early asks again.
func (q *Queue) Later(ctx context.Context, incident string, after time.Duration) error {
	api, err := q.open(ctx)
	if err != nil {
		return err
	}
	body, err := json.Marshal(Message{Flush: incident})
	if err != nil {
		return err
	}
	text := string(body)
	_, err = api.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: &q.url, MessageBody: &text, DelaySeconds: delay(after)})
	if err != nil {
		return failures().Failed("sqs:SendMessage", q.url, err)
	}
	return nil
}

func delay(after time.Duration) int32 {
	after = min(max(after, 0), maxDelay)
	return int32((after + time.Second - 1) / time.Second)
}

// open makes the client, once.
func (q *Queue) open(ctx context.Context) (API, error) {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	if q.api != nil {
		return q.api, nil
	}
	if q.client == nil {
		return nil, errors.New("the delay queue has no SQS client")
	}
	api, err := q.client(ctx)
	if err != nil {
		return nil, fmt.Errorf("queue %q: no SQS client: %w", q.url, err)
	}
	q.api = api
	return api, nil
}
