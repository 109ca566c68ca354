package diagnosis

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"whydenied/pkg/evidence"
	"whydenied/pkg/oidc"
	"whydenied/pkg/policy"
)

// Diagnose says why one call was refused, or would be. It is total: whatever
// the input lacks is unknown in the answer.
func Diagnose(in Input) Diagnosis {
	s := newSubject(&in)
	d := &Diagnosis{Denial: in.Denial, Focus: NoStatement, Role: in.Denial.RoleARN.Value}
	d.Notes = append(d.Notes, in.Denial.Notes...)
	refusal := Refusal{}
	if !in.Made && !in.Succeeded && !in.WhatIf {
		refusal = ReadRefusal(in.Denial.ErrorCode, in.Denial.ErrorMessage)
		if refusal.Issuer != "" && s.provider.Suffix == "" {
			s.useIssuer(refusal.Issuer)
		}
	}
	d.Issuer, d.Subject = s.issuer, s.reading
	switch {
	case in.Policy != nil:
		d.judgePolicy(s, in.Policy)
	case in.Succeeded:
		d.succeeded(s)
	case refusal.Code != "":
		d.refused(s, refusal)
	case in.Denial.RoleARN.Value != "":
		d.judgeRole(s, in.Denial.RoleARN.Value)
	default:
		d.judgeCandidates(s)
	}
	d.beyondByName(s)
	d.finish(s)
	return *d
}

// useIssuer takes the provider from an error's text, where the record itself
// names none.
func (s *subject) useIssuer(suffix string) {
	partition := "aws"
	if parts := strings.SplitN(s.in.Denial.RoleARN.Value, ":", 3); len(parts) == 3 {
		partition = parts[1]
	}
	s.provider = oidc.Provider{Suffix: suffix}
	if p, err := oidc.ParseProvider(oidc.NewProviderARN(partition, s.account, suffix)); err == nil {
		s.provider = p
	}
	s.issuer = oidc.Lookup(suffix, s.in.Denial.Subject.Value)
	if r, ok := s.issuer.Read(s.in.Denial.Subject.Value); ok {
		s.reading = r
	}
}

// judgePolicy asks about one document alone.
func (d *Diagnosis) judgePolicy(s *subject, doc *policy.Document) {
	d.add(s.tokenCheck(StatusNotRequired, d))
	for _, e := range []string{ElementRole, ElementProvider, ElementClientIDs} {
		d.add(Check{Element: e, Status: StatusNotRequired, Statement: NoStatement})
	}
	// Where the role is known beside its policy, its tags are.
	s.role = s.in.Account.Role(s.in.Denial.RoleARN.Value)
	j := s.judge(doc)
	d.take(j, j.assess())
}

func (d *Diagnosis) succeeded(s *subject) {
	d.Verdict = VerdictAllowed
	for _, e := range []string{ElementToken, ElementRole, ElementProvider, ElementClientIDs} {
		d.add(Check{Element: e, Status: StatusMatch, Statement: NoStatement, Inferred: true})
	}
	h := s.history(d, d.Role)
	if s.role = h.Role; h.InForce.Policy == nil {
		return
	}
	j := s.judge(h.InForce.Policy)
	d.take(j, j.assess())
	d.Causes = nil
}

// refused reports STS's own error, and it alone: what the policy would have
// said stands in the checks and in notes.
func (d *Diagnosis) refused(s *subject, r Refusal) {
	h := s.history(d, d.Role)
	s.role = h.Role
	found := policy.Unknown
	switch {
	case h.InForce.Policy != nil || h.InForce.Err != nil:
		found = policy.True
	case h.InForce.Missing && d.Role != "":
		found = policy.False
		d.note("the account holds no role %s either", quote(d.Role))
	}
	d.Checks = append(d.Checks, s.refusalChecks(r, found)...)
	cause := s.refusalCause(r)
	if h.InForce.Policy != nil {
		j := s.judge(h.InForce.Policy)
		a := j.assess()
		for _, c := range a.causes {
			d.note("apart from that, %s: %s", c.Headline(), c.Message)
		}
		a.causes = nil
		d.take(j, a)
	} else {
		d.addUnknown(s)
	}
	d.Causes = []Cause{cause}
	d.lead(s.changedProvider(r))
}

// judgeRole asks about a role that the record names.
func (d *Diagnosis) judgeRole(s *subject, arn string) {
	h := s.history(d, arn)
	s.role = h.Role
	d.Checks = append(d.Checks, s.firstChecks(d, roleStatus(h))...)
	d.historyNotes(s, h)
	versions := append([]evidence.Version{h.InForce}, h.Recent...)
	judged := make([]versionResult, len(versions))
	for i, v := range versions {
		judged[i] = s.judgeVersion(v, arn)
	}
	lead := judged[0]
	if len(judged) > 1 {
		lead = d.settleRecent(judged)
	}
	if !s.reliable(h) {
		downgrade(lead.causes, Likely)
	}
	if lead.j != nil {
		d.take(lead.j, lead.assessment)
	} else {
		d.addUnknown(s)
		d.Causes = append(d.Causes, lead.causes...)
	}
	if lead.missing {
		setCheck(d.Checks, Check{Element: ElementRole, Status: StatusMismatch, Presented: []string{arn}, Statement: NoStatement})
	}
	d.presentNote(s, h, d.Role, true)
	d.lead(s.changedRole(&h, arn))
}

func roleStatus(h evidence.History) Status {
	switch {
	case h.InForce.Missing:
		return StatusMismatch
	case h.InForce.Policy != nil || h.InForce.Err != nil || len(h.After) > 0:
		return StatusMatch
	default:
		return StatusUnknown
	}
}

// firstChecks are token, role, provider and client_ids. AccessDenied tells
// that STS had accepted the token and found its provider and audience; a
// what-if looks at the account instead.
func (s *subject) firstChecks(d *Diagnosis, role Status) []Check {
	checks := []Check{
		{Element: ElementToken, Status: StatusMatch, Inferred: true, Statement: NoStatement},
		{Element: ElementRole, Status: role, Presented: oneOf(d.Role), Statement: NoStatement},
		{Element: ElementProvider, Status: StatusMatch, Inferred: true, Presented: oneOf(s.provider.Text), Statement: NoStatement},
		{Element: ElementClientIDs, Status: StatusMatch, Inferred: true, Presented: oneOf(s.in.Denial.Audience.Value), Statement: NoStatement},
	}
	if s.in.WhatIf {
		checks[0] = s.tokenCheck(StatusNotRequired, d)
		s.accountChecks(d, checks)
	}
	if s.provider.BuiltIn {
		checks[2].Status, checks[3].Status = StatusNotRequired, StatusNotRequired
	}
	if !s.in.WhatIf {
		s.sinceNotes(d)
	}
	return checks
}

// accountChecks judges provider and audience on what the account holds now.
func (s *subject) accountChecks(d *Diagnosis, checks []Check) {
	provider, clients := &checks[2], &checks[3]
	provider.Inferred, clients.Inferred = false, false
	provider.Status, clients.Status = StatusUnknown, StatusUnknown
	if s.provider.BuiltIn || !s.in.Account.ProvidersRead || s.provider.Text == "" {
		return
	}
	if all, _ := s.in.Account.ProviderChanges(s.provider.Text, time.Time{}); len(all) > 0 && s.in.Account.ReadBefore(all[len(all)-1].Time) {
		d.note("the identity provider %s was changed after the account was read, so what was read of it does not count", quote(s.provider.Text))
		return
	}
	p := s.in.Account.Provider(s.provider.Text)
	if p == nil {
		provider.Status = StatusMismatch
		d.Causes = append(d.Causes, s.refusalCause(Refusal{Code: CauseProviderNotRegistered, Element: ElementProvider}))
		return
	}
	provider.Status = StatusMatch
	clients.Expected = p.ClientIDs
	aud := s.in.Denial.Audience
	switch {
	case !aud.Known:
	case p.ClientIDs == nil:
		d.note("the client IDs of the identity provider %s were not read", quote(s.provider.Text))
	case slices.Contains(p.ClientIDs, aud.Value):
		clients.Status = StatusMatch
	case len(s.in.Claims["azp"]) > 0 && slices.Contains(p.ClientIDs, s.in.Claims["azp"][0]):
		// Whether IAM compares its client IDs with azp is not documented.
	default:
		clients.Status = StatusMismatch
		c := s.refusalCause(Refusal{Code: CauseAudienceNotRegistered, Element: ElementClientIDs})
		if len(s.in.Claims["azp"]) > 0 || s.softAud() {
			c.Confidence = Likely
		}
		d.Causes = append(d.Causes, c)
	}
}

// sinceNotes tell where the account as read disagrees with what the error
// itself proves: that is a change between the two.
func (s *subject) sinceNotes(d *Diagnosis) {
	if s.provider.BuiltIn || !s.in.Account.ProvidersRead || s.provider.Text == "" {
		return
	}
	p := s.in.Account.Provider(s.provider.Text)
	aud := s.in.Denial.Audience
	change := "removed since"
	switch taken := s.in.Account.TakenAt; {
	case taken.IsZero():
	case s.in.Denial.Time.IsZero():
		change = "registered or removed in between"
	case taken.Before(s.in.Denial.Time):
		change = "registered in between"
	}
	switch {
	case p == nil:
		d.note("the provider %s is not in the account as it was read; STS found it at the time of the call, so it was %s", quote(s.provider.Text), change)
	case aud.Known && len(p.ClientIDs) > 0 && !slices.Contains(p.ClientIDs, aud.Value):
		d.note("the audience %s is not among the provider's client IDs as they were read; STS accepted it at the time of the call, so it was %s", quote(aud.Value), change)
	}
}

// add, take and note fill the diagnosis in the order of the checks.
func (d *Diagnosis) add(c Check) { d.Checks = append(d.Checks, c) }

func (d *Diagnosis) note(format string, args ...any) {
	if n := fmt.Sprintf(format, args...); !slices.Contains(d.Notes, n) {
		d.Notes = append(d.Notes, n)
	}
}

func (d *Diagnosis) take(j *judgement, a assessment) {
	d.Checks = append(d.Checks, a.checks...)
	d.Causes = append(d.Causes, a.causes...)
	for _, n := range a.notes {
		d.note("%s", n)
	}
	d.Document, d.Trace = j.doc, j.trace
	d.Stranger = j.stranger()
	if j.focus != nil {
		d.Focus = j.focus.statement.Index
	}
	for i := range j.statements {
		js := &j.statements[i]
		if js == j.focus || js.statement.Effect == policy.Deny {
			continue
		}
		d.Alternatives = append(d.Alternatives, Alternative{
			Statement: js.statement.Index, Checks: j.statementChecks(js), Causes: j.statementCauses(js),
		})
	}
	if a.soft && len(d.Causes) == 0 && j.trace.Truth == policy.True && d.Verdict != VerdictAllowed && !j.subject.in.WhatIf {
		d.Causes = append(d.Causes, j.azpCause())
	}
}

// addUnknown fills in the checks of a trust policy that is not known.
func (d *Diagnosis) addUnknown(s *subject) {
	for _, c := range emptyChecks(s) {
		c.Status = StatusUnknown
		d.add(c)
	}
	for _, e := range []string{ElementTags, ElementSourceIdentity, ElementDeny} {
		d.add(Check{Element: e, Status: StatusUnknown, Statement: NoStatement})
	}
}

func downgrade(causes []Cause, to Confidence) {
	for i := range causes {
		if causes[i].Confidence == Certain {
			causes[i].Confidence = to
		}
	}
}
