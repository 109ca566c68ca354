package remedy

import (
	"fmt"

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
			p.withhold(fmt.Sprintf("withheld: %s, for %v", lowerFirst(drafts[i].title), err))
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
	case diagnosis.PresentDeleted:
		return "no fix is offered: the role was deleted since"
	case diagnosis.PresentAllows, diagnosis.PresentUnknown:
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
