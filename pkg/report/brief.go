package report

import (
	"slices"
	"strings"

	"whydenied/pkg/diagnosis"
)

// Brief is the short form of a report, for places where people look rather
// than read: a chat, a phone, a mailbox. Its first line alone says what is
// wrong. The texts are safe to show as they are; only what a place takes for
// markup is left to its renderer.
type Brief struct {
	Lines []Line
}

// Line is one line of a brief: a sentence, or a label with a value.
type Line struct {
	Label  string // "expects", "presented"; "" for a sentence
	Pieces []Piece
}

// Piece is a stretch of text in one style.
type Piece struct {
	Text  string
	Style Style
	URL   string // of a link
}

// Style is how a piece is to look.
type Style uint8

// The styles. The zero Style is that of ordinary words.
const (
	StylePlain  Style = iota
	StyleStrong       // what is wrong, in the first line
	StyleValue        // a value of the token or the trust policy
	StyleMarked       // the part of a value that differs
	StyleLink
)

// String is the line's text, without its label. Unlike in [Brief.Plain],
// nothing is marked.
func (l Line) String() string {
	var b strings.Builder
	for _, p := range l.Pieces {
		b.WriteString(p.Text)
	}
	return b.String()
}

// DefaultMost is how many characters of a value a brief shows. Places with
// less room ask for less.
const DefaultMost = maxValue

// NewBrief makes the short form of a report, nil for an overflow, and of how
// often it was met. Of no value it shows more than so many characters, and of
// no sentence more than twice as many.
func NewBrief(r *Report, t *Tally, most int) Brief {
	if r == nil {
		r = &Report{Verdict: string(diagnosis.VerdictUnexplained), Summary: "the diagnosis was not kept", Denial: Denial{Account: t.Account}}
	}
	b := &brief{r: r, t: t, most: max(most, leastMost)}
	switch {
	case t.Wave != nil:
		b.wave()
	case t.Overflow:
		b.overflow()
	case t.Summary:
		b.headline()
		b.summary()
	default:
		b.headline()
		b.previous()
		b.muted(t.Muted)
		b.present()
		b.answered()
		b.changed()
		b.partial()
		b.body()
		b.callers()
		b.count()
	}
	b.unused()
	return Brief{Lines: b.lines}
}

const (
	leastMost   = 24
	maxName     = 64  // characters of a role's or a repository's name in a line; IAM's names have no more
	maxSentence = 800 // characters of the sentences of a line
)

// brief is a Brief in the making.
type brief struct {
	spelling
	r     *Report
	t     *Tally
	most  int
	lines []Line
}

func (b *brief) add(label string, pieces ...Piece) {
	b.lines = append(b.lines, Line{Label: label, Pieces: pieces})
}

// say adds a line of sentences; nothing where there is none.
func (b *brief) say(sentences ...string) {
	said := slices.DeleteFunc(sentences, func(s string) bool { return s == "" })
	if len(said) > 0 {
		b.add("", Piece{Text: b.sentence(strings.Join(said, " "))})
	}
}

// sentence spells prose and bounds it.
func (b *brief) sentence(text string) string {
	w := clip(text, 0, min(2*b.most, maxSentence))
	return b.prose(w.text) + b.more(w)
}

// name is a value among others, cut without saying how long it is.
func (b *brief) name(v string) string {
	w := clip(v, 0, maxName)
	if w.after {
		return b.value(w.text, maxName) + b.dots()
	}
	return b.value(v, maxName)
}

// shown is a value in pieces, with the parts that differ marked.
func (b *brief) shown(v string, most int, spans ...Span) []Piece {
	if v == "" {
		return []Piece{{Text: `""`, Style: StyleValue}}
	}
	at := 0
	if len(spans) > 0 {
		at = spans[0].Start
	}
	w := clip(v, at, most)
	var pieces []Piece
	put := func(text string, style Style) {
		if n := len(pieces); n > 0 && pieces[n-1].Style == style {
			pieces[n-1].Text += text
		} else {
			pieces = append(pieces, Piece{Text: text, Style: style})
		}
	}
	if w.before {
		put(b.dots(), StyleValue)
	}
	for _, c := range b.cells(w.text) {
		style := StyleValue
		if slices.ContainsFunc(spans, func(s Span) bool { return c.at+w.start >= s.Start && c.at+w.start < s.End }) {
			style = StyleMarked
		}
		put(c.text, style)
	}
	if more := b.more(w); more != "" {
		pieces = append(pieces, Piece{Text: more})
	}
	return pieces
}

// body says why, in the form that the case asks for.
func (b *brief) body() {
	r := b.r
	switch {
	case stranger(r):
		b.stranger()
	case len(r.Causes) == 0:
		b.noCause()
	case r.Causes[0].Code == string(diagnosis.CauseBeyondTrustPolicy):
		b.say(ticks(r, matchesAll))
		b.say(capital(strings.TrimPrefix(why(&r.Causes[0]), "Everything that CloudTrail shows does match. ")))
	case roleOpen(r):
		b.candidates()
	default:
		b.cause()
	}
}

const matchesAll = "all that CloudTrail shows does match"

// noCause says what is known, and what would settle the rest.
func (b *brief) noCause() {
	r := b.r
	b.say(strings.TrimSuffix(capital(r.Summary), ".") + ".")
	if r.Verdict == string(diagnosis.VerdictAllowed) {
		return
	}
	if !r.Partial && len(r.Notes) > 0 {
		b.say("Not known: " + strings.Join(r.Notes[:min(len(r.Notes), 2)], "; ") + ".")
	}
	b.say(ticks(r, leaveThem), "Do not loosen the trust policy on this evidence.")
}
