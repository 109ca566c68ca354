package slack_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"whydenied/internal/slacktest"
	"whydenied/pkg/alert"
	"whydenied/pkg/report"
)

// waiting are the incidents that are to be looked at again.
type waiting struct {
	mu  sync.Mutex
	ids []string
}

func (w *waiting) Later(_ context.Context, id string, _ time.Duration) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ids = append(w.ids, id)
	return nil
}

// 40 repositories of one organization are refused twelve times in each of six
// accounts: two messages and one that stands for all, in whose thread each
// exact line is.
func TestWaveInSlack(t *testing.T) {
	s, later, one := newServer(), &waiting{}, cases(t)["3-immutable"].Report
	now := at("2026-11-24T10:00:00Z")
	store := alert.NewMemory()
	store.Now = func() time.Time { return now }
	a := alert.New(alert.Config{
		Store: store, Notifiers: []alert.Notifier{newBot(s)}, Later: later, Now: store.Now, Owner: func(context.Context) string { return "one" },
	})
	lines := make(map[string]bool)
	for attempt := range 12 {
		for repository := range 40 {
			for n := range 6 {
				r := of(one, repository, n)
				r.Denial.EventID, r.Denial.Time = fmt.Sprint(attempt, "-", repository, "-", n), &now
				lines[*r.Denial.Sub] = true
				if err := a.Report(t.Context(), r); err != nil {
					t.Fatal(err)
				}
			}
		}
		now = now.Add(9 * time.Second)
	}
	for len(later.ids) > 0 {
		ids := later.ids
		later.ids = nil
		now = now.Add(15 * time.Minute)
		for _, id := range ids {
			if err := a.Flush(t.Context(), id); err != nil {
				t.Fatal(err)
			}
		}
	}
	top, parent := 0, (*slacktest.Message)(nil)
	messages := s.Messages()
	for i := range messages {
		if messages[i].ThreadTS == "" {
			top++
			if strings.Contains(messages[i].Plain(), "repositories of octo-org refused") {
				parent = &messages[i]
			}
		}
	}
	if top != 3 || parent == nil {
		t.Fatalf("got %d messages at the top level, want two and their parent", top)
	}
	for _, want := range []string{"40 repositories of octo-org refused", "240 roles, 6 accounts", "2,880 attempts in 240 runs", "none since"} {
		if !strings.Contains(parent.Plain(), want) {
			t.Errorf("the parent does not say %q:\n%s", want, parent.Plain())
		}
	}
	thread := ""
	for i := range messages {
		if messages[i].ThreadTS == parent.TS {
			thread += messages[i].Plain()
		}
	}
	for line := range lines {
		if !strings.Contains(thread, line) {
			t.Errorf("the thread lacks the line %s", line)
		}
	}
	if len(lines) != 40 || strings.Count(thread, "«240 role") != 1 {
		t.Errorf("got %d subjects, want 40, and 240 numbered lines", len(lines))
	}
}

// of is a report on another repository and account.
func of(one *report.Report, repository, account int) *report.Report {
	r := *one
	rename := strings.NewReplacer("/api", fmt.Sprintf("/service-%d", repository), "456789012", fmt.Sprint(456789012+repository)).Replace
	id := fmt.Sprintf("%012d", 111122223333+account)
	role, provider, sub := fmt.Sprintf("arn:aws:iam::%s:role/service-%d", id, repository), "arn:aws:iam::"+id+":oidc-provider/"+gitHub, rename(*one.Denial.Sub)
	r.Denial.Account, r.Denial.RoleARN, r.Denial.ProviderARN, r.Denial.Sub = id, &role, &provider, &sub
	cause := one.Causes[0]
	cause.Expected, cause.Presented = []string{rename(cause.Expected[0])}, []string{sub}
	r.Causes = []report.Cause{cause}
	return &r
}

// A wave of the longest and worst values that it keeps breaks no limit.
func TestHostileWave(t *testing.T) {
	worst := strings.Repeat("<!channel>`*_~\u202e\x1b\\\"&", 10)
	m := *cases(t)["wave"]
	w := *m.Incident.Wave
	w.Owner, w.Issuer, w.Members = worst, worst, nil
	for range 300 {
		w.Members = append(w.Members, alert.Member{Account: worst, Role: worst, Expected: worst, Presented: worst, Line: 1 << 30, LetIn: at("2026-11-24T10:00:00Z")})
	}
	m.Incident.Wave = &w
	s := newServer()
	deliver(t, newBot(s), &m, &keeper{})
	if n := len(s.Messages()); n != 31 {
		t.Errorf("got %d messages, want the parent and 30 pages of ten lines", n)
	}
	deliver(t, newWebhook(newServer()), &m, &keeper{})
	for _, message := range s.Messages() {
		if strings.Contains(string(message.Blocks), "The rest did not fit") {
			t.Error("a page lacks some of its lines")
		}
	}
}
