package stack_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Accounts that ask for a boundary or a path refuse a role without.
func TestEveryRoleHasBoundaryAndPath(t *testing.T) {
	for _, tt := range []struct {
		file         string
		bare, given  map[string]string
		wantBoundary string
		wantRoles    int
	}{
		{"template.yaml", nil, everything(), everything()["PermissionsBoundaryArn"], 1},
		{"deploy/member.yaml", with(with(member(), "PermissionsBoundaryArn", ""), "RolePath", ""), member(), member()["PermissionsBoundaryArn"], 2},
	} {
		roles := 0
		bare := render(t, tt.file, tt.bare)
		for id, r := range render(t, tt.file, tt.given) {
			if r.Type != "AWS::IAM::Role" {
				continue
			}
			roles++
			want := []any{tt.wantBoundary, "/ops/", nil, nil}
			got := []any{r.Properties["PermissionsBoundary"], r.Properties["Path"],
				bare[id].Properties["PermissionsBoundary"], bare[id].Properties["Path"]}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: boundary and path of %s, given and empty (-want +got):\n%s", tt.file, id, diff)
			}
		}
		if roles != tt.wantRoles {
			t.Errorf("%s has %d roles, want %d", tt.file, roles, tt.wantRoles)
		}
	}
}

// Lambda takes one of the two for no VPC, without a word.
func TestVpcIsBothOrNeither(t *testing.T) {
	const subnets, groups = "subnet-0a1b2c3d,subnet-4e5f6a7b", "sg-0a1b2c3d"
	attached := map[string]any{"SubnetIds": []any{"subnet-0a1b2c3d", "subnet-4e5f6a7b"}, "SecurityGroupIds": []any{groups}}
	for _, tt := range []struct {
		label, reason string
		given         map[string]string
		refused       []string
		want          any
	}{
		{"neither", "a VPC is asked for by few", nil, nil, nil},
		{"both", "they are what Lambda needs", map[string]string{"SubnetIds": subnets, "SecurityGroupIds": groups}, nil, attached},
		{"subnets", "nothing would be attached", map[string]string{"SubnetIds": subnets}, []string{"SubnetIds needs SecurityGroupIds"}, nil},
		{"groups", "nothing would be attached", map[string]string{"SecurityGroupIds": groups}, []string{"SecurityGroupIds needs SubnetIds"}, nil},
	} {
		t.Run(tt.label, func(t *testing.T) {
			refused, err := parse(t, "template.yaml").Refusals(tt.given)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.refused, refused); diff != "" {
				t.Errorf("%s: refused (-want +got):\n%s", tt.reason, diff)
			}
			resources := render(t, "template.yaml", tt.given)
			got := resources["WhyDenied"].Properties["VpcConfig"]
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s: VpcConfig (-want +got):\n%s", tt.reason, diff)
			}
			if may := allowed(resources["Role"])["ec2:CreateNetworkInterface"]; may != (tt.want != nil) {
				t.Errorf("%s: the role may make network interfaces: %v", tt.reason, may)
			}
		})
	}
}

// With a key of the customer nothing is left under one of AWS, and no property
// of the other kind stands beside it.
func TestCustomerKey(t *testing.T) {
	key := everything()["KmsKeyArn"]
	resources := render(t, "template.yaml", map[string]string{"KmsKeyArn": key, "HeartbeatDays": "1"})
	for _, tt := range []struct {
		resource string
		path     []any
		want     any
	}{
		{"Topic", []any{"KmsMasterKeyId"}, key},
		{"FlushQueue", []any{"KmsMasterKeyId"}, key},
		{"FlushQueue", []any{"SqsManagedSseEnabled"}, nil},
		{"DeadLetterQueue", []any{"KmsMasterKeyId"}, key},
		{"DeadLetterQueue", []any{"SqsManagedSseEnabled"}, nil},
		{"Table", []any{"SSESpecification"}, map[string]any{"SSEEnabled": "true", "SSEType": "KMS", "KMSMasterKeyId": key}},
		{"HeartbeatQueue", []any{"KmsMasterKeyId"}, key},
		{"HeartbeatQueue", []any{"SqsManagedSseEnabled"}, nil},
		{"LogGroup", []any{"KmsKeyId"}, key},
	} {
		if diff := cmp.Diff(tt.want, at(resources[tt.resource].Properties, tt.path...)); diff != "" {
			t.Errorf("%s of %s (-want +got):\n%s", fmt.Sprint(tt.path...), tt.resource, diff)
		}
	}
	if !allowed(resources["Role"])["kms:GenerateDataKey"] || allowed(render(t, "template.yaml", nil)["Role"])["kms:Decrypt"] {
		t.Error("the role may use the key if there is one, and none if there is not")
	}
}

func TestHeartbeat(t *testing.T) {
	got := render(t, "template.yaml", map[string]string{"HeartbeatDays": "3"})["HeartbeatAlarm"].Properties
	delete(got, "AlarmDescription")
	want := map[string]any{"Namespace": "AWS/Events", "MetricName": "Invocations",
		"Dimensions": []any{map[string]any{"Name": "RuleName", "Value": "${HeartbeatRule}"}}, "Statistic": "Sum", "Period": "86400", "EvaluationPeriods": "3",
		"Threshold": "1", "ComparisonOperator": "LessThanThreshold", "TreatMissingData": "breaching"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("no data for three days is an alarm (-want +got):\n%s", diff)
	}
}

// The two descriptions of a parameter that is in both templates agree on what it
// takes.
func TestSharedParametersTakeTheSame(t *testing.T) {
	central, members := parse(t, "template.yaml").Parameters, parse(t, "deploy/member.yaml").Parameters
	var shared []string
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if _, both := central[name]; both {
			shared = append(shared, name)
		}
	}
	if got := strings.Join(shared, " "); got != "ExternalId PermissionsBoundaryArn ReaderRoleName RolePath RuleState WatchChanges" {
		t.Errorf("in both templates: %s", got)
	}
	for _, name := range []string{"PermissionsBoundaryArn", "RolePath", "RuleState", "WatchChanges"} {
		if diff := cmp.Diff(central[name], members[name]); diff != "" {
			t.Errorf("%s (-template.yaml +deploy/member.yaml):\n%s", name, diff)
		}
	}
}

// What a template takes for the quiet period is what the function takes, or it
// would not start: no alert would ever come.
func TestQuietPeriodStartsTheFunction(t *testing.T) {
	pattern := regexp.MustCompile(parse(t, "template.yaml").Parameters["QuietPeriod"].Pattern)
	for text, want := range map[string]bool{"24h": true, "90m": true, "1h30m": true, "999999h": true, "999999h99999h99999h": true, "999999h999999h999999h": false, "0s": false, "0h0m": false, "9999999999999h": false, "": false, "24": false} {
		d, err := time.ParseDuration(text)
		if got := pattern.MatchString(text); got != want || got && (err != nil || d <= 0) {
			t.Errorf("%q: the template takes it: %v, want %v (%v, %v)", text, got, want, d, err)
		}
	}
}
