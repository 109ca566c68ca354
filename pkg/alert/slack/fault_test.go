package slack_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"whydenied/internal/slacktest"
	"whydenied/pkg/alert"
	"whydenied/pkg/alert/slack"
)

func TestErrors(t *testing.T) {
	m := unfixed(t, "1-prefect")
	for _, tt := range []struct {
		label, reason string
		fault         slacktest.Fault
		webhook       bool
		want          string
	}{
		{"not in the channel", "the commonest mistake", slacktest.Fault{Error: "not_in_channel"}, false,
			"slack chat.postMessage: the app is not in the channel: invite it there (not_in_channel)"},
		{"no channel", "or a private one", slacktest.Fault{Error: "channel_not_found"}, false,
			"slack chat.postMessage: there is no such channel, or it is private and the app is not in it: check the channel's ID and invite the app (channel_not_found)"},
		{"scope", "the app was installed with too few", slacktest.Fault{Error: "missing_scope"}, false,
			"slack chat.postMessage: the app lacks a scope: add chat:write and install it again (missing_scope)"},
		{"form", "a mistake of this program", slacktest.Fault{Error: "invalid_blocks"}, false,
			"slack chat.postMessage: Slack does not take the form of the message (invalid_blocks)"},
		{"unknown", "the code is said in any case", slacktest.Fault{Error: "teapot"}, false, "slack chat.postMessage: Slack refused it (teapot)"},
		{"down", "a page instead of an answer", slacktest.Fault{Status: 503, Error: "<html>"}, false, "slack chat.postMessage: Slack refused it (HTTP status 503)"},
		{"webhook is gone", "the body says it", slacktest.Fault{Status: 404, Error: "no_service"}, true,
			"slack webhook: the webhook was removed or switched off: put the URL of one that is not into the secret (no_service)"},
		{"webhook's channel is archived", "the body says it", slacktest.Fault{Status: 410, Error: "channel_is_archived"}, true,
			"slack webhook: the channel is archived (channel_is_archived)"},
		{"webhook's proxy", "a page is not repeated", slacktest.Fault{Status: 403, Error: "<html>Your address has been reported</html>"}, true,
			"slack webhook: Slack refused it (HTTP status 403)"},
	} {
		t.Run(tt.label, func(t *testing.T) {
			s := newServer()
			s.Fail(2, tt.fault)
			var n alert.Notifier = newBot(s)
			if tt.webhook {
				n = newWebhook(s)
			}
			err := n.Deliver(t.Context(), m, "", func(alert.Ref) error { t.Error("kept what was not sent"); return nil })
			if err == nil || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s (%s)", err, tt.want, tt.reason)
			}
		})
	}
}

// A secret is fetched when it is needed, kept, and fetched once more when it
// is no longer good.
func TestRotation(t *testing.T) {
	m := unfixed(t, "1-prefect")
	fetched := 0
	values := []string{"xoxb-old\n", token + "\n"}
	s := newServer()
	b := slack.NewBot(slack.BotConfig{Channel: channel, HTTP: direct{s}, Token: func(context.Context) (string, error) {
		fetched++
		return values[min(fetched, 2)-1], nil
	}})
	if fetched != 0 {
		t.Error("fetched before it was needed")
	}
	k := &keeper{}
	for i := range 3 {
		deliver(t, b, counted(m, 24+i), k)
	}
	if fetched != 2 || len(s.Messages()) != 2 {
		t.Errorf("fetched %d times, %d messages; want 2 and 2", fetched, len(s.Messages()))
	}
	s.Fail(9, slacktest.Fault{Error: "token_revoked"})
	err := b.Deliver(t.Context(), counted(m, 99), k.ref, k.keep)
	if err == nil || fetched != 3 || !strings.Contains(err.Error(), "token was revoked") {
		t.Errorf("fetched %d times: %v; want one more time", fetched, err)
	}
}

func TestSecrets(t *testing.T) {
	m := unfixed(t, "1-prefect")
	away := errors.New("secretsmanager:GetSecretValue: access denied")
	s := newServer()
	for _, tt := range []struct {
		label, reason string
		secret        slack.Secret
		webhook       bool
		want          string
	}{
		{"cannot be read", "its own error says why", func(context.Context) (string, error) { return "", away }, false, "slack credential: secretsmanager:GetSecretValue: access denied"},
		{"a webhook for a bot", "which is which", fixed("https://hooks.slack.com/services/T0/SECRET"), false, "slack credential: the secret does not hold a bot token, which begins with xoxb-"},
		{"a token for a webhook", "which is which", fixed(token), true, "slack credential: the secret does not hold a URL"},
		{"another host", "messages name roles and callers", fixed("https://hooks.slack.com.evil.example/SECRET"), true, "slack credential: the secret does not hold a webhook of Slack, which begins with https://hooks.slack.com/"},
		{"in the clear", "messages name roles and callers", fixed("http://hooks.slack.com/SECRET"), true, "slack credential: the secret does not hold a webhook of Slack, which begins with https://hooks.slack.com/"},
		{"no URL", "the URL is not repeated", fixed("https://%zz/SECRET"), true, "slack credential: the secret does not hold a URL"},
		{"none", "nothing is configured", nil, true, "slack credential: none is configured"},
	} {
		t.Run(tt.label, func(t *testing.T) {
			var n alert.Notifier = slack.NewBot(slack.BotConfig{Token: tt.secret, Channel: channel, HTTP: direct{s}})
			if tt.webhook {
				n = slack.NewWebhook(slack.WebhookConfig{URL: tt.secret, HTTP: direct{s}})
			}
			err := n.Deliver(t.Context(), m, "", (&keeper{}).keep)
			if err == nil || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s (%s)", err, tt.want, tt.reason)
			}
		})
	}
	if s.Requests() != 0 {
		t.Errorf("%d requests with a credential of the wrong form", s.Requests())
	}
}

// broken is a network that fails with an error that quotes what it was given.
type broken struct{}

func (broken) RoundTrip(r *http.Request) (*http.Response, error) {
	return nil, errors.New("cannot reach " + r.URL.String() + " with " + r.Header.Get("Authorization"))
}

// However a call fails, its error holds no credential.
func TestNoSecretInErrors(t *testing.T) {
	redirects := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://elsewhere.example"+r.URL.Path, http.StatusTemporaryRedirect)
	})
	nonsense := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Error(w, r.URL.String(), http.StatusOK) })
	echo := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Error(w, r.URL.String()+token, http.StatusTeapot) })
	m := unfixed(t, "1-prefect")
	for name, transport := range map[string]http.RoundTripper{"broken": broken{}, "redirects": direct{redirects}, "nonsense": direct{nonsense}, "echo": direct{echo}} {
		for _, n := range []alert.Notifier{
			slack.NewBot(slack.BotConfig{Token: fixed(token), Channel: channel, HTTP: transport}),
			slack.NewWebhook(slack.WebhookConfig{URL: fixed("https://hooks.slack.com" + hook), HTTP: transport}),
		} {
			err := n.Deliver(t.Context(), m, "", (&keeper{}).keep)
			if err == nil {
				if name != "nonsense" { // a webhook's answer is its status
					t.Errorf("%s, %s: no error", name, n.Name())
				}
				continue
			}
			for _, secret := range []string{"SECRET", "/services/", "xoxb"} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("%s, %s: %q in %v", name, n.Name(), secret, err)
				}
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("%s, %s: more than a line: %q", name, n.Name(), err)
			}
		}
	}
}

// What was kept in another form is an error, not a second message.
func TestUnreadableRef(t *testing.T) {
	s := newServer()
	for _, n := range []alert.Notifier{newBot(s), newWebhook(s)} {
		if err := n.Deliver(t.Context(), unfixed(t, "1-prefect"), "{", (&keeper{}).keep); err == nil || s.Requests() != 0 {
			t.Errorf("%s: got %v after %d requests", n.Name(), err, s.Requests())
		}
	}
}
