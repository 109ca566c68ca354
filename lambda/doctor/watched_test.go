package doctor_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"whydenied/lambda/doctor"
	"whydenied/lambda/doctor/checkup"
	"whydenied/pkg/alert"
)

// watching is a world in which changes get to the function, and its function,
// which is in us-east-1 or in a region where IAM's events do not come up.
func watching(t *testing.T, region string) (*world, doctor.Config) {
	t.Helper()
	w := newWorld()
	leads := function
	if region == home {
		leads = "arn:aws:events:eu-west-1:" + own + ":event-bus/whydenied-denials"
	}
	w.rule("us-east-1 default", "changes", "ENABLED", repairs, leads)
	w.rule(region+" whydenied-denials", "central changes", allState, repairs, function)
	if region != home {
		w.rules[region+" default"] = slices.Concat(w.rules[home+" default"], w.rules[region+" default"])
		w.rules[region+" whydenied-denials"] = append(w.rules[region+" whydenied-denials"], w.rules[home+" whydenied-denials"]...)
	}
	_, slackURL := newSlack(t)
	c := config(w.starts(t), slackURL)
	c.Changes, c.Bus = true, "" // which is in the other region
	load := c.Load
	c.Load = func(ctx context.Context) (aws.Config, error) {
		cfg, err := load(ctx)
		cfg.Region = region
		return cfg, err
	}
	return w, c
}

// changesOf is the first rule on changes of a bus of the world.
func (w *world) changesOf(at string) object {
	i := slices.IndexFunc(w.rules[at], func(r object) bool { return r["EventPattern"] == repairs })
	return w.rules[at][i]
}

func TestChangeRule(t *testing.T) {
	const elsewhere, here = home, "us-east-1"
	for _, tt := range []struct {
		label, reason, region string
		fault                 func(*world)
		want                  []string
		found                 string
	}{
		{"well", "changes are no read-only events: ENABLED gets them", here, nil, nil, ""},
		{"well, from afar", "they come up in us-east-1, and are forwarded", elsewhere, nil, nil, ""},
		{"disabled", "no thread would tell of a repair", here, func(w *world) { w.changesOf("us-east-1 default")["State"] = "DISABLED" }, []string{"change rule us-east-1: failed"}, `rule "changes" is disabled`},
		{"disabled afar", "whoever calls us-east-1 or not", elsewhere, func(w *world) {
			w.changesOf("us-east-1 default")["State"] = "DISABLED"
			delete(w.calls, "us-east-1")
		}, []string{"calls us-east-1: unknown", "change rule us-east-1: failed"}, `rule "changes" is disabled`},
		{"no rule", "WatchChanges in another region alone brings nothing", elsewhere, func(w *world) { w.rules["us-east-1 default"] = w.rules["us-east-1 default"][:1] },
			[]string{"change rule us-east-1: failed"}, `no rule on the bus "default" matches changes of roles and identity providers`},
		{"no target", "a rule may lead nowhere", here, func(w *world) { w.targets["changes"] = nil }, []string{"change rule us-east-1: failed"}, "matches changes of roles and identity providers and leads nowhere"},
		{"the central bus's", "member accounts come by it", elsewhere, func(w *world) { w.changesOf(home + " whydenied-denials")["State"] = "DISABLED" },
			[]string{"change rule eu-west-1 whydenied-denials: failed"}, `rule "central changes" is disabled`},
		{"failed changes", "a rule on errors is none on changes", here, func(w *world) {
			w.changesOf("us-east-1 default")["EventPattern"] = strings.Replace(repairs, "false", "true", 1)
		}, []string{"change rule us-east-1: failed"}, "no rule"},
		{"rules are not allowed", "that says nothing of the rule", here, func(w *world) { w.faults["events.ListTargetsByRule us-east-1"] = "AccessDeniedException" },
			[]string{"rule us-east-1: unasked", "rule us-east-1 whydenied-denials: unasked", "change rule us-east-1: unasked", "change rule us-east-1 whydenied-denials: unasked"}, "events:ListTargetsByRule: not allowed"},
	} {
		t.Run(tt.label, func(t *testing.T) {
			w, c := watching(t, tt.region)
			if tt.fault != nil {
				tt.fault(w)
			}
			r := doctor.New(c).Examine(t.Context(), everything)
			if n := len(slices.DeleteFunc(slices.Clone(r.Checks), func(c checkup.Check) bool { return c.Name != "change rule" })); n != 2 {
				t.Errorf("want two checks of rules on changes, got %d", n)
			}
			got, found := wrong(t, r)
			if diff := cmp.Diff(tt.want, got); diff != "" || !strings.Contains(found, tt.found) {
				t.Errorf("%s (-want +got):\n%s\nwant %q in\n%s", tt.reason, diff, tt.found, found)
			}
		})
	}
}

// In other partitions they come up in another region, if it is known.
func TestChangeRegions(t *testing.T) {
	for region, want := range map[string]string{
		"cn-northwest-1": "change rule cn-north-1: failed", "us-gov-east-1": "change rule us-gov-west-1: failed", "us-iso-east-1": "change rule: unknown",
	} {
		_, c := watching(t, region)
		got, _ := wrong(t, doctor.New(c).Examine(t.Context(), checkup.Request{}))
		if !slices.Contains(got, want) {
			t.Errorf("%s: got %q, want %q among them", region, got, want)
		}
	}
}

// A topic that rules name is there to be read.
func TestRoutedTopics(t *testing.T) {
	const near, far = "arn:aws:sns:eu-north-1:" + own + ":data", "arn:aws:sns:eu-west-1:" + member + ":data"
	for _, tt := range []struct {
		label, reason, topic string
		fault                func(*world)
		want                 []string
		found                string
	}{
		{"well", "somebody reads it", near, nil, nil, ""},
		{"well, another account's", "it lets the function look", far, nil, nil, ""},
		{"the stack's own", "it is looked at once", topicARN, func(w *world) { w.routed = nil }, nil, ""},
		{"unconfirmed", "nobody followed the link", near, func(w *world) { w.routed["SubscriptionsPending"] = "1" }, []string{"topic " + near + ": failed"}, "3 subscriptions, 1 not confirmed"},
		{"nobody", "rules send there what is meant for somebody", near, func(w *world) { w.routed["SubscriptionsConfirmed"] = "0" }, []string{"topic " + near + ": failed"}, "nobody is subscribed, and rules send messages there"},
		{"gone", "it was deleted", near, func(w *world) { w.faults["sns.GetTopicAttributes eu-north-1"] = "NotFound" }, []string{"topic " + near + ": failed"}, "there is no such topic"},
		{"not allowed", "RouteTopicArns does not name it", near, func(w *world) { w.faults["sns.GetTopicAttributes eu-north-1"] = "AuthorizationError" }, []string{"topic " + near + ": unasked"}, "sns:GetTopicAttributes: not allowed"},
	} {
		w := newWorld()
		_, slackURL := newSlack(t)
		c := config(w.starts(t), slackURL)
		c.Routes = alert.Routes{{Match: alert.Match{Role: "a"}, Route: alert.Route{TopicARN: tt.topic}}, {Route: alert.Route{TopicARN: tt.topic}}}
		if tt.fault != nil {
			tt.fault(w)
		}
		got, found := wrong(t, doctor.New(c).Examine(t.Context(), everything))
		if diff := cmp.Diff(tt.want, got); diff != "" || !strings.Contains(found, tt.found) {
			t.Errorf("%s: %s (-want +got):\n%s\nwant %q in\n%s", tt.label, tt.reason, diff, tt.found, found)
		}
	}
	// Who may publish to another account's topic need not look at it.
	w := newWorld()
	w.faults["sns.GetTopicAttributes"] = "AuthorizationError"
	_, slackURL := newSlack(t)
	c := config(w.starts(t), slackURL)
	c.Topic, c.Routes = "", alert.Routes{{Route: alert.Route{TopicARN: far}}}
	got, found := wrong(t, doctor.New(c).Examine(t.Context(), everything))
	if diff := cmp.Diff([]string{"topic " + far + ": unknown"}, got); diff != "" || !strings.Contains(found, "another account's") {
		t.Errorf("another account's (-want +got):\n%s\n%s", diff, found)
	}
}

// What the function does without is told first, and says what to do.
func TestSettings(t *testing.T) {
	w := newWorld()
	_, slackURL := newSlack(t)
	c := config(w.starts(t), slackURL)
	c.Unused = []doctor.Unused{{Variable: "WHYDENIED_ROUTES", Reason: errors.New("rule 1:\nno"), Instead: "all goes to the default"}}
	r := doctor.New(c).Examine(t.Context(), everything)
	got, found := wrong(t, r)
	if diff := cmp.Diff([]string{"setting WHYDENIED_ROUTES: failed"}, got); diff != "" || found != "rule 1: no; all goes to the default" || r.Checks[0].Name != "setting" {
		t.Errorf("(-want +got):\n%s\n%s", diff, found)
	}
}
