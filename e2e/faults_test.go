package e2e_test

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamotypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	ruletypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"whydenied/internal/slacktest"
	"whydenied/lambda/doctor/checkup"
)

// fault is something that keeps a stack from alerting. make has it be, and
// returns what mends it.
type fault struct {
	label string
	make  func(*testing.T, *clinic) (mend func())
	want  []finding
	args  []string // of the doctor
}

// status is the command's: 1 for what is wrong, 3 for what could not be asked.
func (f *fault) status() int {
	status := 0
	for _, w := range f.want {
		switch {
		case w.status == checkup.Failed:
			return 1
		case strings.Contains(w.found, "LookupEvents"):
			status = 3
		}
	}
	return status
}

// wrong is a single finding.
func wrong(check, found string) []finding { return []finding{{check, checkup.Failed, found}} }

// do makes a call that has to succeed.
func do[In, Out, O any](t *testing.T, call func(context.Context, *In, ...func(*O)) (*Out, error), in *In) *Out {
	t.Helper()
	out, err := call(t.Context(), in)
	must(t, err)
	return out
}

func faults() []fault {
	var all []fault
	all = append(all, ruleFaults()...)
	all = append(all, trailFaults()...)
	all = append(all, secretFaults()...)
	all = append(all, accountFaults()...)
	return append(all, placeFaults()...)
}

// onRule makes a fault of a rule, and puts it back as it was.
func onRule(resource, bus string, spoil func(t *testing.T, rules *eventbridge.Client, name, bus *string)) func(*testing.T, *clinic) func() {
	return func(t *testing.T, c *clinic) func() {
		t.Helper()
		rules, name, bus := eventbridge.NewFromConfig(c.Config), aws.String(ruleName(c.stack.Resources[resource])), aws.String(bus)
		was := do(t, rules.DescribeRule, &eventbridge.DescribeRuleInput{Name: name, EventBusName: bus})
		targets := do(t, rules.ListTargetsByRule, &eventbridge.ListTargetsByRuleInput{Rule: name, EventBusName: bus})
		spoil(t, rules, name, bus)
		return func() {
			do(t, rules.PutRule, &eventbridge.PutRuleInput{Name: name, EventBusName: bus, EventPattern: was.EventPattern, State: was.State})
			do(t, rules.PutTargets, &eventbridge.PutTargetsInput{Rule: name, EventBusName: bus, Targets: targets.Targets})
		}
	}
}

// ruleName is a rule's name without its bus, which the physical ID of a rule on
// another than the default one begins with.
func ruleName(id string) string { return id[strings.LastIndexByte(id, '|')+1:] }

func ruleFaults() []fault {
	disable := func(t *testing.T, rules *eventbridge.Client, name, bus *string) {
		t.Helper()
		do(t, rules.DisableRule, &eventbridge.DisableRuleInput{Name: name, EventBusName: bus})
	}
	withoutTarget := func(t *testing.T, rules *eventbridge.Client, name, bus *string) {
		t.Helper()
		do(t, rules.RemoveTargets, &eventbridge.RemoveTargetsInput{Rule: name, EventBusName: bus, Ids: []string{"whydenied"}})
	}
	return []fault{
		{"rule disabled", onRule("DenialRule", "default", disable), wrong("rule us-east-1", "is disabled"), nil},
		{"rule of the central bus disabled", onRule("CentralDenialRule", "hub-denials", disable), wrong("rule us-east-1 hub-denials", "is disabled"), nil},
		{"rule on changes disabled", onRule("ChangeRule", "default", disable), wrong("change rule us-east-1", "is disabled"), nil},
		{"rule on changes of the central bus without target", onRule("CentralChangeRule", "hub-denials", withoutTarget), wrong("change rule us-east-1 hub-denials", "leads nowhere"), nil},
		{"rule leaves out read events", onRule("DenialRule", "default", func(t *testing.T, rules *eventbridge.Client, name, bus *string) {
			t.Helper()
			do(t, rules.EnableRule, &eventbridge.EnableRuleInput{Name: name, EventBusName: bus})
		}), wrong("rule us-east-1", "is ENABLED, which may leave out these calls"), nil},
		{"rule without target", onRule("DenialRule", "default", withoutTarget), wrong("rule us-east-1", "leads nowhere"), nil},
		{"rule with another target", onRule("DenialRule", "default", func(t *testing.T, rules *eventbridge.Client, name, bus *string) {
			t.Helper()
			do(t, rules.PutTargets, &eventbridge.PutTargetsInput{Rule: name, EventBusName: bus, Targets: []ruletypes.Target{
				{Id: aws.String("whydenied"), Arn: aws.String("arn:aws:lambda:us-east-1:" + account + ":function:other")}}})
		}), wrong("rule us-east-1", "leads to arn:aws:lambda:us-east-1:"+account+":function:other, not to the function"), nil},
		{"rule deleted", onRule("DenialRule", "default", func(t *testing.T, rules *eventbridge.Client, name, bus *string) {
			t.Helper()
			withoutTarget(t, rules, name, bus)
			do(t, rules.DeleteRule, &eventbridge.DeleteRuleInput{Name: name, EventBusName: bus})
		}), wrong("rule us-east-1", "no rule"), nil},
	}
}

// onTrail makes a fault of the trail, and makes another one then.
func onTrail(spoil func(t *testing.T, trails *cloudtrail.Client, name *string)) func(*testing.T, *clinic) func() {
	return func(t *testing.T, c *clinic) func() {
		t.Helper()
		trails, name := cloudtrail.NewFromConfig(c.Config), aws.String(trailName)
		spoil(t, trails, name)
		return func() {
			_, _ = trails.DeleteTrail(t.Context(), &cloudtrail.DeleteTrailInput{Name: name}) // it may be gone
			c.makeTrail(t)
		}
	}
}

// selecting gives the trail another selector.
func selecting(selector types.EventSelector) func(*testing.T, *clinic) func() {
	return onTrail(func(t *testing.T, trails *cloudtrail.Client, name *string) {
		t.Helper()
		do(t, trails.PutEventSelectors, &cloudtrail.PutEventSelectorsInput{TrailName: name, EventSelectors: []types.EventSelector{selector}})
	})
}

// everywhere is a finding about the trail in both regions. In the one that
// nobody calls it may do no harm.
func everywhere(found string) []finding {
	return []finding{{"trail us-east-1", checkup.Failed, found}, {"trail " + elsewhere, checkup.Unknown, "it may not be needed"}}
}

func trailFaults() []fault {
	return []fault{
		{"trail stopped", onTrail(func(t *testing.T, trails *cloudtrail.Client, name *string) {
			t.Helper()
			do(t, trails.StopLogging, &cloudtrail.StopLoggingInput{Name: name})
		}), everywhere("is not logging"), nil},
		{"trail without read events", selecting(types.EventSelector{ReadWriteType: types.ReadWriteTypeWriteOnly}), everywhere("leaves out the read management events"), nil},
		{"trail without management events", selecting(types.EventSelector{IncludeManagementEvents: aws.Bool(false)}), everywhere("leaves out the read management events"), nil},
		{"trail of one region", onTrail(func(t *testing.T, trails *cloudtrail.Client, name *string) {
			t.Helper()
			do(t, trails.UpdateTrail, &cloudtrail.UpdateTrailInput{Name: name, IsMultiRegionTrail: aws.Bool(false)})
		}), []finding{{"trail " + elsewhere, checkup.Unknown, "no trail logs this region"}}, nil},
		{"trail missing", onTrail(func(t *testing.T, trails *cloudtrail.Client, name *string) {
			t.Helper()
			do(t, trails.DeleteTrail, &cloudtrail.DeleteTrailInput{Name: name})
		}), everywhere("no trail logs this region"), nil},
		{"CloudTrail refuses", func(_ *testing.T, c *clinic) func() {
			c.Trail.Deny(true)
			return func() { c.Trail.Deny(false) }
		}, []finding{
			{"calls us-east-1", checkup.Unknown, "cloudtrail:LookupEvents: not allowed"}, {"calls " + elsewhere, checkup.Unknown, "cloudtrail:LookupEvents: not allowed"},
			{"rule " + elsewhere, checkup.Failed, "no rule on the bus"}, // nobody knows whether it is needed
		}, nil},
	}
}

// holding gives the secret another value for a while.
func holding(value string) func(*testing.T, *clinic) func() {
	return func(t *testing.T, c *clinic) func() {
		t.Helper()
		secrets, id := secretsmanager.NewFromConfig(c.Config), aws.String(slackSecret)
		was := do(t, secrets.GetSecretValue, &secretsmanager.GetSecretValueInput{SecretId: id})
		do(t, secrets.PutSecretValue, &secretsmanager.PutSecretValueInput{SecretId: id, SecretString: &value})
		return func() {
			do(t, secrets.PutSecretValue, &secretsmanager.PutSecretValueInput{SecretId: id, SecretString: was.SecretString})
		}
	}
}

// failing has Slack refuse one call.
func failing(f slacktest.Fault) func(*testing.T, *clinic) func() {
	return func(_ *testing.T, c *clinic) func() {
		c.Slack.Fail(1, f)
		return func() {}
	}
}

// slackSecret is the name of the secret in the lab.
const slackSecret = "slack-token"

func secretFaults() []fault {
	return []fault{
		{"secret deleted", func(t *testing.T, c *clinic) func() {
			t.Helper()
			secrets, id := secretsmanager.NewFromConfig(c.Config), aws.String(slackSecret)
			do(t, secrets.DeleteSecret, &secretsmanager.DeleteSecretInput{SecretId: id})
			return func() { do(t, secrets.RestoreSecret, &secretsmanager.RestoreSecretInput{SecretId: id}) }
		}, []finding{{"secret", checkup.Failed, "secretsmanager:GetSecretValue"}, {"channel slack", checkup.Unknown, "its secret cannot be read"}}, nil},
		{"secret holds no token", holding("hunter2"), wrong("channel slack", ""), nil},
		{"secret holds another token", holding("xoxb-111111111111-other"), wrong("channel slack", "invalid_auth"), nil},
		{"token revoked", failing(slacktest.Fault{Path: "auth.test", Error: "token_revoked"}), wrong("channel slack", "token_revoked"), nil},
		{"channel archived", failing(slacktest.Fault{Path: "chat.postMessage", Error: "is_archived"}), wrong("test alert slack", "is_archived"), []string{"--test-alert"}},
	}
}

// reading changes the reader role of the member account, and puts it back.
func reading(spoil func(t *testing.T, roles *iam.Client, role *string)) func(*testing.T, *clinic) func() {
	return func(t *testing.T, c *clinic) func() {
		t.Helper()
		roles, role := iam.NewFromConfig(c.In(spoke).Config), aws.String(readerRole)
		was := do(t, roles.GetRole, &iam.GetRoleInput{RoleName: role}).Role
		trust := decoded(t, aws.ToString(was.AssumeRolePolicyDocument))
		spoil(t, roles, role)
		return func() {
			if _, err := roles.GetRole(t.Context(), &iam.GetRoleInput{RoleName: role}); err != nil {
				do(t, roles.CreateRole, &iam.CreateRoleInput{RoleName: role, AssumeRolePolicyDocument: &trust})
			}
			do(t, roles.UpdateAssumeRolePolicy, &iam.UpdateAssumeRolePolicyInput{RoleName: role, PolicyDocument: &trust})
		}
	}
}

// decoded is a document as IAM gives it, percent-encoded.
func decoded(t *testing.T, document string) string {
	t.Helper()
	text, err := url.PathUnescape(document)
	must(t, err)
	return text
}

func accountFaults() []fault {
	refused := wrong("account "+spoke, "access denied")
	return []fault{
		{"reader role missing", reading(func(t *testing.T, roles *iam.Client, role *string) {
			t.Helper()
			do(t, roles.DeleteRolePolicy, &iam.DeleteRolePolicyInput{RoleName: role, PolicyName: aws.String("read-evidence")})
			do(t, roles.DeleteRole, &iam.DeleteRoleInput{RoleName: role})
		}), refused, nil},
		{"reader role asks for another external ID", reading(func(t *testing.T, roles *iam.Client, role *string) {
			t.Helper()
			trust := decoded(t, aws.ToString(do(t, roles.GetRole, &iam.GetRoleInput{RoleName: role}).Role.AssumeRolePolicyDocument))
			trust = strings.ReplaceAll(trust, externalID, "another")
			do(t, roles.UpdateAssumeRolePolicy, &iam.UpdateAssumeRolePolicyInput{RoleName: role, PolicyDocument: &trust})
		}), refused, nil},
	}
}

func placeFaults() []fault {
	return []fault{
		{"topic deleted", func(t *testing.T, c *clinic) func() {
			t.Helper()
			topics, arn := sns.NewFromConfig(c.Config), aws.String(c.stack.Outputs["TopicArn"])
			do(t, topics.DeleteTopic, &sns.DeleteTopicInput{TopicArn: arn})
			return func() {
				do(t, topics.CreateTopic, &sns.CreateTopicInput{Name: aws.String(lastPart(*arn))})
				_, err := c.Subscribe(t.Context(), *arn, "inbox")
				must(t, err)
			}
		}, wrong("topic", "there is no such topic"), nil},
		{"bus deleted", func(t *testing.T, c *clinic) func() {
			t.Helper()
			do(t, eventbridge.NewFromConfig(c.Config).DeleteEventBus, &eventbridge.DeleteEventBusInput{Name: aws.String(busName)})
			return func() { c.makeBus(t) }
		}, wrong("bus", "there is no such bus"), nil},
		{"table deleted", func(t *testing.T, c *clinic) func() {
			t.Helper()
			tables, name := dynamodb.NewFromConfig(c.Config), aws.String(c.stack.Outputs["TableName"])
			was := do(t, tables.DescribeTable, &dynamodb.DescribeTableInput{TableName: name}).Table
			do(t, tables.DeleteTable, &dynamodb.DeleteTableInput{TableName: name})
			return func() {
				do(t, tables.CreateTable, &dynamodb.CreateTableInput{TableName: name, BillingMode: dynamotypes.BillingModePayPerRequest,
					AttributeDefinitions: was.AttributeDefinitions, KeySchema: was.KeySchema})
			}
		}, wrong("table", "there is no such table"), nil},
		{"flush queue deleted", func(t *testing.T, c *clinic) func() {
			t.Helper()
			queues, url := sqs.NewFromConfig(c.Config), aws.String(c.stack.Outputs["FlushQueueUrl"])
			do(t, queues.DeleteQueue, &sqs.DeleteQueueInput{QueueUrl: url})
			return func() { do(t, queues.CreateQueue, &sqs.CreateQueueInput{QueueName: aws.String(lastPart(*url))}) }
		}, wrong("queue", "sqs:GetQueueAttributes"), nil},
		{"an error in the log", func(t *testing.T, c *clinic) func() {
			t.Helper()
			logs, group, stream := cloudwatchlogs.NewFromConfig(c.Config), aws.String(c.stack.Outputs["LogGroupName"]), aws.String("faults")
			do(t, logs.CreateLogStream, &cloudwatchlogs.CreateLogStreamInput{LogGroupName: group, LogStreamName: stream})
			do(t, logs.PutLogEvents, &cloudwatchlogs.PutLogEventsInput{LogGroupName: group, LogStreamName: stream, LogEvents: []logtypes.InputLogEvent{
				{Timestamp: aws.Int64(time.Now().UnixMilli()), Message: aws.String(`{"level":"error","error":"sns: throttled","message":"not delivered"}`)}}})
			return func() {
				do(t, logs.DeleteLogStream, &cloudwatchlogs.DeleteLogStreamInput{LogGroupName: group, LogStreamName: stream})
			}
		}, []finding{{"log", checkup.Unknown, "1 error in 24 hours; the last, of "}}, nil}, // it may be over
		{"something was not delivered", func(t *testing.T, c *clinic) func() {
			t.Helper()
			queues, url := sqs.NewFromConfig(c.Config), aws.String(c.stack.Outputs["DeadLetterQueueUrl"])
			do(t, queues.SendMessage, &sqs.SendMessageInput{QueueUrl: url, MessageBody: aws.String("{}")})
			return func() { do(t, queues.PurgeQueue, &sqs.PurgeQueueInput{QueueUrl: url}) }
		}, wrong("dead letters", "1 event or update waits"), nil},
	}
}

// lastPart is a name at the end of an ARN or a URL.
func lastPart(of string) string { return of[strings.LastIndexAny(of, ":/")+1:] }
