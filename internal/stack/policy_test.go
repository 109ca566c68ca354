package stack_test

import (
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whydenied/internal/stack"
)

// permits says which actions IAM asks for when the code makes a call (Service
// Authorization Reference). It is the only table of calls: one that is missing
// here fails the test below.
var permits = map[string][]string{
	"iam.GetRole":                    {"iam:GetRole"},
	"iam.ListRoles":                  {"iam:ListRoles"},
	"iam.ListOpenIDConnectProviders": {"iam:ListOpenIDConnectProviders"},
	"iam.ListAccountAliases":         {"iam:ListAccountAliases"},
	"iam.GetOpenIDConnectProvider":   {"iam:GetOpenIDConnectProvider"},
	"cloudtrail.LookupEvents":        {"cloudtrail:LookupEvents"},
	"cloudtrail.DescribeTrails":      {"cloudtrail:DescribeTrails"},
	"cloudtrail.GetTrailStatus":      {"cloudtrail:GetTrailStatus"},
	"cloudtrail.GetEventSelectors":   {"cloudtrail:GetEventSelectors"},
	"sts.AssumeRole":                 {"sts:AssumeRole"},
	"sts.GetCallerIdentity":          nil, // allowed to everyone, always

	"dynamodb.GetItem":    {"dynamodb:GetItem"},
	"dynamodb.Query":      {"dynamodb:Query"},
	"dynamodb.PutItem":    {"dynamodb:PutItem"},
	"dynamodb.UpdateItem": {"dynamodb:UpdateItem"},
	"dynamodb.DeleteItem": {"dynamodb:DeleteItem"},
	// A transaction is permitted by its parts.
	"dynamodb.TransactWriteItems": nil,
	"dynamodb.Put":                {"dynamodb:PutItem"},
	"dynamodb.Update":             {"dynamodb:UpdateItem"},
	"dynamodb.Delete":             {"dynamodb:DeleteItem"},
	"dynamodb.ConditionCheck":     {"dynamodb:ConditionCheckItem"},

	"sns.Publish":                   {"sns:Publish"},
	"sns.GetTopicAttributes":        {"sns:GetTopicAttributes"},
	"sqs.SendMessage":               {"sqs:SendMessage"},
	"sqs.GetQueueAttributes":        {"sqs:GetQueueAttributes"},
	"eventbridge.PutEvents":         {"events:PutEvents"},
	"eventbridge.ListRules":         {"events:ListRules"},
	"eventbridge.ListTargetsByRule": {"events:ListTargetsByRule"},
	"eventbridge.DescribeEventBus":  {"events:DescribeEventBus"},
	"secretsmanager.GetSecretValue": {"secretsmanager:GetSecretValue"},
	"ssm.GetParameter":              {"ssm:GetParameter"},
}

// onBehalf are the actions that others take as the function's role, or for a
// call of it.
var onBehalf = map[string]string{
	"logs:CreateLogStream":   "Lambda writes the log",
	"logs:PutLogEvents":      "Lambda writes the log",
	"sqs:ReceiveMessage":     "Lambda reads the queues that it delivers from",
	"sqs:DeleteMessage":      "Lambda reads the queues that it delivers from",
	"sqs:GetQueueAttributes": "Lambda reads the queues that it delivers from",
	"kms:Decrypt":            "all at rest may be under a key of the customer",
	"kms:GenerateDataKey":    "topic and queues may be under a key of the customer",

	"ec2:CreateNetworkInterface":     "Lambda attaches the function to the subnets",
	"ec2:DescribeNetworkInterfaces":  "Lambda attaches the function to the subnets",
	"ec2:DescribeSubnets":            "Lambda attaches the function to the subnets",
	"ec2:DeleteNetworkInterface":     "Lambda attaches the function to the subnets",
	"ec2:AssignPrivateIpAddresses":   "Lambda attaches the function to the subnets",
	"ec2:UnassignPrivateIpAddresses": "Lambda attaches the function to the subnets",
}

var (
	reading  = []string{"pkg/evidence/live"}
	function = []string{"pkg/evidence/live", "pkg/alert", "lambda"}
)

func TestFunctionMayDoWhatItCalls(t *testing.T) {
	want := actionsOf(t, function)
	for action := range onBehalf {
		want[action] = true
	}
	got := allowed(render(t, "template.yaml", everything())["Role"])
	if diff := cmp.Diff(sorted(want), sorted(got)); diff != "" {
		t.Errorf("the role allows what the code calls, no more (-calls +template.yaml):\n%s", diff)
	}
}

func TestReaderMayDoWhatIsReadInMembers(t *testing.T) {
	want := actionsOf(t, reading)
	delete(want, "sts:AssumeRole") // the function's own role does that
	got := allowed(render(t, "deploy/member.yaml", member())["ReaderRole"])
	if diff := cmp.Diff(sorted(want), sorted(got)); diff != "" {
		t.Errorf("the role allows what the code reads, no more (-calls +deploy/member.yaml):\n%s", diff)
	}
}

// actionsOf are the actions that the calls in some folders need.
func actionsOf(t *testing.T, folders []string) map[string]bool {
	t.Helper()
	actions := make(map[string]bool)
	for _, folder := range folders {
		calls, err := stack.Calls(os.DirFS(root), folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, call := range calls {
			needs, known := permits[call]
			if !known {
				t.Errorf("%s calls %s; the table does not say what that needs", folder, call)
			}
			for _, action := range needs {
				actions[action] = true
			}
		}
	}
	return actions
}

// allowed are the actions that a role's own policies allow.
func allowed(role stack.Resource) map[string]bool {
	actions := make(map[string]bool)
	for _, s := range stack.Statements("", role) {
		for _, action := range s.Actions {
			if !s.Trust && s.Effect == "Allow" {
				actions[action] = true
			}
		}
	}
	return actions
}

func sorted(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }
