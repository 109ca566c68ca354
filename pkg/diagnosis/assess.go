package diagnosis

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"whydenied/pkg/policy"
)

// assessment is a judgement in the words of a diagnosis.
type assessment struct {
	checks []Check
	causes []Cause
	notes  []string
	soft   bool // what holds was compared with an audience that may be azp
}

// assess turns the focus statement, and what is not about one Allow
// statement, into checks and causes.
func (j *judgement) assess() assessment {
	var a assessment
	trusted := j.trustsWebIdentity()
	if j.focus == nil {
		a.checks = emptyChecks(j.subject)
	} else {
		a.checks = j.statementChecks(j.focus)
		a.causes = j.statementCauses(j.focus)
	}
	if !trusted {
		a.causes = []Cause{j.noFederatedPrincipal()}
		a.checks[0].Status = StatusMismatch
	}
	if c, missing := j.requiredMissing(); missing && trusted {
		a.causes = append(a.causes, c)
		setCheck(a.checks, Check{Element: c.Element, Status: StatusMismatch, Presented: c.Presented, Key: c.Key, Statement: NoStatement})
	}
	tags, identity := j.secondary(trusted)
	deny, denials := j.deny()
	a.checks = append(a.checks, tags.check, identity.check, deny)
	var hidden []Cause
	for _, s := range []secondary{tags, identity} {
		if s.cause != nil {
			a.causes = append(a.causes, *s.cause)
		}
		if s.hidden != nil {
			hidden = append(hidden, *s.hidden)
		}
		a.notes = append(a.notes, s.notes...)
	}
	a.causes = append(a.causes, denials...)
	if !refuses(a.causes) {
		a.causes = append(append(a.causes, j.hiddenCauses()...), hidden...)
	}
	sortCauses(a.causes, a.checks)
	a.soft = j.softlyHeld()
	a.notes = append(a.notes, j.conditionNotes()...)
	return a
}

// sortCauses puts causes into the order of the checks, where they are not the
// causes of one statement alone.
func sortCauses(causes []Cause, checks []Check) {
	at := func(c *Cause) int {
		return slices.IndexFunc(checks, func(k Check) bool { return k.Element == c.Element })
	}
	sort.SliceStable(causes, func(i, k int) bool { return at(&causes[i]) < at(&causes[k]) })
}

func refuses(causes []Cause) bool {
	for _, c := range causes {
		if c.Code != CauseClaimNotSupported {
			return true
		}
	}
	return false
}

// emptyChecks are those of a document with no Allow statement.
func emptyChecks(s *subject) []Check {
	return []Check{
		{Element: ElementProviderARN, Status: StatusMismatch, Presented: oneOf(s.provider.Text), Statement: NoStatement},
		{Element: ElementAction, Status: StatusNotRequired, Presented: []string{actionAssume}, Statement: NoStatement},
		s.notRequired(ElementAud), s.notRequired(ElementSub),
	}
}

func (s *subject) notRequired(element string) Check {
	c := Check{Element: element, Status: StatusNotRequired, Statement: NoStatement}
	switch element {
	case ElementAud:
		c.Presented = oneOf(s.in.Denial.Audience.Value)
	case ElementSub:
		c.Presented = oneOf(s.in.Denial.Subject.Value)
	}
	return c
}

func setCheck(checks []Check, c Check) {
	for i := range checks {
		if checks[i].Element == c.Element {
			checks[i] = c
		}
	}
}

// statementChecks has one check for each element of a statement, with the
// part that decides it.
func (j *judgement) statementChecks(js *judged) []Check {
	if js.statement.Unresolved {
		return j.unknownChecks(js.statement.Index)
	}
	deciding := make(map[string]*part)
	var order []string
	for i := range js.parts {
		p := &js.parts[i]
		old, seen := deciding[p.element]
		if !seen {
			order = append(order, p.element)
		}
		if !seen || weight(p.status()) > weight(old.status()) {
			deciding[p.element] = p
		}
	}
	var checks []Check
	add := func(element string) {
		p, ok := deciding[element]
		if !ok {
			checks = append(checks, j.subject.notRequired(element))
			return
		}
		checks = append(checks, j.subject.check(p, js.statement.Index))
	}
	for _, element := range []string{ElementProviderARN, ElementAction, ElementAud, ElementSub} {
		add(element)
	}
	for _, element := range order {
		if find(checks, element).Status == "" {
			add(element)
		}
	}
	return checks
}

func weight(s Status) int {
	switch s {
	case StatusMismatch:
		return 2
	case StatusUnknown:
		return 1
	case StatusMatch, StatusNotRequired:
	}
	return 0
}

func (s *subject) check(p *part, statement int) Check {
	return Check{
		Element: p.element, Status: p.status(), Expected: texts(p.expected), Presented: s.presented(p),
		Operator: p.operator, Key: p.key, Statement: statement,
	}
}

// presented is what the token has for a part: under a misnamed key, the claim
// that was meant.
func (s *subject) presented(p *part) []string {
	if len(p.presented) == 0 {
		return s.notRequired(p.element).Presented
	}
	return p.presented
}

func (j *judgement) unknownChecks(statement int) []Check {
	checks := emptyChecks(j.subject)
	for i := range checks {
		checks[i].Status, checks[i].Statement = StatusUnknown, statement
	}
	return checks
}

// statementCauses has one cause for each false part, in the order of the
// checks, and one for each claim that AWS does not document.
func (j *judgement) statementCauses(js *judged) []Cause {
	var causes []Cause
	for i := range js.parts {
		p := &js.parts[i]
		if p.truth == policy.False || p.unsupported() {
			causes = append(causes, j.cause(js, p))
		}
	}
	return causes
}

func (j *judgement) cause(js *judged, p *part) Cause {
	s := j.subject
	c := s.partCause(js.statement, p)
	expected, hints := s.nearMiss(p)
	c.Hints, c.Nearest = hints, expected
	switch p.code {
	case CauseProviderARNMismatch:
		c.Message, c.Reason = s.providerMessage(p, c.Hints)
	case CauseActionNotAllowed:
		c.Message = actionMessage(p)
	case CauseConditionKeyMisnamed:
		c.Message = s.keyMessage(p)
	case CauseClaimNotSupported:
		c.Message = fmt.Sprintf("AWS does not list %s among the condition keys of %s, so it is most likely missing from every request; the list grows, so this is not certain.", quote(p.key), s.issuerName())
	default:
		c.Foreign = p.element == ElementSub && s.foreign(expected) || p.element == ElementAud && s.usualAudience(p.presented)
		c.Reason = s.reason(p, expected, c.Hints)
		c.Message = strings.TrimSpace(s.valueMessage(p) + " " + c.Reason)
	}
	return c
}

// usualAudience tells whether the token has the audience that its issuer
// usually sends.
func (s *subject) usualAudience(presented []string) bool {
	return len(presented) == 1 && slices.Contains(s.issuer.Audiences, presented[0])
}

func (s *subject) issuerName() string {
	if !s.issuer.Known {
		return "this issuer"
	}
	return s.issuer.Name
}

// partCause is a cause with everything but hints and message.
func (s *subject) partCause(st *policy.Statement, p *part) Cause {
	return Cause{
		Code: p.code, Element: p.element, Confidence: p.confidence, Statement: st.Index, Sid: st.Sid,
		Pos: p.pos, Path: p.path, Operator: p.operator, Key: p.key, Expected: texts(p.expected), Presented: s.presented(p),
	}
}

func (j *judgement) noFederatedPrincipal() Cause {
	c := Cause{Code: CauseNoFederatedPrincipal, Element: ElementProviderARN, Confidence: Certain, Statement: NoStatement,
		Presented: oneOf(j.subject.provider.Text),
		Message:   "the trust policy trusts no web identity at all: no Allow statement names an OIDC provider as Federated principal."}
	if j.focus != nil {
		st := j.focus.statement
		c.Statement, c.Sid, c.Pos, c.Path = st.Index, st.Sid, st.Principal.Pos, st.Principal.Path
		for _, e := range st.Principal.Entries {
			c.Expected = append(c.Expected, e.Text)
		}
		c.Message = fmt.Sprintf("the trust policy trusts %s and no web identity at all.", quoteAll(c.Expected))
	}
	return c
}

// requiredMissing covers the issuers for which STS itself refuses a request
// unless the trust policy tests a claim (HCP Terraform: app.terraform.io:sub).
// A misnamed key tests nothing; where it makes its part false, that is the
// cause already.
func (j *judgement) requiredMissing() (Cause, bool) {
	claim := j.subject.issuer.RefusedWithout
	if claim == "" || j.focus == nil {
		return Cause{}, false
	}
	for i := range j.statements {
		js := &j.statements[i]
		if js.statement.Unresolved {
			return Cause{}, false
		}
		for k := range js.parts {
			p := &js.parts[k]
			tests := p.info.claim == claim && (p.info.class != keyMisnamed && p.info.class != keyUnlisted || p.truth == policy.False)
			if tests || p.cond != nil && p.cond.Unresolved {
				return Cause{}, false
			}
		}
	}
	st := j.focus.statement
	return Cause{Code: CauseRequiredMissing, Element: claim, Confidence: Certain, Statement: st.Index, Sid: st.Sid, Pos: st.Pos, Path: st.Path() + ".Condition",
		Key: j.subject.provider.Suffix + ":" + claim, Presented: j.subject.notRequired(claim).Presented,
		Message: fmt.Sprintf("STS refuses tokens of %s unless the trust policy tests %s:%s, and it does not.", j.subject.issuer.Name, j.subject.provider.Suffix, claim)}, true
}
