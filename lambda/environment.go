package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"whydenied/lambda/doctor"
	"whydenied/pkg/alert"
	"whydenied/pkg/alert/github"
)

// environment is what the function is told by its variables. The template sets
// them; docs/lambda.md lists them.
type environment struct {
	level    zerolog.Level
	snapshot string // a file; "" reads AWS

	account, readerRole, externalID string

	table, queue string
	topic, bus   string
	chat         bool
	slack        slackSettings
	github       gitHubSettings
	quiet        time.Duration
	limit        int
	closing      bool
	changes      bool
	routes       alert.Routes
	accounts     map[string]string // what people call them, by ID
	docs         string            // where docs/causes is published
	unused       []doctor.Unused   // what is not valid, and done without
}

type slackSettings struct{ secret, channel, api string }

type gitHubSettings struct {
	secret, api  string
	repositories github.Repositories
}

// readEnvironment reads the variables. The error names the one that is wrong,
// and says what was expected. Of those by which people are told in another way
// or place the function does without what is not valid, and tells them the usual
// way.
func readEnvironment(env func(string) string) (environment, error) {
	r := reader{env: env}
	e := environment{
		level: r.level("WHYDENIED_LOG"), snapshot: env("WHYDENIED_SNAPSHOT"),
		account: env("WHYDENIED_ACCOUNT"), readerRole: env("WHYDENIED_READER_ROLE"), externalID: env("WHYDENIED_EXTERNAL_ID"),
		table: env("WHYDENIED_TABLE"), queue: env("WHYDENIED_QUEUE_URL"),
		topic: r.arn("WHYDENIED_TOPIC_ARN", "sns"), bus: env("WHYDENIED_BUS"), chat: r.flag("WHYDENIED_SNS_CHAT"),
		slack: slackSettings{
			secret: r.arn("WHYDENIED_SLACK_SECRET_ARN", "secretsmanager", "ssm"), channel: env("WHYDENIED_SLACK_CHANNEL"), api: env("WHYDENIED_SLACK_API"),
		},
		github: gitHubSettings{
			secret: r.arn("WHYDENIED_GITHUB_SECRET_ARN", "secretsmanager", "ssm"), api: env("WHYDENIED_GITHUB_API"),
		},
		quiet: r.duration("WHYDENIED_QUIET"), limit: r.whole("WHYDENIED_CAP"), closing: r.flag("WHYDENIED_CLOSING_SUMMARY"),
		changes: r.flag("WHYDENIED_WATCH_CHANGES"),
	}
	e.routes = parsed(&e, env, "WHYDENIED_ROUTES", parseRoutes)
	e.accounts = parsed(&e, env, "WHYDENIED_ACCOUNT_NAMES", alert.ParseAccounts)
	e.docs = parsed(&e, env, "WHYDENIED_DOCS_URL", parseDocs)
	e.github.repositories = parsed(&e, env, "WHYDENIED_GITHUB_REPOSITORIES", github.ParseRepositories)
	e.checkRoutes()
	e.checkGitHub(env("WHYDENIED_GITHUB_REPOSITORIES") != "")
	if r.err == nil && e.table == "" {
		for name, set := range map[string]bool{"WHYDENIED_TOPIC_ARN": e.topic != "", "WHYDENIED_SLACK_SECRET_ARN": e.slack.secret != "", "WHYDENIED_BUS": e.bus != "", "WHYDENIED_GITHUB_SECRET_ARN": e.github.secret != ""} {
			if set {
				r.fail("WHYDENIED_TABLE is not set, expected the name of the table that holds incidents, which %s needs", name)
			}
		}
	}
	return e, r.err
}

// topics tells whether some message goes to a topic.
func (e *environment) topics() bool {
	return e.topic != "" || slices.ContainsFunc(e.routes, func(rule alert.Rule) bool { return rule.TopicARN != "" })
}

// reader keeps the first error.
type reader struct {
	env func(string) string
	err error
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf(format, args...)
	}
}

func (r *reader) level(name string) zerolog.Level {
	text := r.env(name)
	if text == "" {
		return zerolog.InfoLevel
	}
	l, err := zerolog.ParseLevel(text)
	if err != nil || l < zerolog.DebugLevel || l > zerolog.ErrorLevel {
		r.fail("%s is %q, expected debug, info, warn or error", name, text)
	}
	return l
}

func (r *reader) arn(name string, services ...string) string {
	text := r.env(name)
	parts := strings.SplitN(text, ":", 6)
	for _, service := range services {
		if text == "" || len(parts) == 6 && parts[0] == "arn" && parts[2] == service {
			return text
		}
	}
	// What was given may be a secret that somebody put where its ARN belongs.
	r.fail("%s is no ARN of %s", name, strings.Join(services, " or "))
	return ""
}

func (r *reader) flag(name string) bool {
	switch text := r.env(name); text {
	case "", "false":
		return false
	case "true":
		return true
	default:
		r.fail("%s is %q, expected true or false", name, text)
		return false
	}
}

func (r *reader) duration(name string) time.Duration {
	text := r.env(name)
	if text == "" {
		return 0
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		r.fail("%s is %q, expected a time such as 24h", name, text)
	}
	return d
}

func (r *reader) whole(name string) int {
	text := r.env(name)
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		r.fail("%s is %q, expected a whole number from 1", name, text)
	}
	return n
}
