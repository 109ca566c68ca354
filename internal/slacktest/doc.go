// Package slacktest is a server that behaves as Slack's does for the calls that
// whydenied makes: chat.postMessage, chat.update, chat.getPermalink, auth.test
// and an incoming webhook. It refuses what Slack refuses, with Slack's codes, and a
// little more: whatever Slack would cut or split without a word is an error
// here. It keeps what was posted, for tests ([Server.Messages]) and for other
// programs (GET /_messages).
//
// Faults are put in by [Server.Fail], or with POST /_fail.
package slacktest
