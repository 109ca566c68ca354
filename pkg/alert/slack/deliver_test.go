package slack_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"whydenied/internal/slacktest"
	"whydenied/pkg/alert"
	"whydenied/pkg/alert/slack"
	"whydenied/pkg/report"
)

// keeper is the state that an incident keeps of one notifier.
type keeper struct {
	ref   alert.Ref
	calls int
	fail  int // the call that fails, counted from 1
}

var errAway = errors.New("the table is away")

func (k *keeper) keep(r alert.Ref) error {
	k.calls++
	if k.calls == k.fail {
		return errAway
	}
	k.ref = r
	return nil
}

func deliver(t *testing.T, n alert.Notifier, m *alert.Message, k *keeper) {
	t.Helper()
	if err := n.Deliver(t.Context(), m, k.ref, k.keep); err != nil {
		t.Fatal(err)
	}
}

// unfixed is a case without its fixes, so that it takes a message and one
// reply.
func unfixed(t testing.TB, name string) *alert.Message {
	t.Helper()
	m := *cases(t)[name]
	r := *m.Report
	r.Fixes, m.Report = []report.Fix{}, &r
	return &m
}

// counted is the same incident later on.
func counted(m *alert.Message, attempts int) *alert.Message {
	later := *m
	later.Incident.Attempts = attempts
	return &later
}

// One message whose count goes up in place, and a thread that stays as it is.
func TestBotEdits(t *testing.T) {
	s, k := newServer(), &keeper{}
	b := newBot(s)
	m := unfixed(t, "1-prefect")
	deliver(t, b, m, k)
	deliver(t, b, counted(m, 31), k)
	deliver(t, b, counted(m, 31), k) // nothing new
	all := s.Messages()
	if len(all) != 2 || all[1].ThreadTS != all[0].TS {
		t.Fatalf("want a message and one reply, got %+v", all)
	}
	if len(all[0].Edits) != 1 || !strings.Contains(all[0].Plain(), "31 attempts") || len(all[1].Edits) != 0 {
		t.Errorf("%d and %d edits: %s", len(all[0].Edits), len(all[1].Edits), all[0].Plain())
	}
	if k.calls != 3 || s.Requests() != 3 {
		t.Errorf("kept %d times, %d requests; want 3 and 3", k.calls, s.Requests())
	}
	if !b.Edits() || b.Name() != "slack" {
		t.Error("the name is kept with incidents")
	}
	for _, message := range all {
		if message.Mrkdwn || message.Unfurl {
			t.Errorf("text is taken for markup, or links unfurl: %+v", message)
		}
	}
}

// What differs about the diagnosis gets into the thread as well.
func TestBotEditsDetails(t *testing.T) {
	s, k := newServer(), &keeper{}
	b := newBot(s)
	m := unfixed(t, "partial")
	deliver(t, b, m, k)
	whole := *m
	r := *m.Report
	r.Partial, r.Notes = false, []string{}
	r.Fixes = []report.Fix{{Title: "Accept the presented value", Verified: true, Diff: "- a\n+ b", Terraform: "t", Warnings: []string{"w"}}}
	whole.Report = &r
	deliver(t, b, &whole, k)
	all := s.Messages()
	if len(all) != 3 || len(all[1].Edits) != 1 || strings.Contains(all[1].Plain(), "throttled") {
		t.Fatalf("the details were not brought up to date: %+v", all)
	}
	if got := all[2].Plain(); !strings.Contains(got, "Accept the presented value (checked)") || !strings.Contains(got, "    - a\n    + b\n") {
		t.Errorf("the fixes are not in the thread:\n%s", got)
	}
}

// A delivery that was cut off goes on where it was.
func TestBotGoesOn(t *testing.T) {
	s, k := newServer(), &keeper{}
	b := newBot(s)
	m := unfixed(t, "1-prefect")
	ctx := t.Context()
	failing := keeper{fail: 1}
	if err := b.Deliver(ctx, m, "", failing.keep); !errors.Is(err, errAway) {
		t.Errorf("got %v, want %v", err, errAway)
	}
	if got := len(s.Messages()); got != 1 {
		t.Fatalf("%d messages after what was sent could not be kept, want 1", got)
	}
	s = newServer()
	b = newBot(s)
	deliverErr := func() error { return b.Deliver(ctx, m, k.ref, k.keep) }
	s.Fail(1, slacktest.Fault{}) // lets one through
	s.Fail(1, slacktest.Fault{Error: "internal_error"})
	if err := deliverErr(); err == nil || !strings.Contains(err.Error(), "Slack has trouble of its own (internal_error)") {
		t.Errorf("got %v", err)
	}
	if err := deliverErr(); err != nil {
		t.Fatal(err)
	}
	if all := s.Messages(); len(all) != 2 || len(all[0].Edits) != 0 {
		t.Errorf("want one message and one reply, got %+v", all)
	}
}

// A message that a person deleted does not come back.
func TestBotDeleted(t *testing.T) {
	s, k := newServer(), &keeper{}
	b := newBot(s)
	m := unfixed(t, "1-prefect")
	deliver(t, b, m, k)
	s.Delete(s.Messages()[0].TS)
	deliver(t, b, counted(m, 31), k)
	before := s.Requests()
	deliver(t, b, counted(m, 32), k)
	if got := len(s.Messages()); got != 1 || s.Requests() != before {
		t.Errorf("%d messages and %d further requests, want the reply alone and none", got, s.Requests()-before)
	}
}

// The same where it was deleted before its thread was there.
func TestBotDeletedEarly(t *testing.T) {
	s, k := newServer(), &keeper{}
	b := newBot(s)
	m := unfixed(t, "1-prefect")
	s.Fail(1, slacktest.Fault{}) // lets one through
	s.Fail(1, slacktest.Fault{Error: "internal_error"})
	if err := b.Deliver(t.Context(), m, k.ref, k.keep); err == nil {
		t.Fatal("no error")
	}
	s.Delete(s.Messages()[0].TS)
	deliver(t, b, m, k)
	deliver(t, b, counted(m, 31), k)
	if got := s.Messages(); len(got) != 0 {
		t.Errorf("got %+v, want nothing", got)
	}
}

// Somebody may also delete just the reply.
func TestBotDeletedReply(t *testing.T) {
	s, k := newServer(), &keeper{}
	b := newBot(s)
	m := unfixed(t, "partial")
	deliver(t, b, m, k)
	s.Delete(s.Messages()[1].TS)
	changed := counted(m, 31)
	r := *m.Report
	r.Notes = nil
	changed.Report = &r
	deliver(t, b, changed, k)
	deliver(t, b, counted(changed, 32), k)
	if all := s.Messages(); len(all) != 1 || !strings.Contains(all[0].Plain(), "32 attempts") {
		t.Errorf("got %+v", all)
	}
}

func TestBotLinksBefore(t *testing.T) {
	s, k := newServer(), &keeper{}
	b := newBot(s)
	m := *unfixed(t, "1-prefect")
	deliver(t, b, &m, k)
	again := m
	again.Incident.Previous = &alert.Previous{ID: "0", Attempts: 24, Last: m.Incident.Last, Refs: map[string]alert.Ref{"slack": k.ref}}
	next := &keeper{}
	deliver(t, b, &again, next)
	deliver(t, b, counted(&again, 99), next)
	all := s.Messages()
	want := "Back again: 24 attempts before, last 24 Nov 14:09 UTC · [earlier message](https://example.slack.com/archives/" + channel + "/p" + strings.ReplaceAll(all[0].TS, ".", "") + ")"
	if got := all[2].Plain(); !strings.Contains(got, want) || !strings.Contains(got, "99 attempts") {
		t.Errorf("no %s in\n%s", want, got)
	}
	// Without the link the message goes out all the same.
	s.Delete(all[0].TS)
	deliver(t, b, &again, &keeper{})
	all = s.Messages()
	if got := all[len(all)-2].Plain(); !strings.Contains(got, "Back again: 24 attempts before, last 24 Nov 14:09 UTC.") {
		t.Errorf("got\n%s", got)
	}
}

func TestWebhook(t *testing.T) {
	s, k := newServer(), &keeper{}
	w := newWebhook(s)
	m := unfixed(t, "1-prefect")
	closing := cases(t)["closing"]
	for _, one := range []*alert.Message{m, counted(m, 31), closing, closing} {
		deliver(t, w, one, k)
	}
	all := s.Messages()
	if len(all) != 2 || !strings.Contains(all[1].Plain(), "quiet now") || w.Edits() {
		t.Errorf("want the message and its closing summary, got %+v", all)
	}
}

// Slack's pace is kept by waiting, as long as it is short.
func TestWaitsForSlack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := slacktest.New(slacktest.Config{Token: token, Channels: []string{channel}, EachSecond: true})
		start := time.Now()
		deliver(t, newBot(s), unfixed(t, "1-prefect"), &keeper{})
		if got := time.Since(start); len(s.Messages()) != 2 || got != time.Second {
			t.Errorf("%d messages after %s, want 2 after 1s", len(s.Messages()), got)
		}
	})
}

func TestRateLimits(t *testing.T) {
	for _, tt := range []struct {
		label, reason string
		fault         slacktest.Fault
		times         int
		left          time.Duration // before the deadline; 0 for none
		want          time.Duration // that is asked for; 0 where it was delivered
		waited        time.Duration
	}{
		{"short", "it is waited for", slacktest.Fault{RetryAfter: 3}, 1, 0, 0, 3 * time.Second},
		{"twice", "it is waited for twice", slacktest.Fault{RetryAfter: 2}, 2, 0, 0, 4 * time.Second},
		{"again and again", "then the queue waits", slacktest.Fault{RetryAfter: 2}, 3, 0, 2 * time.Second, 4 * time.Second},
		{"long", "the queue waits, and nobody pays for it", slacktest.Fault{RetryAfter: 30}, 1, 0, 30 * time.Second, 0},
		{"no time left", "the deadline is nearer", slacktest.Fault{RetryAfter: 3}, 1, 4 * time.Second, 3 * time.Second, 0},
		{"in Slack's other form", "without a time", slacktest.Fault{Error: "ratelimited"}, 1, 0, 30 * time.Second, 0},
	} {
		for name, notifier := range map[string]func(http.Handler) alert.Notifier{
			"bot": func(h http.Handler) alert.Notifier { return newBot(h) }, "webhook": func(h http.Handler) alert.Notifier { return newWebhook(h) },
		} {
			t.Run(tt.label+"/"+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := newServer()
					s.Fail(tt.times, tt.fault)
					ctx := t.Context()
					if tt.left > 0 {
						var cancel context.CancelFunc
						ctx, cancel = context.WithTimeout(ctx, tt.left)
						defer cancel()
					}
					start := time.Now()
					err := notifier(s).Deliver(ctx, unfixed(t, "1-prefect"), "", (&keeper{}).keep)
					var limited *alert.RateLimitedError
					switch {
					case tt.want == 0 && err != nil:
						t.Errorf("%v (%s)", err, tt.reason)
					case tt.want > 0 && (!errors.As(err, &limited) || limited.After != tt.want):
						t.Errorf("got %v, want %s (%s)", err, tt.want, tt.reason)
					}
					if got := time.Since(start); got != tt.waited {
						t.Errorf("waited %s, want %s (%s)", got, tt.waited, tt.reason)
					}
				})
			})
		}
	}
}

// Nothing is begun for which there is no time.
func TestTooLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second/2)
		defer cancel()
		s := newServer()
		if err := newBot(s).Deliver(ctx, unfixed(t, "1-prefect"), "", (&keeper{}).keep); !errors.Is(err, alert.ErrTooLate) || s.Requests() != 0 {
			t.Errorf("got %v after %d requests", err, s.Requests())
		}
	})
}

// A Slack that hangs is left before the deadline of others.
func TestHang(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer()
		s.Fail(1, slacktest.Fault{Hang: time.Hour})
		start := time.Now()
		err := newBot(s).Deliver(t.Context(), unfixed(t, "1-prefect"), "", (&keeper{}).keep)
		if err == nil || time.Since(start) != 10*time.Second {
			t.Errorf("got %v after %s, want an error after 10s", err, time.Since(start))
		}
		synctest.Wait()
	})
}

var _ = []alert.Notifier{(*slack.Bot)(nil), (*slack.Webhook)(nil)}
