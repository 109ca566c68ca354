package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	eventtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"whydenied/e2e/emulator"
	"whydenied/e2e/stack"
)

// venv is where "make e2e" puts the Python environments.
const venv emulator.Venv = "../bin/venv"

// lab is an account in an emulator, with what the function talks to beside AWS.
type lab struct {
	aws  *emulator.Ministack
	conf aws.Config
}

// code is the function's archive, built once for all tests.
var code = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "whydenied-e2e")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	return stack.Build(context.Background(), "..", folder)
})

func newLab(t *testing.T) *lab {
	t.Helper()
	l := &lab{}
	environment := map[string]string{}
	m, err := emulator.StartMinistack(t.Context(), venv, t.TempDir(), account, environment)
	must(t, err)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the end of ministack's log:\n%s", m.Tail())
		}
		m.Stop()
	})
	l.aws, l.conf = m, m.Config(account)
	return l
}

// deploy deploys the repository's own template.
func (l *lab) deploy(t *testing.T, name string, parameters map[string]string) *stack.Stack {
	t.Helper()
	archive, err := code()
	must(t, err)
	all := map[string]string{"RuleState": "ENABLED"} // emulators fire on no other state
	for key, value := range parameters {
		all[key] = value
	}
	s, err := stack.Deploy(t.Context(), l.conf, name, filepath.Join("..", "template.yaml"), archive, all)
	must(t, err)
	t.Logf("deployed the stack %q", name)
	return s
}

// holds puts roles and providers into the account.
func (l *lab) holds(t *testing.T, denials []denial) {
	t.Helper()
	client := iam.NewFromConfig(l.conf)
	for suffix, audiences := range providers {
		_, err := client.CreateOpenIDConnectProvider(t.Context(), &iam.CreateOpenIDConnectProviderInput{
			Url: aws.String("https://" + suffix), ClientIDList: audiences,
		})
		must(t, err)
	}
	made := map[string]bool{}
	for _, d := range denials {
		if d.policy == "" || made[d.role] {
			continue
		}
		made[d.role] = true
		_, err := client.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String(d.role), AssumeRolePolicyDocument: aws.String(d.policy)})
		must(t, err)
	}
}

// put puts events of CloudTrail on the default bus, ten at a time as PutEvents
// takes them. Before the next ten it waits for the function to have answered
// the ones before: each event that waits is a process.
func (l *lab) put(t *testing.T, s *stack.Stack, details []map[string]any) {
	t.Helper()
	client := eventbridge.NewFromConfig(l.conf)
	before := l.invocations(t, s)
	for i := 0; i < len(details); i += 10 {
		batch := details[i:min(i+10, len(details))]
		var entries []eventtypes.PutEventsRequestEntry
		for _, detail := range batch {
			data, err := json.Marshal(detail)
			must(t, err)
			entries = append(entries, eventtypes.PutEventsRequestEntry{
				Source: aws.String("aws.sts"), DetailType: aws.String("AWS API Call via CloudTrail"), Detail: aws.String(string(data)),
			})
		}
		out, err := client.PutEvents(t.Context(), &eventbridge.PutEventsInput{Entries: entries})
		must(t, err)
		if out.FailedEntryCount > 0 {
			t.Fatalf("events:PutEvents refused %d events: %+v", out.FailedEntryCount, out.Entries)
		}
		want := before + i + len(batch)
		await(t, fmt.Sprintf("event %d of %d to be handled", i+len(batch), len(details)), time.Minute, func() (bool, string) {
			n := l.invocations(t, s)
			return n >= want, fmt.Sprintf("%d invocations", n-before)
		})
	}
}

// invocations is how often the function has answered or died: each time, Lambda
// writes a report into the function's log.
func (l *lab) invocations(t *testing.T, s *stack.Stack) int {
	t.Helper()
	return strings.Count(l.log(t, s), "REPORT RequestId:")
}

// log is all that the function and Lambda wrote.
func (l *lab) log(t *testing.T, s *stack.Stack) string {
	t.Helper()
	client := cloudwatchlogs.NewFromConfig(l.conf)
	pages := cloudwatchlogs.NewFilterLogEventsPaginator(client, &cloudwatchlogs.FilterLogEventsInput{LogGroupName: aws.String(s.Outputs["LogGroupName"])})
	var b strings.Builder
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		must(t, err)
		for _, event := range page.Events {
			b.WriteString(aws.ToString(event.Message) + "\n")
		}
	}
	return b.String()
}

// subscribed is the URL of a queue that gets the topic's messages as they are.
func (l *lab) subscribed(t *testing.T, topic, name string) string {
	t.Helper()
	queue, err := sqs.NewFromConfig(l.conf).CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: aws.String(name)})
	must(t, err)
	_, err = sns.NewFromConfig(l.conf).Subscribe(t.Context(), &sns.SubscribeInput{
		TopicArn: aws.String(topic), Protocol: aws.String("sqs"),
		Endpoint:   aws.String(fmt.Sprintf("arn:aws:sqs:%s:%s:%s", emulator.Region, account, name)),
		Attributes: map[string]string{"RawMessageDelivery": "true"},
	})
	must(t, err)
	return *queue.QueueUrl
}

// waiting is how many messages a queue holds, those in flight and delayed ones
// included.
func (l *lab) waiting(t *testing.T, queue string) int {
	t.Helper()
	out, err := sqs.NewFromConfig(l.conf).GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{
		QueueUrl: &queue, AttributeNames: []sqstypes.QueueAttributeName{sqstypes.QueueAttributeNameAll},
	})
	must(t, err)
	n := 0
	for _, name := range []string{"ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed"} {
		var part int
		_, err := fmt.Sscan(out.Attributes[name], &part)
		must(t, err)
		n += part
	}
	return n
}

// taken takes all messages out of a queue.
func (l *lab) taken(t *testing.T, queue string) []sqstypes.Message {
	t.Helper()
	client := sqs.NewFromConfig(l.conf)
	var all []sqstypes.Message
	for {
		out, err := client.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{
			QueueUrl: &queue, MaxNumberOfMessages: 10, MessageAttributeNames: []string{"All"},
		})
		must(t, err)
		if len(out.Messages) == 0 {
			return all
		}
		for _, m := range out.Messages {
			_, err := client.DeleteMessage(t.Context(), &sqs.DeleteMessageInput{QueueUrl: &queue, ReceiptHandle: m.ReceiptHandle})
			must(t, err)
		}
		all = append(all, out.Messages...)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
