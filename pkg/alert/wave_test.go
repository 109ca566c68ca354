package alert_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/alert"
	"whydenied/pkg/report"
)

// renamed is a denial of one of many repositories, all for one reason.
func renamed(event, repository, account string, at time.Time) *report.Report {
	sub := "repo:octo-org@1234/" + repository + "@5678:ref:refs/heads/main"
	r := denied(event, sub, "sub_mismatch", at)
	role, provider := "arn:aws:iam::"+account+":role/"+repository, "arn:aws:iam::"+account+":oidc-provider/token.actions.githubusercontent.com"
	r.Denial.Account, r.Denial.RoleARN, r.Denial.ProviderARN = account, &role, &provider
	expected := "repo:octo-org/" + repository + ":ref:refs/heads/main"
	r.Causes[0].Hints, r.Causes[0].Expected, r.Causes[0].Presented, r.Causes[0].Line = []string{"immutable_subject"}, []string{expected}, []string{sub}, 9
	return r
}

func account(n int) string { return fmt.Sprintf("%012d", 100000000000+n) }

// waves are the incidents of messages that stand for many.
func (w *world) waves(t *testing.T, chat *place) (waves []alert.Incident) {
	t.Helper()
	for _, m := range chat.messages {
		in, err := w.store.Incident(t.Context(), m.incident)
		if err != nil {
			t.Fatal(err)
		}
		if in.Wave != nil {
			waves = append(waves, in)
		}
	}
	return waves
}

// 40 repositories, each refused twelve times in each of six accounts, every
// event at an instance of its own.
func TestWave(t *testing.T) {
	w := newWorld()
	chat, topic := &place{name: "slack", edits: true}, &place{name: "sns"}
	var all sync.WaitGroup
	busy := make(chan struct{}, 64)
	for repository := range 40 {
		for n := range 12 * 6 {
			for again := range 1 + n%6/5 { // of one in six, EventBridge delivers the event twice
				busy <- struct{}{}
				all.Go(func() {
					defer func() { <-busy }()
					event := fmt.Sprintf("%d-%d", repository, n)
					a := w.instance(fmt.Sprint(event, again), nil, chat, topic)
					at := start.Add(time.Duration(n/6) * 9 * time.Second)
					if err := a.Report(t.Context(), renamed(event, fmt.Sprintf("api-%d", repository), account(n%6), at)); err != nil {
						t.Error(err)
					}
				})
			}
		}
	}
	all.Wait()
	w.flush(t, w.instance("flush", nil, chat, topic))
	if len(chat.messages) != 3 || len(topic.messages) != 3 {
		t.Fatalf("got %d and %d messages, want two incidents and one wave in each place", len(chat.messages), len(topic.messages))
	}
	waves := w.waves(t, chat)
	if len(waves) != 1 {
		t.Fatalf("got %d waves, want 1", len(waves))
	}
	wave := waves[0]
	got := []int{wave.Attempts, wave.RunCount(), wave.Wave.Resources.Count(), wave.Wave.Roles.Count(), wave.Wave.Accounts.Count(), len(wave.Wave.Members)}
	if diff := cmp.Diff([]int{40 * 12 * 6, 240, 40, 240, 6, 240}, got); diff != "" {
		t.Errorf("attempts, runs, repositories, roles, accounts, lines (-want +got):\n%s", diff)
	}
	said := chat.said()
	if !slices.Contains(said, fmt.Sprintf("%d in %d", 40*12*6, 240)) {
		t.Errorf("got %q, want the parent to tell of all of them in the end", said)
	}
}

func TestWhatIsAWave(t *testing.T) {
	sub := func(i int, change func(*report.Report)) *report.Report {
		r := renamed(fmt.Sprint("e", i), fmt.Sprint("api-", i), account(0), start.Add(time.Duration(i)*time.Minute))
		if change != nil {
			change(r)
		}
		return r
	}
	for _, tt := range []struct {
		label, reason string
		change        func(i int, r *report.Report)
		messages      int
	}{
		{"one reason", "two of their own, and the wave", nil, 3},
		{"another hint each", "other reasons", func(i int, r *report.Report) { r.Causes[0].Hints = []string{fmt.Sprint(i)} }, 6},
		{"another cause each", "other reasons", func(i int, r *report.Report) { r.Causes[0].Code = fmt.Sprint(i) }, 6},
		{"another owner each", "other organizations", func(i int, r *report.Report) {
			s := fmt.Sprintf("repo:org-%d/api:ref:refs/heads/main", i)
			r.Denial.Sub = &s
		}, 6},
		{"another issuer each", "the tenant's name is another's there", func(i int, r *report.Report) {
			p := fmt.Sprintf("arn:aws:iam::111122223333:oidc-provider/git-%d.example/_services/token", i)
			r.Denial.ProviderARN = &p
		}, 6},
		{"no reading", "whose they are is not known", func(i int, r *report.Report) {
			s := fmt.Sprint("custom ", i)
			r.Denial.Sub = &s
		}, 6},
		{"partial", "the cause is not known", func(_ int, r *report.Report) { r.Causes, r.Partial = nil, true }, 6},
		{"hours between", "no two within one", func(i int, r *report.Report) {
			at := start.Add(time.Duration(i) * 61 * time.Minute)
			r.Denial.Time = &at
		}, 6},
		{"two and two", "an hour between the second and the third", func(i int, r *report.Report) {
			at := start.Add(time.Duration(i/2) * 2 * time.Hour)
			r.Denial.Time = &at
		}, 6},
		{"a late fourth", "nobody looks into a thread hours later", func(i int, r *report.Report) {
			if i >= 3 {
				at := start.Add(5 * time.Hour)
				r.Denial.Time = &at
			}
		}, 6},
		{"reordered", "events come in any order", func(i int, r *report.Report) {
			at := start.Add(time.Duration(50-i*7) * time.Minute)
			r.Denial.Time = &at
		}, 3},
		{"strangers", "an organization may have been renamed", func(_ int, r *report.Report) { r.Stranger = true }, 3},
		{"one stranger", "is not of the owner that roles name", func(i int, r *report.Report) { r.Stranger = i == 5 }, 4},
	} {
		t.Run(tt.label, func(t *testing.T) {
			w, chat := newWorld(), &place{name: "slack", edits: true}
			a := w.instance("one", nil, chat)
			for i := range 6 {
				r := sub(i, nil)
				if tt.change != nil {
					tt.change(i, r)
				}
				tell(t, a, r)
			}
			if n := len(chat.messages); n != tt.messages {
				t.Errorf("got %d messages, want %d: %s", n, tt.messages, tt.reason)
			}
		})
	}
}

// reads counts how often each incident is read.
type reads struct {
	alert.Store

	mu sync.Mutex // messages are delivered side by side
	of map[string]int
}

func (r *reads) Incident(ctx context.Context, id string) (alert.Incident, error) {
	r.mu.Lock()
	r.of[id]++
	r.mu.Unlock()
	return r.Store.Incident(ctx, id)
}

// What stands for a wave is as long as the wave is wide. An attempt of a storm
// that has nothing to tell yet reads it once, and its copy once.
func TestStormReadsWaveOnce(t *testing.T) {
	w, chat, topic := newWorld(), &place{name: "slack", edits: true}, &place{name: "sns"}
	store := &reads{Store: w.store, of: map[string]int{}}
	w.store = store
	a := w.instance("one", nil, chat, topic)
	for i := range 7 {
		tell(t, a, renamed(fmt.Sprint(i), fmt.Sprint("api-", i%5), account(0), w.clock()))
	}
	wave := w.waves(t, chat)[0]
	clear(store.of)
	tell(t, a, renamed("another", "api-1", account(0), w.clock()))
	if diff := cmp.Diff([]int{1, 1}, []int{store.of[wave.ID], store.of[wave.Wave.Register]}); diff != "" {
		t.Errorf("reads of the parent and of its register (-want +got):\n%s", diff)
	}
	w.flush(t, a)
	if got := w.waves(t, chat)[0].Attempts; got != 8 {
		t.Errorf("got %d attempts in the end, want 8", got)
	}
}

// What the first two were met before there was a wave counts in it.
func TestWaveCountsFromTheBeginning(t *testing.T) {
	w, chat := newWorld(), &place{name: "slack", edits: true}
	a := w.instance("one", nil, chat)
	for i := range 7 {
		tell(t, a, renamed(fmt.Sprint(i), fmt.Sprint("api-", max(i-4, 0)), account(0), start))
	}
	if wave := w.waves(t, chat)[0]; wave.Attempts != 7 {
		t.Errorf("got %d attempts, want 7", wave.Attempts)
	}
}

// A wave is told to be over, once, by an edit.
func TestWaveEnds(t *testing.T) {
	w := newWorld()
	grows := []bool{}
	chat := &place{name: "slack", edits: true}
	chat.after = func(m *alert.Message) error {
		if m.Incident.Wave != nil {
			grows = append(grows, m.Growing)
		}
		return nil
	}
	a := w.instance("one", nil, chat)
	for i := range 4 {
		tell(t, a, renamed(fmt.Sprint(i), fmt.Sprint("api-", i), account(i), w.clock()))
	}
	w.flush(t, a)
	if diff := cmp.Diff([]bool{true, true, false}, grows); diff != "" {
		t.Errorf("sent, brought up to date, and quiet (-want +got):\n%s", diff)
	}
	tell(t, a, renamed("more", "api-1", account(1), w.clock()))
	w.flush(t, a)
	if n := len(grows); n < 5 || !grows[n-2] || grows[n-1] {
		t.Errorf("got %v, want it to grow once more, and to be quiet again", grows)
	}
	if n := len(chat.messages); n != 3 {
		t.Errorf("got %d messages, want 3", n)
	}
}

// The process dies at each step of the incident that makes a wave of three. The
// retry ends with one wave that counts each of them once.
func TestWaveDiesAnywhere(t *testing.T) {
	died := errors.New("the process died")
	for step := 0; ; step++ {
		w := newWorld()
		store := &faulty{Store: w.store}
		w.store = store
		chat := &place{name: "slack", edits: true}
		for i := range 2 {
			tell(t, w.instance("before", nil, chat), renamed(fmt.Sprint(i), fmt.Sprint("api-", i), account(i), start))
		}
		at, dead := 0, false
		store.save = func(alert.Change) error {
			if at++; at > step || dead {
				dead = true
				return died
			}
			return nil
		}
		third := renamed("third", "api-2", account(2), start)
		err := w.instance("one", nil, chat).Report(t.Context(), third)
		if !dead && err != nil {
			t.Fatal(err)
		}
		store.save = nil
		tell(t, w.instance("one", nil, chat), third, third)
		w.flush(t, w.instance("flush", nil, chat))
		waves := w.waves(t, chat)
		if len(waves) == 0 || waves[0].Attempts != 3 || len(waves[0].Wave.Members) != 3 {
			t.Fatalf("died at step %d: got waves %+v, want one of three", step, waves)
		}
		for _, m := range chat.messages {
			if in, _ := w.store.Incident(t.Context(), m.incident); in.ID != waves[0].ID && in.Threaded {
				t.Errorf("died at step %d: what stands in the thread has a message too", step)
			}
		}
		if !dead {
			return
		}
	}
}

// aside is a place in which each message has its own readers.
type aside struct{ place }

func (*aside) Apart() {}

// The author of a job does not read the thread: where messages are apart, each
// incident of a wave has one, which goes on being brought up to date.
func TestWaveApart(t *testing.T) {
	w, chat, checks := newWorld(), &place{name: "slack", edits: true}, &aside{place{name: "github", edits: true}}
	a := w.instance("one", nil, chat, checks)
	for i := range 10 {
		tell(t, a, renamed(fmt.Sprint(i), fmt.Sprint("api-", i%5), account(i%5), start.Add(time.Duration(i)*time.Minute)))
	}
	w.flush(t, a)
	c := changedAt("c1", start.Add(time.Hour))
	c.Account, c.Role = account(4), "api-4"
	if err := a.Changed(t.Context(), c, allows); err != nil {
		t.Fatal(err)
	}
	own := 0
	for _, m := range checks.messages {
		in, err := w.store.Incident(t.Context(), m.incident)
		if err != nil || in.Wave != nil {
			continue
		}
		own++
		if last := m.said[len(m.said)-1]; last != "2 in 2" {
			t.Errorf("%s says %q in the end, want both attempts", in.Role, last)
		}
		if d := in.Deliveries["github"]; d.Answered != in.Answered {
			t.Errorf("%s was not told of the change", in.Role)
		}
	}
	if own != 5 || len(chat.messages) != 3 {
		t.Errorf("got %d messages apart and %d in the channel, want 5 and 3", own, len(chat.messages))
	}
}

func TestWaveAndRoutes(t *testing.T) {
	w, chat := newWorld(), &place{name: "slack", edits: true}
	a := w.instance("one", func(c *alert.Config) {
		c.Routes = alert.Routes{{Match: alert.Match{Account: account(1)}, Route: alert.Route{SlackChannel: "C0000000001"}}}
	}, chat)
	for i := range 8 {
		tell(t, a, renamed(fmt.Sprint(i), fmt.Sprint("api-", i), account(i%2), start))
	}
	w.flush(t, a)
	waves := w.waves(t, chat)
	if len(waves) != 2 || len(waves[0].Wave.Members) != 4 || waves[0].Route == waves[1].Route {
		t.Errorf("got %d waves, want one of four for each channel", len(waves))
	}
}

func TestMutedIsInNoWave(t *testing.T) {
	w, chat := newWorld(), &place{name: "slack", edits: true}
	a := w.instance("one", nil, chat)
	for i := range 4 {
		tell(t, a, renamed(fmt.Sprint(i), fmt.Sprint("api-", i), account(i), w.clock()))
	}
	w.flush(t, a)
	wave := w.waves(t, chat)[0]
	_, err := a.Mute(t.Context(), wave.ID, alert.Mute{Until: w.clock().Add(time.Hour), Reason: known})
	fails(t, err, "stands for many")
	if _, err := a.Mute(t.Context(), wave.Wave.Members[3].ID, alert.Mute{Until: w.clock().Add(time.Hour), Reason: known}); err != nil {
		t.Fatal(err)
	}
	w.advance(2 * time.Hour)
	tell(t, a, renamed("after", "api-3", account(3), w.clock()))
	if n := len(chat.messages); n != 4 {
		t.Errorf("got %d messages, want 4: the mute of one in the thread is over, hours later", n)
	}
}

// A closing summary for those that cannot edit tells of the whole wave.
func TestWaveCloses(t *testing.T) {
	w, topic := newWorld(), &place{name: "sns"}
	a := w.instance("one", func(c *alert.Config) { c.Closing = true }, topic)
	for i := range 9 {
		tell(t, a, renamed(fmt.Sprint(i), fmt.Sprint("api-", i%5), account(i%5), start.Add(time.Duration(i)*time.Minute)))
	}
	w.flush(t, a)
	w.advance(26 * time.Hour)
	if err := a.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(topic.said(), "3 in 3") || !slices.Contains(topic.said(), "9 in 9") {
		t.Errorf("got %q, want the wave of three, and its closing summary", topic.said())
	}
}

// A wave holds so many lines and no more; what comes beyond is counted.
func TestWaveIsBounded(t *testing.T) {
	w, chat := newWorld(), &place{name: "slack", edits: true}
	a := w.instance("one", func(c *alert.Config) { c.Cap = 1000 }, chat)
	for i := range 310 {
		tell(t, a, renamed(fmt.Sprint(i), fmt.Sprint("api-", i), account(i%6), start))
	}
	w.flush(t, a)
	wave := w.waves(t, chat)[0]
	if len(wave.Wave.Members) != 300 || wave.Attempts != 310 || wave.Wave.Resources.Count() != 310 || len(chat.messages) != 3 {
		t.Errorf("got %d lines, %d attempts, %d repositories, %d messages; want 300, 310, 310, 3", len(wave.Wave.Members), wave.Attempts, wave.Wave.Resources.Count(), len(chat.messages))
	}
}
