package report

import (
	"encoding/json"
	"fmt"
	"strings"

	"whydenied/pkg/remedy"
)

// Propose adds what can be changed, and notes on what cannot be offered.
func (r *Report) Propose(p remedy.Proposal) {
	changes := false
	for i := range p.Fixes {
		f := &p.Fixes[i]
		fix := Fix{
			Title: f.Title, Kind: string(f.Kind), Side: string(f.Side), Verified: f.Verified, Diff: f.Diff, AWSCLI: f.AWSCLI,
			Caller: f.Caller, Admits: f.Admits, WideCure: f.WideCure, Warnings: list(f.Warnings),
		}
		if f.Policy != "" {
			fix.Policy, changes = json.RawMessage(f.Policy), true
		}
		r.Fixes = append(r.Fixes, fix)
	}
	r.FixWithheld = !changes && len(p.Withheld) > 0
	r.Notes = append(r.Notes, p.Withheld...)
}

// sideWords say who makes a change.
func sideWords(f *Fix) string {
	switch remedy.Side(f.Side) {
	case remedy.SideRole:
		return "Role's side"
	case remedy.SideProvider:
		return "Identity provider"
	case remedy.SideCaller:
		return "Caller's side"
	}
	return ""
}

// checkedWords say how far a fix was checked.
func checkedWords(f *Fix) string {
	switch {
	case f.Verified && f.Kind == string(remedy.KindPattern):
		return "The changed trust policy was evaluated: it allows this token, and of the others that were tried on it only those that the pattern covers."
	case f.Verified && len(f.Warnings) > 0:
		return "The changed trust policy was evaluated: it allows this token, and of the others that were tried on it none that it refused before, unless that is said below."
	case f.Verified:
		return "The changed trust policy was evaluated: it allows this token, and of the others that were tried on it none that it refused before."
	case f.Diff != "":
		return "In part: what is not known here may still refuse this token. Nobody else who was tried on the changed trust policy gets in."
	}
	return ""
}

// mindWords are what to watch, and why nothing wider is needed.
func mindWords(f *Fix) []string {
	var said []string
	for _, w := range f.Warnings {
		said = append(said, capital(w)+".")
	}
	if f.WideCure != "" {
		said = append(said, f.WideCure)
	}
	return said
}

// fixTitle is a fix in one line.
func fixTitle(f *Fix) string {
	side := sideWords(f)
	if side == "" || strings.HasPrefix(f.Title, side) {
		return f.Title
	}
	return side + ": " + strings.ToLower(f.Title[:min(1, len(f.Title))]) + f.Title[min(1, len(f.Title)):]
}

// hunks are the lines of a diff that show what changes, without the names of
// the files.
func hunks(diff string) []string {
	lines := strings.Split(strings.TrimSuffix(diff, "\n"), "\n")
	for len(lines) > 0 && (strings.HasPrefix(lines[0], "--- ") || strings.HasPrefix(lines[0], "+++ ")) {
		lines = lines[1:]
	}
	if len(lines) == 1 && lines[0] == "" {
		return nil
	}
	return lines
}

// shortCommand is a command that takes the trust policy from a file: on a
// terminal a whole policy would be broken over many lines.
func shortCommand(command string) string {
	before, _, found := strings.Cut(command, " --policy-document ")
	if !found {
		return command
	}
	return before + " --policy-document file://trust-policy.json"
}

// fixes writes each change with its diff.
func (p *page) fixes(r *Report) {
	for i := range r.Fixes[:min(len(r.Fixes), maxListed)] {
		f := &r.Fixes[i]
		label := "fix"
		if len(r.Fixes) > 1 {
			label = fmt.Sprintf("fix %d of %d", i+1, len(r.Fixes))
		}
		p.line("")
		p.sentences(label, fixTitle(f))
		for _, l := range dedented(hunks(f.Diff)) {
			p.sourceLine(l, diffColor(l))
		}
		for _, l := range hunks(f.Caller) {
			p.sourceLine(l, "")
		}
		if f.AWSCLI != "" {
			p.sentences("run", shortCommand(f.AWSCLI))
		}
		p.sentences("checked", checkedWords(f))
		p.sentences("mind", mindWords(f)...)
	}
}

// dedented takes away the indentation that all lines of a diff share, behind
// their signs: policies are nested deep.
func dedented(lines []string) []string {
	least := -1
	for _, l := range lines {
		if strings.HasPrefix(l, "@@") || strings.HasPrefix(l, "\\") || len(l) < 2 {
			continue
		}
		if n := len(l[1:]) - len(strings.TrimLeft(l[1:], " ")); least < 0 || n < least {
			least = n
		}
	}
	if least < 1 {
		return lines
	}
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = l
		if len(l) > least && !strings.HasPrefix(l, "@@") && !strings.HasPrefix(l, "\\") {
			out[i] = l[:1] + l[1+least:]
		}
	}
	return out
}

func diffColor(line string) string {
	switch {
	case strings.HasPrefix(line, "+"):
		return green
	case strings.HasPrefix(line, "-"):
		return red
	case strings.HasPrefix(line, "@@"):
		return dim
	}
	return ""
}

// sourceLine writes a line of source text, which is broken where it is longer
// than the page.
func (p *page) sourceLine(text, sgr string) {
	const indent = "    "
	for _, part := range fill(plainCells(p.source(text)), p.width-len(indent)) {
		p.line(strings.TrimRight(indent+p.paint(sgr, joined(part)), " "))
	}
}

// source spells source text of one line. Policies are JSON, in which what is
// spelt here means the same.
func (s spelling) source(text string) string {
	var b strings.Builder
	for _, r := range strings.ReplaceAll(text, "\t", "    ") {
		b.WriteString(s.spellIf(r, s.hides(r)))
	}
	return b.String()
}

// fixes writes each change with its diff and its command, in fences that can
// be copied whole.
func (m *markdown) fixes(r *Report) {
	s := spelling{code: true}
	for i := range r.Fixes[:min(len(r.Fixes), maxListed)] {
		f := &r.Fixes[i]
		label := "Fix"
		if len(r.Fixes) > 1 {
			label = fmt.Sprintf("Fix %d of %d", i+1, len(r.Fixes))
		}
		m.paragraph("#### " + label + ": " + markdownProse(fixTitle(f)))
		for _, code := range []struct{ language, text string }{{"diff", f.Diff}, {"yaml", f.Caller}, {"sh", f.AWSCLI}} {
			if code.text == "" {
				continue
			}
			lines := strings.Split(strings.TrimSuffix(code.text, "\n"), "\n")
			for k, l := range lines {
				lines[k] = s.source(l)
			}
			m.fence(code.language, lines)
		}
		m.sentence("Checked", checkedWords(f))
		m.sentence("Mind", strings.Join(mindWords(f), " "))
	}
}
