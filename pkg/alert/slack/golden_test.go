package slack_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"whydenied/internal/golden"
	"whydenied/internal/slacktest"
	"whydenied/pkg/alert"
	"whydenied/pkg/alert/slack"
)

const (
	token   = "xoxb-0-SECRET"
	hook    = "/services/T0/B0/SECRET"
	channel = "C024BE91L"
)

// direct hands requests to a handler without a network, so that a test may
// run in a bubble of its own time.
type direct struct{ handler http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return w.Result(), nil
}

func newServer() *slacktest.Server {
	return slacktest.New(slacktest.Config{Token: token, Channels: []string{channel}, WebhookPath: hook})
}

func newBot(s http.Handler) *slack.Bot {
	return slack.NewBot(slack.BotConfig{Token: fixed(token), Channel: channel, Accounts: names, HTTP: direct{s}})
}

func newWebhook(s http.Handler) *slack.Webhook {
	return slack.NewWebhook(slack.WebhookConfig{URL: fixed("https://hooks.slack.com" + hook), Accounts: names, HTTP: direct{s}})
}

// What a person sees, and what is sent.
func TestGolden(t *testing.T) {
	for name, m := range cases(t) {
		t.Run(name, func(t *testing.T) {
			if m.Kind == alert.KindOpened {
				posted(t, filepath.Join("testdata", name+".bot"), newBot, m)
			}
			posted(t, filepath.Join("testdata", name+".webhook"), newWebhook, m)
		})
	}
}

func posted[N alert.Notifier](t *testing.T, file string, notifier func(http.Handler) N, m *alert.Message) {
	t.Helper()
	s := newServer()
	if err := notifier(s).Deliver(t.Context(), m, "", func(alert.Ref) error { return nil }); err != nil {
		t.Fatal(err)
	}
	var seen strings.Builder
	var sent bytes.Buffer
	for i, message := range s.Messages() {
		if i > 0 {
			seen.WriteString("\n--- in its thread ---\n")
		}
		seen.WriteString("(lock screen) " + message.Text + "\n\n" + message.Plain())
		message.TS = "" // of the clock
		message.ThreadTS = strings.Repeat("T", min(len(message.ThreadTS), 1))
		enc := json.NewEncoder(&sent)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", " ")
		if err := enc.Encode(message); err != nil {
			t.Fatal(err)
		}
	}
	golden.Compare(t, file+".txt", seen.String())
	golden.Compare(t, file+".json", sent.String())
}
