package stack_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
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

// anyCall is the pattern of the rule whose calls are counted.
var anyCall = map[string]any{
	"source":      []any{"aws.sts"},
	"detail-type": []any{"AWS API Call via CloudTrail"},
	"detail": map[string]any{
		"eventSource": []any{"sts.amazonaws.com"},
		"eventName":   []any{"AssumeRoleWithWebIdentity"},
	},
}

// changes is the pattern of every rule on changes: what pkg/evidence knows as
// one, if it succeeded.
var changes = map[string]any{
	"source":      []any{"aws.iam"},
	"detail-type": []any{"AWS API Call via CloudTrail"},
	"detail": map[string]any{
		"eventSource": []any{"iam.amazonaws.com"},
		"eventName": []any{"CreateRole", "DeleteRole", "UpdateAssumeRolePolicy", "CreateOpenIDConnectProvider",
			"DeleteOpenIDConnectProvider", "AddClientIDToOpenIDConnectProvider", "RemoveClientIDFromOpenIDConnectProvider"},
		"errorCode": []any{map[string]any{"exists": "false"}},
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
			"template.yaml", everything(), map[string]string{"DenialRule": allEvents, "CentralDenialRule": allEvents, "ChangeRule": allEvents,
				"CentralChangeRule": allEvents, "HeartbeatRule": allEvents}},
		{"changes alone", "without an organization there is no central bus",
			"template.yaml", map[string]string{"WatchChanges": "true"}, map[string]string{"DenialRule": allEvents, "ChangeRule": allEvents}},
		{"an organization alone", "changes are asked for",
			"template.yaml", with(with(everything(), "WatchChanges", "false"), "HeartbeatDays", ""), map[string]string{"DenialRule": allEvents, "CentralDenialRule": allEvents}},
		{"a member account", "the rule that forwards would drop them before the central one sees them",
			"deploy/member.yaml", member(), map[string]string{"ForwardRule": allEvents, "ForwardChangeRule": allEvents}},
		{"an emulator", "emulators fire on ENABLED alone",
			"template.yaml", with(everything(), "RuleState", "ENABLED"), map[string]string{"DenialRule": "ENABLED", "CentralDenialRule": "ENABLED", "ChangeRule": "ENABLED",
				"CentralChangeRule": "ENABLED", "HeartbeatRule": "ENABLED"}},
	} {
		t.Run(tt.label, func(t *testing.T) {
			got := make(map[string]string)
			for id, r := range render(t, tt.file, tt.given) {
				if r.Properties["EventPattern"] == nil {
					continue
				}
				got[id] = fmt.Sprint(r.Properties["State"])
				want := deniedCalls
				switch {
				case strings.Contains(id, "Change"):
					want = changes
				case id == "HeartbeatRule":
					want = anyCall
				}
				if diff := cmp.Diff(want, r.Properties["EventPattern"]); diff != "" {
					t.Errorf("%s matches what it is for, and nothing else (-want +got):\n%s", id, diff)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

// changeKinds in pkg/evidence says which events it reads as changes.
func TestRulesKnowEveryChange(t *testing.T) {
	_, table, _ := strings.Cut(string(source(t, "pkg/evidence/change.go")), "var changeKinds = map[string]ChangeKind{\n")
	table, _, _ = strings.Cut(table, "\n}")
	var want []any
	for line := range strings.Lines(table) {
		if _, name, ok := strings.Cut(line, `"`); ok {
			name, _, _ = strings.Cut(name, `"`)
			want = append(want, name)
		}
	}
	if diff := cmp.Diff(want, at(changes, "detail", "eventName")); diff != "" {
		t.Errorf("the rules let through what pkg/evidence reads (-want +got):\n%s", diff)
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
			if r.Properties["EventPattern"] != nil && at(r.Properties, "Targets", 0, "Arn") == "${WhyDenied.Arn}" {
				leaves = append(leaves, "${"+id+".Arn}")
			}
		}
	}
	if diff := cmp.Diff([]string{"${CentralChangeRule.Arn}", "${CentralDenialRule.Arn}", "${ChangeRule.Arn}", "${DenialRule.Arn}", "${SweepRule.Arn}"}, permitted); diff != "" {
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
			t.Errorf("each rule on calls may send to the dead-letter queue (-want +got):\n%s", diff)
		}
	}
}
