package stack_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEmptyMeansNoValue(t *testing.T) {
	template := parse(t, "template.yaml")
	for id, r := range render(t, "template.yaml", nil) {
		for _, place := range empties(id, r.Properties) {
			t.Errorf("with the defaults, %s is an empty string", place)
		}
	}
	off := fmt.Sprint(render(t, "template.yaml", nil))
	on := fmt.Sprint(render(t, "template.yaml", everything()))
	for name, p := range template.Parameters {
		if p.Default == nil {
			t.Errorf("%s has no default: the stack has to deploy without a question", name)
		} else if *p.Default == "" {
			value := everything()[name]
			alone := fmt.Sprint(render(t, "template.yaml", map[string]string{name: value}))
			if shows := strings.Contains(on, value) && !strings.Contains(off, value); value == "" || !shows && alone == off && !inPairs[name] {
				t.Errorf("%s: given %q, it shows nowhere", name, value)
			}
		}
	}
}

// inPairs are the parameters that do nothing without another, and whose value is
// taken apart (TestVpcIsBothOrNeither).
var inPairs = map[string]bool{"SubnetIds": true, "SecurityGroupIds": true}

// empties are the places of a tree that hold an empty string.
func empties(at string, v any) []string {
	var found []string
	switch v := v.(type) {
	case string:
		if v == "" {
			found = append(found, at)
		}
	case map[string]any:
		for key, value := range v {
			found = append(found, empties(at+"."+key, value)...)
		}
	case []any:
		for i, value := range v {
			found = append(found, empties(fmt.Sprintf("%s[%d]", at, i), value)...)
		}
	}
	return found
}

func TestEnvironment(t *testing.T) {
	for _, tt := range []struct {
		label, reason string
		given         map[string]string
		want          []string
	}{
		{"defaults", "what is off is not there", nil,
			[]string{"ACCOUNT", "CAP", "LOG", "QUEUE_URL", "QUIET", "TABLE", "TOPIC_ARN"}},
		{"everything", "the snapshot is for sam local alone", everything(),
			[]string{"ACCOUNT", "ACCOUNT_NAMES", "BUS", "CAP", "CLOSING_SUMMARY", "DOCS_URL", "EXTERNAL_ID", "GITHUB_REPOSITORIES", "GITHUB_SECRET_ARN", "LOG", "QUEUE_URL",
				"QUIET", "READER_ROLE", "ROUTES", "SLACK_CHANNEL", "SLACK_SECRET_ARN", "SNS_CHAT", "TABLE", "TOPIC_ARN", "WATCH_CHANGES"}},
	} {
		env, _ := render(t, "template.yaml", tt.given)["WhyDenied"].Properties["Environment"].(map[string]any)
		variables, _ := env["Variables"].(map[string]any)
		var got []string
		for _, name := range slices.Sorted(maps.Keys(variables)) {
			got = append(got, strings.TrimPrefix(name, "WHYDENIED_"))
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %s (-want +got):\n%s", tt.label, tt.reason, diff)
		}
	}
}

func TestReservedConcurrency(t *testing.T) {
	const property = "ReservedConcurrentExecutions"
	if got, there := render(t, "template.yaml", nil)["WhyDenied"].Properties[property]; there {
		t.Errorf("%s is %v by default; a new account has a quota of 10 and its first deployment would fail", property, got)
	}
	if got := render(t, "template.yaml", everything())["WhyDenied"].Properties[property]; got != "777" {
		t.Errorf("%s is %v, want the parameter", property, got)
	}
}

// Lambda asks for six times the function's timeout, or a message that is still
// being handled is handed out again.
func TestQueuesWaitForTheFunction(t *testing.T) {
	resources := render(t, "template.yaml", nil)
	got := []any{resources["WhyDenied"].Properties["Timeout"], resources["FlushQueue"].Properties["VisibilityTimeout"],
		resources["DeadLetterQueue"].Properties["VisibilityTimeout"], resources["RedriveMapping"].Properties["Enabled"]}
	if diff := cmp.Diff([]any{"60", "360", "360", "false"}, got); diff != "" {
		t.Errorf("timeout, visibility of both queues, redrive enabled (-want +got):\n%s", diff)
	}
}

// In another partition, nothing may still name the first.
func TestPartitions(t *testing.T) {
	commercial := regexp.MustCompile(`arn:aws:|\.amazonaws\.com"`)
	for file, given := range map[string]map[string]string{"template.yaml": everything(), "deploy/member.yaml": member()} {
		for name, value := range given {
			given[name] = strings.ReplaceAll(value, "arn:aws:", "arn:aws-cn:")
		}
		given["AWS::Partition"], given["AWS::URLSuffix"] = "aws-cn", "amazonaws.com.cn"
		for id, r := range render(t, file, given) {
			text, err := json.Marshal(r.Properties)
			if err != nil {
				t.Fatal(err)
			}
			for _, found := range commercial.FindAllString(string(text), -1) {
				// Service principals and event sources have the same name everywhere.
				if found != `.amazonaws.com"` || !regexp.MustCompile(`"(events|iam|lambda|sts)\.amazonaws\.com"`).Match(text) {
					t.Errorf("%s: %s has %s in it", file, id, found)
				}
			}
		}
	}
}

func TestDashboardIsJSON(t *testing.T) {
	body := fmt.Sprint(render(t, "template.yaml", nil)["Dashboard"].Properties["DashboardBody"])
	var dashboard struct{ Widgets []any }
	if err := json.Unmarshal([]byte(body), &dashboard); err != nil || len(dashboard.Widgets) == 0 {
		t.Errorf("the dashboard has %d widgets: %v", len(dashboard.Widgets), err)
	}
}

// A value that a test or the docs give has to pass the pattern that they are for.
func TestPatterns(t *testing.T) {
	for file, given := range map[string]map[string]string{"template.yaml": everything(), "deploy/member.yaml": member()} {
		for name, p := range parse(t, file).Parameters {
			if p.Pattern == "" {
				continue
			}
			pattern := regexp.MustCompile(p.Pattern)
			if value, there := given[name]; there && !pattern.MatchString(value) {
				t.Errorf("%s: %s refuses %q", file, name, value)
			}
			if p.Default != nil && !pattern.MatchString(*p.Default) {
				t.Errorf("%s: %s refuses its own default %q", file, name, *p.Default)
			}
			if pattern.MatchString("two words\n") {
				t.Errorf("%s: %s takes anything", file, name)
			}
		}
	}
}

// Messages lead people there, and the function does not start with an address
// that it cannot build on.
func TestDocsUrlPattern(t *testing.T) {
	pattern := regexp.MustCompile(parse(t, "template.yaml").Parameters["DocsUrl"].Pattern)
	for address, want := range map[string]bool{
		"": true, "https://docs.example.com": true, "https://docs.example.com:8443/causes/": true, "https://octo-org.github.io/whydenied/docs/causes": true,
		"http://docs.example.com/causes": false, "docs.example.com/causes": false, "https://": false, "https:///causes": false, "https://docs.example.com/?page=": false,
		"https://docs.example.com/#causes": false, "https://user@docs.example.com/": false, "https://docs.example.com/%zz": false, "https://-/": false,
		"https://docs.example.com/a|b": false, "https://docs.example.com/<!channel>": false, "javascript:alert(1)": false,
	} {
		if got := pattern.MatchString(address); got != want {
			t.Errorf("DocsUrl takes %q: %v, want %v", address, got, want)
		}
	}
}
