package report

import (
	"fmt"
	"strings"
	"time"

	"whydenied/pkg/evidence"
)

// Wave is what a message says that stands for many incidents with one reason.
type Wave struct {
	Issuer    string // URL without https://
	Owner     string // tenant in the subjects; "" for an issuer whose have none
	Hint      string // what all have in common beside the cause; "" for nothing
	Resources int    // repositories, or what the issuer has in their place
	Roles     int
	Accounts  int
	AtLeast   bool // there may be more attempts than are counted
	Growing   bool // it was met until just now
	LetIn     int  // of the lines, those that a change lets in by now
	Lines     []WaveLine
}

// WaveLine is the exact line of one of the incidents.
type WaveLine struct {
	Role, Account, AccountName string    // the role by its ARN
	Line                       int       // of the trust policy; 0 where that is not known
	LetIn                      time.Time // since when a change lets it in; zero if none does
	Again                      time.Time // since when a change had let it in that is refused once more; zero for others
	Expected, Presented        string
}

// WavePage is how many lines stand together.
const WavePage = 10

// wave counts many callers that were refused for one reason, and shows one of
// them.
func (b *brief) wave() {
	b.waveHead()
	r, w := b.r, b.t.Wave
	switch {
	case b.t.Summary:
	case stranger(r):
		b.sides(&r.Causes[0])
		b.say("No role names this owner. Nothing was let in, and nothing is to be done, unless it is yours under a new name: then the lines tell which roles would have to trust it.")
	case len(r.Causes) > 0:
		b.say(why(&r.Causes[0]))
		b.sides(&r.Causes[0])
		b.say(fmt.Sprintf("One change of owner, issuer or policy, not %s mistakes.", thousands(max(w.Resources, len(w.Lines)))),
			advice(r, &r.Causes[0]), either(b.t.More == "", "", "Exact line for each role in thread."))
		b.anyone(&r.Causes[0])
	}
	if w.LetIn > 0 {
		b.strong(fmt.Sprintf("✓ %s of %s let in by now", thousands(w.LetIn), thousands(len(w.Lines))), ", by changes of their roles.")
	}
	said := b.t.count()
	switch {
	case w.Growing:
		said += ", still growing"
	case !b.t.Last.IsZero():
		said += ", none since"
	}
	b.add("", b.withPage(either(w.AtLeast, "At least ", "")+said)...)
}

// waveHead is the first line: how many, whose, since when, where.
func (b *brief) waveHead() {
	w := b.t.Wave
	t, reason := toneMismatch, ", all for one reason"
	switch {
	case stranger(b.r):
		t, reason = toneStranger, ", of an owner that no role names"
	case w.Hint == "":
		reason = ", all with the same cause"
	}
	words := fmt.Sprintf("%s subjects", thousands(len(w.Lines)))
	if w.Resources > 1 {
		words = thousands(w.Resources) + " " + callers(b.r)
	}
	if w.Owner != "" {
		words += " of " + b.name(w.Owner)
	} else {
		words += " of " + b.name(w.Issuer)
	}
	words += " refused"
	if !b.t.First.IsZero() {
		words += " since " + clock(b.t.First, b.t.Last) + " UTC"
	}
	if b.t.Summary {
		t, words = toneOpen, "quiet now: "+words
	}
	where := fmt.Sprintf("%s %s, %s %s", thousands(w.Roles), either(w.Roles == 1, "role", "roles"), thousands(w.Accounts), either(w.Accounts == 1, "account", "accounts"))
	b.add("", Piece{Text: marksOf[t].sign + " "}, Piece{Text: words + reason, Style: StyleStrong}, Piece{Text: dot + where})
}

// callers is what the issuer's callers are.
func callers(r *Report) string {
	if is := issuer(r); is != nil && (strings.HasPrefix(is.Name, "GitHub Actions") || is.Name == "GitHub Enterprise Server") {
		return "repositories"
	}
	return "callers"
}

// WaveSections are a page of the exact lines, counted from 0; none beyond the
// last.
func WaveSections(w *Wave, page, most int) []Section {
	d := &details{most: max(most, leastMost)}
	from := min(page*WavePage, len(w.Lines))
	for i, l := range w.Lines[from:min(from+WavePage, len(w.Lines))] {
		title := fmt.Sprintf("%d", from+i+1)
		if l.Role != "" {
			title += " role " + d.value(evidence.RoleName(l.Role), maxName)
		}
		title += dot + d.account(l.Account, l.AccountName)
		if l.Line > 0 {
			title += fmt.Sprintf("%sline %d", dot, l.Line)
		}
		if !l.Again.IsZero() {
			title += dot + "✗ refused again, was let in since " + l.Again.UTC().Format("2 Jan 15:04") + " UTC"
		}
		if !l.LetIn.IsZero() {
			title += dot + "✓ let in since " + l.LetIn.UTC().Format("2 Jan 15:04") + " UTC"
		}
		s := Section{Title: title, Values: []string{d.value(l.Presented, d.most)}}
		if l.Expected != "" {
			s.Lines = []string{"beside " + d.value(l.Expected, d.most)}
		}
		d.sections = append(d.sections, s)
	}
	return d.sections
}

func (d *details) account(id, name string) string {
	if name == "" {
		return d.value(id, maxName)
	}
	return d.value(name, maxName) + " (" + d.value(id, maxName) + ")"
}

// Nearest is the expected value that a cause's presented one is nearest to; ""
// where nothing was expected.
func Nearest(c *Cause) string {
	m := c.Marks
	if m == nil {
		m = mark(c.Expected, c.Presented)
	}
	switch {
	case m != nil && m.Expected < len(c.Expected):
		return c.Expected[m.Expected]
	case len(c.Expected) > 0:
		return c.Expected[0]
	}
	return ""
}
