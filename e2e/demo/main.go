// Demo shows a newcomer what whydenied does, without an account of AWS: it
// deploys template.yaml on emulators, denies a call, and prints the message that
// Slack gets.
//
//	demo ROOT EVENT.JSON
//
// ROOT is the repository's root, with the Python environments of "make venv" in
// bin/venv. The account is that of events/account.json. Nothing stays behind.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"whydenied/e2e/lab"
	"whydenied/e2e/stack"
	"whydenied/internal/slacktest"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: demo ROOT EVENT.JSON")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1], os.Args[2])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

func say(format string, args ...any) { fmt.Printf("• "+format+"\n", args...) }

func run(ctx context.Context, root, event string) (err error) {
	record, err := recordOf(event)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "whydenied-demo")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()

	say("building the function")
	archive, err := stack.Build(ctx, root, folder)
	if err != nil {
		return err
	}
	say("starting an account of AWS (ministack) and a Slack, both on this machine only")
	l, err := lab.Start(ctx, lab.Options{Repository: root, Folder: folder})
	if err != nil {
		return err
	}
	defer l.Stop()
	account, err := os.ReadFile(filepath.Join(root, "events", "account.json"))
	if err != nil {
		return err
	}
	if err := l.Fill(ctx, account); err != nil {
		return err
	}
	say("deploying template.yaml, as the stack \"whydenied\"")
	s, err := l.Deploy(ctx, "whydenied", archive, nil)
	if err != nil {
		return err
	}
	say("a call of AssumeRoleWithWebIdentity is refused: CloudTrail puts %s on the event bus", filepath.Base(event))
	put := time.Now()
	if err := l.Put(ctx, record); err != nil {
		return err
	}
	messages, err := arrived(ctx, l, s)
	if err != nil {
		return err
	}
	say("%.1f seconds later there is this in Slack:", time.Since(put).Seconds())
	fmt.Print(shown(messages))
	return nil
}

// recordOf is the CloudTrail record of an event file, as if it were made now.
func recordOf(file string) (map[string]any, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var event struct {
		Detail map[string]any `json:"detail"`
	}
	if err := json.Unmarshal(data, &event); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if event.Detail == nil {
		return nil, fmt.Errorf("%s: expected an event of EventBridge, with the record as its detail", file)
	}
	event.Detail["eventTime"] = time.Now().Add(-time.Minute).UTC().Format(time.RFC3339)
	return event.Detail, nil
}

// arrived waits for the function to have answered, and returns what is in Slack
// then.
func arrived(ctx context.Context, l *lab.Lab, s *stack.Stack) ([]slacktest.Message, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		n, err := l.Invocations(ctx, s)
		if messages := l.Slack.Messages(); err == nil && n > 0 && len(messages) > 0 {
			return messages, nil
		}
		if err == nil && n > 2 {
			log, _ := l.Log(ctx, s)
			return nil, fmt.Errorf("the function failed:\n%s", log)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil, fmt.Errorf("no message came: %w\n%s", ctx.Err(), l.AWS.Tail())
		}
	}
}

// shown are messages as a person sees them, with bold parts in «».
func shown(messages []slacktest.Message) string {
	var b strings.Builder
	for i := range messages {
		m, first, rest := &messages[i], "│ ", "│ "
		if m.ThreadTS != "" {
			first, rest = "│   ↳ ", "│     "
		}
		b.WriteString("\n")
		for line := range strings.Lines(m.Plain()) {
			b.WriteString(first + line)
			first = rest
		}
	}
	return b.String()
}
