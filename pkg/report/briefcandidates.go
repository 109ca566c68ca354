package report

import (
	"fmt"
	"strings"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/evidence"
)

// candidates shows the roles that may have been meant, nearest first.
func (b *brief) candidates() {
	r := b.r
	if r.Denial.Sub != nil {
		b.add("presented", b.shown(*r.Denial.Sub, b.most)...)
	}
	shown := r.Candidates[:min(len(r.Candidates), maxListed)]
	b.say(fmt.Sprintf("It may have asked for one of %s%d roles, nearest first:", either(len(r.Candidates) >= maxCandidates, "at least ", ""), len(r.Candidates)))
	for i := range shown {
		b.candidate(i+1, &shown[i])
	}
	b.say(strings.Join(andMore(len(r.Candidates)-maxListed), ""))
	with := ""
	if d := &r.Denial; eventID().MatchString(d.EventID) && roleName().MatchString(evidence.RoleName(shown[0].RoleARN)) {
		with = "whydenied lookup --event-id " + d.EventID + " --role " + evidence.RoleName(shown[0].RoleARN)
	}
	pieces := []Piece{{Text: "The job's log has the role."}}
	if is := issuer(r); is != nil && is.Name == "GitHub Actions" {
		pieces[0].Text = "The job's log has the role (role-to-assume)."
	}
	if with != "" {
		pieces = append(pieces, Piece{Text: " With it: "}, Piece{Text: with, Style: StyleValue})
	}
	b.add("", pieces...)
}

func (b *brief) candidate(n int, c *Candidate) {
	pieces := []Piece{{Text: fmt.Sprintf("%d %s  ", n, b.name(evidence.RoleName(c.RoleARN)))}}
	switch {
	case c.Allows:
		pieces[0].Text += "would have allowed it"
	case len(c.Causes) == 0:
		pieces[0].Text += "not known"
	default:
		cause := &c.Causes[0]
		s := sidesOf(b.r, cause)
		if len(s.expected) == 0 || s.above != "expected" {
			pieces[0].Text += b.sentence(cause.Headline)
			break
		}
		expected, spans, _ := nearest(b.r, cause, &s)
		pieces[0].Text += "expects "
		if cause.Element != diagnosis.ElementSub {
			pieces[0].Text += b.name(claimName(b.r, cause.Element)) + " "
		}
		pieces = append(pieces, b.shown(expected, min(b.most, maxShort), spans...)...)
	}
	b.add("", pieces...)
}
