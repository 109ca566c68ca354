package slack

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	slackapi "github.com/slack-go/slack"

	"whydenied/pkg/alert"
)

var (
	_ alert.Prober = (*Bot)(nil)
	_ alert.Tester = (*Bot)(nil)
	_ alert.Prober = (*Webhook)(nil)
	_ alert.Tester = (*Webhook)(nil)
)

// posting is the scope that a bot needs.
const posting = "chat:write"

// Probe asks Slack whose token it is (auth.test, which needs no scope) and
// which scopes it has. Whether the app is in the channel only a message shows:
// conversations.info would need scopes of its own.
func (b *Bot) Probe(ctx context.Context) (found string, err error) {
	var who *slackapi.AuthTestResponse
	err = b.call(ctx, "auth.test", func(ctx context.Context, api *slackapi.Client) error {
		who, err = api.AuthTestContext(ctx)
		return err
	})
	if err != nil {
		return "", err
	}
	// Slack names the scopes in a header of each answer ("Installing with OAuth",
	// "X-OAuth-Scopes").
	if scopes := who.Header.Get("X-OAuth-Scopes"); scopes != "" && !hasScope(scopes) {
		return "", answered("auth.test", "missing_scope")
	}
	return fmt.Sprintf("Slack knows the token: app %q in workspace %q", short(who.User), short(who.Team)), nil
}

func hasScope(scopes string) bool {
	for s := range strings.SplitSeq(scopes, ",") {
		if strings.TrimSpace(s) == posting {
			return true
		}
	}
	return false
}

// short bounds a name that others chose.
func short(name string) string {
	if r := []rune(name); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return name
}

// SendTest posts a message that is marked as a test.
func (b *Bot) SendTest(ctx context.Context, m alert.TestMessage) error {
	c := testContent(&m)
	return b.call(ctx, "chat.postMessage", func(ctx context.Context, api *slackapi.Client) error {
		_, _, err := api.PostMessageContext(ctx, cmp.Or(m.To.SlackChannel, b.config.Channel), slackapi.MsgOptionText(c.text, false), slackapi.MsgOptionBlocks(c.blocks...),
			slackapi.MsgOptionDisableMarkdown(), slackapi.MsgOptionDisableLinkUnfurl(), slackapi.MsgOptionDisableMediaUnfurl())
		return err
	})
}

// Probe looks at the form of the webhook. Slack tells of one only to whoever
// posts, so the best that there is to hear is [alert.ErrUntold].
func (w *Webhook) Probe(ctx context.Context) (found string, err error) {
	if _, err := w.url.get(ctx); err != nil {
		return "", err
	}
	return "", alert.ErrUntold
}

// SendTest posts a message that is marked as a test.
func (w *Webhook) SendTest(ctx context.Context, m alert.TestMessage) error {
	return w.post(ctx, testContent(&m))
}

func testContent(m *alert.TestMessage) content {
	bold := &slackapi.RichTextSectionTextStyle{Bold: true}
	return content{text: fallback(m.Title()), blocks: []slackapi.Block{slackapi.NewRichTextBlock("",
		slackapi.NewRichTextSection(text(m.Title(), bold)...), slackapi.NewRichTextSection(text(m.Text(), nil)...))}}
}
