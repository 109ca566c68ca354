package diagnosis

import (
	"slices"
	"sort"
	"strings"

	"whydenied/pkg/evidence"
	"whydenied/pkg/internal/edit"
	"whydenied/pkg/oidc"
	"whydenied/pkg/policy"
)

// maxCandidates is how many roles a report shows.
const maxCandidates = 10

// candidate is a role that a record which names none may have meant.
type candidate struct {
	role     *evidence.Role
	history  evidence.History
	result   versionResult
	own      bool // it names the token's own subject
	nearOnly bool // it does not trust the provider, but nearly names it
}

// judgeCandidates evaluates every role that trusts the provider, or nearly
// names it. CloudTrail has been seen to leave the role out of real denials.
func (d *Diagnosis) judgeCandidates(s *subject) {
	d.Checks = append(d.Checks, s.firstChecks(d, StatusUnknown)...)
	for _, n := range s.in.Account.Notes {
		d.note("%s", n)
	}
	d.note("CloudTrail did not record the role; the job's log has it")
	all, unread := s.candidates()
	if unread > 0 {
		d.note("roles whose trust policy at the time of the call is not known: %d; the role that was asked for may be one of them", unread)
	}
	refusing, sure := 0, false
	for i := range all {
		if !all[i].result.allows() {
			refusing++
		}
	}
	if refusing == 0 {
		d.addUnknown(s)
	} else {
		sure = d.leadCandidate(s, all, unread)
	}
	d.lead(s.changedCandidate(all, sure))
	for i := range all {
		c := &all[i]
		if i >= maxCandidates {
			d.note("%d more roles trust this provider; the nearest %d are shown", len(all)-maxCandidates, maxCandidates)
			break
		}
		d.Candidates = append(d.Candidates, Candidate{Role: c.role, Document: c.result.j.doc, Allows: c.result.allows(), Checks: c.result.checks, Causes: c.result.causes})
	}
	switch {
	case !s.in.Account.RolesRead:
		d.note("the account's roles were not all read, so the role that was asked for may be another one")
	case len(all) == 0:
		d.note("no role of this account trusts the provider %s, nor nearly names it; the role that was asked for may not exist", quote(s.provider.Text))
	case refusing == 0:
		d.note("every role of this account that trusts the provider would have allowed the token; the role that was asked for may not exist, or something beyond its trust policy refused")
	}
}

// leadCandidate reports on the first candidate. Its causes are certain only
// if it alone names the token's own subject, which it tells: another role may
// be the one that was asked for.
func (d *Diagnosis) leadCandidate(s *subject, all []candidate, unread int) (sure bool) {
	lead := &all[0]
	own := 0
	for i := range all {
		if all[i].own {
			own++
		}
	}
	settled := s.reliable(lead.history) && len(lead.history.Recent) == 0
	sure = s.in.Account.RolesRead && unread == 0 && lead.own && own == 1 && settled
	s.role = lead.role
	d.historyNotes(s, lead.history)
	a := lead.result.assessment
	if !sure {
		downgrade(a.causes, Likely)
		d.note("which role was asked for is not known, and the role may not exist: this is about the nearest one, %s", lead.role.ARN)
	} else {
		d.note("of all roles of this account, only %s names this very subject", lead.role.ARN)
	}
	d.take(lead.result.j, a)
	d.presentNote(s, lead.history, lead.role.ARN, sure)
	return sure
}

// candidates are the roles that the call may have been about, nearest first,
// and how many roles there are of which that cannot be told.
func (s *subject) candidates() (all []candidate, unread int) {
	for i := range s.in.Account.Roles {
		role := &s.in.Account.Roles[i]
		h := s.in.Account.RoleAt(role.ARN, s.in.Denial.Time)
		if h.InForce.Policy == nil {
			if !h.InForce.Missing {
				unread++
			}
			continue
		}
		trusts, near := s.names(h.InForce.Policy)
		if !trusts && !near {
			continue
		}
		s.role = role
		c := candidate{role: role, history: h, result: s.judgeVersion(h.InForce, role.ARN), nearOnly: !trusts}
		c.own = s.namesOwn(c.result.j)
		all = append(all, c)
	}
	s.role = nil
	sort.SliceStable(all, func(i, k int) bool { return all[i].nearer(&all[k]) })
	return all, unread + s.deletedSince()
}

// deletedSince counts the roles that were there at the call and are gone.
func (s *subject) deletedSince() int {
	n := 0
	for _, c := range s.in.Account.Changes {
		if c.Kind != evidence.RoleDeleted || !c.Time.After(s.in.Denial.Time) {
			continue
		}
		if !slices.ContainsFunc(s.in.Account.Roles, func(r evidence.Role) bool { return r.Name == c.Role }) {
			n++
		}
	}
	return n
}

// names tells whether a policy trusts the token's provider, or nearly names
// it: in another account or partition, in other letters, with a path that is
// missing, by the issuer alone, or by its condition keys. One that may admit
// everybody counts as near.
func (s *subject) names(doc *policy.Document) (trusts, near bool) {
	for i := range doc.Statements {
		st := &doc.Statements[i]
		if st.Effect == policy.Deny {
			continue
		}
		for k := range st.Principal.Entries {
			e := &st.Principal.Entries[k]
			switch {
			case st.Principal.Not, e.Text == "*" && namesWebIdentity(*e):
				// Whoever is not named, or everybody, may be taken in.
				near = near || speaksOfAssuming(&st.Action)
			case e.Type != "Federated" || !namesWebIdentity(*e):
			case e.Text == s.provider.Text:
				return true, false
			default:
				near = near || s.nearlyNames(e.Text) || s.hasOwnKeys(st)
			}
		}
	}
	return false, near
}

// hasOwnKeys tells whether a statement tests claims of the token's provider,
// whatever it calls its principal.
func (s *subject) hasOwnKeys(st *policy.Statement) bool {
	prefix := strings.ToLower(s.provider.Suffix) + ":"
	return s.provider.Suffix != "" && slices.ContainsFunc(st.Conditions, func(c policy.Condition) bool {
		return strings.HasPrefix(c.FoldedKey(), prefix)
	})
}

func speaksOfAssuming(a *policy.Action) bool {
	return a.Not != slices.ContainsFunc(a.Values, func(v policy.Value) bool { return v.MatchesAction(actionAssume) != policy.False })
}

func (s *subject) nearlyNames(text string) bool {
	if s.provider.Text == "" {
		return true
	}
	if correctName(text, s.provider.Text) != nil || edit.Distance(text, s.provider.Text) <= 2 {
		return true
	}
	p, err := oidc.ParseProvider(text)
	if err != nil {
		return strings.EqualFold(strings.TrimSuffix(withoutScheme(text), "/"), strings.TrimSuffix(s.provider.Suffix, "/"))
	}
	host, _, _ := strings.Cut(p.Suffix, "/")
	own, _, _ := strings.Cut(s.provider.Suffix, "/")
	return p.Suffix == s.provider.Suffix || strings.EqualFold(host, own)
}

func (s *subject) namesOwn(j *judgement) bool {
	if j == nil || j.focus == nil {
		return false
	}
	for i := range j.focus.parts {
		p := &j.focus.parts[i]
		if p.element != ElementSub || p.cond == nil || p.cond.Operator.Negated() {
			continue
		}
		for _, v := range p.expected {
			if !v.Unresolved && s.namesSubject(v.Text) {
				return true
			}
		}
	}
	return false
}

// nearer orders candidates: those that would have allowed the token last,
// those that name its own subject first, then as statements are.
func (c *candidate) nearer(o *candidate) bool {
	if a, b := c.result.allows(), o.result.allows(); a != b {
		return b
	}
	if c.nearOnly != o.nearOnly {
		return o.nearOnly
	}
	if c.own != o.own {
		return c.own
	}
	if c.result.j.focus == nil || o.result.j.focus == nil {
		return c.result.j.focus != nil
	}
	return c.result.j.focus.closerThan(o.result.j.focus)
}
