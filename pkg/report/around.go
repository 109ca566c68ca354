package report

import (
	"fmt"
	"strings"
	"time"

	"whydenied/pkg/diagnosis"
)

// Bounds of the lists that end a report.
const (
	maxCandidates = 10
	maxAround     = 10
)

// around writes what stands around the causes: other roles, other statements,
// changes and notes.
func (p *page) around(r *Report) {
	candidates, alternatives := p.candidates(r), p.alternatives(r)
	changes, notes := p.changes(r), p.notes(r)
	for _, rows := range []struct {
		label string
		lines []string
	}{{"candidates", candidates}, {"alternatives", alternatives}, {"changes", changes}, {"notes", notes}} {
		if len(rows.lines) > 0 {
			p.line("")
			p.row(toneNone, rows.label, rows.lines)
		}
	}
}

// alternatives takes a line for each statement that did not come closest.
func (p *page) alternatives(r *Report) []string {
	var lines []string
	for i := range r.Alternatives[:min(len(r.Alternatives), maxAround)] {
		a := &r.Alternatives[i]
		lines = append(lines, p.words(fmt.Sprintf("Statement[%d]: %s", a.Statement, differs(a)), p.room())...)
	}
	return append(lines, andMore(len(r.Alternatives)-maxAround)...)
}

// differs says in a few words how a statement comes out.
func differs(a *Alternative) string {
	var said []string
	for _, c := range a.Causes[:min(len(a.Causes), maxListed)] {
		said = append(said, c.Headline)
	}
	if len(said) > 0 {
		return strings.Join(append(said, andMore(len(a.Causes)-maxListed)...), "; ")
	}
	for _, c := range a.Checks {
		if c.Status == string(diagnosis.StatusUnknown) {
			said = append(said, c.Element)
		}
	}
	if len(said) > 0 {
		return "not known: " + strings.Join(said, ", ")
	}
	return "nothing in it differs"
}

func (p *page) changes(r *Report) []string {
	var lines []string
	from := max(len(r.Changes)-maxAround, 0)
	if from > 0 {
		lines = []string{thousands(from) + " earlier ones, then"}
	}
	for i := range r.Changes[from:] {
		lines = append(lines, p.words(changeWords(&r.Changes[from+i]), p.room())...)
	}
	return lines
}

func changeWords(c *Change) string {
	said := moment(c.Time) + ", " + either(c.After, "after", "before") + " the call: " + short(c.Event)
	for _, what := range []struct{ words, value string }{{" of role ", c.Role}, {" of provider ", c.Provider}, {", client ID ", c.ClientID}, {", by ", c.By}} {
		if what.value != "" {
			said += what.words + short(what.value)
		}
	}
	return said
}

func either(first bool, yes, no string) string {
	if first {
		return yes
	}
	return no
}

// moment is a time as CloudTrail's console shows it, always in UTC.
func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

func (p *page) notes(r *Report) []string {
	var lines []string
	for _, note := range notes(r) {
		for i, l := range p.words(note, p.room()-2) {
			lines = append(lines, either(i == 0, "- ", "  ")+l)
		}
	}
	return lines
}

// notes are the report's own and what its record lacks, as far as that
// matters: who called, and for which role.
func notes(r *Report) []string {
	var missing []string
	for _, m := range r.Denial.Missing {
		if strings.HasPrefix(m, "userIdentity.") || m == "requestParameters.roleArn" && r.Denial.RoleARN == nil {
			missing = append(missing, short(m))
		}
	}
	if len(missing) == 0 {
		return r.Notes
	}
	return append(append([]string{}, r.Notes...), "the record lacks "+strings.Join(missing, ", "))
}

// record says which call this is about, and where it came from.
func (p *page) record(r *Report) {
	d := &r.Denial
	if d.Time == nil && d.EventID == "" && d.SourceIP == "" && d.UserAgent == "" && d.Region == "" {
		return
	}
	p.line("")
	if d.Time != nil {
		p.row(toneNone, "time", []string{moment(*d.Time)})
	}
	for _, row := range []struct{ label, value string }{{"event ID", d.EventID}, {"region", d.Region}} {
		if row.value != "" {
			p.row(toneNone, row.label, p.shown(row.value, nil, "", maxShort))
		}
	}
	if !stranger(r) {
		p.from(d)
	}
}
