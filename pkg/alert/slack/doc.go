// Package slack brings messages to a Slack channel, with an incoming webhook
// ([Webhook]: one message for each incident) or with an app's bot token
// ([Bot]: one message, kept up to date in place, with the details in its
// thread).
//
// A message is made of rich_text blocks, which are data and not markup: what a
// token says can become no mention, link or emoji, whatever is in it. However
// long values are, a message stays within what Slack takes.
//
// The token and the webhook's URL are secrets. They are fetched when they are
// first needed, kept in memory, fetched again once where Slack says that they
// are no longer good, and stand in no error.
package slack
