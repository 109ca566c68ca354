package remedy

import (
	"errors"
	"fmt"
	"strings"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/oidc"
	"whydenied/pkg/policy"
	"whydenied/pkg/trail"
)

// finder looks for the fixes of one diagnosis.
type finder struct {
	in       diagnosis.Input
	d        *diagnosis.Diagnosis // of doc
	issuer   *oidc.Issuer
	reading  oidc.Reading
	provider oidc.Provider
	role     string // ARN of the role that doc is the trust policy of; "" where not known
	doc      *policy.Document
	text     *text

	probed []probe // see probes
	kept   []kept  // see admitted
}

func newFinder(in diagnosis.Input, d *diagnosis.Diagnosis) *finder {
	f := &finder{in: in, d: d, issuer: d.Issuer, reading: d.Subject, role: d.Role, doc: d.Document}
	if p, err := oidc.ParseProvider(in.Denial.Provider.Value); err == nil {
		f.provider = p
	}
	if f.role == "" && len(d.Candidates) > 0 && d.Candidates[0].Role != nil {
		f.role = d.Candidates[0].Role.ARN
	}
	// What is asked is whether the present trust policy, changed, would let such
	// a token in.
	f.in.WhatIf, f.in.Succeeded = true, false
	if !in.Denial.RoleARN.Known && f.role != "" {
		f.in.Denial.RoleARN = trail.Text{Value: f.role, Known: true}
	}
	return f
}

// maxFixes is how many fixes are shown.
const maxFixes = 2

// find fills a proposal.
func (f *finder) find(p *Proposal) {
	if f.d.Stranger {
		p.withhold("no fix is offered: the trust policy names nobody of this name; confirm who owns it")
		return
	}
	if f.d.Present != nil && f.d.Present.Verdict == diagnosis.PresentAllows {
		return // the diagnosis says that a re-run is all
	}
	caller, callerFirst := f.caller()
	role := append(f.register(p), f.roleFixes(p)...)
	switch {
	case caller == nil:
		p.Fixes = append(p.Fixes, role...)
	case callerFirst:
		p.Fixes = append(append(p.Fixes, *caller), role...)
	case len(role) > 0:
		p.Fixes = append(append(p.Fixes, role[0], *caller), role[1:]...)
	default:
		p.Fixes = append(p.Fixes, *caller)
	}
	if len(p.Fixes) > maxFixes {
		p.Fixes = p.Fixes[:maxFixes]
	}
}

// inPolicy tells whether a cause is one that a trust policy can be the cure of.
func inPolicy(code diagnosis.Code) bool {
	switch code {
	case diagnosis.CauseNoFederatedPrincipal, diagnosis.CauseProviderARNMismatch, diagnosis.CauseActionNotAllowed, diagnosis.CauseAudMismatch,
		diagnosis.CauseSubMismatch, diagnosis.CauseConditionKeyMisnamed, diagnosis.CauseClaimNotSupported, diagnosis.CauseRequiredMissing,
		diagnosis.CauseConditionMismatch, diagnosis.CauseTagSessionNotAllowed, diagnosis.CauseSourceIdentityForbidden, diagnosis.CauseExplicitDeny:
		return true
	default:
		return false
	}
}

// roleFixes are the changes of the trust policy.
func (f *finder) roleFixes(p *Proposal) []Fix {
	causes := f.policyCauses()
	if len(causes) == 0 {
		return nil
	}
	if f.d.Verdict != diagnosis.VerdictExplained || causes[0].Confidence != diagnosis.Certain {
		p.withhold("no change of the trust policy is offered, for the cause is not certain")
		return nil
	}
	if reason := f.presentPolicy(); reason != "" {
		p.withhold(reason)
		return nil
	}
	if causes = f.policyCauses(); len(causes) == 0 || f.d.Stranger {
		return nil
	}
	var err error
	if f.text, err = textOf(f.doc); err != nil {
		p.withhold("no change of the trust policy is offered: parts of it are not resolved")
		return nil
	}
	drafts, reason := f.drafts(&causes[0])
	if reason != "" {
		p.withhold("no change of the trust policy is offered: " + reason)
	}
	var fixes []Fix
	for i := range drafts {
		drafts[i].statement = causes[0].Statement
		fix, err := f.fix(drafts[i])
		if err != nil {
			p.withhold(fmt.Sprintf("withheld: %q, for %v", drafts[i].title, err))
			continue
		}
		fixes = append(fixes, fix)
	}
	return fixes
}

func (f *finder) policyCauses() []diagnosis.Cause {
	var causes []diagnosis.Cause
	if f.doc == nil {
		return nil
	}
	for _, c := range f.d.Causes {
		if inPolicy(c.Code) {
			causes = append(causes, c)
		}
	}
	return causes
}

// presentPolicy turns to the trust policy that stands now, where the one that
// refused was changed since: that is the one to be changed.
func (f *finder) presentPolicy() (reason string) {
	if f.d.Present == nil {
		return ""
	}
	switch f.d.Present.Verdict {
	case diagnosis.PresentRefuses:
	case diagnosis.PresentAllows, diagnosis.PresentDeleted, diagnosis.PresentUnknown:
		return "no fix is offered: what the trust policy says now is not known"
	}
	h := f.in.Account.RoleAt(f.role, f.in.Denial.Time)
	if h.Present.Policy == nil {
		return "no fix is offered: what the trust policy says now is not known"
	}
	f.doc = h.Present.Policy
	d := f.evaluate(f.doc)
	f.d = &d
	if d.Stranger || d.Verdict != diagnosis.VerdictExplained {
		return "no fix is offered: of the trust policy that stands now the cause is not certain"
	}
	return ""
}

// maxSteps is how many causes, one behind another, a fix sees to.
const maxSteps = 5

// fix makes a fix of a draft: what still refuses once it is made is seen to
// in turn, and the whole is proved.
func (f *finder) fix(first draft) (Fix, error) {
	dr := first
	t, doc, result, err := f.take(f.text, dr.steps)
	for n := 1; err == nil && result.Verdict != diagnosis.VerdictAllowed && len(waiting(&result)) == 0; n++ {
		if n == maxSteps || len(result.Causes) == 0 || !inPolicy(result.Causes[0].Code) {
			return Fix{}, errors.New("the token would still be refused")
		}
		c := result.Causes[0]
		next, reason := f.later(&first, &c, doc)
		if reason != "" {
			return Fix{}, fmt.Errorf("%s would still refuse: %s", c.Element, reason)
		}
		dr.join(&next)
		t, doc, result, err = f.take(t, next.steps)
	}
	if err != nil {
		return Fix{}, err
	}
	proved, err := f.prove(t, doc, result, &dr)
	var gain *gainError
	if errors.As(err, &gain) && dr.mends {
		proved, err = f.narrowed(t, doc, &dr)
	}
	if err != nil {
		return Fix{}, err
	}
	return f.finish(&dr, &proved), nil
}

func (f *finder) take(t *text, steps []step) (*text, *policy.Document, diagnosis.Diagnosis, error) {
	changed, doc, err := t.apply(steps)
	if err != nil {
		return nil, nil, diagnosis.Diagnosis{}, err
	}
	return changed, doc, f.evaluate(doc), nil
}

// later is what to do about a cause that stands behind another one.
func (f *finder) later(first *draft, c *diagnosis.Cause, doc *policy.Document) (draft, string) {
	if first.kind == KindProvider && c.Element == diagnosis.ElementSub && len(c.Hints) == 0 {
		return draft{}, "the provider is another one and the subject as well, so nothing in the trust policy names this caller"
	}
	was := f.doc
	f.doc = doc
	drafts, reason := f.drafts(c)
	f.doc = was
	if len(drafts) == 0 {
		if reason == "" {
			reason = "there is no safe change"
		}
		return draft{}, reason
	}
	return drafts[0], ""
}

// join adds the next draft to one.
func (dr *draft) join(next *draft) {
	dr.title += "; " + lowerFirst(next.title)
	dr.gone = append(dr.gone, next.gone...)
	dr.warnings = append(dr.warnings, next.warnings...)
	dr.mends = dr.mends || next.mends
	if next.admits != "" {
		dr.admits, dr.operator = next.admits, next.operator
	}
}

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// narrowed writes the presented subject in the place of a pattern that would
// let in others, in a statement that as it stood let in nobody.
func (f *finder) narrowed(t *text, doc *policy.Document, dr *draft) (proof, error) {
	narrow := *dr
	var steps []step
	sub := f.in.Denial.Subject.Value
	key := strings.ToLower(f.provider.Suffix) + ":sub"
	for i := range doc.Statements {
		st := &doc.Statements[i]
		for k := range st.Conditions {
			c := &st.Conditions[k]
			if c.FoldedKey() != key || !isText(c.Operator) || !knowsWildcards(c.Operator) || st.Effect != policy.Allow || f.nobodys(c) {
				continue
			}
			for _, v := range c.Values {
				value, ok := f.stable(sub, c.Operator)
				if !ok || !policy.IsGlob(v.Text) || c.Operator.Matches(v.Text, sub, doc.Version == policy.Version2012) != policy.True {
					continue
				}
				steps = append(steps, replaceValue(i, c.Operator.Text, c.Key.Text, v.Text, value))
				narrow.title += fmt.Sprintf("; write the presented subject in the place of %q, which would let in others", cut(v.Text))
				narrow.admits, narrow.operator = value, c.Operator
			}
		}
	}
	if len(steps) == 0 {
		_, err := f.prove(t, doc, f.evaluate(doc), dr)
		return proof{}, err
	}
	t, doc, result, err := f.take(t, steps)
	if err != nil {
		return proof{}, err
	}
	*dr = narrow
	return f.prove(t, doc, result, dr)
}

// finish writes a proved draft in the forms in which it is handed on.
func (f *finder) finish(dr *draft, p *proof) Fix {
	return Fix{
		Title: dr.title, Kind: dr.kind, Side: SideRole, Verified: p.verified, Policy: string(p.text.source),
		Diff: diffOf(f.fileName(), f.text.source, p.text.source), AWSCLI: updateCommand(f.role, p.text.source),
		Admits: dr.admits, WideCure: f.wideCure(dr, p), Warnings: append(dr.warnings, p.warnings...),
	}
}

func (f *finder) fileName() string {
	if len(f.doc.Statements) > 0 && f.doc.Statements[0].Pos.File != "" {
		return f.doc.Statements[0].Pos.File
	}
	return "trust-policy.json"
}
