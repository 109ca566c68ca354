package alert_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"whydenied/pkg/alert"
	"whydenied/pkg/report"
)

// start is when the first attempt of most cases was made.
var start = time.Date(2026, 11, 24, 14, 2, 0, 0, time.UTC)

// place is a notifier that keeps what it was told, and fails as it is bidden.
type place struct {
	name  string
	edits bool
	// before and after are called around what would be sent; their errors end
	// the delivery, as does that of keep.
	before, after func(*alert.Message) error

	mu       sync.Mutex
	messages []*posted
}

// posted is one message, with what it said after each edit.
type posted struct {
	incident string
	kind     alert.Kind
	said     []string
	previous *alert.Previous
}

func (p *place) Name() string { return p.name }
func (p *place) Edits() bool  { return p.edits }

func (p *place) Deliver(ctx context.Context, m *alert.Message, sent alert.Ref, keep func(alert.Ref) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := call(p.before, m); err != nil {
		return err
	}
	ref := p.show(m, sent)
	if err := call(p.after, m); err != nil {
		return err
	}
	return keep(ref)
}

func call(f func(*alert.Message) error, m *alert.Message) error {
	if f == nil {
		return nil
	}
	return f(m)
}

func (p *place) show(m *alert.Message, sent alert.Ref) alert.Ref {
	p.mu.Lock()
	defer p.mu.Unlock()
	said := fmt.Sprintf("%d in %d", m.Incident.Attempts, m.Incident.RunCount())
	if sent != "" && m.Kind == alert.KindOpened {
		var i int
		_, _ = fmt.Sscan(string(sent), &i)
		if p.edits {
			p.messages[i].said = append(p.messages[i].said, said)
		}
		return sent
	}
	p.messages = append(p.messages, &posted{incident: m.Incident.ID, kind: m.Kind, said: []string{said}, previous: m.Incident.Previous})
	return alert.Ref(fmt.Sprint(len(p.messages) - 1))
}

// said is what each message says by now.
func (p *place) said() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := make([]string, 0, len(p.messages))
	for _, m := range p.messages {
		all = append(all, m.said[len(m.said)-1])
	}
	return all
}

// world is a store with its clock and what is asked for later; instances of
// the function share it.
type world struct {
	store alert.Store
	mu    sync.Mutex
	now   time.Time
	later []asked
}

type asked struct {
	incident string
	at       time.Time
}

func newWorld() *world {
	w := &world{now: start.Add(5 * time.Minute)}
	m := alert.NewMemory()
	m.Now = w.clock
	w.store = m
	return w
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) advance(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func (w *world) Later(_ context.Context, incident string, after time.Duration) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.later = append(w.later, asked{incident, w.now.Add(after)})
	return nil
}

// instance is one running function, in an invocation of its own.
func (w *world) instance(owner string, change func(*alert.Config), notifiers ...alert.Notifier) *alert.Alerter {
	c := alert.Config{
		Store: w.store, Notifiers: notifiers, Later: w, Now: w.clock,
		Owner: func(context.Context) string { return owner },
	}
	if change != nil {
		change(&c)
	}
	return alert.New(c)
}

// flush does what was asked for later, when its time comes, until nothing more
// is.
func (w *world) flush(t *testing.T, a *alert.Alerter) {
	t.Helper()
	for range 1000 {
		w.mu.Lock()
		if len(w.later) == 0 {
			w.mu.Unlock()
			return
		}
		slices.SortFunc(w.later, func(a, b asked) int { return a.at.Compare(b.at) })
		next := w.later[0]
		w.later = w.later[1:]
		if next.at.After(w.now) {
			w.now = next.at
		}
		w.mu.Unlock()
		if err := a.Flush(t.Context(), next.incident); err != nil {
			t.Fatalf("flush: %v", err)
		}
	}
	t.Fatal("one flush asks for the next without end")
}

// denied is a report on one refused call.
func denied(event, sub, cause string, at time.Time) *report.Report {
	role, provider := "arn:aws:iam::111122223333:role/deploy", "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
	r := &report.Report{
		Schema: report.Schema, Verdict: "explained",
		Denial: report.Denial{EventID: event, Account: "111122223333", Time: &at, RoleARN: &role, ProviderARN: &provider, Sub: &sub},
	}
	if cause != "" {
		r.Causes = []report.Cause{{Code: cause, Confidence: "certain"}}
	}
	return r
}

// partial is a report that could not be made whole.
func partial(event, sub string, at time.Time) *report.Report {
	r := denied(event, sub, "", at)
	r.Verdict, r.Partial, r.Notes = "unexplained", true, []string{"iam:GetRole was throttled"}
	return r
}

const mainBranch = "repo:octo-org/api:ref:refs/heads/main"

func tell(t *testing.T, a *alert.Alerter, reports ...*report.Report) {
	t.Helper()
	for _, r := range reports {
		if err := a.Report(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
}

// fails wants an error of one line or more that holds a text.
func fails(t *testing.T, err error, text string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), text) {
		t.Fatalf("got error %v, want one that says %q", err, text)
	}
}
