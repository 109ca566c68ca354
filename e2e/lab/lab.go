// Package lab is an account in which whydenied is deployed and tried: ministack
// for AWS, and servers that behave as CloudTrail's LookupEvents and as Slack.
// Roles and providers are put into it, then events of CloudTrail; what came of
// them is read from queues, from the table, from the log.
package lab

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"whydenied/e2e/emulator"
	"whydenied/e2e/stack"
	"whydenied/internal/slacktest"
	"whydenied/internal/trailtest"
)

const (
	// Account is the account of the lab, that of the repository's examples.
	Account = "123456789012"
	// Channel is the ID of the channel that messages go to.
	Channel = "C0123456789"
	token   = "xoxb-000000000000-emulated"
)

// Options say where and how a lab is made.
type Options struct {
	Repository string // its root
	Folder     string // for the lab's files
	// Between is told where the function would find a service ("slack",
	// "dynamodb", "sns" or "sqs"), and returns where it is to find it. It may be
	// nil.
	Between func(service, url string) string
	// EachSecond lets Slack's channel have one message in a second, as Slack does.
	EachSecond bool
}

// Lab is such an account. [Lab.In] is the same with another.
type Lab struct {
	AWS    *emulator.Ministack
	Config aws.Config
	Trail  *trailtest.Server
	Slack  *slacktest.Server

	repository string
	servers    []*httptest.Server
	token      string // ARN of the secret
}

// Start makes a lab.
func Start(ctx context.Context, o Options) (*Lab, error) {
	l := &Lab{
		Trail:      trailtest.New(nil),
		Slack:      slacktest.New(slacktest.Config{Token: token, Channels: []string{Channel}, EachSecond: o.EachSecond}),
		repository: o.Repository,
	}
	between := o.Between
	if between == nil {
		between = func(_, url string) string { return url }
	}
	slack, nowhere := l.serve(l.Slack), l.serve(http.NotFoundHandler())
	var err error
	l.AWS, err = emulator.StartMinistack(ctx, emulator.Venv(filepath.Join(o.Repository, "bin", "venv")), o.Folder, Account,
		func(url string) map[string]string {
			return map[string]string{
				"AWS_ENDPOINT_URL_CLOUDTRAIL": l.serve(cloudTrail(l.Trail, url)),
				"AWS_ENDPOINT_URL_DYNAMODB":   between("dynamodb", url),
				"AWS_ENDPOINT_URL_SNS":        between("sns", url),
				"AWS_ENDPOINT_URL_SQS":        between("sqs", url),
				"WHYDENIED_SLACK_API":         between("slack", slack+"/api/"),
				"WHYDENIED_GITHUB_API":        nowhere, // no test gets out
			}
		})
	if err != nil {
		l.close()
		return nil, err
	}
	l.Config = l.AWS.Config(Account)
	if err := l.keepToken(ctx); err != nil {
		l.Stop()
		return nil, err
	}
	return l, nil
}

// serve makes a handler a server on the loopback, and returns its URL.
func (l *Lab) serve(h http.Handler) string {
	s := httptest.NewServer(h)
	l.servers = append(l.servers, s)
	return s.URL
}

// In is the lab, seen from another account: providers and roles are made, and
// events put, there. Only the first Lab is to be stopped.
func (l *Lab) In(account string) *Lab {
	there := *l
	there.Config = l.AWS.Config(account)
	return &there
}

// cloudTrail is CloudTrail: the trails are ministack's, what they recorded is
// the server's.
func cloudTrail(events http.Handler, ministack string) http.Handler {
	trails := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: strings.TrimPrefix(ministack, "http://")})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".LookupEvents") {
			events.ServeHTTP(w, r)
			return
		}
		trails.ServeHTTP(w, r)
	})
}

// Stop ends all of it.
func (l *Lab) Stop() {
	l.AWS.Stop()
	l.close()
}

func (l *Lab) close() {
	for _, s := range l.servers {
		s.Close()
	}
}

func (l *Lab) keepToken(ctx context.Context) error {
	out, err := secretsmanager.NewFromConfig(l.Config).CreateSecret(ctx, &secretsmanager.CreateSecretInput{
		Name: aws.String("slack-token"), SecretString: aws.String(token),
	})
	if err != nil {
		return fmt.Errorf("secretsmanager:CreateSecret: %w", err)
	}
	l.token = aws.ToString(out.ARN)
	return nil
}

// Deploy deploys the repository's template with the archive, in the rule state
// that emulators know, to post to Slack and to the topic.
func (l *Lab) Deploy(ctx context.Context, name string, archive []byte, parameters map[string]string) (*stack.Stack, error) {
	all := map[string]string{"RuleState": "ENABLED", "SlackSecretArn": l.token, "SlackChannel": Channel}
	for key, value := range parameters {
		all[key] = value
	}
	return stack.Deploy(ctx, l.Config, name, filepath.Join(l.repository, "template.yaml"), archive, all)
}

// Join deploys the repository's template for member accounts in this one, for
// a hub with a central bus.
func (l *Lab) Join(ctx context.Context, hub *stack.Stack, parameters map[string]string) (*stack.Stack, error) {
	all := map[string]string{"RuleState": "ENABLED", "CentralBusArn": hub.Outputs["CentralBusArn"], "HubRoleArn": hub.Outputs["FunctionRoleArn"]}
	for key, value := range parameters {
		all[key] = value
	}
	return stack.Deploy(ctx, l.Config, "member", filepath.Join(l.repository, "deploy", "member.yaml"), nil, all)
}
