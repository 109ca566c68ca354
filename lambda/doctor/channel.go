package doctor

import (
	"context"
	"errors"
	"strings"

	"whydenied/lambda/doctor/checkup"
	"whydenied/pkg/alert"
)

// secret reads the token or webhook, and tells nothing of it; then it looks at
// the channels that need one.
func (v visit) secret(ctx context.Context) (checks []checkup.Check) {
	readable := true
	if v.config.Secret != nil {
		c := v.readSecret(ctx)
		checks, readable = append(checks, c), c.Status == checkup.OK
	}
	for _, n := range v.notifiers {
		if p, can := n.(alert.Prober); can {
			// GitHub's secret is another one, which it reads itself.
			checks = append(checks, channel(ctx, n.Name(), p, readable || n.Name() == gitHub))
		}
	}
	return checks
}

// The names of notifiers that are not all alike.
const (
	gitHub = "github"
	bot    = "slack"
	topics = "sns"
)

func (v visit) readSecret(ctx context.Context) checkup.Check {
	c := checkup.Check{Name: "secret", Status: checkup.OK, Found: "it can be read"}
	if _, err := within(ctx, v.config.Secret); err != nil {
		c.Status, c.Found = checkup.Failed, oneLine(err.Error())
		c.Do = "see that SlackSecretArn is the whole ARN of a secret in this region, and SlackSecretKeyArn that of its key, if it has one of yours"
	}
	return c
}

// channel asks one, as far as that is possible without sending anything.
func channel(ctx context.Context, name string, p alert.Prober, readable bool) checkup.Check {
	c := checkup.Check{Name: "channel", On: name, Status: checkup.OK}
	if !readable {
		c.Status, c.Found, c.Do = checkup.Unknown, "it was not asked, since its secret cannot be read", "mend that first"
		return c
	}
	found, err := within(ctx, p.Probe)
	switch {
	case errors.Is(err, alert.ErrUntold):
		c.Status, c.Found, c.Do = checkup.Unknown, "nothing is wrong with its form; "+err.Error(), "send a test alert"
	case err != nil && name == gitHub:
		c.Status, c.Found, c.Do = checkup.Failed, oneLine(err.Error()), "put the app's id and a private key that is good into the secret of GitHubSecretArn, or let the function get out to GitHub"
	case err != nil:
		c.Status, c.Found, c.Do = checkup.Failed, oneLine(err.Error()), "put a token or webhook that is good into the secret, or let the function get out to Slack"
	case name == gitHub:
		c.Found = found + "; where it is installed only a refusal shows"
	default:
		c.Found = found + "; whether the app is in the channel only a test alert shows"
	}
	return c
}

// places are where a notifier sends: by itself, and where the rules say.
func (v visit) places(notifier string) []alert.Route {
	all := []alert.Route{{}}
	if notifier == topics && v.config.Topic == "" {
		all = nil // only rules have one
	}
	for _, to := range v.config.Routes.Places() {
		if notifier == bot && to.SlackChannel != "" || notifier == topics && to.TopicARN != "" && to.TopicARN != v.config.Topic {
			all = append(all, to)
		}
	}
	return all
}

// testAlerts sends each channel a message that is marked as a test.
func (v visit) testAlerts(ctx context.Context) (checks []checkup.Check) {
	name := v.function[strings.LastIndexByte(v.function, ':')+1:]
	m := alert.TestMessage{Function: name, Account: v.config.Account, Region: v.cfg.Region, Time: v.config.Now()}
	for _, n := range v.notifiers {
		t, can := n.(alert.Tester)
		if !can {
			checks = append(checks, checkup.Check{Name: "test alert", On: n.Name(), Status: checkup.Unknown, Found: "this channel has no form for a test"})
			continue
		}
		for _, to := range v.places(n.Name()) {
			m.To = to
			c := checkup.Check{Name: "test alert", On: strings.TrimSpace(n.Name() + " " + to.SlackChannel + to.TopicARN), Status: checkup.OK, Found: "it was taken: see whether it has come"}
			if err := t.SendTest(ctx, m); err != nil {
				c.Status, c.Found, c.Do = checkup.Failed, oneLine(err.Error()), "mend what it says, and ask for another one"
			}
			checks = append(checks, c)
		}
	}
	if len(checks) == 0 {
		checks = append(checks, checkup.Check{Name: "test alert", Status: checkup.Failed, Found: "there is no channel to send it to", Do: "give the stack a topic or a Slack secret"})
	}
	return checks
}
