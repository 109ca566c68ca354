package alert_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/alert"
	"whydenied/pkg/report"
)

const known = "the pipeline is being moved"

// muted is a world in which one incident was met and muted for three days.
func muted(t *testing.T) (w *world, chat, topic *place, a *alert.Alerter, id string) {
	t.Helper()
	w, chat, topic = newWorld(), &place{name: "slack", edits: true}, &place{name: "sns"}
	a = w.instance("one", nil, chat, topic)
	tell(t, a, denied("first", mainBranch, "sub_mismatch", start))
	id = chat.messages[0].incident
	_, err := a.Mute(t.Context(), id, alert.Mute{Until: w.clock().Add(72 * time.Hour), By: "arn:aws:iam::111122223333:user/ana", Reason: known})
	if err != nil {
		t.Fatal(err)
	}
	return w, chat, topic, a, id
}

// later is a report on a denial that is made now.
func (w *world) denied(event, cause string) *report.Report {
	return denied(event, mainBranch, cause, w.clock())
}

func TestMuteAndItsEnd(t *testing.T) {
	w, chat, topic, a, id := muted(t)
	for day := range 3 { // longer than an incident stays open by itself
		for i := range 2 {
			tell(t, a, w.denied(fmt.Sprintf("%d-%d", day, i), "sub_mismatch"))
		}
		w.flush(t, a)
		w.advance(23*time.Hour + 50*time.Minute)
	}
	if diff := cmp.Diff([][]string{{"7 in 4"}, {"1 in 1"}}, [][]string{chat.said(), topic.said()}); diff != "" {
		t.Errorf("no new message while it is muted; what is there is counted on (-want +got):\n%s", diff)
	}
	w.advance(time.Hour)
	tell(t, a, w.denied("after", "sub_mismatch"))
	if len(chat.messages) != 2 || len(topic.messages) != 2 {
		t.Fatalf("got %d and %d messages, want a second one in both places: the mute is over", len(chat.messages), len(topic.messages))
	}
	p := chat.messages[1].previous
	want := &alert.Mute{Since: start.Add(5 * time.Minute), Until: start.Add(72*time.Hour + 5*time.Minute), By: "arn:aws:iam::111122223333:user/ana", Reason: known, Attempts: 6}
	if diff := cmp.Diff(want, p.Mute); diff != "" || p.ID != id {
		t.Errorf("the message tells of the mute (-want +got):\n%s", diff)
	}
	tell(t, a, w.denied("more", "sub_mismatch"))
	if n := len(topic.messages); n != 2 {
		t.Errorf("got %d messages, want 2: the new incident goes on as any", n)
	}
}

func TestMuteCoversNothingElse(t *testing.T) {
	stranger := denied("s", mainBranch, "sub_mismatch", start.Add(time.Minute))
	stranger.Stranger = true
	for _, tt := range []struct {
		label, reason string
		r             *report.Report
	}{
		{"another cause", "another change mends it", denied("e", mainBranch, "aud_mismatch", start.Add(time.Minute))},
		{"a stranger", "nobody knows a stranger", stranger},
		{"another subject", "another pipeline", denied("e", "repo:octo-org/web:pull_request", "sub_mismatch", start.Add(time.Minute))},
		{"no known cause", "it may be any", denied("e", mainBranch, "", start.Add(time.Minute))},
		{"partial", "its cause may be another", partial("e", mainBranch, start.Add(time.Minute))},
	} {
		t.Run(tt.label, func(t *testing.T) {
			_, chat, topic, a, _ := muted(t)
			tell(t, a, tt.r)
			if len(chat.messages) != 2 || len(topic.messages) != 2 {
				t.Errorf("got %d and %d messages, want 2 and 2: %s", len(chat.messages), len(topic.messages), tt.reason)
			}
		})
	}
}

func TestUnmute(t *testing.T) {
	w, _, topic, a, id := muted(t)
	tell(t, a, w.denied("muted", "sub_mismatch"))
	if _, err := a.Unmute(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	_, err := a.Unmute(t.Context(), id)
	fails(t, err, "is not muted")
	tell(t, a, w.denied("after", "sub_mismatch"))
	if n := len(topic.messages); n != 2 || topic.messages[1].previous.Mute.Attempts != 1 {
		t.Errorf("got %d messages, want 2, the second with the attempt that was muted", n)
	}
}

// Whoever mutes may have the ID from an old message. Setting a mute anew goes on
// counting.
func TestMuteByAnOldID(t *testing.T) {
	w, chat := newWorld(), &place{name: "slack", edits: true}
	a := w.instance("one", nil, chat)
	tell(t, a, w.denied("e1", "sub_mismatch"))
	w.advance(30 * time.Hour)
	tell(t, a, w.denied("e2", "sub_mismatch"))
	set := func(days int) alert.Incident {
		in, err := a.Mute(t.Context(), chat.messages[0].incident, alert.Mute{Until: w.clock().Add(time.Duration(days) * 24 * time.Hour), Reason: known})
		if err != nil {
			t.Fatal(err)
		}
		return in
	}
	if in := set(1); in.ID != chat.messages[1].incident {
		t.Errorf("muted %q, want %q: that is the incident by now", in.ID, chat.messages[1].incident)
	}
	tell(t, a, w.denied("e3", "sub_mismatch"))
	if in := set(60); in.Mute.Attempts != 1 {
		t.Errorf("got %d attempts, want 1", in.Mute.Attempts)
	}
	w.advance(59 * 24 * time.Hour) // longer than a closed incident is remembered
	tell(t, a, w.denied("e4", "sub_mismatch"))
	if n := len(chat.messages); n != 2 {
		t.Errorf("got %d messages, want 2: a mute is not forgotten before its end", n)
	}
}

func TestWhatCannotBeMuted(t *testing.T) {
	w, chat := newWorld(), &place{name: "slack", edits: true}
	a := w.instance("one", func(c *alert.Config) { c.Cap = 2 }, chat)
	stranger := denied("e1", mainBranch, "sub_mismatch", start)
	stranger.Stranger = true
	tell(t, a, stranger, partial("e2", "repo:octo-org/web:pull_request", start), w.denied("e3", "aud_mismatch"))
	good := alert.Mute{Until: w.clock().Add(time.Hour), Reason: known}
	for _, tt := range []struct {
		label, id string
		mute      alert.Mute
		want      string
	}{
		{"stranger", chat.messages[0].incident, good, "probable stranger, which no mute covers"},
		{"partial", chat.messages[1].incident, good, "is not known yet"},
		{"overflow", chat.messages[2].incident, good, "stands for many"},
		{"no such", "0123456789ab", good, `there is no incident "0123456789ab"`},
		{"no reason", "0123456789ab", alert.Mute{Until: good.Until, Reason: " "}, "a mute needs a reason"},
		{"long reason", "0123456789ab", alert.Mute{Until: good.Until, Reason: strings.Repeat("x", 301)}, "at most 300"},
		{"over", "0123456789ab", alert.Mute{Until: w.clock(), Reason: known}, "which is over"},
		{"without an end", "0123456789ab", alert.Mute{Until: w.clock().Add(91 * 24 * time.Hour), Reason: known}, "longer than 90 days"},
	} {
		t.Run(tt.label, func(t *testing.T) {
			_, err := a.Mute(t.Context(), tt.id, tt.mute)
			fails(t, err, tt.want)
		})
	}
}

// While it is muted and unmuted, every event comes to two instances at once.
// Each is counted once, in the mute as well.
func TestMuteAtOnce(t *testing.T) {
	w, chat, topic, a, id := muted(t)
	var all sync.WaitGroup
	for i := range 40 {
		for again := range 2 {
			all.Go(func() {
				err := w.instance(fmt.Sprintf("%d-%d", i, again), nil, chat, topic).Report(t.Context(), w.denied(fmt.Sprint(i), "sub_mismatch"))
				if err != nil {
					t.Error(err)
				}
			})
		}
	}
	for range 10 {
		all.Go(func() {
			_, err := a.Mute(t.Context(), id, alert.Mute{Until: w.clock().Add(48 * time.Hour), Reason: known})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	in, err := w.store.Incident(t.Context(), id)
	if err != nil || in.Attempts != 41 || in.Mute.Attempts != 40 || len(topic.messages) != 1 {
		t.Errorf("got %d attempts, %d of them muted, %d messages, %v; want 41, 40, 1", in.Attempts, in.Mute.Attempts, len(topic.messages), err)
	}
}

// A denial whose counting fails is muted by the retry as well.
func TestMuteAndRedelivery(t *testing.T) {
	w, _, topic, _, id := muted(t)
	store := &faulty{Store: w.store, save: func(alert.Change) error { return errAway }}
	w.store = store
	r := w.denied("e1", "sub_mismatch")
	fails(t, w.instance("two", nil, topic).Report(t.Context(), r), "away")
	store.save = nil
	tell(t, w.instance("two", nil, topic), r, r)
	in, err := w.store.Incident(t.Context(), id)
	if err != nil || in.Mute.Attempts != 1 || len(topic.messages) != 1 {
		t.Errorf("got %d muted attempts, %d messages, %v; want 1 and 1", in.Mute.Attempts, len(topic.messages), err)
	}
	store.save = func(alert.Change) error { return errors.New("away") }
	_, err = w.instance("two", nil, topic).Unmute(t.Context(), id)
	fails(t, err, "away")
}

func TestMutedIsNotClosed(t *testing.T) {
	w, _, topic, _, _ := muted(t)
	a := w.instance("one", func(c *alert.Config) { c.Closing = true }, topic)
	tell(t, a, w.denied("e1", "sub_mismatch"))
	w.advance(26 * time.Hour)
	if err := a.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	tell(t, a, w.denied("e2", "sub_mismatch"))
	if n := len(topic.messages); n != 1 {
		t.Errorf("got %d messages, want 1: the mute holds longer than the incident would be open", n)
	}
	w.advance(47 * time.Hour) // all that time it was quiet
	if err := a.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := len(topic.messages); n != 2 || topic.messages[1].kind != alert.KindClosing {
		t.Errorf("got %d messages, want a second one: the summary that the mute's end makes due", n)
	}
}

// A change that lets it in closes it, muted or not. Refused again it is another
// incident, which is muted still and has its own answers: the message of the one
// before goes on saying what is true of that.
func TestMuteAndRepair(t *testing.T) {
	w, chat, topic, _, id := muted(t)
	a := w.instance("one", func(c *alert.Config) { c.Cap = 1 }, chat, topic)
	tell(t, a, w.denied("e1", "sub_mismatch"))
	w.advance(time.Minute)
	change := func(event string, judge alert.Judge) {
		t.Helper()
		if err := a.Changed(t.Context(), changedAt(event, w.clock()), judge); err != nil {
			t.Fatal(err)
		}
	}
	change("c1", allows)
	w.advance(time.Hour)
	tell(t, a, w.denied("other", "aud_mismatch")) // fills the cap of this hour, which a muted one takes no part in
	tell(t, a, w.denied("e2", "sub_mismatch"), w.denied("e3", "sub_mismatch"))
	w.advance(time.Hour)
	change("c2", refuses)
	if got, closed := w.answers(t, id); !closed || len(got) != 1 || len(chat.messages) != 2 || len(topic.messages) != 2 {
		t.Errorf("closed %v by %q, %d and %d messages; want it closed by the first change, and no message but that of the other cause: the mute holds", closed, got, len(chat.messages), len(topic.messages))
	}
	w.advance(72 * time.Hour)
	tell(t, a, w.denied("after", "sub_mismatch"))
	if len(topic.messages) != 3 {
		t.Fatalf("got %d messages, want a third one: the mute is over", len(topic.messages))
	}
	p := topic.messages[2].previous
	if got, _ := w.answers(t, p.ID); p.ID == id || p.Attempts != 2 || p.Mute.Attempts != 3 || len(got) != 1 || got[0] != "refuses" {
		t.Errorf("it follows %q (%d attempts, %d muted, answered %q), want the one after the repair: 2, of 3 in all, answered by the later change", p.ID, p.Attempts, p.Mute.Attempts, got)
	}
}

func TestList(t *testing.T) {
	w, chat := newWorld(), &place{name: "slack", edits: true}
	a := w.instance("one", nil, chat)
	from := w.clock()
	tell(t, a, w.denied("e1", "sub_mismatch"), w.denied("e2", "aud_mismatch"))
	w.advance(20 * time.Hour)
	tell(t, a, w.denied("e3", "sub_mismatch"))
	w.advance(20 * time.Hour)
	list := func(since time.Time) (got []string) {
		all, err := a.List(t.Context(), since)
		if err != nil {
			t.Fatal(err)
		}
		for i := range all {
			got = append(got, fmt.Sprint(all[i].Cause, " ", all[i].Attempts, " ", a.Open(&all[i])))
		}
		return got
	}
	if diff := cmp.Diff([]string{"sub_mismatch 2 true", "aud_mismatch 1 false"}, list(from)); diff != "" {
		t.Errorf("the latest first (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"sub_mismatch 2 true"}, list(from.Add(time.Minute))); diff != "" {
		t.Errorf("only what was met since (-want +got):\n%s", diff)
	}
}
