package alert_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/alert"
	"whydenied/pkg/evidence"
	"whydenied/pkg/report"
)

// changedAt is a change of the role of [denied].
func changedAt(id string, at time.Time) alert.RoleChange {
	return alert.RoleChange{Account: "111122223333", Change: evidence.Change{Event: "UpdateAssumeRolePolicy", EventID: id, Role: "deploy", By: "arn:aws:iam::111122223333:user/ana", Time: at}}
}

func allows(context.Context, *report.Report) report.Report { return report.Report{Verdict: "allowed"} }

func refuses(context.Context, *report.Report) report.Report {
	return report.Report{Verdict: "explained", Causes: []report.Cause{{Code: "aud_mismatch", Confidence: "certain", Headline: "aud does not match"}}}
}

func unread(context.Context, *report.Report) report.Report {
	return report.Report{Verdict: "unexplained", Partial: true}
}

// answers are the verdicts that a message's incident keeps, and whether it is
// closed.
func (w *world) answers(t *testing.T, id string) (got []string, closed bool) {
	t.Helper()
	in, err := w.store.Incident(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range in.Answers {
		got = append(got, a.Verdict)
	}
	return got, in.Closed
}

func TestChanges(t *testing.T) {
	minute := func(n int) time.Time { return start.Add(time.Duration(n) * time.Minute) }
	type step struct {
		id    string
		at    time.Time
		judge alert.Judge
	}
	for _, tt := range []struct {
		label, reason string
		steps         []step
		want          []string
		closed        bool
	}{
		{"repaired", "it is closed by that", []step{{"c1", minute(1), allows}}, []string{"allows"}, true},
		{"wrong, then right", "both are answered", []step{{"c1", minute(1), refuses}, {"c2", minute(2), allows}}, []string{"refuses", "allows"}, true},
		{"the same event twice", "EventBridge delivers at least once", []step{{"c1", minute(1), refuses}, {"c1", minute(1), refuses}}, []string{"refuses"}, false},
		{"not read", "nobody knows", []step{{"c1", minute(1), unread}}, []string{"unknown"}, false},
		{"before it", "it was refused after that change", []step{{"c1", minute(-1), allows}}, nil, false},
		{"after it was closed", "it is no incident any more", []step{{"c1", minute(1), allows}, {"c2", minute(2), refuses}}, []string{"allows"}, true},
		{"in another order", "answers stand in that of the changes", []step{{"c2", minute(2), refuses}, {"c1", minute(1), refuses}}, []string{"refuses", "refuses"}, false},
	} {
		t.Run(tt.label, func(t *testing.T) {
			w, chat := newWorld(), &place{name: "slack", edits: true}
			a := w.instance("one", nil, chat)
			tell(t, a, denied("e1", mainBranch, "sub_mismatch", start))
			for _, s := range tt.steps {
				if err := a.Changed(t.Context(), changedAt(s.id, s.at), s.judge); err != nil {
					t.Fatal(err)
				}
			}
			got, closed := w.answers(t, chat.messages[0].incident)
			if diff := cmp.Diff(tt.want, got); diff != "" || closed != tt.closed {
				t.Errorf("%s: closed %v, want %v (-want +got):\n%s", tt.reason, closed, tt.closed, diff)
			}
			if n := len(chat.messages[0].said); n != 1+len(tt.want) {
				t.Errorf("the message was written %d times, want at once for each answer: it does not wait for its next edit", n)
			}
		})
	}
}

// A place that cannot edit is told of a repair at once, and once, if it is to be
// told of the end at all.
func TestRepairIsSummedUp(t *testing.T) {
	for _, tt := range []struct {
		label, reason string
		closing       bool
		judge         alert.Judge
		want          []alert.Kind
	}{
		{"repaired", "people hear of it while they look", true, allows, []alert.Kind{alert.KindOpened, alert.KindClosing}},
		{"not asked for", "each message rings a bell", false, allows, []alert.Kind{alert.KindOpened}},
		{"still refused", "it is open", true, refuses, []alert.Kind{alert.KindOpened}},
		{"nobody knows", "it is open", true, unread, []alert.Kind{alert.KindOpened}},
	} {
		t.Run(tt.label, func(t *testing.T) {
			w, topic, chat := newWorld(), &place{name: "sns"}, &place{name: "slack", edits: true}
			a := w.instance("one", func(c *alert.Config) { c.Closing = tt.closing }, topic, chat)
			tell(t, a, denied("e1", mainBranch, "sub_mismatch", start))
			for range 2 { // EventBridge delivers at least once
				if err := a.Changed(t.Context(), changedAt("c1", start.Add(time.Minute)), tt.judge); err != nil {
					t.Fatal(err)
				}
			}
			tell(t, a, denied("late", mainBranch, "sub_mismatch", start.Add(30*time.Second)))
			kinds := func() (all []alert.Kind) {
				for _, m := range topic.messages {
					all = append(all, m.kind)
				}
				return all
			}
			if diff := cmp.Diff(tt.want, kinds()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
			if n := len(chat.messages); n != 1 {
				t.Errorf("a place that edits has %d messages, want 1", n)
			}
			w.advance(26 * time.Hour)
			if err := a.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
			if tt.closing && tt.want[len(tt.want)-1] == alert.KindClosing && len(kinds()) != len(tt.want) {
				t.Errorf("swept later, it has messages %v, want no more", kinds())
			}
		})
	}
}

func TestWhatAChangeConcerns(t *testing.T) {
	w, chat := newWorld(), &place{name: "slack", edits: true}
	a := w.instance("one", nil, chat)
	other := denied("e2", mainBranch, "sub_mismatch", start)
	role := "arn:aws:iam::111122223333:role/other"
	other.Denial.RoleARN = &role
	registered := denied("e3", mainBranch, "audience_not_registered", start)
	tell(t, a, denied("e1", mainBranch, "sub_mismatch", start), other, registered)
	judged := func(c alert.RoleChange) (n int) {
		judge := func(ctx context.Context, r *report.Report) report.Report { n++; return refuses(ctx, r) }
		if err := a.Changed(t.Context(), c, judge); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := judged(changedAt("c1", start.Add(time.Minute))); n != 2 {
		t.Errorf("judged %d incidents, want the 2 of the role", n)
	}
	elsewhere := changedAt("c2", start.Add(time.Minute))
	elsewhere.Account = "222233334444"
	if n := judged(elsewhere); n != 0 {
		t.Errorf("judged %d incidents, want none: another account's role of that name", n)
	}
	provider := changedAt("c3", start.Add(time.Minute))
	provider.Role, provider.Provider = "", *registered.Denial.ProviderARN
	if n := judged(provider); n != 1 {
		t.Errorf("judged %d incidents, want the one that the provider refused", n)
	}
}

func TestStrangerIsNotClosed(t *testing.T) {
	w, chat := newWorld(), &place{name: "slack", edits: true}
	a := w.instance("one", nil, chat)
	r := denied("e1", mainBranch, "sub_mismatch", start)
	r.Stranger = true
	tell(t, a, r)
	if err := a.Changed(t.Context(), changedAt("c1", start.Add(time.Minute)), allows); err != nil {
		t.Fatal(err)
	}
	if got, closed := w.answers(t, chat.messages[0].incident); closed || len(got) != 1 {
		t.Errorf("got %v, closed %v; want it answered, and open: to let a stranger in is no repair", got, closed)
	}
}

func TestReopened(t *testing.T) {
	w, chat := newWorld(), &place{name: "slack", edits: true}
	a := w.instance("one", nil, chat)
	tell(t, a, denied("e1", mainBranch, "sub_mismatch", start))
	if err := a.Changed(t.Context(), changedAt("c1", start.Add(2*time.Minute)), allows); err != nil {
		t.Fatal(err)
	}
	tell(t, a, denied("e2", mainBranch, "sub_mismatch", start.Add(time.Minute)), denied("e3", mainBranch, "sub_mismatch", start.Add(150*time.Second)))
	if n := len(chat.messages); n != 1 {
		t.Fatalf("got %d messages, want 1: what was refused before the change could reach STS says nothing against it", n)
	}
	tell(t, a, denied("e4", mainBranch, "sub_mismatch", start.Add(10*time.Minute)))
	want := &alert.Answer{Verdict: "allows", Event: "UpdateAssumeRolePolicy", By: "arn:aws:iam::111122223333:user/ana", At: start.Add(2 * time.Minute)}
	if len(chat.messages) != 2 {
		t.Fatalf("got %d messages, want 2", len(chat.messages))
	}
	if diff := cmp.Diff(want, chat.messages[1].previous.Answer); diff != "" {
		t.Errorf("the new one says what was no repair (-want +got):\n%s", diff)
	}
}

// The change comes to many instances at once while the role is being refused.
func TestChangeAtOnce(t *testing.T) {
	w, chat := newWorld(), &place{name: "slack", edits: true}
	tell(t, w.instance("first", nil, chat), denied("e", mainBranch, "sub_mismatch", start))
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			if err := w.instance(fmt.Sprint("c", i), nil, chat).Changed(t.Context(), changedAt(fmt.Sprint("c", i%2), start.Add(30*time.Minute)), refuses); err != nil {
				t.Error(err)
			}
		})
		all.Go(func() {
			if err := w.instance(fmt.Sprint("d", i), nil, chat).Report(t.Context(), denied(fmt.Sprint("e", i), mainBranch, "sub_mismatch", start.Add(time.Duration(i)*time.Second))); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	w.flush(t, w.instance("flush", nil, chat))
	got, _ := w.answers(t, chat.messages[0].incident)
	if len(got) != 2 || chat.said()[0] != "21 in 1" {
		t.Errorf("got answers %v and %v, want two answers, and 21 attempts", got, chat.said())
	}
}

// The process dies at each of its steps; the retry ends with one answer.
func TestChangeDiesAnywhere(t *testing.T) {
	died := errors.New("the process died")
	for step := 0; ; step++ {
		w := newWorld()
		store := &faulty{Store: w.store}
		w.store = store
		chat := &place{name: "slack", edits: true}
		tell(t, w.instance("before", nil, chat), denied("e1", mainBranch, "sub_mismatch", start))
		at, dead := 0, false
		store.save = func(alert.Change) error {
			if at++; at > step || dead {
				dead = true
				return died
			}
			return nil
		}
		c := changedAt("c1", start.Add(time.Minute))
		if err := w.instance("one", nil, chat).Changed(t.Context(), c, allows); dead == (err == nil) {
			t.Fatalf("step %d: died %v, got error %v", step, dead, err)
		}
		store.save = nil
		if err := w.instance("one", nil, chat).Changed(t.Context(), c, allows); err != nil {
			t.Fatal(err)
		}
		in, err := w.store.Incident(t.Context(), chat.messages[0].incident)
		if err != nil || len(in.Answers) != 1 || !in.Closed || in.Deliveries["slack"].Answered != 1 {
			t.Errorf("died at step %d: got %d answers, closed %v, delivered %+v, %v", step, len(in.Answers), in.Closed, in.Deliveries["slack"], err)
		}
		if !dead {
			return
		}
	}
}

// What stands in the thread of a wave is answered there, by its line.
// A member of a wave that a change let in, and that is refused once more, says
// so by its new line. One whose mute is over has a message of its own.
func TestMemberRefusedAgain(t *testing.T) {
	w, chat := newWorld(), &place{name: "slack", edits: true}
	var said *report.Wave
	chat.after = func(m *alert.Message) error {
		if m.Incident.Wave != nil {
			tally := m.Tally(nil)
			said = tally.Wave
		}
		return nil
	}
	a := w.instance("one", nil, chat)
	for i := range 5 {
		tell(t, a, renamed(fmt.Sprint(i), fmt.Sprint("api-", i), account(i), start))
	}
	w.flush(t, a)
	for i := range 2 {
		c := changedAt(fmt.Sprint("c", i), start.Add(10*time.Minute))
		c.Account, c.Role = account(3+i), fmt.Sprint("api-", 3+i)
		if err := a.Changed(t.Context(), c, allows); err != nil {
			t.Fatal(err)
		}
	}
	w.flush(t, a)
	if said.LetIn != 2 {
		t.Fatalf("%d are let in, want 2", said.LetIn)
	}
	tell(t, a, renamed("again", "api-4", account(4), start.Add(15*time.Minute)))
	w.flush(t, a)
	if n := len(said.Lines); n != 6 || said.Lines[5].Again.IsZero() || said.LetIn != 1 || len(chat.messages) != 3 {
		t.Errorf("got %d lines, %d let in, %d messages; want a sixth that says so, 1, 3", n, said.LetIn, len(chat.messages))
	}

	id := w.waves(t, chat)[0].Wave.Members[2].ID
	if _, err := a.Mute(t.Context(), id, alert.Mute{Until: w.clock().Add(time.Minute), Reason: known}); err != nil {
		t.Fatal(err)
	}
	w.advance(2 * time.Minute)
	tell(t, a, renamed("after", "api-2", account(2), start.Add(30*time.Minute)))
	if n := len(chat.messages); n != 4 || chat.messages[3].previous.Mute == nil {
		t.Errorf("got %d messages, want a fourth that tells of the mute", n)
	}
}

func TestChangeOfAMember(t *testing.T) {
	w, chat := newWorld(), &place{name: "slack", edits: true}
	a := w.instance("one", nil, chat)
	for i := range 5 {
		tell(t, a, renamed(fmt.Sprint(i), fmt.Sprint("api-", i), account(i), start))
	}
	c := alert.RoleChange{Account: account(4), Change: evidence.Change{Event: "UpdateAssumeRolePolicy", EventID: "c1", Role: "api-4", Time: start.Add(time.Minute)}}
	if err := a.Changed(t.Context(), c, allows); err != nil {
		t.Fatal(err)
	}
	w.flush(t, a)
	wave := w.waves(t, chat)[0]
	if m := wave.Wave.Members[4]; !m.LetIn.Equal(c.Time) || wave.Deliveries["slack"].Answered != 1 {
		t.Errorf("got %+v, delivered %+v; want the line to say since when it is let in", m, wave.Deliveries["slack"])
	}
	if n := len(chat.messages); n != 3 {
		t.Errorf("got %d messages, want 3", n)
	}
}
