package stack_test

import (
	"os"
	"path/filepath"
	"testing"

	"whydenied/internal/stack"
)

const root = "../.."

func parse(t *testing.T, name string) stack.Template {
	t.Helper()
	template, err := stack.Parse(name, source(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return template
}

func render(t *testing.T, name string, given map[string]string) map[string]stack.Resource {
	t.Helper()
	resources, err := parse(t, name).Render(given)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return resources
}

// everything turns on all that template.yaml can do.
func everything() map[string]string {
	return map[string]string{
		"SubscriptionEmail":      "ops@example.com",
		"SnsChat":                "true",
		"SlackSecretArn":         "arn:aws:secretsmanager:eu-west-1:111122223333:secret:slack-a1b2c3",
		"SlackSecretKeyArn":      "arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555",
		"SlackChannel":           "C0123456789",
		"GitHubSecretArn":        "arn:aws:secretsmanager:eu-west-1:111122223333:secret:github-a1b2c3",
		"GitHubRepositories":     "octo-org/api,octo-labs/*",
		"ReportBusArn":           "arn:aws:events:eu-west-1:111122223333:event-bus/denials",
		"ClosingSummary":         "true",
		"OrganizationId":         "o-a1b2c3d4e5",
		"ReaderRoleName":         "ops/whydenied-reader",
		"ExternalId":             "whydenied-1",
		"AlarmTopicArn":          "arn:aws:sns:eu-west-1:111122223333:alarms",
		"ReservedConcurrency":    "777",
		"PermissionsBoundaryArn": "arn:aws:iam::111122223333:policy/boundary",
		"AccountNames":           "111122223333=tools,444455556666=prod",
		"DocsUrl":                "https://docs.example.com/causes",
		"Routes":                 `[{"match": {"account": "444455556666"}, "slackChannel": "C0987654321"}]`,
		"RouteTopicArns":         "arn:aws:sns:eu-west-1:111122223333:data-denials,arn:aws:sns:eu-west-1:444455556666:prod-denials",
		"WatchChanges":           "true",
		"HeartbeatDays":          "7",
		"RolePath":               "/ops/",
		"SubnetIds":              "subnet-0a1b2c3d,subnet-4e5f6a7b",
		"SecurityGroupIds":       "sg-0a1b2c3d",
		"KmsKeyArn":              "arn:aws:kms:eu-west-1:111122223333:key/66666666-7777-8888-9999-000000000000",
		"AWS::Partition":         "aws",
		"AWS::URLSuffix":         "amazonaws.com",
	}
}

// member gives deploy/member.yaml what it has no default for, in the region
// that makes the reader role.
func member() map[string]string {
	return map[string]string{
		"CentralBusArn":          "arn:aws:events:eu-west-1:111122223333:event-bus/whydenied-denials",
		"HubRoleArn":             "arn:aws:iam::111122223333:role/whydenied-Role-1",
		"ExternalId":             "whydenied-1",
		"PermissionsBoundaryArn": "arn:aws:iam::444455556666:policy/boundary",
		"RolePath":               "/ops/",
		"WatchChanges":           "true",
		"AWS::Region":            "us-east-1",
		"AWS::Partition":         "aws",
	}
}

// with is a set of parameters, changed.
func with(given map[string]string, name, value string) map[string]string {
	given[name] = value
	return given
}

func source(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}
