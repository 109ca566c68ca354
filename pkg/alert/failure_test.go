package alert_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/alert"
)

var errAway = errors.New("away")

func TestOneChannelFails(t *testing.T) {
	w, topic := newWorld(), &place{name: "sns"}
	chat := &place{name: "slack", edits: true, before: func(*alert.Message) error { return errAway }}
	r := denied("e1", mainBranch, "sub_mismatch", start)
	first := w.instance("one", nil, chat, topic)
	fails(t, first.Report(t.Context(), r), "slack: away")
	if len(topic.said()) != 1 {
		t.Fatal("the topic waited for Slack")
	}
	fails(t, first.Report(t.Context(), r), "slack: away")
	chat.before = nil
	tell(t, w.instance("one", nil, chat, topic), r)
	if diff := cmp.Diff([][]string{{"1 in 1"}, {"1 in 1"}}, [][]string{chat.said(), topic.said()}); diff != "" {
		t.Errorf("the retry posts only what was not posted (-want +got):\n%s", diff)
	}
}

// A channel that hangs is left when its time is over; the other has its
// message, and what hung is tried again.
func TestOneChannelHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, topic := newWorld(), &place{name: "sns"}
		chat := &hanging{}
		now := time.Now()
		w.now = now
		a := w.instance("one", func(c *alert.Config) { c.Now = time.Now }, chat, topic)
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		fails(t, a.Report(ctx, denied("e1", mainBranch, "sub_mismatch", now)), "hanging: context deadline exceeded")
		if time.Since(now) >= 30*time.Second {
			t.Error("it was left only when the invocation had ended, and with it all that could be recorded")
		}
		if len(topic.said()) != 1 {
			t.Error("the topic waited")
		}
		in, err := w.store.Incident(t.Context(), topic.messages[0].incident)
		if err != nil || in.Deliveries["hanging"].Claim != "" || !in.Deliveries["sns"].Sent {
			t.Errorf("got deliveries %+v, %v; want no claim on what hung, and the topic's as sent", in.Deliveries, err)
		}
	})
}

type hanging struct{}

func (*hanging) Name() string { return "hanging" }
func (*hanging) Edits() bool  { return false }
func (*hanging) Deliver(ctx context.Context, _ *alert.Message, _ alert.Ref, _ func(alert.Ref) error) error {
	<-ctx.Done()
	return ctx.Err()
}

// faulty is a store whose calls fail as they are bidden.
type faulty struct {
	alert.Store
	save func(alert.Change) error
	read error
}

func (f *faulty) Save(ctx context.Context, c alert.Change) error {
	if f.save != nil {
		if err := f.save(c); err != nil {
			return err
		}
	}
	return f.Store.Save(ctx, c)
}

func (f *faulty) Counted(ctx context.Context, event string) (string, error) {
	if f.read != nil {
		return "", f.read
	}
	return f.Store.Counted(ctx, event)
}

// The process dies at each of its steps: at every write, and before and after
// what it sends. Whatever it was, the retry of the invocation ends with one
// message and the right count; two only where it died between sending and
// recording.
func TestDiesAnywhere(t *testing.T) {
	died := errors.New("the process died")
	for step := 0; ; step++ {
		w := newWorld()
		store := &faulty{Store: w.store}
		w.store = store
		at, sent, recorded := 0, 0, 0
		dead := false
		tick := func() error {
			if at++; at > step || dead {
				dead = true
				return died
			}
			return nil
		}
		store.save = func(c alert.Change) error {
			err := tick()
			if err == nil && c.Incident.Deliveries["slack"].Ref != "" {
				recorded++
			}
			return err
		}
		chat := &place{name: "slack", edits: true}
		chat.before = func(*alert.Message) error { return tick() }
		chat.after = func(*alert.Message) error { sent++; return tick() }
		r := denied("e1", mainBranch, "sub_mismatch", start)
		err := w.instance("one", nil, chat).Report(t.Context(), r)
		if !dead {
			if err != nil || step < 4 {
				t.Fatalf("step %d: %v, and nothing died", step, err)
			}
			return
		}
		between := sent > 0 && recorded == 0
		store.save, chat.before, chat.after = nil, nil, nil
		if err := w.instance("one", nil, chat).Report(t.Context(), r); err != nil {
			t.Fatalf("died at step %d: the retry fails: %v", step, err)
		}
		w.flush(t, w.instance("flush", nil, chat))
		want := []string{"1 in 1"}
		if between {
			want = []string{"1 in 1", "1 in 1"}
		}
		if diff := cmp.Diff(want, chat.said()); diff != "" {
			t.Errorf("died at step %d, between sending and recording: %v (-want +got):\n%s", step, between, diff)
		}
	}
}

// Another invocation finds the claim of one that died. It must not send while
// the other may still be sending, and must do so afterwards.
func TestClaimOfTheDead(t *testing.T) {
	w := newWorld()
	store := &faulty{Store: w.store}
	w.store = store
	chat := &place{name: "slack", edits: true}
	chat.before = func(*alert.Message) error {
		store.save = func(alert.Change) error { return errAway }
		return errAway
	}
	fails(t, w.instance("dead", nil, chat).Report(t.Context(), denied("e1", mainBranch, "sub_mismatch", start)), "away")
	store.save, chat.before = nil, nil
	other := w.instance("other", nil, chat)
	tell(t, other, denied("e2", mainBranch, "sub_mismatch", start))
	if n := len(chat.said()); n != 0 {
		t.Fatalf("%d messages while the first may still be sending", n)
	}
	if len(w.later) != 1 || !w.later[0].at.After(w.clock()) {
		t.Fatalf("nobody is to look later: %v", w.later)
	}
	w.flush(t, other)
	if diff := cmp.Diff([]string{"2 in 1"}, chat.said()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestStoreAway(t *testing.T) {
	for _, tt := range []struct {
		label  string
		faulty faulty
		want   string
	}{
		{"reading", faulty{read: errAway}, `counting event "e1": away`},
		{"writing", faulty{save: func(alert.Change) error { return errAway }}, `counting event "e1": away`},
	} {
		t.Run(tt.label, func(t *testing.T) {
			w, chat := newWorld(), &place{name: "slack", edits: true}
			good := w.store
			tt.faulty.Store = good
			w.store = &tt.faulty
			r := denied("e1", mainBranch, "sub_mismatch", start)
			fails(t, w.instance("one", nil, chat).Report(t.Context(), r), tt.want)
			if len(chat.said()) != 0 {
				t.Error("what is not counted cannot be told from what comes again, so it may not be sent")
			}
			w.store = good
			tell(t, w.instance("one", nil, chat), r)
			if diff := cmp.Diff([]string{"1 in 1"}, chat.said()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestRateLimited(t *testing.T) {
	limit := func(*alert.Message) error {
		return fmt.Errorf("chat.postMessage: %w", &alert.RateLimitedError{Place: "Slack", After: 40 * time.Second})
	}
	t.Run("somebody looks later", func(t *testing.T) {
		w, chat := newWorld(), &place{name: "slack", edits: true, before: limit}
		a := w.instance("one", nil, chat)
		tell(t, a, denied("e1", mainBranch, "sub_mismatch", start))
		if len(w.later) != 1 || w.later[0].at != w.clock().Add(40*time.Second) {
			t.Fatalf("got %v, want one look in 40 s", w.later)
		}
		chat.before = nil
		w.flush(t, a)
		if diff := cmp.Diff([]string{"1 in 1"}, chat.said()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	t.Run("nobody does", func(t *testing.T) {
		w, chat := newWorld(), &place{name: "slack", edits: true, before: limit}
		a := w.instance("one", func(c *alert.Config) { c.Later = nil }, chat)
		fails(t, a.Report(t.Context(), denied("e1", mainBranch, "sub_mismatch", start)), "Slack takes no more messages for 40s")
	})
}

func TestDeadlineNear(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, chat := newWorld(), &place{name: "slack", edits: true}
		w.now = time.Now()
		a := w.instance("one", func(c *alert.Config) { c.Now = time.Now }, chat)
		r := denied("e1", mainBranch, "sub_mismatch", time.Now())
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		err := a.Report(ctx, r)
		fails(t, err, "slack: no time left before the deadline")
		if !errors.Is(err, alert.ErrTooLate) || len(chat.said()) != 0 {
			t.Errorf("got %v and %d messages, want none that could not be recorded", err, len(chat.said()))
		}
		if err := a.Report(t.Context(), r); err != nil || len(chat.said()) != 1 {
			t.Errorf("the retry: %v, %d messages", err, len(chat.said()))
		}
	})
}

func TestSchedulerAway(t *testing.T) {
	w, chat := newWorld(), &place{name: "slack", edits: true}
	a := w.instance("one", func(c *alert.Config) { c.Later = awayScheduler{} }, chat)
	tell(t, a, denied("e1", mainBranch, "sub_mismatch", start))
	err := a.Report(t.Context(), denied("e2", mainBranch, "sub_mismatch", start))
	fails(t, err, "asking for a later update: away")
	// The retry of the invocation asks again.
	tell(t, w.instance("one", nil, chat), denied("e2", mainBranch, "sub_mismatch", start))
	w.flush(t, w.instance("flush", nil, chat))
	if diff := cmp.Diff([]string{"2 in 1"}, chat.said()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

type awayScheduler struct{}

func (awayScheduler) Later(context.Context, string, time.Duration) error { return errAway }

// An error of many is one that a log line can hold apart.
func TestErrorsAreJoined(t *testing.T) {
	w := newWorld()
	fail := func(*alert.Message) error { return errAway }
	err := w.instance("one", nil, &place{name: "slack", before: fail}, &place{name: "sns", before: fail}).
		Report(t.Context(), denied("e1", mainBranch, "sub_mismatch", start))
	if got := strings.Split(err.Error(), "\n"); len(got) != 2 {
		t.Errorf("got %q, want one line for each channel", got)
	}
}

// A queue allows no longer delay than some minutes: what comes before its time
// asks for the rest, and a place that takes no more for an hour gets its
// message in the end.
func TestFlushBeforeItsTime(t *testing.T) {
	w := newWorld()
	from := w.clock()
	chat := &place{name: "slack", edits: true}
	chat.before = func(*alert.Message) error {
		if left := time.Hour - w.clock().Sub(from); left > 0 {
			return &alert.RateLimitedError{Place: "Slack", After: left}
		}
		return nil
	}
	a := w.instance("one", func(c *alert.Config) { c.Later = cutShort{w} }, chat)
	tell(t, a, denied("e1", mainBranch, "sub_mismatch", start))
	w.flush(t, a)
	if diff := cmp.Diff([]string{"1 in 1"}, chat.said()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

type cutShort struct{ *world }

func (c cutShort) Later(ctx context.Context, incident string, after time.Duration) error {
	return c.world.Later(ctx, incident, min(after, 15*time.Minute))
}
