package report

import (
	"fmt"

	"whydenied/pkg/evidence"
)

func (m *markdown) around(r *Report) {
	var lines []string
	for i := range r.Candidates[:min(len(r.Candidates), maxCandidates)] {
		c := &r.Candidates[i]
		said := "not known"
		switch {
		case c.Allows:
			said = "would have allowed it"
		case len(c.Causes) > 0:
			said = markdownProse(c.Causes[0].Headline)
			if expected := c.Causes[0].Expected; len(expected) > 0 {
				said += "; expects " + spans(expected)
			}
		}
		lines = append(lines, fmt.Sprintf("%d. %s: %s", i+1, codeSpan(evidence.RoleName(c.RoleARN)), said))
	}
	m.list("Candidates, nearest first", lines, len(r.Candidates)-maxCandidates)
	lines = nil
	for i := range r.Alternatives[:min(len(r.Alternatives), maxAround)] {
		a := &r.Alternatives[i]
		lines = append(lines, fmt.Sprintf("- %s: %s", codeSpan(fmt.Sprintf("Statement[%d]", a.Statement)), markdownProse(differs(a))))
	}
	m.list("Other statements", lines, len(r.Alternatives)-maxAround)
	lines = nil
	for i := range r.Changes[max(len(r.Changes)-maxAround, 0):] {
		lines = append(lines, "- "+markdownProse(changeWords(&r.Changes[max(len(r.Changes)-maxAround, 0)+i])))
	}
	m.list("Changes", lines, len(r.Changes)-maxAround)
	lines = nil
	for _, note := range notes(r) {
		lines = append(lines, "- "+markdownProse(note))
	}
	m.list("Notes", lines, 0)
}

func (m *markdown) list(title string, lines []string, more int) {
	if len(lines) == 0 {
		return
	}
	m.paragraph("**" + title + ":**")
	if more > 0 {
		lines = append(lines, fmt.Sprintf("- and %s more", thousands(more)))
	}
	m.paragraph(lines...)
}

// fact is a name and a value of the record.
type fact struct{ name, value string }

func (m *markdown) facts(title string, facts ...fact) {
	var lines []string
	for _, f := range facts {
		if f.value != "" {
			lines = append(lines, "- "+f.name+": "+codeSpan(f.value))
		}
	}
	m.list(title, lines, 0)
}

func (m *markdown) record(r *Report) {
	d, when := &r.Denial, ""
	if d.Time != nil {
		when = moment(*d.Time)
	}
	facts := []fact{{"Time", when}, {"Event ID", d.EventID}, {"Region", d.Region}}
	if !stranger(r) {
		facts = append(facts, fact{"Source IP", d.SourceIP}, fact{"User agent", d.UserAgent})
	}
	m.facts("The call", facts...)
}

// trace shows how each part of the trust policy came out, folded away.
func (m *markdown) trace(r *Report) {
	if len(r.Trace) == 0 {
		return
	}
	// A blank line after the tag makes what follows Markdown again.
	m.paragraph("<details>", "<summary>How each part of the trust policy came out</summary>")
	for i := range r.Trace {
		s := &r.Trace[i]
		title := codeSpan(fmt.Sprintf("Statement[%d]", s.Statement))
		if s.Sid != "" {
			title += " " + codeSpan(s.Sid)
		}
		lines := []string{fmt.Sprintf("- %s, %s: %s", title, markdownProse(s.Effect), markdownProse(s.Truth))}
		for k := range s.Parts {
			lines = append(lines, "  - "+partWords(&s.Parts[k]))
		}
		m.paragraph(lines...)
	}
	m.paragraph("</details>")
}

func partWords(p *Part) string {
	said := codeSpan(p.Path)
	if p.Line > 0 {
		said += fmt.Sprintf(" (line %d, column %d)", p.Line, p.Column)
	}
	if len(p.Expected) > 0 {
		said += ": expected " + spans(p.Expected)
	}
	if p.State != "" && p.State != "present" {
		said += ", the key is " + markdownProse(p.State)
	} else if len(p.Presented) > 0 {
		said += ", presented " + spans(p.Presented)
	}
	said += ": " + markdownProse(p.Truth)
	if len(p.Waits) > 0 {
		said += ", waits for " + spans(p.Waits)
	}
	return said
}
