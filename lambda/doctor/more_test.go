package doctor_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/google/go-cmp/cmp"

	"whydenied/internal/slacktest"
	"whydenied/lambda/doctor"
	"whydenied/lambda/doctor/checkup"
	"whydenied/pkg/alert"
	"whydenied/pkg/alert/slack"
)

func TestSelectors(t *testing.T) {
	field := func(name string, operators object) object {
		operators["Field"] = name
		return operators
	}
	management := field("eventCategory", object{"Equals": []string{"Management"}})
	advanced := func(fields ...object) object {
		return object{"AdvancedEventSelectors": []object{{"FieldSelectors": fields}}}
	}
	classic := func(readWrite string, management any) object {
		return object{"EventSelectors": []object{{"ReadWriteType": readWrite, "IncludeManagementEvents": management}}}
	}
	for _, tt := range []struct {
		label, reason string
		selectors     object
		want          checkup.Status
	}{
		{"all", "reads are among all", classic("All", true), checkup.OK},
		{"reads", "these calls are reads", classic("ReadOnly", true), checkup.OK},
		{"writes", "these calls are reads", classic("WriteOnly", true), checkup.Failed},
		{"data events", "no management events at all", classic("All", false), checkup.Failed},
		{"not said", "management events are included by default", classic("All", nil), checkup.OK},
		{"none", "a trail that was given no selectors logs all management events", object{}, checkup.OK},
		{"advanced", "all management events", advanced(management), checkup.OK},
		{"advanced reads", "readOnly equals true", advanced(management, field("readOnly", object{"Equals": []string{"true"}})), checkup.OK},
		{"advanced writes", "readOnly equals false", advanced(management, field("readOnly", object{"Equals": []string{"false"}})), checkup.Failed},
		{"advanced data", "another category", advanced(field("eventCategory", object{"Equals": []string{"Data"}})), checkup.Failed},
		{"no category", "CloudTrail asks for one", advanced(field("readOnly", object{"Equals": []string{"true"}})), checkup.Failed},
		{"without KMS", "the usual way to save", advanced(management, field("eventSource", object{"NotEquals": []string{"kms.amazonaws.com"}})), checkup.OK},
		{"without STS", "then there is nothing", advanced(management, field("eventSource", object{"NotEquals": []string{"kms.amazonaws.com", "sts.amazonaws.com"}})), checkup.Failed},
		{"without a prefix", "the negation of a beginning", advanced(management, field("eventName", object{"NotStartsWith": []string{"Assume"}})), checkup.Failed},
		{"an ending", "it fits", advanced(management, field("eventName", object{"EndsWith": []string{"WebIdentity"}})), checkup.OK},
		{"another beginning", "it does not fit", advanced(management, field("eventName", object{"StartsWith": []string{"Get"}})), checkup.Failed},
		{"by identity", "who asks is not known beforehand", advanced(management, field("userIdentity.arn", object{"StartsWith": []string{"arn:"}})), checkup.Unknown},
		{"one of two", "one selector is enough", object{"AdvancedEventSelectors": []object{
			{"FieldSelectors": []object{field("eventCategory", object{"Equals": []string{"Data"}})}}, {"FieldSelectors": []object{management}}}}, checkup.OK},
	} {
		t.Run(tt.label, func(t *testing.T) {
			w := newWorld()
			w.selectors = tt.selectors
			_, slackURL := newSlack(t)
			r := doctor.New(config(w.starts(t), slackURL)).Examine(t.Context(), checkup.Request{})
			i := slices.IndexFunc(r.Checks, func(c checkup.Check) bool { return c.Name == "trail" })
			if got := r.Checks[i]; got.Status != tt.want {
				t.Errorf("got %+v, want %s (%s)", got, tt.want, tt.reason)
			}
		})
	}
}

// A rule is told by what it matches, in whatever form that is written.
func TestPatterns(t *testing.T) {
	for _, tt := range []struct {
		label, pattern string
		want           checkup.Status
	}{
		{"the stack's", denials, checkup.OK},
		{"a prefix", `{"source":["aws.sts"],"detail":{"eventName":[{"prefix":"AssumeRoleWith"}]}}`, checkup.OK},
		{"any outcome", `{"detail":{"eventName":["AssumeRoleWithWebIdentity"]}}`, checkup.OK},
		{"a code", `{"detail":{"eventName":["AssumeRoleWithWebIdentity"],"errorCode":["AccessDenied"]}}`, checkup.OK},
		{"everything", `{"source":["aws.sts"]}`, checkup.Failed},
		{"another call", `{"detail":{"eventName":["AssumeRole"]}}`, checkup.Failed},
		{"another source", `{"source":["aws.iam"],"detail":{"eventName":["AssumeRoleWithWebIdentity"]}}`, checkup.Failed},
		{"no pattern", "", checkup.Failed},
	} {
		w := newWorld()
		w.rules[home+" default"][0]["EventPattern"] = tt.pattern
		_, slackURL := newSlack(t)
		r := doctor.New(config(w.starts(t), slackURL)).Examine(t.Context(), checkup.Request{})
		i := slices.IndexFunc(r.Checks, func(c checkup.Check) bool { return c.Name == "rule" })
		if got := r.Checks[i]; got.Status != tt.want {
			t.Errorf("%s: got %+v, want %s", tt.label, got, tt.want)
		}
	}
}

func TestRegions(t *testing.T) {
	for _, tt := range []struct {
		label, reason, region string
		named, want           []string
	}{
		{"own", "the global endpoint is recorded in us-east-1", "eu-west-1", nil, []string{"eu-west-1", "us-east-1"}},
		{"us-east-1", "once is enough", "us-east-1", []string{"us-east-1", "eu-west-1"}, []string{"us-east-1", "eu-west-1"}},
		{"China", "it has no global endpoint", "cn-north-1", nil, []string{"cn-north-1"}},
	} {
		w := newWorld()
		_, slackURL := newSlack(t)
		c := config(w.starts(t), slackURL)
		load := c.Load
		c.Load = func(ctx context.Context) (aws.Config, error) {
			cfg, err := load(ctx)
			cfg.Region = tt.region
			return cfg, err
		}
		var got []string
		for _, check := range doctor.New(c).Examine(t.Context(), checkup.Request{Regions: tt.named}).Checks {
			if check.Name == "trail" {
				got = append(got, check.On)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %s (-want +got):\n%s", tt.label, tt.reason, diff)
		}
	}
}

func TestTestAlerts(t *testing.T) {
	w := newWorld()
	s, slackURL := newSlack(t)
	d := doctor.New(config(w.starts(t), slackURL))
	r := d.Examine(t.Context(), checkup.Request{TestAlert: true})
	if got, found := wrong(t, r); len(got) > 0 {
		t.Fatalf("found %q:\n%s", got, found)
	}
	messages := s.Messages()
	if len(messages) != 1 || !strings.HasPrefix(messages[0].Text, "TEST of whydenied") || !strings.Contains(messages[0].Plain(), "TEST of whydenied: nothing was refused") || !strings.Contains(messages[0].Plain(), "function whydenied-1 in account "+own) {
		t.Errorf("want one message that is marked as a test, got %+v", messages)
	}
	for _, call := range []string{"sns.Publish " + home, "events.PutEvents " + home} {
		if !slices.Contains(w.asked, call) {
			t.Errorf("%s was not called", call)
		}
	}
	for _, call := range w.asked {
		if strings.HasPrefix(call, "dynamodb.") && call != "dynamodb.GetItem "+home {
			t.Errorf("a test is no incident, and %s was called", call)
		}
	}

	// What a channel refuses is told, and the others get theirs.
	s.Fail(1, slacktest.Fault{Path: "chat.postMessage", Error: "not_in_channel"})
	w.faults["sns.Publish"] = "AuthorizationError"
	got, found := wrong(t, d.Examine(t.Context(), checkup.Request{TestAlert: true}))
	if diff := cmp.Diff([]string{"test alert slack: failed", "test alert sns: failed"}, got); diff != "" || !strings.Contains(found, "invite it there") {
		t.Errorf("(-want +got):\n%s%s", diff, found)
	}
}

// With EventBusName the function's rule is on another bus, and one on the
// default bus leads there.
func TestByAnotherBus(t *testing.T) {
	const through = "arn:aws:events:eu-west-1:" + own + ":event-bus/"
	for _, tt := range []struct {
		label, reason, leads string
		want                 []string
	}{
		{"a bus of the stack", "its own rule is looked at as well", through + "security", nil},
		{"of that name elsewhere", "it is another one", strings.Replace(through, own, member, 1) + "security", []string{"rule eu-west-1: failed"}},
		{"some other bus", "nobody knows where that leads", through + "audit", []string{"rule eu-west-1: failed"}},
	} {
		w := newWorld()
		delete(w.rules, home+" default")
		w.rule(home+" default", "onwards", allState, denials, tt.leads)
		w.rule(home+" security", "denials", allState, denials, function)
		_, slackURL := newSlack(t)
		got, found := wrong(t, doctor.New(config(w.starts(t), slackURL)).Examine(t.Context(), checkup.Request{Buses: []string{"security"}}))
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %s (-want +got):\n%s%s", tt.label, tt.reason, diff, found)
		}
	}
}

// Each channel and topic that a rule names gets one too, where it is.
func TestTestAlertsToRoutes(t *testing.T) {
	const other, far = "C0000000PAY", "arn:aws:sns:eu-north-1:" + own + ":data"
	w := newWorld()
	s, slackURL := newSlack(t)
	c := config(w.starts(t), slackURL)
	c.Routes = alert.Routes{
		{Match: alert.Match{Account: own}, Route: alert.Route{SlackChannel: other, Mention: "here"}},
		{Match: alert.Match{Role: "a"}, Route: alert.Route{SlackChannel: other, TopicARN: far}},
		{Match: alert.Match{Role: "b"}, Route: alert.Route{TopicARN: topicARN}},
	}
	got, found := wrong(t, doctor.New(c).Examine(t.Context(), checkup.Request{TestAlert: true}))
	if diff := cmp.Diff([]string{"test alert slack " + other + ": failed"}, got); diff != "" {
		t.Errorf("the bot is in its own channel only (-want +got):\n%s%s", diff, found)
	}
	if n := len(s.Messages()); n != 1 {
		t.Errorf("want one message in the bot's own channel, got %d", n)
	}
	for _, call := range []string{"sns.Publish " + home, "sns.Publish eu-north-1"} {
		if !slices.Contains(w.asked, call) {
			t.Errorf("%s was not called", call)
		}
	}
}

func TestWebhook(t *testing.T) {
	for _, tt := range []struct {
		label, reason, url string
		want               []string
	}{
		{"good", "it tells only whoever posts", "/services/T0/B0/x", []string{"channel slack-webhook: unknown"}},
		{"a token", "a webhook has no channel beside it", token, []string{"channel slack-webhook: failed"}},
		{"gone", "which only a post shows", "/services/T0/B0/gone", []string{"channel slack-webhook: unknown", "test alert slack-webhook: failed"}},
	} {
		w := newWorld()
		s, slackURL := newSlack(t)
		c := config(w.starts(t), slackURL)
		c.Topic, c.Bus = "", ""
		c.Notifiers = func() []alert.Notifier {
			fetch := func(context.Context) (string, error) {
				if strings.HasPrefix(tt.url, "/") {
					return slackURL + tt.url, nil
				}
				return tt.url, nil
			}
			return []alert.Notifier{slack.NewWebhook(slack.WebhookConfig{URL: fetch, InsecureAnyHost: true})}
		}
		got, found := wrong(t, doctor.New(c).Examine(t.Context(), checkup.Request{TestAlert: tt.label != "a token"}))
		if diff := cmp.Diff(tt.want, got); diff != "" || strings.Contains(found, "/services/") {
			t.Errorf("%s: %s (-want +got):\n%s%s", tt.label, tt.reason, diff, found)
		}
		if n := len(s.Messages()); n != map[string]int{"good": 1}[tt.label] {
			t.Errorf("%s: %d messages", tt.label, n)
		}
	}
}

func TestScope(t *testing.T) {
	w := newWorld()
	s := httptest.NewServer(slacktest.New(slacktest.Config{Token: token, Scopes: "chat:write.public,users:read"}))
	t.Cleanup(s.Close)
	got, found := wrong(t, doctor.New(config(w.starts(t), s.URL)).Examine(t.Context(), checkup.Request{}))
	if diff := cmp.Diff([]string{"channel slack: failed"}, got); diff != "" || !strings.Contains(found, "add chat:write") {
		t.Errorf("(-want +got):\n%s%s", diff, found)
	}
}

func TestNobodyIsTold(t *testing.T) {
	w := newWorld()
	w.topic["SubscriptionsConfirmed"] = "0"
	_, slackURL := newSlack(t)
	c := config(w.starts(t), slackURL)
	all := c.Notifiers()
	c.Secret, c.Bus, c.Notifiers = nil, "", func() []alert.Notifier { return all[1:2] }
	got, found := wrong(t, doctor.New(c).Examine(t.Context(), checkup.Request{}))
	if diff := cmp.Diff([]string{"topic: failed"}, got); diff != "" || !strings.Contains(found, "nobody is subscribed, and there is no other channel") {
		t.Errorf("(-want +got):\n%s%s", diff, found)
	}
	c.Topic, c.Notifiers = "", nil
	got, _ = wrong(t, doctor.New(c).Examine(t.Context(), checkup.Request{TestAlert: true}))
	if diff := cmp.Diff([]string{"test alert: failed"}, got); diff != "" {
		t.Errorf("without a channel (-want +got):\n%s", diff)
	}
}

func TestNoConfiguration(t *testing.T) {
	c := config("", "")
	c.Load = func(context.Context) (aws.Config, error) {
		return aws.Config{}, errors.New("no shared file\nat all")
	}
	got, found := wrong(t, doctor.New(c).Examine(t.Context(), checkup.Request{}))
	if diff := cmp.Diff([]string{"configuration: failed"}, got); diff != "" || found != "no shared file at all" {
		t.Errorf("(-want +got):\n%s%s", diff, found)
	}
}

// hanging is a world whose calls never end by themselves.
type hanging struct{}

func (hanging) Do(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// The answer comes before the invocation is over, whatever hangs.
func TestHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		url := "http://127.0.0.1:1"
		c := config(url, url)
		load := func(context.Context) (aws.Config, error) {
			return aws.Config{Region: home, BaseEndpoint: &url, HTTPClient: hanging{}, Credentials: credentials.NewStaticCredentialsProvider("id", "key", "")}, nil
		}
		c.Load, c.Table, c.Secret, c.Notifiers = load, nil, nil, nil
		c.Reader = func() doctor.Reader { return reaches{} }
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		start := time.Now()
		q := checkup.Request{}
		for range 40 {
			q.Accounts = append(q.Accounts, member)
		}
		got, found := wrong(t, doctor.New(c).Examine(ctx, q))
		if took := time.Since(start); took > 57*time.Second || len(got) != 40+3+3+3 || !strings.Contains(found, "no answer in time") {
			t.Errorf("%d checks after %s, want 49 before 57s:\n%s", len(got), took, found)
		}
	})
}

// A reader role of an earlier template may not read an alias: that is told, and
// nothing is wrong for it.
func TestAlias(t *testing.T) {
	for _, fault := range []string{"", "AccessDenied"} {
		w := newWorld()
		w.faults["iam.ListAccountAliases"] = fault
		_, slackURL := newSlack(t)
		r := doctor.New(config(w.starts(t), slackURL)).Examine(t.Context(), checkup.Request{Accounts: []string{member}})
		if got, found := wrong(t, r); len(got) > 0 {
			t.Errorf("fault %q: nothing is wrong, found %q:\n%s", fault, got, found)
		}
		i := slices.IndexFunc(r.Checks, func(c checkup.Check) bool { return c.Name == "account" })
		want := checkup.Check{Name: "account", On: member, Status: checkup.OK, Found: "the reader role can be assumed"}
		if fault != "" {
			want.Found += "; messages do not have the account's alias: iam:ListAccountAliases: access denied: the permission iam:ListAccountAliases is missing"
			want.Do = "deploy the present deploy/member.yaml there, or give the account a name in AccountNames"
		}
		if diff := cmp.Diff(want, r.Checks[i]); diff != "" {
			t.Errorf("fault %q (-want +got):\n%s", fault, diff)
		}
	}
}

// reaches waits for a way that there is not.
type reaches struct{}

func (reaches) Reach(ctx context.Context, _ string) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	<-ctx.Done()
	return errors.New("sts:AssumeRole: no answer in time")
}

func (reaches) Alias(context.Context, string) (string, error) { return "", nil }
