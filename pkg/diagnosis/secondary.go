package diagnosis

import (
	"fmt"

	"whydenied/pkg/policy"
)

// secondary is a call that a token with tags or a source identity needs
// allowed beside AssumeRoleWithWebIdentity.
type secondary struct {
	check  Check
	cause  *Cause
	hidden *Cause // the call's being allowed rests on what is not recorded
	notes  []string
}

// secondary judges sts:TagSession and sts:SetSourceIdentity.
func (j *judgement) secondary(trusted bool) (tags, identity secondary) {
	d := &j.subject.in.Denial
	tagged := carried(len(d.PrincipalTags)+len(d.TransitiveTagKeys) > 0, d.HasRequestParameters)
	identified := carried(d.SourceIdentity.Value != "", d.HasRequestParameters)
	canTag, canIdentify := policy.Unknown, policy.Unknown
	if tagged != policy.False || identified != policy.False {
		canTag, canIdentify = j.allows(actionTagSession), j.allows(actionSetSourceIdentity)
	}
	both := canTag.And(canIdentify)
	tags = secondary{check: Check{Element: ElementTags, Status: secondaryStatus(tagged, canTag, both), Expected: []string{actionTagSession}, Presented: append(tagKeys(d.PrincipalTags), d.TransitiveTagKeys...), Statement: NoStatement}}
	identity = secondary{check: Check{Element: ElementSourceIdentity, Status: secondaryStatus(identified, canIdentify, both), Expected: []string{actionSetSourceIdentity}, Presented: oneOf(d.SourceIdentity.Value), Statement: NoStatement}}
	if tags.check.Status == StatusMismatch && trusted {
		tags.cause = j.secondaryCause(CauseTagSessionNotAllowed, &tags.check, "session tags")
	}
	if identity.check.Status == StatusMismatch && trusted {
		identity.cause = j.secondaryCause(CauseSourceIdentityForbidden, &identity.check, "a source identity")
	}
	if tagged == policy.True && canTag == policy.Unknown {
		tags.hidden, tags.notes = j.secondaryHidden(&tags.check)
	}
	if identified == policy.True && canIdentify == policy.Unknown {
		identity.hidden, identity.notes = j.secondaryHidden(&identity.check)
	}
	if tagged == policy.Unknown && both != policy.True {
		tags.notes = []string{"the record does not show whether the token carried session tags or a source identity; if it did, sts:TagSession or sts:SetSourceIdentity would have to be allowed, too"}
	}
	return tags, identity
}

// carried: a record with requestParameters shows what the token carried.
func carried(has, shown bool) policy.Truth {
	switch {
	case has:
		return policy.True
	case shown:
		return policy.False
	default:
		return policy.Unknown
	}
}

func secondaryStatus(carried, allowed, both policy.Truth) Status {
	switch {
	case carried == policy.False:
		return StatusNotRequired
	case carried == policy.Unknown && both == policy.True, carried == policy.True && allowed == policy.True:
		return StatusMatch
	case carried == policy.True && allowed == policy.False:
		return StatusMismatch
	default:
		return StatusUnknown
	}
}

// allows tells whether a statement that holds allows the other call, or the
// focus would once its failing parts are put right.
func (j *judgement) allows(action string) policy.Truth {
	trace := j.traceOf(action)
	allowed := policy.False
	for i := range trace.Statements {
		r := &trace.Statements[i]
		if r.Statement.Effect == policy.Deny {
			continue
		}
		allowed = allowed.Or(r.Truth)
		if j.focus != nil && r.Statement == j.focus.statement {
			allowed = allowed.Or(r.Action)
		}
	}
	return allowed
}

func (j *judgement) secondaryCause(code Code, check *Check, what string) *Cause {
	c := &Cause{Code: code, Element: check.Element, Confidence: Certain, Statement: NoStatement,
		Expected: check.Expected, Presented: check.Presented,
		Message: fmt.Sprintf("the token carries %s, so the trust policy has to allow %s for this provider as well, and it does not%s.", what, check.Expected[0], j.onlyWhere(check.Expected[0]))}
	if j.focus != nil {
		st := j.focus.statement
		c.Statement, c.Sid, c.Pos, c.Path = st.Index, st.Sid, st.Action.Pos, st.Action.Path
		check.Statement = st.Index
	}
	return c
}

// onlyWhere names the condition under which a statement does allow the other
// call, which does not hold for this token.
func (j *judgement) onlyWhere(action string) string {
	trace := j.traceOf(action)
	for i := range trace.Statements {
		r := &trace.Statements[i]
		if r.Statement.Effect != policy.Allow || r.Principal != policy.True || r.Action != policy.True {
			continue
		}
		for k := range r.Conditions {
			if c := r.Conditions[k].Condition; r.Conditions[k].Truth == policy.False {
				return fmt.Sprintf(": %s allows it only where %s %s holds", r.Statement.Path(), c.Operator.Text, plain(c.Key.Text))
			}
		}
	}
	return ""
}

// secondaryHidden is for a call that the token needs and that is allowed only
// if something holds which is not known.
func (j *judgement) secondaryHidden(check *Check) (*Cause, []string) {
	action := check.Expected[0]
	trace := j.traceOf(action)
	for i := range trace.Statements {
		r := &trace.Statements[i]
		if r.Statement.Effect == policy.Deny || r.Truth != policy.Unknown {
			continue
		}
		for k := range r.Conditions {
			if len(r.Conditions[k].Waits) == 0 {
				continue
			}
			p := j.subject.conditionPart(&r.Conditions[k], nil)
			c := j.hiddenCause(r.Statement, &p)
			c.Element, check.Statement = check.Element, r.Statement.Index
			c.Message = fmt.Sprintf("whether %s is allowed rests on %s.", action, j.notShown(&p))
			return &c, nil
		}
	}
	return nil, []string{fmt.Sprintf("%s is unknown: whether the policy allows %s to this provider is not documented, or not resolved", check.Element, action)}
}

// deny judges the Deny statements, for each call that the token needs.
func (j *judgement) deny() (Check, []Cause) {
	check := Check{Element: ElementDeny, Status: StatusNotRequired, Statement: NoStatement}
	var causes []Cause
	for i := range j.statements {
		js := &j.statements[i]
		if js.statement.Effect != policy.Deny {
			continue
		}
		status := StatusMatch
		switch j.denies(js) {
		case policy.True:
			status = StatusMismatch
			causes = append(causes, j.denyCause(js))
		case policy.Unknown:
			status = StatusUnknown
		case policy.False:
		}
		if check.Status == StatusNotRequired || weight(status) > weight(check.Status) {
			check.Status, check.Statement = status, js.statement.Index
		}
	}
	return check, causes
}

// denies tells whether a Deny statement holds for any call that the token
// needs.
func (j *judgement) denies(js *judged) policy.Truth {
	t := js.truth
	d := &j.subject.in.Denial
	for action, needed := range map[string]bool{
		actionTagSession:        len(d.PrincipalTags)+len(d.TransitiveTagKeys) > 0,
		actionSetSourceIdentity: d.SourceIdentity.Value != "",
	} {
		if needed {
			trace := j.traceOf(action)
			t = t.Or(trace.Statements[js.statement.Index].Truth)
		}
	}
	return t
}

func (j *judgement) denyCause(js *judged) Cause {
	st := js.statement
	c := Cause{Code: CauseExplicitDeny, Element: ElementDeny, Confidence: Certain, Statement: st.Index, Sid: st.Sid, Pos: st.Pos, Path: st.Path(),
		Message: "a Deny statement holds for this token, and a Deny overrides every Allow."}
	for i := range js.parts {
		p := &js.parts[i]
		if p.cond == nil {
			continue
		}
		if p.confidence != Certain || p.info.class == keyAlias {
			c.Confidence = Likely
		}
		if c.Key == "" {
			c.Pos, c.Path, c.Operator, c.Key = p.pos, p.path, p.operator, p.key
			c.Expected, c.Presented = texts(p.expected), p.presented
			c.Message = fmt.Sprintf("a Deny statement holds: %s %s; a Deny overrides every Allow.", p.operator, plain(p.key))
		}
		if p.info.class == keyMisnamed || p.info.class == keyUnlisted {
			c.Message += fmt.Sprintf(" Its key %s is never in the request, which is why it holds.", quote(p.key))
		}
	}
	return c
}
