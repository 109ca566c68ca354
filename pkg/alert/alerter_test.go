package alert_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/alert"
	"whydenied/pkg/report"
)

func TestOneMessage(t *testing.T) {
	w := newWorld()
	chat, topic := &place{name: "slack", edits: true}, &place{name: "sns"}
	a := w.instance("one", nil, chat, topic)
	for run := range 2 {
		for i := range 12 {
			at := start.Add(time.Duration(run)*5*time.Minute + time.Duration(i)*9*time.Second)
			tell(t, a, denied(fmt.Sprintf("event-%d-%d", run, i), mainBranch, "sub_mismatch", at))
		}
	}
	if diff := cmp.Diff([]string{"1 in 1"}, chat.said()); diff != "" {
		t.Errorf("edits are rate-limited (-want +got):\n%s", diff)
	}
	w.flush(t, a)
	if diff := cmp.Diff([]string{"24 in 2"}, chat.said()); diff != "" {
		t.Errorf("the last count gets to the message (-want +got):\n%s", diff)
	}
	if n := len(chat.messages[0].said); n != 2 {
		t.Errorf("the message was written %d times, want once and one edit: %v", n, chat.messages[0].said)
	}
	if diff := cmp.Diff([]string{"1 in 1"}, topic.said()); diff != "" {
		t.Errorf("what cannot be edited is said once (-want +got):\n%s", diff)
	}
}

func TestWhatIsOneIncident(t *testing.T) {
	day := 24 * time.Hour
	for _, tt := range []struct {
		label, reason string
		reports       []*report.Report
		want          []string
	}{
		{"the same event again", "EventBridge delivers at least once", []*report.Report{
			denied("e1", mainBranch, "sub_mismatch", start), denied("e1", mainBranch, "sub_mismatch", start)}, []string{"1 in 1"}},
		{"the same event, diagnosed otherwise", "an event is counted once, whatever is said of it later", []*report.Report{
			denied("e1", mainBranch, "sub_mismatch", start), denied("e1", mainBranch, "aud_mismatch", start)}, []string{"1 in 1"}},
		{"no event id", "all that the record says stands for it", []*report.Report{
			denied("", mainBranch, "sub_mismatch", start), denied("", mainBranch, "sub_mismatch", start), denied("", mainBranch, "sub_mismatch", start.Add(time.Second))},
			[]string{"2 in 1"}},
		{"another subject", "another repository is another mistake", []*report.Report{
			denied("e1", mainBranch, "sub_mismatch", start), denied("e2", "repo:octo-org/web:ref:refs/heads/main", "sub_mismatch", start)}, []string{"1 in 1", "1 in 1"}},
		{"another run_id", "it changes on each run", []*report.Report{
			denied("e1", "repo:octo-org/api:run_id:1", "sub_mismatch", start), denied("e2", "repo:octo-org/api:run_id:2", "sub_mismatch", start)}, []string{"2 in 1"}},
		{"another cause", "another change mends it", []*report.Report{
			denied("e1", mainBranch, "sub_mismatch", start), denied("e2", mainBranch, "aud_mismatch", start)}, []string{"1 in 1", "1 in 1"}},
		{"reordered", "the attempt between joins what looked like two runs", []*report.Report{
			denied("e1", mainBranch, "sub_mismatch", start), denied("e3", mainBranch, "sub_mismatch", start.Add(3*time.Minute)),
			denied("e2", mainBranch, "sub_mismatch", start.Add(90*time.Second))}, []string{"3 in 1"}},
		{"quiet for a day", "a later denial opens a new one", []*report.Report{
			denied("e1", mainBranch, "sub_mismatch", start), denied("e2", mainBranch, "sub_mismatch", start.Add(day))}, []string{"1 in 1", "1 in 1"}},
		{"not quite quiet", "it is still the same one", []*report.Report{
			denied("e1", mainBranch, "sub_mismatch", start), denied("e2", mainBranch, "sub_mismatch", start.Add(day-time.Second))}, []string{"2 in 2"}},
		{"partial joins", "nothing says that it is another reason", []*report.Report{
			denied("e1", mainBranch, "sub_mismatch", start), partial("e2", mainBranch, start)}, []string{"2 in 1"}},
		{"partial first", "the cause becomes known, and stays that of the incident", []*report.Report{
			partial("e1", mainBranch, start), partial("e2", mainBranch, start), denied("e3", mainBranch, "sub_mismatch", start),
			denied("e4", mainBranch, "sub_mismatch", start)}, []string{"4 in 1"}},
		{"partial first, then two causes", "only the first of them is taken for what was partial", []*report.Report{
			partial("e1", mainBranch, start), denied("e2", mainBranch, "sub_mismatch", start), denied("e3", mainBranch, "aud_mismatch", start),
			denied("e4", mainBranch, "sub_mismatch", start), denied("e5", mainBranch, "aud_mismatch", start)}, []string{"3 in 1", "2 in 1"}},
		{"partial of another place", "another subject is another place", []*report.Report{
			denied("e1", mainBranch, "sub_mismatch", start), partial("e2", "repo:octo-org/web:pull_request", start)}, []string{"1 in 1", "1 in 1"}},
		{"unexplained, and then explained", "what was read and showed no cause is no missing evidence", []*report.Report{
			denied("e1", mainBranch, "", start), denied("e2", mainBranch, "sub_mismatch", start)}, []string{"1 in 1", "1 in 1"}},
	} {
		t.Run(tt.label, func(t *testing.T) {
			w, chat := newWorld(), &place{name: "slack", edits: true}
			a := w.instance("one", nil, chat)
			tell(t, a, tt.reports...)
			w.flush(t, a)
			if diff := cmp.Diff(tt.want, chat.said()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

func TestStrangersAreTheirOwn(t *testing.T) {
	w, chat := newWorld(), &place{name: "slack", edits: true}
	stranger := denied("e2", mainBranch, "sub_mismatch", start)
	stranger.Stranger = true
	tell(t, w.instance("one", nil, chat), denied("e1", mainBranch, "sub_mismatch", start), stranger)
	if n := len(chat.messages); n != 2 {
		t.Errorf("got %d messages, want 2: a policy that changed made a stranger of the caller", n)
	}
}

func TestPreviousIsLinked(t *testing.T) {
	w, chat := newWorld(), &place{name: "slack", edits: true}
	tell(t, w.instance("one", nil, chat), denied("e1", mainBranch, "sub_mismatch", start), denied("e2", mainBranch, "sub_mismatch", start.Add(25*time.Hour)))
	want := &alert.Previous{ID: chat.messages[0].incident, First: start, Last: start, Attempts: 1, Refs: map[string]alert.Ref{"slack": "0"}}
	if diff := cmp.Diff(want, chat.messages[1].previous); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if chat.messages[0].incident == chat.messages[1].incident {
		t.Error("both have one ID, which would mute and list them as one")
	}
}

// Every event comes to an instance of its own, all at once, twice.
func TestManyInstances(t *testing.T) {
	w := newWorld()
	chat, topic := &place{name: "slack", edits: true}, &place{name: "sns"}
	var all sync.WaitGroup
	errs := make(chan error, 100)
	for i := range 50 {
		for again := range 2 {
			all.Go(func() {
				// EventBridge's second delivery is another invocation.
				a := w.instance(fmt.Sprintf("invocation-%d-%d", i, again), nil, chat, topic)
				errs <- a.Report(t.Context(), denied(fmt.Sprintf("e%d", i), mainBranch, "sub_mismatch", start.Add(time.Duration(i)*time.Second)))
			})
		}
	}
	all.Wait()
	for range 100 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	w.flush(t, w.instance("flush", nil, chat, topic))
	if diff := cmp.Diff([]string{"50 in 1"}, chat.said()); diff != "" {
		t.Errorf("one message with all of them (-want +got):\n%s", diff)
	}
	if n := len(topic.said()); n != 1 {
		t.Errorf("the topic has %d messages, want 1", n)
	}
}

func TestCap(t *testing.T) {
	w, chat := newWorld(), &place{name: "slack", edits: true}
	a := w.instance("one", func(c *alert.Config) { c.Cap = 3 }, chat)
	for i := range 10 {
		for try := range 2 {
			r := denied(fmt.Sprintf("e%d-%d", i, try), fmt.Sprintf("repo:octo-%d/api:ref:refs/heads/main", i), "sub_mismatch", start)
			tell(t, a, r)
		}
	}
	w.flush(t, a)
	if diff := cmp.Diff([]string{"2 in 1", "2 in 1", "2 in 1", "14 in 1"}, chat.said()); diff != "" {
		t.Errorf("three, and a summary of the rest (-want +got):\n%s", diff)
	}
	in, err := w.store.Incident(t.Context(), chat.messages[3].incident)
	if err != nil || !in.Overflow || in.Reasons.Count() != 7 || in.Subjects.Count() != 7 {
		t.Errorf("got overflow %v of %d kinds and %d subjects, %v; want that of 7 and 7", in.Overflow, in.Reasons.Count(), in.Subjects.Count(), err)
	}
	tell(t, a, denied("next", "repo:octo-9/api:ref:refs/heads/main", "sub_mismatch", start.Add(time.Hour)))
	if n := len(chat.messages); n != 5 {
		t.Errorf("got %d messages, want 5: the next hour has a cap of its own", n)
	}
}

// At the cap two instances open the same incident: the one that comes second
// joins it, though no further one may be opened.
func TestCapOnTheSameIncident(t *testing.T) {
	w, chat := newWorld(), &place{name: "slack", edits: true}
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			a := w.instance(fmt.Sprint(i), func(c *alert.Config) { c.Cap = 1 }, chat)
			if err := a.Report(t.Context(), denied(fmt.Sprint(i), mainBranch, "sub_mismatch", start)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	w.flush(t, w.instance("flush", nil, chat))
	if diff := cmp.Diff([]string{"20 in 1"}, chat.said()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestClosingSummary(t *testing.T) {
	for _, tt := range []struct {
		label, reason string
		attempts      int
		sweepAfter    time.Duration
		want          []string
	}{
		{"went on", "the message said 1", 12, 26 * time.Hour, []string{"1 in 1", "12 in 1"}},
		{"one attempt", "the message said it all", 1, 26 * time.Hour, []string{"1 in 1"}},
		{"not quiet yet", "it may go on", 12, 23 * time.Hour, []string{"1 in 1"}},
	} {
		t.Run(tt.label, func(t *testing.T) {
			w, topic, chat := newWorld(), &place{name: "sns"}, &place{name: "slack", edits: true}
			a := w.instance("one", func(c *alert.Config) { c.Closing = true }, topic, chat)
			for i := range tt.attempts {
				tell(t, a, denied(fmt.Sprint(i), mainBranch, "sub_mismatch", start.Add(time.Duration(i)*time.Second)))
			}
			w.flush(t, a)
			w.advance(tt.sweepAfter)
			for range 3 { // each hour again
				if err := a.Sweep(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(tt.want, topic.said()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
			if n := len(chat.messages); n != 1 {
				t.Errorf("what was edited needs no summary: %d messages", n)
			}
		})
	}
}

func TestSummaryThatFails(t *testing.T) {
	w, topic := newWorld(), &place{name: "sns"}
	a := w.instance("one", func(c *alert.Config) { c.Closing = true }, topic)
	tell(t, a, denied("e1", mainBranch, "sub_mismatch", start), denied("e2", mainBranch, "sub_mismatch", start))
	w.advance(26 * time.Hour)
	topic.before = func(*alert.Message) error { return errors.New("away") }
	fails(t, a.Sweep(t.Context()), "sns: away")
	topic.before = nil
	if err := a.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"1 in 1", "2 in 1"}, topic.said()); diff != "" {
		t.Errorf("the next sweep does the rest (-want +got):\n%s", diff)
	}
}

func TestObserve(t *testing.T) {
	w, chat := newWorld(), &place{name: "slack", edits: true}
	var got []alert.Observation
	a := w.instance("one", func(c *alert.Config) { c.Observe = func(o alert.Observation) { got = append(got, o) } }, chat)
	tell(t, a, denied("e1", mainBranch, "sub_mismatch", start), denied("e2", mainBranch, "sub_mismatch", start))
	w.flush(t, a)
	want := []alert.Observation{{Notifier: "slack", First: true, Since: 5 * time.Minute}, {Notifier: "slack", Since: 5*time.Minute + alert.DefaultEditEvery}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

var _ alert.Notifier = (*place)(nil)
var _ alert.Scheduler = (*world)(nil)

// An incident that never ends outlives the names that were written when it
// began, unless they are written again.
func TestGoesOnForMonths(t *testing.T) {
	w, topic := newWorld(), &place{name: "sns"}
	a := w.instance("one", nil, topic)
	for hour := 0; hour < 60*24; hour += 7 {
		tell(t, a, denied(fmt.Sprint(hour), mainBranch, "sub_mismatch", start.Add(time.Duration(hour)*time.Hour)))
		w.advance(7 * time.Hour)
	}
	if n := len(topic.said()); n != 1 {
		t.Errorf("got %d messages, want 1", n)
	}
}

// Each attempt of a storm finds that its message was just edited, and takes a
// little less time for that than the one before.
func TestStormAsksOnceForLater(t *testing.T) {
	w, chat := newWorld(), &place{name: "slack", edits: true}
	step := 40 * time.Millisecond
	a := w.instance("one", func(c *alert.Config) {
		c.Now = func() time.Time {
			w.advance(step)
			step -= step / 50
			return w.clock()
		}
	}, chat)
	for i := range 40 {
		tell(t, a, denied(fmt.Sprint("e", i), mainBranch, "sub_mismatch", start))
	}
	if n := len(w.later); n != 1 {
		t.Errorf("asked %d times for another look, want once: all of them want the same one", n)
	}
}
