// Package lint finds what is wrong with a trust policy by itself, before any
// token meets it: conditions that can never hold or always do, subjects that
// admit strangers, values that a template left empty. A parsed document goes
// in, see [Check]; findings with the place of each come out.
//
// It judges what the statements for web identities say, and nothing else of
// them. It reads no clock, no network and no environment. What it repeats of a
// document is quoted and cut to a length.
package lint

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"whydenied/pkg/evidence"
	"whydenied/pkg/oidc"
	"whydenied/pkg/policy"
)

// Severity says how bad a finding is.
type Severity string

// The severities.
const (
	Error   Severity = "error"   // it does not do what it says, or admits anybody
	Warning Severity = "warning" // it probably does not do what was meant
	Note    Severity = "note"    // worth knowing; nothing has to change
)

// Finding is one thing that is wrong, in one place.
type Finding struct {
	Rule     string   `json:"rule"`
	Severity Severity `json:"severity"`
	Policy   string   `json:"policy,omitempty"` // what the file calls it
	File     string   `json:"file,omitempty"`
	Line     int      `json:"line,omitempty"`   // from 1
	Column   int      `json:"column,omitempty"` // from 1, in characters
	Path     string   `json:"path,omitempty"`   // within the policy, such as "Statement[0].Condition"
	Message  string   `json:"message"`
	Do       string   `json:"do"` // a sentence on what to do about it
}

// Known is what is known of the account that a policy is for.
type Known struct {
	Providers []evidence.Provider
	// Read: the providers are all that the account has. Nothing is said of
	// registered audiences otherwise.
	Read bool
}

// Check lints a trust policy. The findings are in the document's order, and
// nil where there is none.
func Check(doc *policy.Document, known Known) []Finding {
	l := &linter{doc: doc, known: known}
	for i := range doc.Statements {
		l.statement(&doc.Statements[i])
	}
	slices.SortStableFunc(l.findings, func(a, b Finding) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), strings.Compare(a.Rule, b.Rule))
	})
	return slices.Compact(l.findings)
}

type linter struct {
	doc      *policy.Document
	known    Known
	findings []Finding
}

// trusted is a provider that a statement names.
type trusted struct {
	oidc.Provider
	issuer *oidc.Issuer
}

// statement is one that may let a web identity in, or refuse it.
type statement struct {
	*linter
	*policy.Statement
	providers []trusted
	// open: some principal is not resolved, so that the providers are those
	// that the keys of the conditions speak of.
	open bool
}

func (l *linter) statement(st *policy.Statement) {
	s := &statement{linter: l, Statement: st}
	if st.Unresolved || st.Principal.Unresolved {
		s.report(ruleUnresolved, st.Pos, st.Path(), "the statement is not resolved here, and was not judged", "Check a plan, in which it is resolved.")
		return
	}
	s.principals()
	if len(s.providers) == 0 && s.open && s.covers(assumeWebIdentity) != policy.False {
		s.report(ruleUnresolved, st.Principal.Pos, st.Principal.Path, "the identity provider is not resolved here, nor named by a condition key, and the statement was not judged", "Check a plan, in which it is resolved.")
	}
	if len(s.providers) == 0 || !s.action() {
		return
	}
	s.required()
	for i := range st.Conditions {
		s.condition(&st.Conditions[i])
	}
	s.tags()
}

// report notes a finding.
func (l *linter) report(r *Rule, pos policy.Pos, path, message, do string) {
	l.as(r.Severity, r, pos, path, message, do)
}

func (l *linter) as(severity Severity, r *Rule, pos policy.Pos, path, message, do string) {
	l.findings = append(l.findings, Finding{
		Rule: r.ID, Severity: severity, File: pos.File, Line: pos.Line, Column: pos.Column, Path: path, Message: message, Do: do,
	})
}

// most is how much is repeated of a document, in characters.
const most = 160

// quote repeats a text of the document: on one line, with all spelt that
// cannot be seen.
func quote(text string) string {
	if r := []rune(text); len(r) > most {
		text = string(r[:most]) + "…"
	}
	return strconv.Quote(text)
}
