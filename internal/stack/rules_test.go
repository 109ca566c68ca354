package stack_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whydenied/internal/stack"
)

const allEvents = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"

// deniedCalls is the pattern of every rule on denials.
var deniedCalls = map[string]any{
	"source":      []any{"aws.sts"},
	"detail-type": []any{"AWS API Call via CloudTrail"},
	"detail": map[string]any{
		"eventSource": []any{"sts.amazonaws.com"},
		"eventName":   []any{"AssumeRoleWithWebIdentity"},
		"errorCode":   []any{map[string]any{"exists": "true"}},
	},
}

func TestRulesLetDenialsThrough(t *testing.T) {
	for _, tt := range []struct {
		label, reason, file string
		given               map[string]string
		want                map[string]string
	}{
		{"one account", "CloudTrail records these calls as read-only, which ENABLED may drop",
			"template.yaml", nil, map[string]string{"DenialRule": allEvents}},
		{"an organization", "AWS's pages differ on whether custom buses need the state",
			"template.yaml", everything(), map[string]string{"DenialRule": allEvents, "CentralDenialRule": allEvents}},
		{"a member account", "the rule that forwards would drop them before the central one sees them",
			"deploy/member.yaml", member(), map[string]string{"ForwardRule": allEvents}},
		{"an emulator", "emulators fire on ENABLED alone",
			"template.yaml", with(everything(), "RuleState", "ENABLED"), map[string]string{"DenialRule": "ENABLED", "CentralDenialRule": "ENABLED"}},
	} {
		t.Run(tt.label, func(t *testing.T) {
			got := make(map[string]string)
			for id, r := range render(t, tt.file, tt.given) {
				if r.Properties["EventPattern"] == nil {
					continue
				}
				got[id] = fmt.Sprint(r.Properties["State"])
				if diff := cmp.Diff(deniedCalls, r.Properties["EventPattern"]); diff != "" {
					t.Errorf("%s matches denied calls, and no others (-want +got):\n%s", id, diff)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

// A rule that may not invoke the function, or leave what it could not deliver,
// fails in silence.
func TestRulesReachTheFunction(t *testing.T) {
	resources := render(t, "template.yaml", everything())
	permitted, leaves := []string{}, []string{}
	for _, id := range slices.Sorted(maps.Keys(resources)) {
		switch r := resources[id]; r.Type {
		case "AWS::Lambda::Permission":
			permitted = append(permitted, fmt.Sprint(r.Properties["SourceArn"]))
		case "AWS::Events::Rule":
			if r.Properties["EventPattern"] != nil {
				leaves = append(leaves, "${"+id+".Arn}")
			}
		}
	}
	if diff := cmp.Diff([]string{"${CentralDenialRule.Arn}", "${DenialRule.Arn}", "${SweepRule.Arn}"}, permitted); diff != "" {
		t.Errorf("each rule may invoke the function (-want +got):\n%s", diff)
	}
	for _, s := range stack.Statements("DeadLetterQueuePolicy", resources["DeadLetterQueuePolicy"]) {
		if s.Sid != "RulesLeaveUndelivered" {
			continue
		}
		arns, _ := s.Condition["ArnEquals"].(map[string]any)["aws:SourceArn"].([]any)
		got := []string{}
		for _, arn := range arns {
			got = append(got, fmt.Sprint(arn))
		}
		slices.Sort(got)
		if diff := cmp.Diff(leaves, got); diff != "" {
			t.Errorf("each rule on denials may send to the dead-letter queue (-want +got):\n%s", diff)
		}
	}
}
