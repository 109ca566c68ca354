package stack_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What an operator may set, and what the function is told by it, is written
// down where the two look for it.
func TestDocsNameEverything(t *testing.T) {
	template := parse(t, "template.yaml")
	env, _ := template.Resources["WhyDenied"].Properties["Environment"].(map[string]any)
	variables, _ := env["Variables"].(map[string]any)
	for _, tt := range []struct {
		label, file string
		names       []string
	}{
		{"parameters", "deploy/README.md", slices.Sorted(maps.Keys(template.Parameters))},
		{"variables", "docs/lambda.md", slices.Sorted(maps.Keys(variables))},
		{"alarms", "deploy/README.md", alarms(t)},
	} {
		page := string(source(t, tt.file))
		if len(tt.names) == 0 {
			t.Errorf("%s: there are none", tt.label)
		}
		for _, name := range tt.names {
			if !strings.Contains(page, "`"+name+"`") {
				t.Errorf("%s: %s does not name %s", tt.label, tt.file, name)
			}
		}
	}
}

func alarms(t *testing.T) []string {
	var names []string
	for id, r := range render(t, "template.yaml", everything()) {
		if r.Type == "AWS::CloudWatch::Alarm" {
			names = append(names, id)
		}
	}
	return names
}

// The key policy is there to be copied: the three who need the key are in it.
func TestKeyPolicyParses(t *testing.T) {
	_, block, _ := strings.Cut(string(source(t, "deploy/README.md")), "```json\n")
	block, _, _ = strings.Cut(block, "```")
	var policy struct {
		Statement []struct {
			Sid       string
			Principal map[string]string
		}
	}
	if err := json.Unmarshal([]byte(block), &policy); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range policy.Statement {
		got = append(got, s.Sid+" "+s.Principal["AWS"]+s.Principal["Service"])
	}
	want := []string{"ThisAccountByItsPolicies arn:aws:iam::111122223333:root", "RulesLeaveUndelivered events.amazonaws.com",
		"LogIsEncrypted logs.us-east-1.amazonaws.com"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("statements of the key policy (-want +got):\n%s", diff)
	}
}

// Whoever opens the console sees every parameter in a group.
func TestParametersAreGrouped(t *testing.T) {
	for _, file := range []string{"template.yaml", "deploy/member.yaml"} {
		template := parse(t, file)
		face, _ := template.Metadata["AWS::CloudFormation::Interface"].(map[string]any)
		groups, _ := face["ParameterGroups"].([]any)
		grouped := make(map[string]int)
		for _, g := range groups {
			group, _ := g.(map[string]any)
			names, _ := group["Parameters"].([]any)
			for _, name := range names {
				if s, ok := name.(string); ok {
					grouped[s]++
				}
			}
		}
		for name := range template.Parameters {
			if grouped[name] != 1 {
				t.Errorf("%s: %s is in %d groups", file, name, grouped[name])
			}
		}
	}
}
