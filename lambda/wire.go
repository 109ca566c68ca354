package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/rs/zerolog"

	"whydenied/lambda/doctor"
	"whydenied/lambda/handler"
	"whydenied/lambda/metrics"
	"whydenied/lambda/secret"
	"whydenied/pkg/alert"
	"whydenied/pkg/alert/bus"
	"whydenied/pkg/alert/dynamo"
	"whydenied/pkg/alert/github"
	"whydenied/pkg/alert/queue"
	"whydenied/pkg/alert/slack"
	topic "whydenied/pkg/alert/sns"
	"whydenied/pkg/evidence"
	"whydenied/pkg/evidence/live"
)

// wire puts the parts together. The error is that of the snapshot.
func (e *environment) wire(out, logs io.Writer) (handler.Config, error) {
	m := metrics.New(out, time.Now)
	c := handler.Config{Now: time.Now, Explained: m.Denial, Log: zerolog.New(logs).Level(e.level).With().Timestamp().Logger()}
	for i := range e.unused {
		c.Log.Error().Str("variable", e.unused[i].Variable).Str("reason", e.unused[i].Reason.Error()).Msg("not valid, and not used: " + e.unused[i].Instead)
	}
	load := once(func(ctx context.Context) (aws.Config, error) { return config.LoadDefaultConfig(ctx) })
	if e.snapshot != "" {
		snapshot, err := readSnapshot(e.snapshot)
		if err != nil {
			return c, err
		}
		c.Source = snapshot
	} else {
		source := live.New(live.Config{Load: load, Own: e.account, ReaderRole: e.readerRole, ExternalID: e.externalID})
		c.Source, c.Finder, c.Doctor = source, source, e.doctor(load)
	}
	if e.table != "" {
		c.Alerts = e.alerter(load, m)
	}
	return c, nil
}

type loader func(context.Context) (aws.Config, error)

// once loads the configuration when it is first needed, and again only if that
// failed.
func once(load loader) loader {
	var mu sync.Mutex
	var held *aws.Config
	return func(ctx context.Context) (aws.Config, error) {
		mu.Lock()
		defer mu.Unlock()
		if held != nil {
			return *held, nil
		}
		c, err := load(ctx)
		if err == nil {
			held = &c
		}
		return c, err
	}
}

func readSnapshot(file string) (evidence.Source, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		var pathErr *os.PathError
		if errors.As(err, &pathErr) {
			err = pathErr.Err
		}
		return nil, fmt.Errorf("WHYDENIED_SNAPSHOT is %q: %w", file, err)
	}
	return evidence.ParseSnapshot(file, data)
}

// alerter is who is told of denials.
func (e *environment) alerter(load loader, m *metrics.Writer) *alert.Alerter {
	c := alert.Config{
		Now: time.Now, Owner: owner, Quiet: e.quiet, Cap: e.limit, Closing: e.closing, Observe: m.Delivery, Notifiers: e.notifiers(load), Routes: e.routes,
		Store: e.store(load), Unused: e.unusedNames(),
	}
	if e.queue != "" {
		c.Later = queue.New(queue.Config{QueueURL: e.queue, Client: client(load, func(c aws.Config) queue.API { return sqs.NewFromConfig(c) })})
	}
	return alert.New(c)
}

func (e *environment) notifiers(load loader) (all []alert.Notifier) {
	if e.slack.secret != "" {
		fetch := slack.Secret(secret.New(load, e.slack.secret).Get)
		if e.slack.kind() == alert.SlackBot {
			all = append(all, slack.NewBot(slack.BotConfig{Token: fetch, Channel: e.slack.channel, Accounts: e.accounts, APIURL: e.slack.api, Docs: e.docs}))
		} else {
			all = append(all, slack.NewWebhook(slack.WebhookConfig{URL: fetch, Accounts: e.accounts, InsecureAnyHost: e.slack.api != "", Docs: e.docs}))
		}
	}
	if e.topics() {
		all = append(all, topic.New(topic.Config{Topic: e.topic, Accounts: e.accounts, Chat: e.chat, Docs: e.docs, Client: client(load, func(c aws.Config) topic.Publisher { return sns.NewFromConfig(c) })}))
	}
	if e.bus != "" {
		all = append(all, bus.New(bus.Config{Bus: e.bus, Client: client(load, func(c aws.Config) bus.Putter { return eventbridge.NewFromConfig(c) })}))
	}
	if e.github.secret != "" {
		all = append(all, github.New(github.Config{App: secret.New(load, e.github.secret).Text, Repositories: e.github.repositories, Docs: e.docs, APIURL: e.github.api}))
	}
	return all
}

// doctor looks at what is wired here, with parts of its own: what the others
// hold from before would hide what is wrong now.
func (e *environment) doctor(load loader) *doctor.Doctor {
	c := doctor.Config{
		Load: load, Now: time.Now, Function: function, Account: e.account, QueueURL: e.queue, Topic: e.topic, Bus: e.bus, Routes: e.routes, Unused: e.unused, Changes: e.changes,
		Reader: func() doctor.Reader {
			return live.New(live.Config{Load: load, Own: e.account, ReaderRole: e.readerRole, ExternalID: e.externalID})
		},
		Notifiers: func() []alert.Notifier { return e.notifiers(load) },
	}
	if e.slack.secret != "" {
		c.Secret = secret.New(load, e.slack.secret).Get
	}
	if e.table != "" {
		c.Table = e.store(load)
	}
	return doctor.New(c)
}

// function is the ARN that was invoked.
func function(ctx context.Context) string {
	if c, ok := lambdacontext.FromContext(ctx); ok {
		return c.InvokedFunctionArn
	}
	return ""
}

func (e *environment) store(load loader) *dynamo.Store {
	return dynamo.New(dynamo.Config{Table: e.table, Client: client(load, func(c aws.Config) dynamo.API { return dynamodb.NewFromConfig(c) })})
}

// client makes a client of the configuration when it is first needed.
func client[T any](load loader, of func(aws.Config) T) func(context.Context) (T, error) {
	return func(ctx context.Context) (T, error) {
		c, err := load(ctx)
		if err != nil {
			var none T
			return none, err
		}
		return of(c), nil
	}
}

// owner names the invocation. Lambda gives the retry of an asynchronous
// invocation the request id of the first try.
func owner(ctx context.Context) string {
	if c, ok := lambdacontext.FromContext(ctx); ok {
		return c.AwsRequestID
	}
	return "no invocation"
}
