package report

import (
	"slices"
	"strings"

	"whydenied/pkg/diagnosis"
)

// looked are the causes for which a look at the token's own claims helps.
var looked = []diagnosis.Code{
	diagnosis.CauseAudMismatch, diagnosis.CauseSubMismatch, diagnosis.CauseConditionMismatch, diagnosis.CauseHiddenClaim,
	diagnosis.CauseClaimNotSupported, diagnosis.CauseProviderARNMismatch, diagnosis.CauseAudienceNotRegistered, diagnosis.CauseProviderNotRegistered,
}

// look is a command that shows the author of a job their own subject.
type look struct {
	where, command string
	noRun          bool
}

// looks are what the token's issuer has, the one that says most about this
// report first. A stranger is told nothing.
func looks(r *Report) []look {
	is := issuer(r)
	if is == nil || r.Denial.Sub == nil || stranger(r) || !slices.ContainsFunc(r.Causes, func(c Cause) bool { return slices.Contains(looked, diagnosis.Code(c.Code)) }) {
		return nil
	}
	reading, _ := is.Read(*r.Denial.Sub)
	var found []look
	for i := range is.Looks {
		l := &is.Looks[i]
		if command, ok := l.In(reading, valueOf(r.Denial.Aud)); ok {
			found = append(found, look{l.Where, command, l.NoRun})
		}
	}
	if slices.Contains(r.Causes[0].Hints, string(diagnosis.HintImmutableSubject)) {
		// What the issuer does for the whole repository needs no run to be seen.
		slices.SortStableFunc(found, func(a, b look) int { return strings.Compare(either(a.noRun, "", "run"), either(b.noRun, "", "run")) })
	}
	return found
}

// look writes the first, below where it runs.
func (p *page) look(r *Report) {
	found := looks(r)
	if len(found) == 0 {
		return
	}
	p.line("")
	p.row(toneNone, "see yourself", p.words(found[0].where+":", p.room()))
	const indent = "  " // a command has long words, and is copied whole
	for i, c := range continued(found[0].command, p.width-2*len(indent)) {
		p.line(indent + either(i == 0, p.paint(dim, "$ "), indent) + c)
	}
}

// continued breaks a command where a shell goes on: between words with a
// backslash, and within single quotes, which hold a program that any white
// space separates, as it is. What is longer than a line is cut.
func continued(command string, width int) []string {
	const mark = ` \`
	var lines []string
	line, single := "", false
	for _, word := range shellWords(command) {
		if line != "" && columns(line)+1+columns(word)+len(mark) > width {
			lines = append(lines, line+either(single, "", mark))
			line = word
		} else {
			line += either(line == "", "", " ") + word
		}
		single = single != (strings.Count(word, "'")%2 == 1)
	}
	var fitting []string
	for _, l := range append(lines, line) {
		for _, part := range fill(plainCells(l), width) {
			fitting = append(fitting, joined(part))
		}
	}
	return fitting
}

// shellWords are what spaces separate, but not those within double quotes
// that are outside of single ones.
func shellWords(command string) []string {
	var words []string
	single, open := false, false
	for word := range strings.SplitSeq(command, " ") {
		if open {
			words[len(words)-1] += " " + word
		} else {
			words = append(words, word)
		}
		for _, r := range word {
			switch {
			case r == '\'' && !open:
				single = !single
			case r == '"' && !single:
				open = !open
			}
		}
	}
	return words
}

// look is for a document that has room for long lines.
func (m *markdown) look(r *Report) {
	if found := looks(r); len(found) > 0 {
		m.sentence("See it yourself", found[0].where+".")
		m.fence("sh", []string{spelling{code: true}.prose(found[0].command)})
	}
}

func (d *details) looks(r *Report) {
	for _, l := range looks(r) {
		d.sections = append(d.sections, Section{Title: "See it yourself. " + d.sentence(l.where) + ":", Code: d.prose(l.command)})
	}
}
