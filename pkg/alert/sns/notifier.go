package sns

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"whydenied/pkg/alert"
)

// Publisher is the one call of SNS that is made.
type Publisher interface {
	Publish(ctx context.Context, in *sns.PublishInput, options ...func(*sns.Options)) (*sns.PublishOutput, error)
}

// Config says what is published, and to where.
type Config struct {
	// Client makes the client, when the first message is published.
	Client   func(context.Context) (Publisher, error)
	Topic    string            // ARN, where no route names another; "" publishes only what a route has a topic for
	Accounts map[string]string // what people call accounts, by account ID
	Docs     string            // where docs/causes is published; "" names the pages without a link

	// Chat: HTTPS subscribers get the custom notification of Amazon Q Developer
	// in chat applications, instead of the report.
	Chat bool
}

// Notifier publishes to a topic.
type Notifier struct {
	config Config

	mu     sync.Mutex
	client Publisher
}

// New makes a notifier. It calls nothing before the first message.
func New(c Config) *Notifier { return &Notifier{config: c} }

// Name is "sns".
func (n *Notifier) Name() string { return "sns" }

// Edits is false.
func (n *Notifier) Edits() bool { return false }

// done are the IDs of the messages that SNS took.
type done struct {
	Opened string `json:"opened,omitempty"`
	Closed string `json:"closed,omitempty"`
}

// Deliver publishes the incident's message, or its closing summary, unless SNS
// took it before.
func (n *Notifier) Deliver(ctx context.Context, m *alert.Message, sent alert.Ref, keep func(alert.Ref) error) error {
	var d done
	if sent != "" {
		if err := json.Unmarshal([]byte(sent), &d); err != nil {
			return fmt.Errorf("sns: what was kept of an earlier message cannot be read: %w", err)
		}
	}
	there := &d.Opened
	if m.Kind == alert.KindClosing {
		there = &d.Closed
	}
	if *there != "" {
		return nil
	}
	if n.topic(m) == "" {
		return nil // only some routes have a topic, and this is none of them
	}
	id, err := n.publish(ctx, m)
	if err != nil {
		return err
	}
	*there = id
	ref, err := json.Marshal(d)
	if err != nil {
		return err
	}
	return keep(alert.Ref(ref))
}

// topic is the ARN of the one that a message is for.
func (n *Notifier) topic(m *alert.Message) string {
	return cmp.Or(m.Incident.Route.TopicARN, n.config.Topic)
}

func (n *Notifier) publish(ctx context.Context, m *alert.Message) (id string, err error) {
	client, err := n.connect(ctx)
	if err != nil {
		return "", err
	}
	in, err := n.input(m)
	if err != nil {
		return "", fmt.Errorf("sns:Publish %q: %w", n.topic(m), err)
	}
	out, err := client.Publish(ctx, in, inRegionOf(n.topic(m)))
	if err != nil {
		return "", explained(n.topic(m), err)
	}
	if id = aws.ToString(out.MessageId); id == "" {
		id = "unknown" // SNS took it, and it is not to be sent again
	}
	return id, nil
}

// inRegionOf has a topic asked for where it is: in another region than its own
// SNS knows of none, and a rule may name one of any region.
func inRegionOf(topic string) func(*sns.Options) {
	return func(o *sns.Options) { o.Region = cmp.Or(alert.TopicRegion(topic), o.Region) }
}

func (n *Notifier) connect(ctx context.Context) (Publisher, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.client == nil {
		if n.config.Client == nil {
			return nil, errors.New("sns: no client is configured")
		}
		client, err := n.config.Client(ctx)
		if err != nil {
			return nil, fmt.Errorf("sns: %w", err)
		}
		n.client = client
	}
	return n.client, nil
}
