package doctor_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/google/go-cmp/cmp"

	"whydenied/internal/slacktest"
	"whydenied/lambda/doctor"
	"whydenied/lambda/doctor/checkup"
	"whydenied/lambda/secret"
	"whydenied/pkg/alert"
	"whydenied/pkg/alert/bus"
	"whydenied/pkg/alert/dynamo"
	"whydenied/pkg/alert/slack"
	topic "whydenied/pkg/alert/sns"
	"whydenied/pkg/evidence/live"
)

const (
	token   = "xoxb-hidden-and-never-leaked"
	channel = "C0123456789"
)

// config wires a Doctor as the function does, with all there is.
func config(url, slackURL string) doctor.Config {
	load := func(context.Context) (aws.Config, error) {
		return aws.Config{Region: home, BaseEndpoint: &url, Credentials: credentials.NewStaticCredentialsProvider("id", "key", "")}, nil
	}
	fetch := secret.New(load, secretID).Get
	return doctor.Config{
		Load: load, Account: own, Now: func() time.Time { return time.Unix(1_795_607_200, 0) },
		Function: func(context.Context) string { return function + ":live" },
		Reader: func() doctor.Reader {
			return live.New(live.Config{Load: load, Own: own, ReaderRole: "whydenied-reader", ExternalID: "e-1"})
		},
		Table: dynamo.New(dynamo.Config{Table: "incidents", Client: func(ctx context.Context) (dynamo.API, error) {
			c, err := load(ctx)
			return dynamodb.NewFromConfig(c), err
		}}),
		QueueURL: url + "/" + own + "/flushes", Topic: topicARN, Bus: busARN, Secret: fetch,
		Notifiers: func() []alert.Notifier {
			return []alert.Notifier{
				slack.NewBot(slack.BotConfig{Token: fetch, Channel: channel, APIURL: slackURL + "/api/"}),
				topic.New(topic.Config{Topic: topicARN, Client: func(ctx context.Context) (topic.Publisher, error) {
					c, err := load(ctx)
					return sns.NewFromConfig(c), err
				}}),
				bus.New(bus.Config{Bus: busARN, Client: func(ctx context.Context) (bus.Putter, error) {
					c, err := load(ctx)
					return eventbridge.NewFromConfig(c), err
				}}),
			}
		},
	}
}

func newSlack(t *testing.T) (*slacktest.Server, string) {
	t.Helper()
	s := slacktest.New(slacktest.Config{Token: token, Channels: []string{channel}, WebhookPath: "/services/T0/B0/x"})
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return s, server.URL
}

// everything is a request for all that can be looked at.
var everything = checkup.Request{Accounts: []string{member, own}, Buses: []string{"whydenied-denials"}}

// wrong are the checks that are not ok, as "name on: status", and each of them
// has to say what to do.
func wrong(t *testing.T, r checkup.Report) (all []string, found string) {
	t.Helper()
	var texts []string
	for _, c := range r.Checks {
		if c.Found == "" || strings.Contains(c.Found+c.Do, "\n") || strings.Contains(c.Found+c.Do, token) {
			t.Errorf("%+v: want one line, and no secret", c)
		}
		if c.Status == checkup.OK {
			continue
		}
		if c.Do == "" {
			t.Errorf("%+v does not say what to do", c)
		}
		status := string(c.Status)
		if c.Unasked {
			status = "unasked"
		}
		all = append(all, strings.TrimSpace(c.Name+" "+c.On)+": "+status)
		texts = append(texts, c.Found)
	}
	return all, strings.Join(texts, "\n")
}

func TestHealthy(t *testing.T) {
	w := newWorld()
	_, slackURL := newSlack(t)
	r := doctor.New(config(w.starts(t), slackURL)).Examine(t.Context(), everything)
	got, found := wrong(t, r)
	if len(got) > 0 {
		t.Errorf("nothing is wrong, found %q:\n%s", got, found)
	}
	var names []string
	for _, c := range r.Checks {
		names = append(names, strings.TrimSpace(c.Name+" "+c.On))
	}
	want := []string{"calls eu-west-1", "trail eu-west-1", "rule eu-west-1", "rule eu-west-1 whydenied-denials", "calls us-east-1", "trail us-east-1", "rule us-east-1",
		"account 444455556666", "account 111122223333", "secret", "channel slack", "table", "queue", "topic", "bus"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("checks (-want +got):\n%s", diff)
	}
	if r.Function != function || r.Account != own || r.Region != home || len(r.NotLookedAt) != 2 {
		t.Errorf("got %+v", r)
	}
	for _, call := range w.asked {
		if strings.Contains(call, "Publish") || strings.Contains(call, "PutEvents") {
			t.Errorf("%s was called, and nobody asked for a test alert", call)
		}
		if call == "cloudtrail.GetTrailStatus us-east-1" || call == "cloudtrail.GetEventSelectors us-east-1" {
			t.Errorf("%s: a trail is asked about where it lives", call)
		}
	}
}

func TestFaults(t *testing.T) {
	fail := func(call, code string) func(*world, *slacktest.Server) {
		return func(w *world, _ *slacktest.Server) { w.faults[call] = code }
	}
	change := func(f func(*world)) func(*world, *slacktest.Server) {
		return func(w *world, _ *slacktest.Server) { f(w) }
	}
	slackFails := func(code string) func(*world, *slacktest.Server) {
		return func(_ *world, s *slacktest.Server) { s.Fail(9, slacktest.Fault{Error: code}) }
	}
	state := func(text string) func(*world, *slacktest.Server) {
		return change(func(w *world) { w.rules[home+" default"][0]["State"] = text })
	}
	both := func(status string) []string {
		return []string{"trail eu-west-1: " + status, "trail us-east-1: " + status}
	}
	for _, tt := range []struct {
		label, reason string
		fault         func(*world, *slacktest.Server)
		want          []string
		found         string
	}{
		{"no trail", "event history alone feeds nothing", change(func(w *world) { w.trails = nil }), both("failed"), "no trail logs this region"},
		{"stopped", "a trail may be there and log nothing", change(func(w *world) { w.logging = false }), both("failed"), `trail "main" is not logging`},
		{"write events only", "these calls are recorded as read-only", change(func(w *world) {
			w.selectors = object{"EventSelectors": []object{{"ReadWriteType": "WriteOnly", "IncludeManagementEvents": true}}}
		}), both("failed"), `leaves out the read management events`},
		{"one region", "a trail of another region does not log this one", change(func(w *world) { w.trails[0]["IsMultiRegionTrail"] = false }),
			[]string{"trail us-east-1: failed"}, `trail "main" logs eu-west-1 only`},
		{"a second trail", "one good trail is enough", change(func(w *world) {
			w.trails = append([]object{{"Name": "old", "TrailARN": "arn:aws:cloudtrail:eu-north-1:" + own + ":trail/old", "HomeRegion": "eu-north-1"}}, w.trails...)
		}), nil, ""},
		{"the organization's trail", "its selectors cannot be read here, which is no fault", func(w *world, _ *slacktest.Server) {
			w.trails[0]["TrailARN"], w.trails[0]["IsOrganizationTrail"] = "arn:aws:cloudtrail:eu-west-1:999900001111:trail/main", true
			w.faults["cloudtrail.GetEventSelectors"] = "CloudTrailARNInvalidException"
		}, both("unknown"), `trail "main" of the organization covers this region; what it logs can be seen in account 999900001111 only`},
		{"selectors are not allowed", "that says nothing of the trail", fail("cloudtrail.GetEventSelectors", "AccessDeniedException"), both("unasked"), "cloudtrail:GetEventSelectors: not allowed"},
		{"status cannot be had", "that says nothing of the trail", fail("cloudtrail.GetTrailStatus", "InvalidParameterException"), both("unasked"), "cloudtrail:GetTrailStatus: InvalidParameterException: no"},
		{"trails are not allowed", "that says nothing of the trails", fail("cloudtrail.DescribeTrails", "AccessDeniedException"), both("unasked"), "cloudtrail:DescribeTrails: not allowed"},
		{"history is not allowed", "the rest is looked at all the same", fail("cloudtrail.LookupEvents", "AccessDeniedException"),
			[]string{"calls eu-west-1: unasked", "calls us-east-1: unasked"}, "cloudtrail:LookupEvents: not allowed"},
		{"a page in place of an answer", "a proxy's", fail("cloudtrail.LookupEvents us-east-1", "<html>"), []string{"calls us-east-1: unasked"}, "cloudtrail:LookupEvents: the answer cannot be read"},
		{"no call", "silence would prove nothing", change(func(w *world) { w.calls = nil }), []string{"calls eu-west-1: unknown", "calls us-east-1: unknown"}, "so silence proves nothing"},

		{"ENABLED", "EventBridge may keep read-only events from it", state("ENABLED"), []string{"rule eu-west-1: failed"}, `rule "denials" is ENABLED, which may leave out`},
		{"disabled", "somebody paused it", state("DISABLED"), []string{"rule eu-west-1: failed"}, `rule "denials" is disabled`},
		{"no target", "a rule may lead nowhere", change(func(w *world) { w.targets["denials"] = nil }), []string{"rule eu-west-1: failed"}, "leads nowhere, not to the function"},
		{"another target", "another tool's rule is none of ours", change(func(w *world) { w.targets["denials"] = []string{function + "-other"} }),
			[]string{"rule eu-west-1: failed"}, "leads to " + function + "-other, not to the function"},
		{"no rule", "the stack was changed by hand", change(func(w *world) { delete(w.rules, home+" default") }), []string{"rule eu-west-1: failed"}, `no rule on the bus "default" matches`},
		{"a heartbeat's rule", "it matches successes", change(func(w *world) { w.rules[home+" default"][0]["EventPattern"] = successes }), []string{"rule eu-west-1: failed"}, "matches refused calls"},
		{"a heartbeat of any outcome", "it leads elsewhere, and the rule's own fault is the one to tell", change(func(w *world) {
			w.rules[home+" default"][0]["State"] = "DISABLED"
			w.rule(home+" default", "beat", allState, strings.Replace(denials, `,"errorCode":[{"exists":true}]`, "", 1), "arn:aws:sqs:eu-west-1:"+own+":beat")
		}), []string{"rule eu-west-1: failed"}, `rule "denials" is disabled`},
		{"the second page", "other rules come first", change(func(w *world) {
			w.rules[home+" default"] = append([]object{{"Name": "nightly", "State": "ENABLED"}, {"Name": "beat", "State": "DISABLED", "EventPattern": successes}}, w.rules[home+" default"]...)
		}), nil, ""},
		{"no rule in us-east-1", "calls of the global endpoint are recorded there", change(func(w *world) { delete(w.rules, "us-east-1 default") }), []string{"rule us-east-1: failed"}, "no rule"},
		{"us-east-1 is not used", "what nobody needs is not broken", change(func(w *world) { delete(w.rules, "us-east-1 default"); delete(w.calls, "us-east-1") }),
			[]string{"calls us-east-1: unknown", "rule us-east-1: unknown"}, "it may not be needed"},
		{"the central bus's rule", "member accounts come by it", change(func(w *world) { w.rules[home+" whydenied-denials"][0]["State"] = "ENABLED" }), []string{"rule eu-west-1 whydenied-denials: failed"}, `rule "central" is ENABLED`},
		{"the central bus is gone", "or was named wrongly", change(func(w *world) { w.faults["events.ListRules eu-west-1"] = "ResourceNotFoundException" }),
			[]string{"rule eu-west-1: failed", "rule eu-west-1 whydenied-denials: failed"}, `there is no bus "whydenied-denials"`},
		{"rules are not allowed", "that says nothing of the rule", fail("events.ListRules us-east-1", "AccessDeniedException"), []string{"rule us-east-1: unasked"}, "events:ListRules: not allowed"},
		{"targets are not allowed", "that says nothing of the rule", fail("events.ListTargetsByRule us-east-1", "AccessDeniedException"), []string{"rule us-east-1: unasked"}, "events:ListTargetsByRule: not allowed"},

		{"a reader role", "it trusts another function", fail("sts.AssumeRole", "AccessDenied"), []string{"account 444455556666: failed"}, "the role does not exist, does not trust these credentials"},
		{"the secret", "its key was forgotten", fail("secretsmanager.GetSecretValue", "AccessDeniedException"), []string{"secret: failed", "channel slack: unknown"}, "secretsmanager:GetSecretValue is not allowed"},
		{"the token", "it was revoked", slackFails("token_revoked"), []string{"channel slack: failed"}, "slack auth.test: the token was revoked"},
		{"the table", "it was deleted", fail("dynamodb.GetItem", "ResourceNotFoundException"), []string{"table: failed"}, "GetItem"},
		{"the queue", "it was deleted", fail("sqs.GetQueueAttributes", "QueueDoesNotExist"), []string{"queue: failed"}, "sqs:GetQueueAttributes: QueueDoesNotExist"},
		{"the topic", "it was deleted", fail("sns.GetTopicAttributes", "NotFound"), []string{"topic: failed"}, "there is no such topic"},
		{"attributes of the topic", "publishing is another permission", fail("sns.GetTopicAttributes", "AuthorizationError"), []string{"topic: unasked"}, "sns:GetTopicAttributes: not allowed"},
		{"unconfirmed", "nobody followed the link", change(func(w *world) { w.topic["SubscriptionsPending"] = "1" }), []string{"topic: failed"}, "2 subscriptions, 1 not confirmed"},
		{"no subscription", "Slack is told", change(func(w *world) { w.topic["SubscriptionsConfirmed"] = "0" }), nil, ""},
		{"the bus", "it was never made", fail("events.DescribeEventBus", "ResourceNotFoundException"), []string{"bus: failed"}, "there is no such bus"},
		{"buses are not allowed", "putting is another permission", fail("events.DescribeEventBus", "AccessDeniedException"), []string{"bus: unasked"}, "events:DescribeEventBus: not allowed"},
	} {
		t.Run(tt.label, func(t *testing.T) {
			w := newWorld()
			s, slackURL := newSlack(t)
			tt.fault(w, s)
			got, found := wrong(t, doctor.New(config(w.starts(t), slackURL)).Examine(t.Context(), everything))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
			if !strings.Contains(found, tt.found) {
				t.Errorf("%s\nwant %q in\n%s", tt.reason, tt.found, found)
			}
		})
	}
}
