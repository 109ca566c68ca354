package sns

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"whydenied/pkg/alert"
)

var _ alert.Tester = (*Notifier)(nil)

// testKind is the message attribute "kind" of a test. A subscription whose
// filter policy asks for a verdict or a cause does not get one.
const testKind = "test"

// SendTest publishes a message that is marked as a test. Programs get it as
// {"schema": "whydenied/test/v1", …}, which is no report.
func (n *Notifier) SendTest(ctx context.Context, m alert.TestMessage) error {
	client, err := n.connect(ctx)
	if err != nil {
		return err
	}
	topic := cmp.Or(m.To.TopicARN, n.config.Topic)
	message, err := n.test(&m)
	if err != nil {
		return fmt.Errorf("sns:Publish %q: %w", topic, err)
	}
	_, err = client.Publish(ctx, &sns.PublishInput{
		TopicArn: aws.String(topic), Subject: aws.String(m.Title()), Message: aws.String(message), MessageStructure: aws.String("json"),
		MessageAttributes: map[string]types.MessageAttributeValue{"kind": {DataType: aws.String("String"), StringValue: aws.String(testKind)}},
	}, inRegionOf(topic))
	if err != nil {
		return explained(topic, err)
	}
	return nil
}

// test is the message in the form of each protocol.
func (n *Notifier) test(m *alert.TestMessage) (string, error) {
	program, err := plain(map[string]any{"schema": "whydenied/test/v1", "title": m.Title(), "text": m.Text()})
	if err != nil {
		return "", err
	}
	texts := map[string]string{"default": m.Title() + "\n\n" + m.Text(), "sms": m.Title()}
	for _, protocol := range programs {
		texts[protocol] = program
	}
	if n.config.Chat {
		texts["https"], err = plain(notification{
			Version: "1.0", Source: "custom", Content: content{TextType: "client-markdown", Title: words(m.Title()), Description: words(m.Text())},
			Metadata: metadata{Summary: words(m.Title()), EventType: "Test"},
		})
		if err != nil {
			return "", err
		}
	}
	return plain(texts)
}

// plain is JSON in which nothing is escaped that need not be.
func plain(v any) (string, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return string(bytes.TrimSpace(b.Bytes())), err
}
