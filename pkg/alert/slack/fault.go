package slack

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	slackapi "github.com/slack-go/slack"

	"whydenied/pkg/alert"
	"whydenied/pkg/alert/internal/away"
)

// fault is what Slack answered, in people's words.
type fault struct {
	call string
	code string // Slack's own
	says string
}

func (f *fault) Error() string { return "slack " + f.call + ": " + f.says + " (" + f.code + ")" }

// words are for Slack's codes that somebody can do something about.
var words = map[string]string{
	"not_in_channel":      "the app is not in the channel: invite it there",
	"channel_not_found":   "there is no such channel, or it is private and the app is not in it: check the channel's ID and invite the app",
	"is_archived":         "the channel is archived",
	"channel_is_archived": "the channel is archived",
	"restricted_action":   "the workspace does not let the app post in this channel",
	"action_prohibited":   "the workspace does not let this webhook post",
	"missing_scope":       "the app lacks a scope: add chat:write and install it again",

	"invalid_auth":     "Slack does not know the token: put the app's present bot token into the secret",
	"not_authed":       "Slack does not know the token: put the app's present bot token into the secret",
	"token_revoked":    "the token was revoked: put the app's present bot token into the secret",
	"token_expired":    "the token has expired: put the app's present bot token into the secret",
	"account_inactive": "the app was removed from the workspace: install it again",
	"invalid_token":    "Slack does not know the webhook: put its present URL into the secret",
	"no_service":       "the webhook was removed or switched off: put the URL of one that is not into the secret",
	"no_active_hooks":  "the webhook was switched off: put the URL of one that is not into the secret",

	"invalid_blocks":      "Slack does not take the form of the message",
	"invalid_payload":     "Slack does not take the form of the message",
	"msg_blocks_too_long": "the message is too long for Slack",
	"msg_too_long":        "the message is too long for Slack",
	"no_text":             "the message has no text",
	"internal_error":      "Slack has trouble of its own",
	"fatal_error":         "Slack has trouble of its own",
	"service_unavailable": "Slack has trouble of its own",
}

// rejected are the codes for a credential that is no longer good.
var rejected = []string{"invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive", "invalid_token", "no_service", "no_active_hooks"}

// deleted are the codes of chat.update for a message that is not there, or
// that the workspace lets nobody change any more.
var deleted = []string{"message_not_found", "cant_update_message", "edit_window_closed"}

// parentless are the codes of a reply to a message that is not there.
var parentless = []string{"thread_not_found", "message_not_found"}

func isRejected(err error) bool { return hasCode(err, rejected) }

func hasCode(err error, codes []string) bool {
	var f *fault
	return errors.As(err, &f) && slices.Contains(codes, f.code)
}

// explained turns an error of the library into one that says what to do, and
// that holds neither a URL nor what the message says.
func explained(call string, err error) error {
	var limited *slackapi.RateLimitedError
	var response slackapi.SlackErrorResponse
	var status slackapi.StatusCodeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &limited):
		return &alert.RateLimitedError{Place: "Slack", After: max(limited.RetryAfter, time.Second)}
	case errors.As(err, &response):
		return answered(call, response.Err)
	case errors.As(err, &status):
		return answered(call, fmt.Sprintf("HTTP status %d", status.Code))
	}
	return fmt.Errorf("slack %s: %w", call, away.Reason(err))
}

func answered(call, code string) error {
	code = plainCode(code)
	if code == "ratelimited" || code == "rate_limited" {
		return &alert.RateLimitedError{Place: "Slack", After: unsaid}
	}
	says := words[code]
	if says == "" {
		says = "Slack refused it"
	}
	return &fault{call: call, code: code, says: says}
}

// unsaid is how long to wait where Slack does not say: its limits are by the
// minute (Slack, "Rate limits").
const unsaid = 30 * time.Second

// plainCode keeps of an answer what codes are made of, so that no page of a
// proxy gets into a log.
func plainCode(code string) string {
	plain := func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || strings.ContainsRune("_ HTP", r) {
			return r
		}
		return -1
	}
	code = strings.Map(plain, code)
	return code[:min(len(code), 60)]
}
