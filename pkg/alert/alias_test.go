package alert_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/alert"
	"whydenied/pkg/report"
)

// sign is a place that keeps what each message calls its account.
type sign struct {
	edits    bool
	operator map[string]string // names by account
	said     []string
}

func (s *sign) Name() string { return "sign" }
func (s *sign) Edits() bool  { return s.edits }

func (s *sign) Deliver(_ context.Context, m *alert.Message, _ alert.Ref, keep func(alert.Ref) error) error {
	t := m.Tally(s.operator)
	said := fmt.Sprintf("%d %s %s", t.Attempts, t.Account, t.AccountName)
	switch {
	case t.Wave != nil:
		said = fmt.Sprintf("wave of %d", len(t.Wave.Lines))
		for _, l := range t.Wave.Lines {
			said += fmt.Sprintf(", %s %s", l.Account, l.AccountName)
		}
	case t.Overflow:
		said = "more: " + said
	case t.Summary:
		said = "closing: " + said
	}
	s.said = append(s.said, strings.TrimSpace(said))
	return keep("there")
}

// named is a denial in an account whose alias was read.
func named(event, sub, alias string, at time.Time) *report.Report {
	r := denied(event, sub, "sub_mismatch", at)
	r.AccountAlias = alias
	return r
}

func TestAccountName(t *testing.T) {
	const number = "111122223333"
	for _, tt := range []struct {
		label, alias string
		operator     map[string]string
		want, reason string
	}{
		{"neither", "", nil, "", "the number stands alone"},
		{"alias", "octo-prod", nil, "octo-prod", "nobody has to write a map"},
		{"operator's", "", map[string]string{number: "prod"}, "prod", "as ever"},
		{"both", "octo-prod", map[string]string{number: "prod"}, "prod", "who runs whydenied knows what people call it"},
		{"another account's", "octo-prod", map[string]string{"222233334444": "prod"}, "octo-prod", "the map does not name this one"},
		{"no alias of IAM's", "<!channel>", nil, "", "reports come from queues, too"},
		{"too long", strings.Repeat("a", 64), nil, "", "nobody fills line 1, or the table, with it"},
	} {
		w, place := newWorld(), &sign{operator: tt.operator}
		tell(t, w.instance("one", nil, place), named("1", mainBranch, tt.alias, start))
		if diff := cmp.Diff([]string{strings.TrimSpace("1 " + number + " " + tt.want)}, place.said); diff != "" {
			t.Errorf("%s: %s (-want +got):\n%s", tt.label, tt.reason, diff)
		}
	}
}

// The alias is kept with the incident: a message that is edited or closed says
// the same as it did, whatever could be read by then.
func TestAliasStays(t *testing.T) {
	w, chat := newWorld(), &sign{edits: true}
	a := w.instance("one", nil, chat)
	tell(t, a, named("1", mainBranch, "octo-prod", start), named("2", mainBranch, "", start.Add(time.Second)))
	w.flush(t, a)
	tell(t, a, partial("3", mainBranch, start.Add(2*time.Second)))
	w.flush(t, a)
	if diff := cmp.Diff([]string{"1 111122223333 octo-prod", "2 111122223333 octo-prod", "3 111122223333 octo-prod"}, chat.said); diff != "" {
		t.Errorf("edits (-want +got):\n%s", diff)
	}

	w, mail := newWorld(), &sign{}
	a = w.instance("one", func(c *alert.Config) { c.Closing = true }, mail)
	tell(t, a, partial("1", mainBranch, start), named("2", mainBranch, "octo-prod", start.Add(time.Second)), named("3", mainBranch, "", start.Add(2*time.Second)))
	w.advance(26 * time.Hour)
	if err := a.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"1 111122223333", "closing: 3 111122223333 octo-prod"}, mail.said); diff != "" {
		t.Errorf("a closing summary, of one whose account could not be read at first (-want +got):\n%s", diff)
	}
}

// A message that stands for many has their accounts' names, each its own.
func TestAliasOfMany(t *testing.T) {
	w, chat := newWorld(), &sign{edits: true, operator: map[string]string{account(1): "tools"}}
	a := w.instance("one", nil, chat)
	for i := range 3 {
		r := renamed(fmt.Sprint(i), fmt.Sprint("api-", i), account(i), start)
		r.AccountAlias = fmt.Sprint("octo-", i)
		tell(t, a, r)
	}
	want := fmt.Sprintf("wave of 3, %s octo-0, %s tools, %s octo-2", account(0), account(1), account(2))
	if got := chat.said[len(chat.said)-1]; got != want {
		t.Errorf("got %q, want %q", got, want)
	}

	w, chat = newWorld(), &sign{edits: true}
	a = w.instance("one", func(c *alert.Config) { c.Cap = 1 }, chat)
	tell(t, a, named("1", mainBranch, "octo-prod", start), named("2", "repo:octo-org/other:ref:refs/heads/main", "octo-prod", start))
	if diff := cmp.Diff([]string{"1 111122223333 octo-prod", "more: 1 111122223333 octo-prod"}, chat.said); diff != "" {
		t.Errorf("an overflow, which has no report (-want +got):\n%s", diff)
	}
}

// A record without an ID is told from others by all that it says. The alias is
// none of that: it may be read in one try of an event and not in the next.
func TestAliasIsNoPartOfTheEvent(t *testing.T) {
	w, chat := newWorld(), &sign{edits: true}
	a := w.instance("one", nil, chat)
	tell(t, a, named("", mainBranch, "octo-prod", start), named("", mainBranch, "", start))
	if diff := cmp.Diff([]string{"1 111122223333 octo-prod"}, chat.said); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
