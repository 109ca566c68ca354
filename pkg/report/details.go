package report

import (
	"fmt"
	"strings"

	"whydenied/pkg/evidence"
)

// Section is one titled part of what stands below a [Brief], for those who go
// on to change something.
type Section struct {
	Title  string
	Values []string // each to be copied whole
	Lines  []string // sentences
	Code   string   // source text, of several lines
}

// Details are what a brief leaves out: whole values without marks, where in
// the trust policy, what else was looked at. Of no value they show more than
// so many characters.
func Details(r *Report, most int) []Section {
	d := &details{most: max(most, leastMost)}
	for _, v := range []struct {
		title string
		value *string
	}{{"Role", r.Denial.RoleARN}, {"Provider", r.Denial.ProviderARN}, {"Presented aud", r.Denial.Aud}, {"Presented sub", r.Denial.Sub}} {
		if v.value != nil {
			d.values(v.title, *v.value)
		}
	}
	if reads := r.Denial.SubReads; reads != "" && r.Denial.Sub != nil {
		d.sections[len(d.sections)-1].Lines = []string{d.sentence("That reads: " + reads + ".")}
	}
	for i := range r.Causes[:min(len(r.Causes), maxAround)] {
		d.cause(r, i)
	}
	d.changed(r)
	d.looks(r)
	d.around(r)
	d.call(&r.Denial)
	return d.sections
}

// FixSections are the changes that would let the token in; none for a report
// without.
func FixSections(r *Report, most int) []Section {
	d := &details{most: max(most, leastMost)}
	for i := range r.Fixes[:min(len(r.Fixes), maxListed)] {
		f := &r.Fixes[i]
		title := d.sentence(f.Title)
		if f.Verified {
			title += " (checked)"
		}
		lines := f.Warnings
		if f.WideCure != "" {
			lines = append([]string{f.WideCure}, lines...)
		}
		d.sections = append(d.sections, Section{Title: title, Code: d.source(strings.TrimSuffix(f.Diff+f.Caller, "\n")), Lines: d.sentences(lines)})
		for _, other := range []struct{ title, text string }{
			{"Terraform", f.Terraform}, {"Terraform, by jsonencode", f.TerraformJSON}, {"CloudFormation", f.CloudFormation}, {"AWS CLI", f.AWSCLI},
		} {
			if other.text != "" && len(other.text) <= 4*d.most { // half a command is none
				d.sections = append(d.sections, Section{Title: other.title, Code: d.source(other.text)})
			}
		}
	}
	return d.sections
}

type details struct {
	spelling
	most     int
	sections []Section
}

func (d *details) values(title string, values ...string) {
	s := Section{Title: title}
	for _, v := range values[:min(len(values), maxAround)] {
		s.Values = append(s.Values, d.value(v, d.most))
	}
	s.Lines = andMore(len(values) - maxAround)
	if len(s.Values) > 0 {
		d.sections = append(d.sections, s)
	}
}

func (d *details) lines(title string, lines []string) {
	if len(lines) > 0 {
		d.sections = append(d.sections, Section{Title: title, Lines: d.sentences(lines)})
	}
}

func (d *details) sentence(text string) string {
	w := clip(text, 0, min(2*d.most, maxProse))
	return d.prose(w.text) + d.more(w)
}

func (d *details) sentences(texts []string) []string {
	said := make([]string, 0, len(texts))
	for _, text := range texts[:min(len(texts), maxAround+1)] {
		said = append(said, d.sentence(text))
	}
	return append(said, andMore(len(texts)-maxAround-1)...)
}

// source spells source text, whose lines stay as they are.
func (d *details) source(text string) string {
	lines := strings.Split(clip(text, 0, 4*d.most).text, "\n")
	for i, l := range lines {
		lines[i] = d.prose(strings.ReplaceAll(l, "\t", "    "))
	}
	return strings.Join(lines, "\n")
}

func (d *details) cause(r *Report, i int) {
	c := &r.Causes[i]
	if !stranger(r) {
		s := sidesOf(r, c)
		title := capital(either(s.above == "", "expected", s.above)) + " " + claimName(r, c.Element)
		if n := len(r.Causes); n > 1 {
			title = fmt.Sprintf("%d of %d: %s", i+1, n, title)
		}
		d.values(d.sentence(title), s.expected...)
	}
	if said := placeWords(c); said != "" {
		d.sections = append(d.sections, Section{Title: capital(d.sentence(said)), Code: d.prose(excerpt(c, 2*d.most))})
	}
	if i > 0 {
		d.lines("Read more", []string{CausePage(c.Code)})
		d.lines("Why, and what to do", []string{why(c), advice(r, c)})
	}
}

func (d *details) around(r *Report) {
	var lines []string
	for i := range r.Candidates[:min(len(r.Candidates), maxAround)] {
		c := &r.Candidates[i]
		said := "not known"
		switch {
		case c.Allows:
			said = "would have allowed it"
		case len(c.Causes) > 0:
			said = c.Causes[0].Headline
			if len(c.Causes[0].Expected) > 0 {
				said += "; expects " + short(c.Causes[0].Expected[0])
			}
		}
		lines = append(lines, short(evidence.RoleName(c.RoleARN))+": "+said)
	}
	d.lines("Candidates, nearest first", append(lines, andMore(len(r.Candidates)-maxAround)...))
	lines = nil
	for i := range r.Alternatives[:min(len(r.Alternatives), maxAround)] {
		lines = append(lines, fmt.Sprintf("Statement[%d]: %s", r.Alternatives[i].Statement, differs(&r.Alternatives[i])))
	}
	d.lines("Other statements", append(lines, andMore(len(r.Alternatives)-maxAround)...))
	lines = nil
	for i := range r.Changes[max(len(r.Changes)-maxAround, 0):] {
		lines = append(lines, changeWords(&r.Changes[max(len(r.Changes)-maxAround, 0)+i]))
	}
	d.lines("Changes", lines)
	d.lines("Notes", notes(r))
}

func (d *details) call(c *Denial) {
	var lines []string
	if c.Time != nil {
		lines = append(lines, moment(*c.Time)+either(c.Region == "", "", ", region "+short(c.Region)))
	}
	for _, f := range []struct{ words, value string }{{"event ID ", c.EventID}, {"from ", c.SourceIP}, {"agent ", c.UserAgent}, {"session ", valueOf(c.SessionName)}} {
		if f.value != "" {
			lines = append(lines, f.words+d.value(f.value, maxShort))
		}
	}
	d.lines("The call", append(lines, RunsInferred))
}

// TallySections list what a brief names only some of: the kinds of refusals
// that an overflow stands for, and the different callers. They begin with the
// incident's ID.
func TallySections(t *Tally, most int) []Section {
	d := &details{most: max(most, leastMost)}
	if t.Incident != "" {
		d.values("Incident", t.Incident)
	}
	if t.Overflow {
		d.listed("Kinds of refusals", t.Reasons, t.MoreReasons)
	}
	if t.Overflow || len(t.Subjects)+t.MoreSubjects > 1 {
		d.listed("Different subjects", t.Subjects, t.MoreSubjects)
	}
	return d.sections
}

func (d *details) listed(title string, values []string, more int) {
	if len(values) == 0 {
		return
	}
	s := Section{Title: title, Lines: andMore(more)}
	for _, v := range values {
		s.Values = append(s.Values, d.value(v, d.most))
	}
	d.sections = append(d.sections, s)
}
