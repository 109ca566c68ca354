package main_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whydenied/lambda/doctor/checkup"
)

// What says how and where people are told does not keep them from being told:
// the function starts without, its log says so, and so does the doctor, who
// sends test alerts to the default places alone.
func TestStartsWithoutWhatIsNotValid(t *testing.T) {
	const (
		slack  = "WHYDENIED_SLACK_SECRET_ARN=arn:aws:ssm:us-east-1:111122223333:parameter/slack"
		gitHub = "WHYDENIED_GITHUB_SECRET_ARN=arn:aws:secretsmanager:us-east-1:111122223333:secret:github-a1b2c3"
		bot    = "WHYDENIED_SLACK_CHANNEL=C0123456789"
	)
	toDefault := []string{"slack", "sns"}
	for _, tt := range []struct {
		label, reason string
		env           []string
		want          map[string]string // what is found of each variable
		told          []string          // who gets a test alert
	}{
		{"nothing is wrong", "and nothing is said", []string{slack, bot, gitHub, "WHYDENIED_GITHUB_REPOSITORIES=octo-org/*", `WHYDENIED_ROUTES=[{"slackChannel": "C0000000PAY"}]`}, nil, []string{"slack", "slack C0000000PAY", "sns", "github"}},
		{"cut routes", "a value that lost its end", []string{slack, bot, `WHYDENIED_ROUTES=[{]`},
			map[string]string{"WHYDENIED_ROUTES": "a list of rules is expected: invalid character"}, toDefault},
		{"a misspelled key", "a rule that never matches sends nothing anywhere", []string{slack, bot, `WHYDENIED_ROUTES=[{"match": {"rôle": "x"}, "slackChannel": "C0000000PAY"}]`},
			map[string]string{"WHYDENIED_ROUTES": `rule 1: unknown field "rôle"; all messages go to the default place`}, toDefault},
		{"a webhook", "it has its channel in itself, and the rules are good or not as a whole", []string{slack, `WHYDENIED_ROUTES=[{"match": {"role": "a"}, "mention": "here"}, {"slackChannel": "C0123456789"}]`},
			map[string]string{"WHYDENIED_ROUTES": "rule 2 has a slackChannel, which takes a bot token"}, []string{"slack-webhook", "sns"}},
		{"a mention without Slack", "nobody would be told", []string{`WHYDENIED_ROUTES=[{"mention": "here"}]`}, map[string]string{"WHYDENIED_ROUTES": "rule 1 has a mention, and there is no Slack"}, []string{"sns"}},
		{"names", "a name without its account", []string{"WHYDENIED_ACCOUNT_NAMES=prod"}, map[string]string{"WHYDENIED_ACCOUNT_NAMES": `"prod" is no name of an account`}, []string{"sns"}},
		{"a repository", "it is a path to another place", []string{gitHub, "WHYDENIED_GITHUB_REPOSITORIES=octo-org/.."}, map[string]string{"WHYDENIED_GITHUB_REPOSITORIES": `"octo-org/.." is no repository`}, []string{"sns"}},
		{"a repository, and no app", "it is wrong in two ways, and said once", []string{"WHYDENIED_GITHUB_REPOSITORIES=octo-org/.."}, map[string]string{"WHYDENIED_GITHUB_REPOSITORIES": `"octo-org/.." is no repository`}, []string{"sns"}},
		{"an app without a place", "it may write nowhere", []string{gitHub}, map[string]string{"WHYDENIED_GITHUB_REPOSITORIES": "it goes together with WHYDENIED_GITHUB_SECRET_ARN"}, []string{"sns"}},
		{"a place without an app", "nobody writes there", []string{"WHYDENIED_GITHUB_REPOSITORIES=octo-org/*"}, map[string]string{"WHYDENIED_GITHUB_REPOSITORIES": "no check run is posted"}, []string{"sns"}},
		{"docs", "a link to nowhere helps nobody", []string{"WHYDENIED_DOCS_URL=docs/causes"}, map[string]string{"WHYDENIED_DOCS_URL": `"docs/causes" is no address`}, []string{"sns"}},
		{"two", "each is told", []string{slack, bot, "WHYDENIED_DOCS_URL=docs", "WHYDENIED_ROUTES={}"}, map[string]string{"WHYDENIED_DOCS_URL": "no address", "WHYDENIED_ROUTES": "a list of rules is expected"}, toDefault},
	} {
		t.Run(tt.label, func(t *testing.T) {
			report, log := consult(t, tt.env...)
			got := map[string]string{}
			var told []string
			for _, c := range report.Checks {
				switch c.Name {
				case "setting":
					got[c.On] = c.Found
					if c.Status != checkup.Failed || c.Do == "" {
						t.Errorf("got %+v, want one that failed and says what to do", c)
					}
				case "test alert":
					told = append(told, c.On)
				}
			}
			for name, found := range tt.want {
				if !strings.Contains(got[name], found) {
					t.Errorf("%s: %s: got %q, want %q", tt.reason, name, got[name], found)
				}
				line := `"level":"error","variable":"` + name + `"`
				if n := strings.Count(log, line); n != 1 {
					t.Errorf("%s: %d lines of the log have %s:\n%s", tt.reason, n, line, log)
				}
			}
			if len(got) != len(tt.want) || len(tt.want) == 0 && strings.Contains(log, `"level":"error"`) {
				t.Errorf("%s: found %v\n%s", tt.reason, got, log)
			}
			slices.Sort(told)
			slices.Sort(tt.told)
			if diff := cmp.Diff(tt.told, told); diff != "" {
				t.Errorf("%s: test alerts (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

// consult starts the function with a table and a topic, and asks its doctor.
func consult(t *testing.T, env ...string) (report checkup.Report, log string) {
	t.Helper()
	aws := httptest.NewServer(http.HandlerFunc(refusing))
	t.Cleanup(aws.Close)
	address, answers := runtimeAPI(t, []byte(`{"doctor": true, "testAlert": true}`))
	cmd, logs := command(t, append(env, "AWS_LAMBDA_RUNTIME_API="+address, "AWS_ENDPOINT_URL="+aws.URL, "AWS_REGION=us-east-1",
		"AWS_ACCESS_KEY_ID=111122223333", "AWS_SECRET_ACCESS_KEY=none", "WHYDENIED_ACCOUNT=111122223333", "WHYDENIED_LOG=error",
		"WHYDENIED_TABLE=t", "WHYDENIED_TOPIC_ARN=arn:aws:sns:us-east-1:111122223333:t")...)
	a := answered(t, cmd, answers)
	if err := json.Unmarshal(a.body, &report); err != nil {
		t.Fatalf("%s: %v in %s\n%s", a.path, err, a.body, logs)
	}
	return report, logs.String()
}
