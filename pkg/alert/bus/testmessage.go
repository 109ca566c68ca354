package bus

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"whydenied/pkg/alert"
)

var _ alert.Tester = (*Notifier)(nil)

// TestDetailType is that of a test. It is another one than [DetailType], whose
// rules open tickets.
const TestDetailType = "Test Alert"

// SendTest puts an event onto the bus that no rule on denials matches.
func (n *Notifier) SendTest(ctx context.Context, m alert.TestMessage) error {
	client, err := n.connect(ctx)
	if err != nil {
		return err
	}
	detail, err := json.Marshal(map[string]string{"title": m.Title(), "text": m.Text()})
	if err != nil {
		return fmt.Errorf("events:PutEvents %q: %w", n.config.Bus, err)
	}
	out, err := client.PutEvents(ctx, &eventbridge.PutEventsInput{Entries: []types.PutEventsRequestEntry{{
		EventBusName: aws.String(n.config.Bus), Source: aws.String(Source), DetailType: aws.String(TestDetailType),
		Detail: aws.String(string(detail)), Time: aws.Time(m.Time.UTC()),
	}}})
	switch {
	case err != nil:
		return explained(n.config.Bus, err)
	case len(out.Entries) != 1 || out.FailedEntryCount > 0:
		return refused(n.config.Bus, out)
	}
	return nil
}
