package diagnosis

import (
	"fmt"
	"slices"
	"strings"

	"whydenied/pkg/evidence"
	"whydenied/pkg/internal/edit"
	"whydenied/pkg/policy"
)

// versionResult is one version of a trust policy, judged.
type versionResult struct {
	assessment
	j       *judgement // nil where there was no policy to judge
	held    bool
	missing bool
}

func (r *versionResult) allows() bool {
	return r.j != nil && r.j.trace.Truth == policy.True && len(r.causes) == 0
}

func (s *subject) judgeVersion(v evidence.Version, arn string) versionResult {
	r := versionResult{held: v.Held()}
	switch {
	case v.Missing:
		r.missing = true
		r.causes = []Cause{s.roleNotFound(arn)}
	case v.Policy != nil:
		r.j = s.judge(v.Policy)
		r.assessment = r.j.assess()
	}
	return r
}

// history is what is known of a role around the call. Of a role of another
// account than the one that was read nothing is.
func (s *subject) history(d *Diagnosis, arn string) evidence.History {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) == 6 && parts[4] != s.in.Account.ID && s.in.Account.ID != "" {
		d.note("the role is one of account %s, and what was read is account %s", quote(parts[4]), s.in.Account.ID)
		return evidence.History{}
	}
	return s.in.Account.RoleAt(arn, s.in.Denial.Time)
}

// reliable tells whether a role's history counts as the evidence of the
// call's moment. Of a record without a time that is not known, but where
// nothing says that the account was ever another one.
func (s *subject) reliable(h evidence.History) bool {
	if !h.Reliable || s.in.WhatIf {
		return h.Reliable
	}
	if s.in.Denial.Time.IsZero() {
		return h.InForce.Since == nil && s.in.Account.TakenAt.IsZero()
	}
	return !s.providerCreatedSince()
}

// providerCreatedSince tells whether the provider in the account is not the
// one that STS found, but one made after it.
func (s *subject) providerCreatedSince() bool {
	at := s.in.Denial.Time
	if p := s.in.Account.Provider(s.provider.Text); p != nil && p.Created.After(at) {
		return true
	}
	_, after := s.in.Account.ProviderChanges(s.provider.Text, at)
	return slices.ContainsFunc(after, func(c evidence.Change) bool { return c.Kind == evidence.ProviderCreated })
}

// settleRecent decides which version's causes lead where a change is so fresh
// that STS may still have gone by an earlier one. A cause that every version
// gives keeps its confidence.
func (d *Diagnosis) settleRecent(all []versionResult) versionResult {
	lead := all[0]
	differ := false
	for i := 1; i < len(all); i++ {
		if !all[i].held || !sameCauses(all[0].causes, all[i].causes) {
			differ = true
		}
		if lead.allows() && all[i].held && len(all[i].causes) > 0 {
			lead = all[i]
		}
	}
	if !differ {
		return lead
	}
	d.Notes = append([]string{"the trust policy changed within the five minutes before the call: the change may not have reached STS yet; re-run"}, d.Notes...)
	for i := range lead.causes {
		for _, other := range all {
			if lead.causes[i].Confidence == Certain && (!other.held || !hasCause(other.causes, &lead.causes[i])) {
				lead.causes[i].Confidence = Likely
			}
		}
	}
	return lead
}

func sameCauses(a, b []Cause) bool {
	for i := range a {
		if !hasCause(b, &a[i]) {
			return false
		}
	}
	return len(a) == len(b)
}

func hasCause(causes []Cause, c *Cause) bool {
	for i := range causes {
		o := &causes[i]
		same := o.Code == c.Code && o.Element == c.Element && o.Key == c.Key && o.Operator == c.Operator
		// That there is no web identity is one cause, whoever is trusted instead.
		if same && (c.Code == CauseNoFederatedPrincipal || slices.Equal(o.Expected, c.Expected)) {
			return true
		}
	}
	return false
}

// roleNotFound names the nearest role there is, unless it is the very one that
// was asked for, which then was not there yet. STS gives the same message for
// a role that does not exist as for a trust policy that refuses.
func (s *subject) roleNotFound(arn string) Cause {
	c := Cause{Code: CauseRoleNotFound, Element: ElementRole, Confidence: Certain, Statement: NoStatement, Presented: []string{arn},
		Message: fmt.Sprintf("the account has no role %s.", quote(arn))}
	if s.in.Account.Role(arn) != nil {
		switch h := s.in.Account.RoleAt(arn, s.in.Denial.Time); {
		case h.Present.Missing:
			c.Message = fmt.Sprintf("the role %s was deleted after the account was read.", quote(arn))
		case !h.InForce.Missing:
			c.Message = fmt.Sprintf("the role %s was created minutes before the call: STS may not have known it yet.", quote(arn))
		default:
			c.Message = fmt.Sprintf("as far as is known the account had no role %s when the call was made; it has one now.", quote(arn))
		}
		return c
	}
	name, best := evidence.RoleName(arn), 0
	for i := range s.in.Account.Roles {
		r := &s.in.Account.Roles[i]
		n := edit.Distance(strings.ToLower(r.Name), strings.ToLower(name))
		if n*5 > len([]rune(name)) || n > 2 || len(c.Expected) > 0 && n >= best {
			continue
		}
		best = n
		c.Expected, c.Hints = []string{r.ARN}, nil
		switch {
		case strings.EqualFold(r.ARN, arn):
			c.Hints = []Hint{HintCaseDiffers}
		case n > 0:
			c.Hints = []Hint{HintTypo}
		}
	}
	if len(c.Expected) > 0 {
		c.Message += fmt.Sprintf(" It has %s; did the caller mean that?", quote(c.Expected[0]))
	}
	return c
}

// historyNotes say what is not known of the version in force.
func (d *Diagnosis) historyNotes(s *subject, h evidence.History) {
	d.Changes = append(append(d.Changes, beforeChanges(h)...), h.After...)
	switch {
	case h.InForce.Err != nil:
		d.note("the role's trust policy cannot be evaluated: %v", h.InForce.Err)
	case h.Guessed && h.InForce.Policy != nil:
		d.Notes = append([]string{"the policy changed since; the earlier text is not recorded, so this is about the present one"}, d.Notes...)
	case h.CreatedSince:
		d.note("the role was created after the call")
	case !h.InForce.Held() && h.InForce.Since != nil && s.in.Account.ReadBefore(h.InForce.Since.Time):
		d.note("the trust policy changed after the account was read (%s), and the text that it got is not recorded", clock(h.InForce.Since))
	case !h.InForce.Held() && gone(h):
		d.note("the role was deleted since, and its trust policy at the time of the call is not recorded")
	case !h.InForce.Held() && len(h.After) > 0:
		d.note("the role's trust policy was not read; it changed since, and its text at the time of the call is not recorded")
	case !h.InForce.Held():
		d.note("the role's trust policy was not read")
	case s.in.Denial.Time.IsZero() && !s.reliable(h):
		d.note("the record has no time: the trust policy may have been another one at the time of the call")
	case h.Reliable && !s.reliable(h):
		d.note("the provider was created after the call: the account may have been another one then")
	case !h.Reliable:
		d.note("the account was read %s, and what changed in between is not known: the trust policy may have been another one at the time of the call", s.in.Account.TakenAt.Format("2006-01-02 15:04 MST"))
	}
	for _, n := range s.in.Account.Notes {
		d.note("%s", n)
	}
	before, after := s.in.Account.ProviderChanges(s.provider.Text, s.in.Denial.Time)
	d.Changes = append(append(d.Changes, before...), after...)
}

// gone tells whether a role was deleted since, by a record or since it is not
// there.
func gone(h evidence.History) bool {
	return len(h.After) > 0 && (h.Present.Missing || h.After[len(h.After)-1].Kind == evidence.RoleDeleted)
}

func beforeChanges(h evidence.History) []evidence.Change {
	if h.InForce.Since == nil {
		return nil
	}
	return []evidence.Change{*h.InForce.Since}
}
