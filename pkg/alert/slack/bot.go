package slack

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	slackapi "github.com/slack-go/slack"

	"whydenied/pkg/alert"
	"whydenied/pkg/report"
)

// BotConfig says where a [Bot] posts.
type BotConfig struct {
	Token    Secret
	Channel  string            // where no route says another: ID, as in C024BE91L; a public channel's name works as well
	Accounts map[string]string // what people call accounts, by account ID
	Docs     string            // where docs/causes is published; "" names the pages without a link

	APIURL string            // "" for Slack's own; GovSlack's is https://slack-gov.com/api/
	HTTP   http.RoundTripper // nil for the default one
}

// Bot is an app with a bot token that has the scope chat:write.
type Bot struct {
	config BotConfig
	token  credential
	http   *http.Client
}

// NewBot makes a notifier. It fetches nothing before the first message.
func NewBot(c BotConfig) *Bot {
	return &Bot{config: c, token: credential{fetch: c.Token, check: isToken}, http: httpClient(c.HTTP)}
}

// callTimeout bounds one call, so that a Slack that hangs leaves time for other
// places.
const callTimeout = 10 * time.Second

// httpClient follows no redirect: a message goes where it was sent, or nowhere.
func httpClient(transport http.RoundTripper) *http.Client {
	return &http.Client{
		Transport: transport, Timeout: callTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Name is "slack".
func (b *Bot) Name() string { return "slack" }

// Edits is true: counts are brought up to date in place.
func (b *Bot) Edits() bool { return true }

// Deliver posts the message, then what belongs into its thread, and brings
// both up to date where they say something else by now.
//
// A message that somebody deleted stays deleted, and its thread with it: it is
// taken for read, and one that comes back would be a nuisance. The same holds
// for one that the workspace's settings let nobody edit any more.
func (b *Bot) Deliver(ctx context.Context, m *alert.Message, sent alert.Ref, keep func(alert.Ref) error) error {
	at, err := parsePlace(sent)
	if err != nil || at.Gone {
		return err
	}
	if at.Main.TS == "" {
		at.Channel = cmp.Or(m.Incident.Route.SlackChannel, b.config.Channel)
		if at.Before == "" {
			at.Before = b.before(ctx, m)
		}
	}
	for _, p := range b.parts(m, &at) {
		if p.post.TS != "" && p.post.Sum == p.sum {
			continue
		}
		if err := b.bring(ctx, &at, p); err != nil {
			return err
		}
		ref, err := at.ref()
		if err == nil {
			err = keep(ref)
		}
		if err != nil || at.Gone {
			return err
		}
	}
	return nil
}

// part is one of the messages of an incident.
type part struct {
	post    *post
	content content
	sum     string
}

// parts are the message and what stands in its thread.
func (b *Bot) parts(m *alert.Message, at *place) []part {
	t := m.Tally(b.config.Accounts)
	t.Closed, t.Summary = t.Closed || t.Summary, false // it is edited, not followed by another
	t.More, t.Docs = "details in thread", b.config.Docs
	if t.Previous != nil {
		t.Previous.URL = at.Before
	}
	main := message(m.Report, &t).mention(m.Incident.Route.Mention)
	parts := []part{{&at.Main, main, sum(main.blocks)}}
	if t.Wave != nil {
		return append(parts, pages(t.Wave, at)...)
	}
	sections := func(most int) []report.Section {
		listed := report.TallySections(&t, most)
		if m.Report != nil {
			listed = slices.Concat(report.Details(m.Report, most), listed, report.ShareSections(m.Report, most))
		}
		return listed
	}
	if details := thread("Details", sections); len(sections(0)) > 0 {
		parts = append(parts, part{&at.Details, details, lasting(m)})
	}
	if m.Report != nil && len(m.Report.Fixes) > 0 {
		fixes := thread("What to change", func(most int) []report.Section { return report.FixSections(m.Report, most) })
		parts = append(parts, part{&at.Fixes, fixes, sum(m.Report.Fixes)})
	}
	return append(parts, answers(m, at)...)
}

// lasting is the sum of what the details say beyond one attempt. The thread
// shows the attempt that it was written for; a later one of the same kind is
// no reason to write it anew.
func lasting(m *alert.Message) string {
	in := &m.Incident
	if m.Report == nil {
		return sum([]any{in.Subjects.Listed, in.Subjects.More(), in.Reasons.Listed, in.Reasons.More()})
	}
	r := m.Report
	return sum([]any{r.Verdict, r.Partial, r.Causes, r.Present, r.Changes, len(r.Candidates), r.Notes, in.Subjects.Listed, in.Subjects.More()})
}

// bring posts a part, or edits the one that is there.
func (b *Bot) bring(ctx context.Context, at *place, p part) error {
	options := []slackapi.MsgOption{
		slackapi.MsgOptionText(p.content.text, false), slackapi.MsgOptionBlocks(p.content.blocks...),
		slackapi.MsgOptionDisableMarkdown(), slackapi.MsgOptionDisableLinkUnfurl(), slackapi.MsgOptionDisableMediaUnfurl(),
	}
	if p.post.TS != "" {
		return b.edit(ctx, at, p, options)
	}
	if p.post != &at.Main {
		options = append(options, slackapi.MsgOptionTS(at.Main.TS))
	}
	err := b.call(ctx, "chat.postMessage", func(ctx context.Context, api *slackapi.Client) error {
		where, ts, err := api.PostMessageContext(ctx, at.Channel, options...)
		if err == nil {
			at.Channel, *p.post = where, post{ts, p.sum}
		}
		return err
	})
	if p.post != &at.Main && hasCode(err, parentless) {
		at.Gone = true
		return nil
	}
	return err
}

func (b *Bot) edit(ctx context.Context, at *place, p part, options []slackapi.MsgOption) error {
	err := b.call(ctx, "chat.update", func(ctx context.Context, api *slackapi.Client) error {
		_, _, _, err := api.UpdateMessageContext(ctx, at.Channel, p.post.TS, options...)
		return err
	})
	switch {
	case hasCode(err, deleted) && p.post == &at.Main:
		at.Gone = true
		return nil
	case hasCode(err, deleted):
		err = nil // a reply that was deleted: the message itself may live on
	}
	if err == nil {
		p.post.Sum = p.sum
	}
	return err
}

// call makes one call of Slack's API, with all that may get in its way.
func (b *Bot) call(ctx context.Context, name string, do func(context.Context, *slackapi.Client) error) error {
	return patient(ctx, func() error {
		return b.token.with(ctx, func(token string) error {
			options := []slackapi.Option{slackapi.OptionHTTPClient(b.http)}
			if b.config.APIURL != "" {
				options = append(options, slackapi.OptionAPIURL(strings.TrimSuffix(b.config.APIURL, "/")+"/"))
			}
			return explained(name, do(ctx, slackapi.New(token, options...)))
		})
	})
}

// before is a link to the message of the incident before this one. It is a
// convenience: where it cannot be had, the message goes out without.
func (b *Bot) before(ctx context.Context, m *alert.Message) string {
	if m.Incident.Previous == nil {
		return ""
	}
	at, err := parsePlace(m.Incident.Previous.Refs[b.Name()])
	if err != nil || at.Main.TS == "" || at.Gone {
		return ""
	}
	var link string
	err = b.call(ctx, "chat.getPermalink", func(ctx context.Context, api *slackapi.Client) error {
		link, err = api.GetPermalinkContext(ctx, &slackapi.PermalinkParameters{Channel: at.Channel, Ts: at.Main.TS})
		return err
	})
	if err != nil || !strings.HasPrefix(link, "https://") || len(link) > 500 {
		return ""
	}
	return link
}
