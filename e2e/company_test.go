package e2e_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"

	"whydenied/e2e/lab"
	"whydenied/e2e/stack"
)

// asked are the resources that somebody has to ask for.
var asked = []string{
	"CentralBus", "CentralBusPolicy", "CentralChangeRule", "CentralChangeRulePermission", "CentralDenialRule", "CentralDenialRulePermission",
	"ChangeRule", "ChangeRulePermission", "EmailSubscription", "HeartbeatAlarm", "HeartbeatQueue", "HeartbeatQueuePolicy", "HeartbeatRule",
	"SweepRule", "SweepRulePermission",
}

// every optional parameter, but the secret and channel of the lab.
func every() map[string]string {
	const hub = "arn:aws:sns:us-east-1:" + account + ":"
	return map[string]string{
		"SubscriptionEmail": "ops@example.com", "SnsChat": "true", "SlackSecretKeyArn": "arn:aws:kms:us-east-1:" + account + ":key/11111111-2222-3333-4444-555555555555",
		"ReportBusArn":    "arn:aws:events:us-east-1:" + account + ":event-bus/diagnoses",
		"GitHubSecretArn": "arn:aws:secretsmanager:us-east-1:" + account + ":secret:github-a1b2c3", "GitHubRepositories": "octo-labs/*",
		"AccountNames": account + "=tools", "DocsUrl": "https://docs.example.com/causes",
		"Routes":         `[{"match": {"account": "444455556666"}, "slackChannel": "C0987654321"}]`,
		"RouteTopicArns": hub + "data-denials," + hub + "prod-denials", "ClosingSummary": "true",
		"OrganizationId": "o-a1b2c3d4e5", "WatchChanges": "true", "ReaderRoleName": "ops/whydenied-reader", "ExternalId": externalID,
		"AlarmTopicArn": hub + "alarms", "HeartbeatDays": "7", "ReservedConcurrency": "5",
		"PermissionsBoundaryArn": "arn:aws:iam::" + account + ":policy/boundary", "RolePath": "/ops/",
		"SubnetIds": "subnet-0a1b2c3d,subnet-4e5f6a7b", "SecurityGroupIds": "sg-0a1b2c3d",
		"KmsKeyArn": "arn:aws:kms:us-east-1:" + account + ":key/66666666-7777-8888-9999-000000000000",
	}
}

// The template deploys with every optional parameter empty, and with every one
// set, beside each other: and both tell of a denial.
func TestEmptyAndFullStack(t *testing.T) {
	t.Parallel()
	l := newLab(t, lab.Options{})
	_, err := eventbridge.NewFromConfig(l.Config).CreateEventBus(t.Context(), &eventbridge.CreateEventBusInput{Name: aws.String("diagnoses")})
	must(t, err)
	empty := deploy(t, l, "empty", map[string]string{"SlackSecretArn": "", "SlackChannel": ""})
	full := deploy(t, l, "full", every())

	given := parametersOf(t, l, full)
	for name, value := range parametersOf(t, l, empty) {
		if value == "" && given[name] == "" {
			t.Errorf("the full stack leaves %s empty", name)
		}
	}
	more := maps.Clone(full.Resources)
	maps.DeleteFunc(more, func(id, _ string) bool { return empty.Resources[id] != "" })
	if diff := cmp.Diff(asked, slices.Sorted(maps.Keys(more))); diff != "" {
		t.Errorf("resources that the full stack has, and the empty one has not (-want +got):\n%s", diff)
	}
	for id := range empty.Resources {
		if full.Resources[id] == "" {
			t.Errorf("the full stack has no %s", id)
		}
	}
	role, err := iam.NewFromConfig(l.Config).GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String(full.Resources["Role"])})
	must(t, err)
	if want, got := "/ops/", aws.ToString(role.Role.Path); got != want {
		t.Errorf("the role's path is %q, want %q", got, want)
	}
	bothTell(t, l, empty, full)
}

// bothTell puts one denial, which both stacks tell of: the empty one on its
// topic, the full one in Slack as well, in the words that it was given: its
// name for the account goes before the account's alias.
func bothTell(t *testing.T, l *lab.Lab, empty, full *stack.Stack) {
	t.Helper()
	denials := inventions("company", 1)
	fill(t, l, denials)
	const alias = "octo-labs"
	_, err := iam.NewFromConfig(l.Config).CreateAccountAlias(t.Context(), &iam.CreateAccountAliasInput{AccountAlias: aws.String(alias)})
	must(t, err)
	inboxes := map[*stack.Stack]string{}
	for _, s := range []*stack.Stack{empty, full} {
		queue, err := l.Subscribe(t.Context(), s.Outputs["TopicArn"], s.Name+"-inbox")
		must(t, err)
		inboxes[s] = queue
	}
	must(t, l.Put(t.Context(), denials[0].record("company", 0, time.Now().Add(-8*time.Minute))))
	for _, s := range []*stack.Stack{empty, full} {
		await(t, "the message on the topic of "+s.Name, 3*time.Minute, func() (bool, string) {
			n, err := l.Waiting(t.Context(), inboxes[s])
			must(t, err)
			return n > 0, "there is none"
		})
		if n, err := l.Waiting(t.Context(), s.Outputs["DeadLetterQueueUrl"]); err != nil || n > 0 {
			t.Errorf("the dead-letter queue of %s holds %d messages (%v)", s.Name, n, err)
		}
	}
	published, err := l.Take(t.Context(), inboxes[empty])
	must(t, err)
	if len(published) == 0 || !strings.Contains(aws.ToString(published[0].Body), alias) {
		t.Errorf("%d messages on the topic of the empty stack, want one with the alias of the account", len(published))
	}
	await(t, "the message in Slack, and its details", 3*time.Minute, func() (bool, string) {
		return len(l.Slack.Messages()) > 1, "it has not come"
	})
	top := topOf(l.Slack.Messages())
	if len(top) == 1 && strings.Contains(top[0].Plain(), alias) {
		t.Errorf("the message has the alias, where the account was given a name:\n%s", top[0].Plain())
	}
	if len(top) != 1 {
		t.Fatalf("%d messages in Slack, want that of the full stack: %q", len(top), headlines(top))
	}
	for _, want := range []string{"tools (" + account + ")", "(https://docs.example.com/causes/sub_mismatch.md)"} {
		if !strings.Contains(top[0].Plain(), want) {
			t.Errorf("the message does not say %q:\n%s", want, top[0].Plain())
		}
	}
}

// parametersOf are those that CloudFormation has of a stack, given or default.
func parametersOf(t *testing.T, l *lab.Lab, s *stack.Stack) map[string]string {
	t.Helper()
	out, err := cloudformation.NewFromConfig(l.Config).DescribeStacks(t.Context(), &cloudformation.DescribeStacksInput{StackName: &s.Name})
	must(t, err)
	all := map[string]string{}
	for _, p := range out.Stacks[0].Parameters {
		all[aws.ToString(p.ParameterKey)] = aws.ToString(p.ParameterValue)
	}
	return all
}
