package report

import (
	"strings"
	"time"
)

// changed says what changed before the refusals, on one line: what, when, who,
// the difference that matters most, and what the version before would do.
func (b *brief) changed() {
	c := b.r.Changed
	if c == nil {
		return
	}
	what := c.happened()
	if b.r.Denial.RoleARN == nil && c.Role != "" {
		what = "role " + b.name(c.Role) + ": " + what
	}
	pieces := []Piece{{Text: what + " " + clock(c.Time, b.t.Last) + " UTC", Style: StyleStrong}}
	pieces = append(pieces, Piece{Text: b.sentence(b.before(c) + ", " + c.author())})
	pieces = append(pieces, b.difference(c)...)
	if said := strings.Join(nonEmpty(c.reverted(b.r), c.later()), "; "); said != "" {
		pieces = append(pieces, Piece{Text: "; " + b.sentence(said)})
	}
	b.add("", append(pieces, Piece{Text: "."})...)
}

// before says how long before the refusals the change came. An incident may
// have begun before it.
func (b *brief) before(c *Changed) string {
	switch gap := b.t.First.Sub(c.Time); {
	case b.t.First.IsZero():
		return ", " + howLong(time.Duration(c.SecondsBefore)*time.Second) + " before the call"
	case gap < 0:
		return ", when such calls were refused already"
	case b.t.Attempts == 1:
		return ", " + howLong(gap) + " before the refusal"
	default:
		return ", " + howLong(gap) + " before the first of these refusals"
	}
}

func nonEmpty(texts ...string) []string {
	var said []string
	for _, s := range texts {
		if s != "" {
			said = append(said, s)
		}
	}
	return said
}

// difference shows the first one, with what differs marked where one value
// took the place of another.
func (b *brief) difference(c *Changed) []Piece {
	list := c.relevant(b.r)
	if c.ClientID != "" {
		return append([]Piece{{Text: ": "}}, b.shown(c.ClientID, min(b.most, maxShort))...)
	}
	if len(list) == 0 {
		return nil
	}
	p := list[0].phrase(b.r)
	pieces := []Piece{{Text: ": " + b.sentence(p.words)}}
	if list[0].Part == "statement" { // too long for a line
		p.removed, p.added = nil, nil
	}
	var from, to []Span
	if len(p.removed) == 1 && len(p.added) == 1 {
		if m := mark(p.removed, p.added); m != nil {
			from, to = []Span{m.InExpect}, []Span{m.InPresent}
		}
	}
	pieces = append(pieces, b.values(" ", p.removed, from)...)
	if len(p.removed) > 0 && len(p.added) > 0 {
		pieces = append(pieces, Piece{Text: " →"})
	}
	pieces = append(pieces, b.values(" ", p.added, to)...)
	if n := len(list) - 1; n > 0 {
		pieces = append(pieces, Piece{Text: " (and " + thousands(n) + either(n == 1, " other difference)", " other differences)")})
	}
	return pieces
}

// values are a few values of one side, in pieces.
func (b *brief) values(before string, values []string, spans []Span) []Piece {
	const most = 2
	var pieces []Piece
	for i, v := range values[:min(len(values), most)] {
		pieces = append(pieces, Piece{Text: either(i == 0, before, ", ")})
		pieces = append(pieces, b.shown(v, min(b.most, maxShort), spans...)...)
	}
	if n := len(values) - most; n > 0 {
		pieces = append(pieces, Piece{Text: " and " + thousands(n) + " more"})
	}
	return pieces
}
