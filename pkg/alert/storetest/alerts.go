package storetest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"whydenied/pkg/alert"
	"whydenied/pkg/evidence"
	"whydenied/pkg/report"
)

// channel counts the messages that it has.
type channel struct {
	mu       sync.Mutex
	messages map[string]int // attempts, by incident
}

func (*channel) Name() string { return "channel" }
func (*channel) Edits() bool  { return true }
func (c *channel) Deliver(_ context.Context, m *alert.Message, _ alert.Ref, keep func(alert.Ref) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.messages == nil {
		c.messages = make(map[string]int)
	}
	c.messages[m.Incident.ID] = m.Incident.Attempts
	return keep("there")
}

// instance is one running function with a store.
func instance(store alert.Store, owner string, c *channel) *alert.Alerter {
	return alert.New(alert.Config{
		Store: store, Notifiers: []alert.Notifier{c}, Now: time.Now, EditEvery: time.Nanosecond,
		Owner:  func(context.Context) string { return owner },
		Routes: alert.Routes{{Match: alert.Match{Role: "deploy-*"}, Route: alert.Route{SlackChannel: "C0123456789"}}},
	})
}

// refused is a call from one of the repositories of an organization.
func refused(event string, repository int, at time.Time) *report.Report {
	role, provider := fmt.Sprintf("arn:aws:iam::111122223333:role/deploy-%d", repository), "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
	sub := fmt.Sprintf("repo:octo-org@1/api-%d@2:ref:refs/heads/main", repository)
	return &report.Report{
		Schema: report.Schema, Verdict: "explained",
		Denial: report.Denial{EventID: event, Account: "111122223333", Time: &at, RoleARN: &role, ProviderARN: &provider, Sub: &sub},
		Causes: []report.Cause{{Code: "sub_mismatch", Confidence: "certain", Hints: []string{"immutable_subject"}, Expected: []string{"repo:octo-org/api"}, Presented: []string{sub}}},
	}
}

// tell has events come to two instances each, all at once.
func tell(t *testing.T, store alert.Store, c *channel, reports ...*report.Report) {
	t.Helper()
	atOnce(t, 2*len(reports), func(n int) error {
		return instance(store, fmt.Sprint(n), c).Report(t.Context(), reports[n/2])
	})
}

func muteAtOnce(t *testing.T, store alert.Store) {
	c, now := &channel{}, time.Now()
	tell(t, store, c, refused("first", 0, now))
	counted, err := store.Counted(t.Context(), "first")
	if err != nil {
		t.Fatal(err)
	}
	atOnce(t, 10, func(n int) error {
		a := instance(store, fmt.Sprint("m", n), c)
		if n%5 > 0 {
			return a.Report(t.Context(), refused(fmt.Sprint(n%5), 0, now))
		}
		_, err := a.Mute(t.Context(), counted, alert.Mute{Until: now.Add(time.Hour), Reason: "known"})
		return err
	})
	tell(t, store, c, refused("5", 0, now), refused("6", 0, now))
	got := incident(t, store, counted)
	if got.Attempts != 7 || got.Mute == nil || got.Mute.Attempts < 2 || got.Mute.Attempts > 6 || len(c.messages) != 1 {
		t.Errorf("got %d attempts, mute %+v, %d messages; want 7, two to six of them muted, 1", got.Attempts, got.Mute, len(c.messages))
	}
}

func waveAtOnce(t *testing.T, store alert.Store) {
	c, now := &channel{}, time.Now()
	var reports []*report.Report
	for n := range 24 {
		reports = append(reports, refused(fmt.Sprint(n), n%8, now))
	}
	tell(t, store, c, reports...)
	tell(t, store, c, reports...) // redelivered
	var waves, attempts int
	for id := range c.messages {
		if in := incident(t, store, id); in.Wave != nil {
			waves++
			attempts = in.Attempts
		}
	}
	if len(c.messages) != 3 || waves != 1 || attempts != 24 {
		t.Errorf("got %d messages, %d of waves, %d attempts; want 3, 1, 24", len(c.messages), waves, attempts)
	}
}

func changeAtOnce(t *testing.T, store alert.Store) {
	c, now := &channel{}, time.Now()
	tell(t, store, c, refused("first", 0, now.Add(-time.Hour)))
	change := alert.RoleChange{Account: "111122223333", Change: evidence.Change{Event: "UpdateAssumeRolePolicy", EventID: "c", Role: "deploy-0", Time: now.Add(-time.Minute)}}
	judge := func(context.Context, *report.Report) report.Report { return report.Report{Verdict: "allowed"} }
	atOnce(t, writers, func(n int) error { return instance(store, fmt.Sprint(n), c).Changed(t.Context(), change, judge) })
	counted, err := store.Counted(t.Context(), "first")
	if got := incident(t, store, counted); err != nil || !got.Closed || got.Answered != 1 || len(got.Answers) != 1 {
		t.Errorf("got answers %+v, closed %v, %v; want one, and closed", got.Answers, got.Closed, err)
	}
}

func routeIsKept(t *testing.T, store alert.Store) {
	tell(t, store, &channel{}, refused("first", 0, time.Now()))
	counted, err := store.Counted(t.Context(), "first")
	if got := incident(t, store, counted).Route.SlackChannel; err != nil || got != "C0123456789" {
		t.Errorf("got channel %q, %v, want that of the rule", got, err)
	}
}
