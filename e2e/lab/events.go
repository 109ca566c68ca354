package lab

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"whydenied/e2e/stack"
)

// AtOnce is how many events PutEvents takes.
const AtOnce = 10

// Put puts at most AtOnce events on the account's default bus, as CloudTrail
// does: their source is that of the record.
func (l *Lab) Put(ctx context.Context, records ...any) error {
	var entries []types.PutEventsRequestEntry
	for _, record := range records {
		data, err := json.Marshal(record)
		if err != nil {
			return err
		}
		var of struct {
			EventSource string `json:"eventSource"`
		}
		if err := json.Unmarshal(data, &of); err != nil {
			return err
		}
		service, _, _ := strings.Cut(of.EventSource, ".")
		entries = append(entries, types.PutEventsRequestEntry{
			Source: aws.String("aws." + service), DetailType: aws.String("AWS API Call via CloudTrail"), Detail: aws.String(string(data)),
		})
	}
	out, err := eventbridge.NewFromConfig(l.Config).PutEvents(ctx, &eventbridge.PutEventsInput{Entries: entries})
	switch {
	case err != nil:
		return fmt.Errorf("events:PutEvents: %w", err)
	case out.FailedEntryCount > 0:
		return fmt.Errorf("events:PutEvents refused %d of %d events", out.FailedEntryCount, len(entries))
	}
	return nil
}

// Log is all that a stack's function and Lambda wrote.
func (l *Lab) Log(ctx context.Context, s *stack.Stack) (string, error) {
	pages := cloudwatchlogs.NewFilterLogEventsPaginator(cloudwatchlogs.NewFromConfig(l.Config),
		&cloudwatchlogs.FilterLogEventsInput{LogGroupName: aws.String(s.Outputs["LogGroupName"])})
	var b strings.Builder
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return "", fmt.Errorf("logs:FilterLogEvents: %w", err)
		}
		for _, event := range page.Events {
			b.WriteString(aws.ToString(event.Message) + "\n")
		}
	}
	return b.String(), nil
}

// Invocations is how often a stack's function has answered or died: Lambda
// writes a report into its log each time.
func (l *Lab) Invocations(ctx context.Context, s *stack.Stack) (int, error) {
	log, err := l.Log(ctx, s)
	return strings.Count(log, "REPORT RequestId:"), err
}
