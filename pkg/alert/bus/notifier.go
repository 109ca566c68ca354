package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/smithy-go"

	"whydenied/pkg/alert"
)

// What the rules of others match.
const (
	Source     = "whydenied"
	DetailType = "Denial Diagnosed"
)

// Putter is the one call of EventBridge that is made.
type Putter interface {
	PutEvents(ctx context.Context, in *eventbridge.PutEventsInput, options ...func(*eventbridge.Options)) (*eventbridge.PutEventsOutput, error)
}

// Config says which bus.
type Config struct {
	// Client makes the client, when the first event is put.
	Client func(context.Context) (Putter, error)
	Bus    string // name or ARN
}

// Notifier puts events onto a bus.
type Notifier struct {
	config Config

	mu     sync.Mutex
	client Putter
}

// New makes a notifier. It calls nothing before the first event.
func New(c Config) *Notifier { return &Notifier{config: c} }

// Name is "bus".
func (n *Notifier) Name() string { return "bus" }

// Edits is false.
func (n *Notifier) Edits() bool { return false }

// Deliver puts a new incident onto the bus, once. What comes later, the
// closing summary too, is not for it: a rule opens a ticket for each event.
func (n *Notifier) Deliver(ctx context.Context, m *alert.Message, sent alert.Ref, keep func(alert.Ref) error) error {
	if sent != "" || m.Kind != alert.KindOpened {
		return nil
	}
	id, err := n.put(ctx, m)
	if err != nil {
		return err
	}
	ref, err := json.Marshal(map[string]string{"event": id})
	if err != nil {
		return err
	}
	return keep(alert.Ref(ref))
}

func (n *Notifier) put(ctx context.Context, m *alert.Message) (id string, err error) {
	client, err := n.connect(ctx)
	if err != nil {
		return "", err
	}
	detail, err := detail(m)
	if err != nil {
		return "", fmt.Errorf("events:PutEvents %q: %w", n.config.Bus, err)
	}
	out, err := client.PutEvents(ctx, &eventbridge.PutEventsInput{Entries: []types.PutEventsRequestEntry{{
		EventBusName: aws.String(n.config.Bus), Source: aws.String(Source), DetailType: aws.String(DetailType),
		Detail: aws.String(detail), Time: aws.Time(m.Incident.Last.UTC()), Resources: resources(m),
	}}})
	if err != nil {
		return "", explained(n.config.Bus, err)
	}
	// The call as a whole succeeds also where an entry was refused.
	if len(out.Entries) != 1 || out.FailedEntryCount > 0 {
		return "", refused(n.config.Bus, out)
	}
	return aws.ToString(out.Entries[0].EventId), nil
}

// mostBytes is the longest entry: EventBridge takes less than 262,144 bytes for
// time, source, kind, detail and resources together ("Calculating PutEvents
// event entry size"), and what it makes of an entry is longer.
const mostBytes = 262_144 - 16_384

func detail(m *alert.Message) (string, error) {
	for most := mostBytes; ; most /= 2 {
		payload, err := m.Payload(most)
		if err != nil || len(payload) <= mostBytes || most < 1024 {
			return string(payload), err
		}
	}
}

// resources lets a rule match by role without reading the detail.
func resources(m *alert.Message) []string {
	const longest = 2048 // of a resource of an event
	if role := m.Incident.Role; role != "" && len(role) <= longest {
		return []string{role}
	}
	return nil
}

func (n *Notifier) connect(ctx context.Context) (Putter, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.client == nil {
		if n.config.Client == nil {
			return nil, errors.New("event bus: no client is configured")
		}
		client, err := n.config.Client(ctx)
		if err != nil {
			return nil, fmt.Errorf("event bus: %w", err)
		}
		n.client = client
	}
	return n.client, nil
}

// hints say what somebody can do about a code of EventBridge.
var hints = map[string]string{
	"ResourceNotFoundException": "there is no such bus",
	"AccessDeniedException":     "the function may not put events: its role, or the bus's policy, has to allow events:PutEvents",
	"NotAuthorizedForSource":    "the function may not put events: its role, or the bus's policy, has to allow events:PutEvents",
	"MalformedDetail":           "EventBridge does not take the form of the event",
	"ValidationException":       "EventBridge does not take the form of the event",
	"InternalException":         "EventBridge has trouble of its own",
	"InternalFailure":           "EventBridge has trouble of its own",
}

func explained(bus string, err error) error {
	var api smithy.APIError
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return fmt.Errorf("events:PutEvents %q: no answer before the deadline: %w", bus, err)
	case errors.As(err, &api):
		return coded(bus, api.ErrorCode())
	}
	return fmt.Errorf("events:PutEvents %q: %w", bus, err)
}

func refused(bus string, out *eventbridge.PutEventsOutput) error {
	code := "no code"
	for _, e := range out.Entries {
		if c := aws.ToString(e.ErrorCode); c != "" {
			code = c
		}
	}
	return coded(bus, code)
}

func coded(bus, code string) error {
	if code == "ThrottlingException" || code == "Throttling" {
		const pause = 10 * time.Second // after the SDK's own tries
		return &alert.RateLimitedError{Place: "EventBridge", After: pause}
	}
	hint := hints[code]
	if hint == "" {
		hint = "EventBridge refused it"
	}
	return fmt.Errorf("events:PutEvents %q: %s (%s)", bus, hint, code)
}
