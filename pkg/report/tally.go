package report

import (
	"fmt"
	"strings"
	"time"
)

// Tally is how often the same refusal was met, and what a message about it
// has to say beside the report. The zero Tally is that of no incident.
type Tally struct {
	Incident    string // its ID, for lookups
	Account     string // number; of an overflow, which has no report
	AccountName string // what people call the account; "" where that is not known

	Attempts    int
	Runs        int       // inferred, see RunsInferred
	First, Last time.Time // of the attempts

	Subjects     []string // different subjects, as presented, some of them
	MoreSubjects int
	AtLeast      bool // there may be more subjects or reasons than were told apart

	// Overflow: it stands for many refusals, of which there are too many for
	// a message each. Reasons say which, some of them.
	Overflow    bool
	Reasons     []string
	MoreReasons int

	Allowed  int       // attempts that the present trust policy would let in
	Previous *Previous // the closed incident of the same kind before this one
	Closed   bool      // nothing came for long
	Summary  bool      // make the closing summary, not the message
	More     string    // where to read on, as in "details in thread"
	Muted    *Muted    // nil for one that nobody muted
	Answer   *Answer   // what the last change did; nil for none
	Wave     *Wave     // of one that stands for many with one reason; nil for others
	Docs     string    // where docs/causes is published; "" for nowhere
	Unused   []string  // settings that are not valid, and were not used for this message
}

// Previous is the closed incident before this one.
type Previous struct {
	Attempts int
	Last     time.Time
	URL      string  // of its message; "" where it has none
	Muted    *Muted  // the mute that it was under, which is over
	Answer   *Answer // that closed it; nil where it was quiet
}

// RunsInferred says how runs are told apart.
const RunsInferred = "Attempts less than two minutes apart are taken for one run."

// count is the last line: how often, when, how sure, and where to look.
func (b *brief) count() {
	t := b.t
	pieces := []Piece{{Text: t.count()}}
	if t.Closed {
		pieces[0].Text += dot + "none since"
	}
	if len(b.r.Causes) > 0 && b.r.Verdict != "unexplained" {
		pieces[0].Text += dot + b.sentence(b.r.Causes[0].Confidence)
	} else {
		pieces[0].Text += dot + b.sentence(b.r.Verdict)
	}
	for _, l := range links(b.r) {
		pieces = append(pieces, Piece{Text: dot}, l)
	}
	if l, ok := b.page(); ok {
		pieces = append(pieces, Piece{Text: dot}, l)
	}
	if t.More != "" {
		pieces = append(pieces, Piece{Text: dot + t.More})
	}
	b.add("", pieces...)
}

// unused says that the message may not be where, or as, somebody meant it to be.
func (b *brief) unused() {
	if len(b.t.Unused) > 0 {
		b.say("Not valid, so not used: " + strings.Join(b.t.Unused, ", ") + ". whydenied doctor says what is wrong.")
	}
}

const dot = " · "

// count is how often, in how many runs, and when.
func (t *Tally) count() string {
	said := fmt.Sprintf("%s %s", thousands(t.Attempts), either(t.Attempts == 1, "attempt", "attempts"))
	if t.Attempts > 1 && t.Runs > 0 {
		said += fmt.Sprintf(" in %s %s (inferred)", thousands(t.Runs), either(t.Runs == 1, "run", "runs"))
	}
	if when := t.when(); when != "" {
		said += ", " + when
	}
	return said
}

func (t *Tally) when() string {
	if t.First.IsZero() || t.Last.IsZero() {
		return ""
	}
	first, last := clock(t.First, t.Last), clock(t.Last, t.First)
	if first == last {
		return last + " UTC"
	}
	return first + "–" + last + " UTC"
}

// previous links the incident before this one.
func (b *brief) previous() {
	p := b.t.Previous
	if p == nil {
		return
	}
	said := fmt.Sprintf("Back again: %s %s before, last %s UTC", thousands(p.Attempts), either(p.Attempts == 1, "attempt", "attempts"), p.Last.UTC().Format("2 Jan 15:04"))
	if p.URL == "" {
		b.say(said + ".")
		b.reopened(p.Answer)
		b.wasMuted(p.Muted)
		return
	}
	defer b.wasMuted(p.Muted)
	defer b.reopened(p.Answer)
	b.add("", Piece{Text: said}, Piece{Text: dot}, Piece{Text: "earlier message", Style: StyleLink, URL: p.URL})
}

// callers lists some of the subjects, where there are several.
func (b *brief) callers() {
	t := b.t
	if len(t.Subjects)+t.MoreSubjects < 2 {
		return
	}
	b.several(fmt.Sprintf("%s%s different subjects: ", either(t.AtLeast, "at least ", ""), thousands(len(t.Subjects)+t.MoreSubjects)), t.Subjects, t.MoreSubjects)
}

// several adds words and a few values behind them.
func (b *brief) several(words string, values []string, more int) {
	pieces := []Piece{{Text: words}}
	shown := values[:min(len(values), maxListed)]
	for i, v := range shown {
		if i > 0 {
			pieces = append(pieces, Piece{Text: ", "})
		}
		pieces = append(pieces, b.shown(v, min(b.most, maxShort))...)
	}
	if n := more + len(values) - len(shown); n > 0 {
		pieces = append(pieces, Piece{Text: " and " + thousands(n) + " more"})
	}
	b.add("", pieces...)
}

// overflow stands for refusals that are too many for a message each.
func (b *brief) overflow() {
	t := b.t
	n := len(t.Reasons) + t.MoreReasons
	words := fmt.Sprintf("%s%s more %s of refusals", either(t.AtLeast, "at least ", ""), thousands(n), either(n == 1, "kind", "kinds"))
	head := []Piece{{Text: marksOf[toneStranger].sign + " "}, {Text: words, Style: StyleStrong}, {Text: dot + b.account(t.Account)}}
	if when := t.when(); when != "" {
		head = append(head, Piece{Text: dot + when})
	}
	b.add("", head...)
	b.say("These are the new kinds of this hour beyond those that have a message of their own. Whoever calls can make up names without end: look for one caller behind them before you mend any role.")
	if len(t.Reasons) > 0 {
		b.several("Among them: ", t.Reasons, t.MoreReasons)
	}
	if len(t.Subjects) > 0 {
		b.several("Callers such as ", t.Subjects, t.MoreSubjects)
	}
	b.say(t.count() + either(t.Closed || t.Summary, dot+"none since", "") + either(t.More == "", "", dot+t.More))
}

// summary is what a place that cannot edit is told in the end.
func (b *brief) summary() {
	b.add("", b.withPage(b.t.count()+dot+"none since")...)
	again := "A later refusal of this kind gets a new message."
	if m := b.t.Muted; m != nil && b.t.Answer.allows() && m.Until.After(b.t.Answer.At) { // repaired, and muted still
		again = "A refusal of this kind gets a new message when the mute is over."
		b.muted(m)
	} else {
		b.wasMuted(m)
	}
	switch p := b.r.Present; {
	case b.t.Answer.allows():
		b.letIn()
	case p != nil && p.Verdict == "allows", b.t.Allowed > 0:
		b.say("The present trust policy lets this token in.")
	case p != nil && p.Verdict == "deleted":
		b.say("The role was deleted since.")
	default:
		b.say("No repair is known of: the job may simply not have run again.")
	}
	b.say(again)
}
