package slack_test

import (
	"strings"
	"testing"

	"whydenied/internal/slacktest"
	"whydenied/pkg/alert"
)

const other = "C0000000PAY"

func routed(t *testing.T, r alert.Route) *alert.Message {
	m := *cases(t)["2-environment"]
	m.Incident.Route = r
	return &m
}

// The channel is the route's, for the thread and for later edits as well, and
// stays where the message is when the rules change.
func TestRoutedChannel(t *testing.T) {
	s := slacktest.New(slacktest.Config{Token: token, Channels: []string{channel, other}})
	b, k := newBot(s), &keeper{}
	deliver(t, b, routed(t, alert.Route{SlackChannel: other}), k)
	deliver(t, b, counted(routed(t, alert.Route{}), 99), k)
	for _, m := range s.Messages() {
		if m.Channel != other {
			t.Errorf("a message is in %s, want all of them in %s", m.Channel, other)
		}
	}
	if got := s.Messages()[0].Plain(); !strings.Contains(got, "99 attempts") {
		t.Errorf("got %s, want it edited", got)
	}
}

func TestMention(t *testing.T) {
	for mention, want := range map[string]string{
		"here": `{"type":"broadcast","range":"here"}`, "S0123456789": `{"type":"usergroup","usergroup_id":"S0123456789"}`,
		"U0123456789": `{"type":"user","user_id":"U0123456789"}`, "": "", "<!channel>": "",
	} {
		m := routed(t, alert.Route{Mention: mention})
		for _, n := range []func(*slacktest.Server) alert.Notifier{
			func(s *slacktest.Server) alert.Notifier { return newBot(s) },
			func(s *slacktest.Server) alert.Notifier { return newWebhook(s) },
		} {
			s := newServer()
			deliver(t, n(s), m, &keeper{})
			got := string(s.Messages()[0].Blocks)
			if want != "" && strings.Count(got, want) != 1 || want == "" && (strings.Contains(got, "broadcast") || strings.Contains(got, "user")) {
				t.Errorf("mention %q: got %s, want %s once", mention, got, want)
			}
		}
	}
}
