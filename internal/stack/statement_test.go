package stack_test

import (
	"slices"
	"strings"
	"testing"

	"whydenied/internal/stack"
)

// IAM's own list of actions gives the first no resource, and subnets may be any
// account's; every other statement has to name its own.
var anyResource = []string{"iam:ListRoles", "iam:ListOpenIDConnectProviders", "iam:ListAccountAliases", "cloudtrail:LookupEvents", "cloudtrail:DescribeTrails", "events:ListRules",
	"ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets",
	"ec2:DeleteNetworkInterface", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"}

func TestStatementsAreNarrow(t *testing.T) {
	for file, given := range map[string]map[string]string{"template.yaml": everything(), "deploy/member.yaml": member()} {
		for id, r := range render(t, file, given) {
			for _, s := range stack.Statements(id, r) {
				for _, action := range s.Actions {
					if strings.Contains(action, "*") {
						t.Errorf("%s: %s %s: action %s", file, id, s.Sid, action)
					}
					if slices.Contains(s.Resources, "*") && !slices.Contains(anyResource, action) {
						t.Errorf("%s: %s %s: %s on every resource", file, id, s.Sid, action)
					}
				}
				if len(s.Actions) == 0 {
					t.Errorf("%s: %s %s names no action", file, id, s.Sid)
				}
			}
		}
	}
}

// The reason stands above each statement of the two roles.
func TestStatementsHaveReasons(t *testing.T) {
	for file, given := range map[string]map[string]string{"template.yaml": everything(), "deploy/member.yaml": member()} {
		reasons := reasoned(string(source(t, file)))
		for id, r := range render(t, file, given) {
			for _, s := range stack.Statements(id, r) {
				if !s.Trust && !reasons[s.Sid] {
					t.Errorf("%s: %s %s has no reason above it", file, id, s.Sid)
				}
			}
		}
	}
}

// reasoned are the statements with a comment between them and the one before.
func reasoned(template string) map[string]bool {
	commented, reasons := false, make(map[string]bool)
	for line := range strings.Lines(template) {
		line = strings.TrimSpace(line)
		if _, sid, ok := strings.Cut(line, "Sid: "); ok {
			reasons[sid], commented = commented, false
		}
		commented = commented || strings.HasPrefix(line, "#")
		if line == "Statement:" {
			commented = false
		}
	}
	return reasons
}
