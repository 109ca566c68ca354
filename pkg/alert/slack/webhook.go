package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	slackapi "github.com/slack-go/slack"

	"whydenied/pkg/alert"
)

// WebhookConfig says where a [Webhook] posts.
type WebhookConfig struct {
	URL      Secret
	Accounts map[string]string // what people call accounts, by account ID
	Docs     string            // where docs/causes is published; "" names the pages without a link

	// InsecureAnyHost lets the URL lead to other hosts than Slack's, in the
	// clear as well. It is for tests: the messages name roles and callers.
	InsecureAnyHost bool
	HTTP            http.RoundTripper // nil for the default one
}

// Webhook is an incoming webhook, which posts into one channel, whatever a route
// says, and can change nothing afterwards.
type Webhook struct {
	config WebhookConfig
	url    credential
	http   *http.Client
}

// NewWebhook makes a notifier. It fetches nothing before the first message.
func NewWebhook(c WebhookConfig) *Webhook {
	w := &Webhook{config: c, http: httpClient(c.HTTP)}
	w.url = credential{fetch: c.URL, check: w.checkURL}
	return w
}

// hosts are Slack's for incoming webhooks; the second is GovSlack's.
var hosts = []string{"hooks.slack.com", "hooks.slack-gov.com"}

func (w *Webhook) checkURL(value string) error {
	u, err := url.Parse(value)
	switch {
	case err != nil || u.Host == "": // the error would quote it
		return errors.New("the secret does not hold a URL")
	case w.config.InsecureAnyHost && (u.Scheme == "http" || u.Scheme == "https"):
		return nil
	case u.Scheme != "https" || !slices.Contains(hosts, u.Host):
		return errors.New("the secret does not hold a webhook of Slack, which begins with https://hooks.slack.com/")
	}
	return nil
}

// Name is "slack-webhook".
func (w *Webhook) Name() string { return "slack-webhook" }

// Edits is false: a webhook does not tell which message it made.
func (w *Webhook) Edits() bool { return false }

// done is what a webhook keeps: which messages are there.
type done struct {
	Opened bool `json:"opened,omitempty"`
	Closed bool `json:"closed,omitempty"`
}

// Deliver posts the incident's message, or its closing summary, unless it is
// there.
func (w *Webhook) Deliver(ctx context.Context, m *alert.Message, sent alert.Ref, keep func(alert.Ref) error) error {
	var d done
	if sent != "" {
		if err := json.Unmarshal([]byte(sent), &d); err != nil {
			return fmt.Errorf("slack: what was kept of an earlier message cannot be read: %w", err)
		}
	}
	there := &d.Opened
	if m.Kind == alert.KindClosing {
		there = &d.Closed
	}
	if *there {
		return nil
	}
	t := m.Tally(w.config.Accounts)
	t.Docs = w.config.Docs
	if err := w.post(ctx, message(m.Report, &t).mention(m.Incident.Route.Mention)); err != nil {
		return err
	}
	*there = true
	ref, err := json.Marshal(d)
	if err != nil {
		return err
	}
	return keep(alert.Ref(ref))
}

func (w *Webhook) post(ctx context.Context, c content) error {
	no := false
	m := &slackapi.WebhookMessage{
		Text: c.text, Blocks: &slackapi.Blocks{BlockSet: c.blocks}, Parse: "none", UnfurlLinks: &no, UnfurlMedia: &no,
	}
	return patient(ctx, func() error {
		return w.url.with(ctx, func(address string) error {
			answer := &reading{transport: w.http.Transport}
			client := *w.http
			client.Transport = answer
			err := slackapi.PostWebhookCustomHTTPContext(ctx, address, &client, m)
			if answer.code != "" && errors.As(err, new(slackapi.StatusCodeError)) {
				return answered("webhook", answer.code)
			}
			return explained("webhook", err)
		})
	})
}

// reading keeps the code that Slack writes into the body of a refusal, which
// the library drops.
type reading struct {
	transport http.RoundTripper
	code      string
}

// RoundTrip makes the request, and reads the body of a refusal.
func (r *reading) RoundTrip(request *http.Request) (*http.Response, error) {
	transport := r.transport
	if transport == nil {
		transport = http.DefaultTransport
	}
	response, err := transport.RoundTrip(request)
	if err != nil || response.StatusCode == http.StatusOK || response.StatusCode >= http.StatusInternalServerError {
		return response, err
	}
	const longest = 64 // Slack answers with a word, a proxy with a page
	body, err := io.ReadAll(io.LimitReader(response.Body, longest+1))
	if word := strings.TrimSpace(string(body)); err == nil && len(body) <= longest && plainCode(word) == word {
		r.code = word
	}
	return response, nil
}
