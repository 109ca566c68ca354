package lab

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"whydenied/e2e/emulator"
)

// Subscribe makes a queue that gets a topic's messages as they are, and returns
// its URL.
func (l *Lab) Subscribe(ctx context.Context, topic, name string) (string, error) {
	queue, err := sqs.NewFromConfig(l.Config).CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: &name})
	if err != nil {
		return "", fmt.Errorf("sqs:CreateQueue %q: %w", name, err)
	}
	_, err = sns.NewFromConfig(l.Config).Subscribe(ctx, &sns.SubscribeInput{
		TopicArn: &topic, Protocol: aws.String("sqs"),
		Endpoint:   aws.String(fmt.Sprintf("arn:aws:sqs:%s:%s:%s", emulator.Region, Account, name)),
		Attributes: map[string]string{"RawMessageDelivery": "true"},
	})
	if err != nil {
		return "", fmt.Errorf("sns:Subscribe %q: %w", name, err)
	}
	return *queue.QueueUrl, nil
}

// Waiting is how many messages a queue holds, with those that are delayed or in
// somebody's hands.
func (l *Lab) Waiting(ctx context.Context, queue string) (int, error) {
	out, err := sqs.NewFromConfig(l.Config).GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
		QueueUrl: &queue, AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameAll},
	})
	if err != nil {
		return 0, fmt.Errorf("sqs:GetQueueAttributes: %w", err)
	}
	n := 0
	for _, name := range []string{"", "NotVisible", "Delayed"} {
		var part int
		if _, err := fmt.Sscan(out.Attributes["ApproximateNumberOfMessages"+name], &part); err != nil {
			return 0, err
		}
		n += part
	}
	return n, nil
}

// Take takes all messages out of a queue that can be had now.
func (l *Lab) Take(ctx context.Context, queue string) ([]types.Message, error) {
	client := sqs.NewFromConfig(l.Config)
	var all []types.Message
	for {
		out, err := client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
			QueueUrl: &queue, MaxNumberOfMessages: 10, MessageAttributeNames: []string{"All"},
		})
		if err != nil {
			return nil, fmt.Errorf("sqs:ReceiveMessage: %w", err)
		}
		if len(out.Messages) == 0 {
			return all, nil
		}
		for _, m := range out.Messages {
			if _, err := client.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: &queue, ReceiptHandle: m.ReceiptHandle}); err != nil {
				return nil, fmt.Errorf("sqs:DeleteMessage: %w", err)
			}
		}
		all = append(all, out.Messages...)
	}
}

// Retry makes a queue's messages that were not handled show again after so many
// seconds. In the template it is minutes, as Lambda asks for.
func (l *Lab) Retry(ctx context.Context, queue string, seconds int) error {
	_, err := sqs.NewFromConfig(l.Config).SetQueueAttributes(ctx, &sqs.SetQueueAttributesInput{
		QueueUrl: &queue, Attributes: map[string]string{"VisibilityTimeout": fmt.Sprint(seconds)},
	})
	if err != nil {
		return fmt.Errorf("sqs:SetQueueAttributes: %w", err)
	}
	return nil
}
