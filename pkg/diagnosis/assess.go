package diagnosis

import (
	"fmt"
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
	for _, s := range []secondary{tags, identity} {
		if s.cause != nil {
			a.causes = append(a.causes, *s.cause)
		}
		a.notes = append(a.notes, s.notes...)
	}
	a.causes = append(a.causes, denials...)
	if !refuses(a.causes) {
		a.causes = append(a.causes, j.hiddenCauses()...)
	}
	a.soft = j.softlyHeld()
	a.notes = append(a.notes, j.conditionNotes()...)
	return a
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
	c.Hints = s.hints(p)
	switch p.code {
	case CauseProviderARNMismatch:
		c.Message = s.providerMessage(p, c.Hints)
	case CauseActionNotAllowed:
		c.Message = fmt.Sprintf("the statement allows %s; a web identity needs %s, which it does not cover.", quoteAll(c.Expected), quote(actionAssume))
	case CauseConditionKeyMisnamed:
		c.Message = s.keyMessage(p)
	case CauseClaimNotSupported:
		c.Message = fmt.Sprintf("AWS does not list %s among the condition keys of %s, so it is most likely missing from every request; the list grows, so this is not certain.", quote(p.key), s.issuer.Name)
	default:
		c.Reason = s.reason(p, c.Hints)
		c.Message = strings.TrimSpace(s.valueMessage(p) + " " + c.Reason)
	}
	return c
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
			if p := &js.parts[k]; p.info.claim == claim || p.cond != nil && p.cond.Unresolved {
				return Cause{}, false
			}
		}
	}
	st := j.focus.statement
	return Cause{Code: CauseRequiredMissing, Element: claim, Confidence: Certain, Statement: st.Index, Sid: st.Sid, Pos: st.Pos, Path: st.Path() + ".Condition",
		Key: j.subject.provider.Suffix + ":" + claim, Presented: j.subject.notRequired(claim).Presented,
		Message: fmt.Sprintf("STS refuses tokens of %s unless the trust policy tests %s:%s, and it does not.", j.subject.issuer.Name, j.subject.provider.Suffix, claim)}, true
}

// hiddenCauses names each part of the focus, and each Deny, whose outcome
// rests on a key that the record does not show.
func (j *judgement) hiddenCauses() []Cause {
	var causes []Cause
	for i := range j.statements {
		js := &j.statements[i]
		if js != j.focus && (js.statement.Effect != policy.Deny || js.truth != policy.Unknown) {
			continue
		}
		for k := range js.parts {
			p := &js.parts[k]
			if p.truth != policy.Unknown || len(p.waits) == 0 || js == j.focus && p.unsupported() {
				continue
			}
			c := j.subject.partCause(js.statement, p)
			c.Code, c.Confidence = CauseHiddenClaim, Possible
			if js != j.focus {
				c.Element = ElementDeny
			}
			c.Message = fmt.Sprintf("the outcome rests on %s, which CloudTrail does not record.", strings.Join(p.waits, " and "))
			causes = append(causes, c)
		}
	}
	return causes
}

// softlyHeld tells whether a condition on aud that decides the outcome was
// compared with what may have been azp.
func (j *judgement) softlyHeld() bool {
	for i := range j.statements {
		js := &j.statements[i]
		if js != j.focus && js.statement.Effect != policy.Deny {
			continue
		}
		for k := range js.parts {
			if js.parts[k].soft {
				return true
			}
		}
	}
	return false
}

// conditionNotes tell what holds, or stays open, for a reason that is worth
// knowing.
func (j *judgement) conditionNotes() []string {
	if j.focus == nil {
		return nil
	}
	var notes []string
	for i := range j.focus.parts {
		p := &j.focus.parts[i]
		misnamed := p.info.class == keyMisnamed || p.info.class == keyUnlisted
		switch {
		case misnamed && p.truth == policy.True:
			notes = append(notes, fmt.Sprintf("the condition key %s is never in the request; under %s the condition therefore always holds, and tests nothing", quote(p.key), p.operator))
		case misnamed && p.truth == policy.False && !j.subject.heldUnderRightKey(p) && p.info.claim != "":
			notes = append(notes, fmt.Sprintf("under the right key the value would not match either: the policy has %s, the token %s", quoteAll(texts(p.expected)), quoteAll(j.subject.presented(p))))
		case p.truth == policy.Unknown:
			notes = append(notes, unknownNote(p))
		}
		if p.soft {
			notes = append(notes, "the issuer may send azp, which STS then takes for aud: what was recorded may be either")
		}
	}
	return notes
}

// unknownNote says what would settle an unknown part.
func unknownNote(p *part) string {
	switch {
	case len(p.waits) > 0:
		return fmt.Sprintf("%s is unknown: %s is not in the record; the token itself would settle it", p.element, strings.Join(p.waits, " and "))
	case p.element == ElementProviderARN:
		return "provider_arn is unknown: whether such a principal admits a web identity is not documented, or the record does not name the provider"
	default:
		return fmt.Sprintf("%s is unknown: how AWS decides it is not documented, or the policy's value is not resolved", p.element)
	}
}
