package remedy

import (
	"fmt"
	"slices"
	"strings"

	"whydenied/pkg/policy"
)

// tagKeys are the condition keys that speak of what a token carries beside
// its claims: session tags, and a source identity.
var tagKeys = []string{"aws:tagkeys", "sts:transitivetagkeys", "sts:sourceidentity"}

// limited is a statement for tokens of this provider that allows a call only
// with certain tags or a certain source identity, which this token does not
// have. Whoever wrote it meant to keep out what the token carries, so that no
// other statement may allow it.
func (f *finder) limited(action string) *policy.Statement {
	for i := range f.doc.Statements {
		st := &f.doc.Statements[i]
		names := func(v policy.Value) bool { return v.MatchesAction(action) != policy.False }
		if st.Effect != policy.Allow || !f.mayTrust(&st.Principal) || slices.ContainsFunc(st.Action.Values, names) == st.Action.Not {
			continue
		}
		for k := range st.Conditions {
			key := st.Conditions[k].FoldedKey()
			if slices.Contains(tagKeys, key) || strings.HasPrefix(key, "aws:requesttag/") {
				return st
			}
		}
	}
	return nil
}

// mayTrust tells whether a statement may be about tokens of this provider. One
// for roles of AWS, or for another provider, says nothing of them.
func (f *finder) mayTrust(p *policy.Principal) bool {
	call := policy.Request{Provider: f.provider.Text}
	names := func(e policy.PrincipalEntry) bool { return e.Truth(&call) != policy.False }
	return p.Unresolved || p.Not || slices.ContainsFunc(p.Entries, names)
}

// beside allows what a token with tags or a source identity needs in a
// statement of its own, for the presented subject alone. The statement that
// lets the token in lets in others as well, without either: they must not gain
// by the fix, and not lose by it. The statement allows all that such a token
// needs, as trust policies that are known to work do.
func (f *finder) beside(dr *draft, gain error) (proof, error) {
	at, old := len(f.doc.Statements), dr.statement
	if old < 0 || old >= at {
		return proof{}, gain
	}
	st := &f.doc.Statements[old]
	own := draft{kind: dr.kind, statement: old, warnings: dr.warnings}
	own.steps = []step{copyStatement(old, f.freeSid(st.Sid), f.provider.Text), setActions(at, append([]string{actionAssume}, dr.actions...))}
	sub := f.in.Denial.Subject.Value
	for k := range st.Conditions {
		c := &st.Conditions[k]
		if c.FoldedKey() != strings.ToLower(f.provider.Suffix)+":sub" || !isText(c.Operator) || !knowsWildcards(c.Operator) || f.nobodys(c) {
			continue
		}
		value, ok := f.stable(sub, c.Operator)
		if !ok {
			return proof{}, gain
		}
		own.steps = append(own.steps, setValue(at, c.Operator.Text, c.Key.Text, value))
		own.title = fmt.Sprintf("Allow %s to %q alone, in a statement of its own", listed(dr.actions), cut(value))
		own.admits, own.operator = value, c.Operator
	}
	if own.admits == "" {
		return proof{}, gain
	}
	t, doc, result, err := f.take(f.text, own.steps)
	if err != nil {
		return proof{}, err
	}
	*dr = own
	return f.prove(t, doc, result, dr)
}

// setActions has a statement allow these calls and no others.
func setActions(statement int, actions []string) step {
	return func(t *text) error {
		st := t.statement(statement)
		n := st.Get("Action")
		if n == nil {
			return errPlace
		}
		return t.splice(n.Start, n.End, t.valueText(st, actions))
	}
}

// setValue has a condition want this value and no other.
func setValue(statement int, operator, key, value string) step {
	return func(t *text) error {
		n := t.block(statement, operator).Get(key)
		if n == nil {
			return errPlace
		}
		return t.splice(n.Start, n.End, quoted(value))
	}
}
