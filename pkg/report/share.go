package report

import (
	"fmt"
	"slices"
	"strings"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/evidence"
	"whydenied/pkg/policy"
)

// LeftOut stands for a text that a shared report does not repeat.
const LeftOut = "(left out)"

// Share is the report for people outside: for the author of the job, for a
// vendor's ticket. It keeps whose token it was and what it said (issuer, aud,
// sub), what the trust policy expects of the same tenant, and how each check
// came out. Account ids, role names and other names are replaced, the same
// one always by the same; who called from where, who changed what, event ids
// and the text of the policy are left out.
//
// Nothing is scrubbed: each text is either one of this program's own words,
// rebuilt from the codes, or consists of parts that the token itself shows.
// A text of which neither is known does not get through.
func Share(r Report) Report {
	s := newSharer(&r.Denial)
	out := Report{
		Schema: Schema, Verdict: one(r.Verdict, verdicts, string(diagnosis.VerdictUnexplained)), Stranger: r.Stranger, Partial: r.Partial, Shared: true,
		Denial: s.denial(&r.Denial), Checks: s.checks(r.Checks), Causes: s.causes(r.Causes),
		Fixes: []Fix{}, Candidates: []Candidate{}, Alternatives: []Alternative{}, Changes: []Change{}, Trace: []Statement{},
	}
	if p := r.Present; p != nil {
		out.Present = &Present{Verdict: one(p.Verdict, presents, string(diagnosis.PresentUnknown)), Cause: one(p.Cause, headlines(), ""), Since: p.Since}
	}
	for _, c := range r.Candidates {
		out.Candidates = append(out.Candidates, Candidate{RoleARN: s.roleARN(c.RoleARN), Allows: c.Allows, Checks: s.checks(c.Checks), Causes: s.causes(c.Causes)})
	}
	for _, a := range r.Alternatives {
		out.Alternatives = append(out.Alternatives, Alternative{Statement: a.Statement, Checks: s.checks(a.Checks), Causes: s.causes(a.Causes)})
	}
	for i := range r.Changes {
		out.Changes = append(out.Changes, s.change(&r.Changes[i]))
	}
	for i := range r.Trace {
		out.Trace = append(out.Trace, s.statement(&r.Trace[i]))
	}
	out.Summary = summary(&out)
	out.Notes = sharedNotes(&r)
	return out
}

func (s *sharer) denial(d *Denial) Denial {
	to := Denial{
		Time: d.Time, Account: s.account(d.Account), Issuer: s.issuerName(), ProviderARN: s.text(d.ProviderARN, s.providerARN), Aud: s.text(d.Aud, s.own),
		Sub: s.text(d.Sub, s.own), RoleARN: s.text(d.RoleARN, s.roleARN), UserAgent: product(d.UserAgent),
		ErrorCode: one(d.ErrorCode, errorCodes, leftOut(d.ErrorCode)), ErrorMessage: stsText(d.ErrorMessage),
	}
	if sharedRegion().MatchString(d.Region) {
		to.Region = d.Region
	}
	if is := issuer(&Report{Denial: to}); is != nil && to.Sub != nil {
		if reading, ok := is.Read(*to.Sub); ok {
			to.SubReads = reading.String()
		}
	}
	for _, m := range d.Missing {
		if slices.Contains(recordParts, m) {
			to.Missing = append(to.Missing, m)
		}
	}
	return to
}

func (s *sharer) text(v *string, how func(string) string) *string {
	if v == nil {
		return nil
	}
	shared := how(*v)
	return &shared
}

func (s *sharer) checks(from []Check) []Check {
	to := make([]Check, 0, len(from))
	for i := range from {
		c := &from[i]
		shared := Check{
			Element: s.element(c.Element), Status: one(c.Status, statuses, string(diagnosis.StatusUnknown)), Inferred: c.Inferred,
			Expected: s.values(c.Element, c.Key, c.Expected), Presented: s.values(c.Element, c.Key, c.Presented),
			Operator: operator(c.Operator), Key: s.key(c.Key), Statement: c.Statement,
		}
		to = append(to, shared)
	}
	return to
}

func (s *sharer) causes(from []Cause) []Cause {
	to := make([]Cause, 0, len(from))
	for i := range from {
		c := &from[i]
		if !slices.Contains(diagnosis.Codes(), diagnosis.Code(c.Code)) {
			continue
		}
		shared := Cause{
			Code: c.Code, Element: s.element(c.Element), Confidence: one(c.Confidence, confidences, string(diagnosis.Possible)),
			Statement: c.Statement, Line: c.Line, Column: c.Column, Operator: operator(c.Operator), Key: s.key(c.Key),
			Expected: s.values(c.Element, c.Key, c.Expected), Presented: s.values(c.Element, c.Key, c.Presented),
			Hints: sharedHints(c.Hints), Foreign: c.Foreign,
		}
		shared.Path = s.path(c.Statement, c.Path, c.Operator, c.Key)
		said := diagnosis.Cause{Code: diagnosis.Code(c.Code), Element: shared.Element, Confidence: diagnosis.Confidence(shared.Confidence)}
		shared.Headline = said.Headline()
		shared.Message, shared.Reason = s.said(&shared)
		shared.Marks = mark(shared.Expected, shared.Presented)
		to = append(to, shared)
	}
	return to
}

func sharedHints(from []string) []string {
	to := make([]string, 0, len(from))
	for _, h := range from {
		if slices.Contains(diagnosis.Hints(), diagnosis.Hint(h)) {
			to = append(to, h)
		}
	}
	return to
}

// path names the part of the policy by what may be shown of it.
func (s *sharer) path(statement *int, path, op, key string) string {
	if path == "" || statement == nil {
		return ""
	}
	at := fmt.Sprintf("Statement[%d]", *statement)
	_, rest, _ := strings.Cut(path, "].")
	switch {
	case slices.Contains(policyElements, rest):
		return at + "." + rest
	case op != "" && key != "":
		return at + ".Condition." + operator(op) + `["` + s.key(key) + `"]`
	}
	return at
}

func (s *sharer) change(c *Change) Change {
	to := Change{Time: c.Time, Event: one(c.Event, iamEvents, leftOut(c.Event)), UserAgent: product(c.UserAgent), After: c.After}
	if c.Role != "" {
		to.Role = s.placeholder("ROLE", evidence.RoleName(c.Role))
	}
	if c.Provider != "" {
		to.Provider = s.parts(c.Provider)
	}
	if c.ClientID != "" {
		to.ClientID = s.parts(c.ClientID)
	}
	return to
}

func (s *sharer) statement(from *Statement) Statement {
	to := Statement{Statement: from.Statement, Effect: one(from.Effect, effects, policy.EffectUnresolved.String()), Truth: one(from.Truth, truths, policy.Unknown.String()), Parts: []Part{}}
	for i := range from.Parts {
		p := &from.Parts[i]
		element := ""
		if _, rest, _ := strings.Cut(p.Path, "]."); strings.HasSuffix(rest, "Principal") {
			element = diagnosis.ElementProviderARN
		}
		shared := Part{
			Path: s.path(&from.Statement, p.Path, p.Operator, p.Key), Line: p.Line, Column: p.Column, Operator: operator(p.Operator), Key: s.key(p.Key),
			State: one(p.State, states, ""), Expected: s.values(element, p.Key, p.Expected), Presented: s.values(element, p.Key, p.Presented),
			Truth: one(p.Truth, truths, policy.Unknown.String()),
		}
		for _, k := range p.Waits {
			shared.Waits = append(shared.Waits, s.key(k))
		}
		to.Parts = append(to.Parts, shared)
	}
	return to
}
