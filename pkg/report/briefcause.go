package report

import (
	"fmt"
	"slices"
	"strings"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/oidc"
)

// cause says the first one: both sides, the reason, what to leave alone, and
// which side should change.
func (b *brief) cause() {
	c := &b.r.Causes[0]
	b.sides(c)
	b.say(why(c), ticks(b.r, leaveThem))
	if !fixed(b.r) && !b.t.Answer.allows() { // or it is done a second time
		b.say(advice(b.r, c))
	}
	b.others()
	b.anyone(c)
}

// sides shows the nearest expected value over the presented one.
func (b *brief) sides(c *Cause) {
	s := sidesOf(b.r, c)
	expected, inExpected, inPresented := nearest(b.r, c, &s)
	if len(s.expected) > 0 {
		pieces := b.shown(expected, b.most, inExpected...)
		switch n := len(s.expected) - 1; {
		case n == 1 && s.others == "or one of":
			pieces = append(pieces, Piece{Text: " (or one other)"})
		case n > 0:
			pieces = append(pieces, Piece{Text: fmt.Sprintf(" (%s %s more)", s.others, thousands(n))})
		}
		b.add(either(s.above == "expected", "expects", s.above), pieces...)
	}
	for i, v := range s.presented[:min(len(s.presented), maxListed)] {
		b.add(either(i == 0, s.below, "and"), b.shown(v, b.most, inPresented...)...)
	}
	if len(s.presented) == 0 && s.missingBelow != "" && len(s.expected) > 0 {
		b.add(s.below, Piece{Text: s.missingBelow})
	}
}

// nearest is the expected value to show, and the parts that differ. Of a
// subject that differs in the issuer's ids alone, only these are marked.
func nearest(r *Report, c *Cause, s *sides) (expected string, inExpected, inPresented []Span) {
	if len(s.expected) > 0 {
		expected = s.expected[0]
	}
	m := s.marks
	if m == nil || m.Expected >= len(s.expected) || len(s.presented) != 1 {
		return expected, nil, nil
	}
	expected = s.expected[m.Expected]
	if slices.Contains(c.Hints, string(diagnosis.HintImmutableSubject)) {
		e, p := ids(r, expected), ids(r, s.presented[0])
		if len(e)+len(p) > 0 {
			return expected, e, p
		}
	}
	return expected, []Span{m.InExpect}, []Span{m.InPresent}
}

// ids are the parts of a subject that are the issuer's own ids, each with the
// sign before it.
func ids(r *Report, sub string) []Span {
	is := issuer(r)
	if is == nil {
		return nil
	}
	reading := is.ReadPattern(sub)
	var spans []Span
	for _, f := range reading.Fields {
		if f.Role == oidc.RoleID && f.Start > 0 {
			spans = append(spans, Span{f.Start - 1, f.End})
		}
	}
	return spans
}

// ticks names what matches, so that nobody changes it.
func ticks(r *Report, after string) string {
	var said []string
	for i := range r.Checks {
		c := &r.Checks[i]
		tested := slices.Contains(usual, c.Element) || c.Key != "" || c.Element == diagnosis.ElementAction && after == matchesAll
		if tested && c.Status == string(diagnosis.StatusMatch) && len(said) < maxTicks {
			said = append(said, either(c.Element == diagnosis.ElementProviderARN, "provider", short(claimName(r, c.Element)))+" ✓")
		}
	}
	if len(said) == 0 {
		return ""
	}
	if after == leaveThem && len(said) == 1 {
		after = "leave it"
	}
	return strings.Join(said, "  ") + ": " + after + "."
}

const (
	leaveThem = "leave them"
	maxTicks  = 6
)

// others names the further causes.
func (b *brief) others() {
	rest := b.r.Causes[1:]
	if len(rest) == 0 {
		return
	}
	said := make([]string, 0, maxListed+1)
	for i := range rest[:min(len(rest), maxListed)] {
		said = append(said, strings.Replace(rest[i].Headline, rest[i].Element, claimName(b.r, rest[i].Element), 1))
	}
	b.say("That alone does not let it in. Also: " + strings.Join(append(said, andMore(len(rest)-maxListed)...), "; ") + ".")
}

// anyone is a command that shows the author of a job the same, without AWS,
// where the issuer has one that runs anywhere.
func (b *brief) anyone(c *Cause) {
	if !slices.Contains(c.Hints, string(diagnosis.HintImmutableSubject)) {
		return
	}
	if found := looks(b.r); len(found) > 0 && found[0].noRun {
		b.add("", Piece{Text: "Anyone can check: "}, Piece{Text: found[0].command, Style: StyleValue})
	}
}
