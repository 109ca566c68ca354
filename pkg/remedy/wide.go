package remedy

import (
	"fmt"
	"strings"

	"whydenied/pkg/oidc"
)

// wideCure says what the change would let in that people usually copy in the
// place of a fix: found by making it, on the fixed document, and asking about
// the probes.
func (f *finder) wideCure(dr *draft, p *proof) string {
	says, steps := f.widened(dr, p)
	if len(steps) == 0 {
		return ""
	}
	_, doc, err := p.text.apply(steps)
	if err != nil {
		return ""
	}
	var who []string
	probes := f.probes()
	for i := range probes {
		if p := &probes[i]; p.named && !p.own && rank(p.call.Allowed(doc)) > rank(p.after) {
			who = addOnce(who, p.says)
		}
	}
	if len(who) == 0 {
		return ""
	}
	return fmt.Sprintf("%s, as is often advised, would also let in %s.", says, listed(who))
}

// widened is what people do instead: for a subject the rest of it becomes a
// wildcard, for anything else the condition goes.
func (f *finder) widened(dr *draft, p *proof) (says string, steps []step) {
	st := f.focusOf(p)
	if st < 0 {
		return "", nil
	}
	aud, sub := strings.ToLower(f.provider.Suffix)+":aud", strings.ToLower(f.provider.Suffix)+":sub"
	conditions := p.doc.Statements[st].Conditions
	for i := range conditions {
		c := &conditions[i]
		switch {
		case c.FoldedKey() == sub && dr.admits != "":
			wide := f.widePattern()
			says = fmt.Sprintf("The pattern %q", cut(wide))
			return says, []step{setOperator(st, c.Operator.Text, c.Key.Text, wide)}
		case c.FoldedKey() == aud && strings.Contains(strings.ToLower(dr.title), "audience"):
			return "Dropping the condition on aud", []step{dropCondition(st, c.Operator.Text, c.Key.Text)}
		case dr.kind == KindKey && c.FoldedKey() == sub:
			return "Dropping the condition", []step{dropCondition(st, c.Operator.Text, c.Key.Text)}
		}
	}
	return "", nil
}

// focusOf is the statement that lets the token in.
func (f *finder) focusOf(p *proof) int { return p.result.Focus }

// widePattern is the subject with a wildcard behind its resource, or where
// that is the last of it, in its place.
func (f *finder) widePattern() string {
	sub := f.in.Denial.Subject.Value
	fields := f.reading.Fields
	context := -1
	for i, field := range fields {
		if field.Role == oidc.RoleContext || field.Role == oidc.RoleVolatile {
			context = i
			break
		}
	}
	switch {
	case len(fields) == 0:
		return "*"
	case context > 0:
		return sub[:fields[context-1].End] + ":*"
	default:
		return sub[:fields[0].Start] + "*"
	}
}

// setOperator tests a key against one pattern under StringLike. It is for
// documents that are evaluated and never shown.
func setOperator(statement int, operator, key, pattern string) step {
	return func(t *text) error {
		block := t.block(statement, operator)
		if len(block.Get(key).Text) == 0 && block.Get(key) == nil {
			return errPlace
		}
		if operator == "StringLike" {
			n := block.Get(key)
			return t.splice(n.Start, n.End, quoted(pattern))
		}
		return moveCondition(statement, operator, key, "StringLike", []string{pattern})(t)
	}
}
