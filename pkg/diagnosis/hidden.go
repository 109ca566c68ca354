package diagnosis

import (
	"fmt"
	"strings"

	"whydenied/pkg/policy"
)

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
			c := j.hiddenCause(js.statement, p)
			if js != j.focus {
				c.Element = ElementDeny
			}
			causes = append(causes, c)
		}
	}
	return causes
}

func (j *judgement) hiddenCause(st *policy.Statement, p *part) Cause {
	c := j.subject.partCause(st, p)
	c.Code, c.Confidence = CauseHiddenClaim, Possible
	c.Message = fmt.Sprintf("the outcome rests on %s.", j.notShown(p))
	return c
}

// notShown names the keys that a part waits for, and why they are not known.
func (j *judgement) notShown(p *part) string {
	if j.subject.in.Made {
		return p.waitsFor() + ", which was not given"
	}
	return p.waitsFor() + ", which the record does not show"
}

func (p *part) waitsFor() string {
	keys := make([]string, 0, len(p.waits))
	for _, k := range p.waits {
		if k == strings.ToLower(p.key) {
			k = p.key // as the policy writes it
		}
		keys = append(keys, plain(k))
	}
	return strings.Join(keys, " and ")
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

// azpCause: everything matches, but aud may have been compared with azp.
func (j *judgement) azpCause() Cause {
	c := Cause{Code: CauseHiddenClaim, Element: ElementAud, Confidence: Possible, Statement: NoStatement,
		Message: "the outcome rests on azp, which CloudTrail does not record: where a token carries it, STS compares it in place of aud."}
	if j.focus == nil {
		return c
	}
	for i := range j.focus.parts {
		if p := &j.focus.parts[i]; p.soft {
			message := c.Message
			c = j.subject.partCause(j.focus.statement, p)
			c.Code, c.Confidence, c.Message = CauseHiddenClaim, Possible, message
			break
		}
	}
	return c
}
