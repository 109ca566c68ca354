package report

import (
	"slices"
	"strings"

	"whydenied/pkg/diagnosis"
)

// Told is a report in parts that are safe to show, for places that lay them
// out themselves. Only what a place takes for markup is left to it.
type Told struct {
	Headline []Piece
	Lead     []Line // what comes before the causes: what became of the role, what changed
	Checks   []TestedElement
	Causes   []ToldCause
	Fixes    []Section // as of [FixSections]
	Around   []Section // how to see for oneself, other roles and statements, changes, notes
}

// TestedElement is a check for people.
type TestedElement struct {
	Status string // match, mismatch, unknown or not_required
	Name   string
	Values []string
	Words  string // what status and values do not say
}

// ToldCause is one cause for people.
type ToldCause struct {
	Code, Headline string
	Sides          []Line // expected over presented, with the part that differs marked
	Where, Excerpt string
	Why, Advice    string
	Confidence     string
	Page           string // path of the page that explains the code, or ""
}

// Tell takes a report apart. Of no value it shows more than so many
// characters.
func Tell(r *Report, most int) Told {
	b := &brief{r: r, t: &Tally{AccountName: r.AccountAlias}, most: max(most, leastMost)}
	b.headline()
	told := Told{Headline: b.lines[0].Pieces}
	b.lines = nil
	b.present()
	b.changed()
	b.partial()
	told.Lead = b.lines
	for _, c := range checksShown(r) {
		told.Checks = append(told.Checks, b.tested(&c))
	}
	for i := range r.Causes[:min(len(r.Causes), maxAround)] {
		told.Causes = append(told.Causes, b.told(&r.Causes[i]))
	}
	told.Fixes = FixSections(r, most)
	d := &details{most: b.most}
	d.looks(r)
	d.around(r)
	told.Around = d.sections
	return told
}

func (b *brief) tested(c *Check) TestedElement {
	e := TestedElement{Status: c.Status, Name: b.name(checkName(b.r, c)), Words: checkWords(b.r, c)}
	for _, v := range presented(b.r, c) {
		e.Values = append(e.Values, b.value(v, b.most))
	}
	if reads := b.r.Denial.SubReads; c.Element == diagnosis.ElementSub && reads != "" {
		e.Words = strings.TrimSpace(b.prose(short(reads)) + " " + e.Words)
	}
	return e
}

func (b *brief) told(c *Cause) ToldCause {
	b.lines = nil
	b.sides(c)
	sides := slices.Clone(b.lines)
	return ToldCause{
		Code: c.Code, Headline: b.sentence(strings.Replace(c.Headline, c.Element, claimName(b.r, c.Element), 1)), Sides: sides,
		Where: b.prose(placeWords(c)), Excerpt: spelling{}.source(excerpt(c, b.most)),
		Why: b.sentence(why(c)), Advice: b.sentence(advice(b.r, c)), Confidence: c.Confidence, Page: CausePage(c.Code),
	}
}
