package stack_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whydenied/internal/stack"
)

// at walks down a tree by keys and indexes; nil where there is nothing.
func at(v any, path ...any) any {
	for _, step := range path {
		switch key := step.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[key]
		case int:
			l, _ := v.([]any)
			if key >= len(l) {
				return nil
			}
			v = l[key]
		}
	}
	return v
}

// Emulators drop some of these, or keep them without effect, so that no run of
// theirs would miss them.
func TestNothingIsLost(t *testing.T) {
	resources := render(t, "template.yaml", everything())
	const letters = "${DeadLetterQueue.Arn}"
	for _, tt := range []struct {
		label, resource string
		path            []any
		want            any
	}{
		{"EventBridge cannot hand over", "DenialRule", []any{"Targets", 0, "DeadLetterConfig", "Arn"}, letters},
		{"EventBridge tries for six hours", "DenialRule", []any{"Targets", 0, "RetryPolicy", "MaximumEventAgeInSeconds"}, "21600"},
		{"the same from member accounts", "CentralDenialRule", []any{"Targets", 0, "DeadLetterConfig", "Arn"}, letters},
		{"the same from member accounts", "CentralDenialRule", []any{"Targets", 0, "RetryPolicy", "MaximumEventAgeInSeconds"}, "21600"},
		{"the same for a change", "ChangeRule", []any{"Targets", 0, "DeadLetterConfig", "Arn"}, letters},
		{"the same for a change", "ChangeRule", []any{"Targets", 0, "RetryPolicy", "MaximumEventAgeInSeconds"}, "21600"},
		{"the same for a member's change", "CentralChangeRule", []any{"Targets", 0, "DeadLetterConfig", "Arn"}, letters},
		{"the same for a member's change", "CentralChangeRule", []any{"Targets", 0, "RetryPolicy", "MaximumEventAgeInSeconds"}, "21600"},
		{"the function fails", "WhyDenied", []any{"EventInvokeConfig", "DestinationConfig", "OnFailure", "Destination"}, letters},
		{"the function is tried again", "WhyDenied", []any{"EventInvokeConfig", "MaximumRetryAttempts"}, "2"},
		{"a flush fails", "FlushQueue", []any{"RedrivePolicy", "deadLetterTargetArn"}, letters},
		{"one message of a batch fails", "FlushMapping", []any{"FunctionResponseTypes", 0}, "ReportBatchItemFailures"},
		{"a redriven one fails", "RedriveMapping", []any{"FunctionResponseTypes", 0}, "ReportBatchItemFailures"},
		{"fourteen days to mend it", "DeadLetterQueue", []any{"MessageRetentionPeriod"}, "1209600"},
		{"an update waits, more than sixteen times", "WhyDenied", []any{"RecursiveLoop"}, "Allow"},
		{"the table is deleted by mistake", "Table", []any{"PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled"}, "true"},
	} {
		if got := at(resources[tt.resource].Properties, tt.path...); got != tt.want {
			t.Errorf("%s: %s of %s is %v, want %v", tt.label, fmt.Sprint(tt.path...), tt.resource, got, tt.want)
		}
	}
}

func TestEncryptedAndForgotten(t *testing.T) {
	resources := render(t, "template.yaml", nil)
	got := map[string]any{
		"topic":        at(resources["Topic"].Properties, "KmsMasterKeyId"),
		"table":        at(resources["Table"].Properties, "SSESpecification", "SSEEnabled"),
		"flushes":      at(resources["FlushQueue"].Properties, "SqsManagedSseEnabled"),
		"dead letters": at(resources["DeadLetterQueue"].Properties, "SqsManagedSseEnabled"),
		"items expire": at(resources["Table"].Properties, "TimeToLiveSpecification"),
		"log expires":  at(resources["LogGroup"].Properties, "RetentionInDays"),
	}
	want := map[string]any{"topic": "alias/aws/sns", "table": "true", "flushes": "true", "dead letters": "true",
		"items expire": map[string]any{"AttributeName": "expires", "Enabled": "true"}, "log expires": "30"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("everything at rest is encrypted, and nothing is kept for ever (-want +got):\n%s", diff)
	}
	resources = render(t, "template.yaml", everything())
	for _, id := range []string{"TopicPolicy", "FlushQueuePolicy", "DeadLetterQueuePolicy", "HeartbeatQueuePolicy"} {
		tls := false
		for _, s := range stack.Statements(id, resources[id]) {
			tls = tls || s.Effect == "Deny" && at(s.Condition, "Bool", "aws:SecureTransport") == "false"
		}
		if !tls {
			t.Errorf("%s does not insist on TLS", id)
		}
	}
}

// The central bus is open to the organization, and to nobody else.
func TestCentralBus(t *testing.T) {
	resources := render(t, "template.yaml", everything())
	statements := stack.Statements("CentralBusPolicy", resources["CentralBusPolicy"])
	if len(statements) != 1 || at(statements[0].Condition, "StringEquals", "aws:PrincipalOrgID") != "o-a1b2c3d4e5" {
		t.Errorf("the policy of the bus is %+v, want one statement for the organization", statements)
	}
	for _, id := range []string{"CentralBus", "CentralBusPolicy", "CentralDenialRule", "CentralDenialRulePermission", "CentralChangeRule", "ChangeRule", "HeartbeatAlarm", "HeartbeatQueue", "HeartbeatRule", "SweepRule", "EmailSubscription"} {
		if _, there := render(t, "template.yaml", nil)[id]; there {
			t.Errorf("%s is there by default", id)
		}
	}
}
