package remedy

import (
	"fmt"
	"slices"
	"strings"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/policy"
)

// audienceDrafts see to an audience that is not the one expected. STS took it
// before it looked at the trust policy, so the provider is registered with it.
func (f *finder) audienceDrafts(c *diagnosis.Cause) ([]draft, string) {
	k := f.condition(c)
	switch {
	case k == nil || len(c.Presented) != 1 || !isText(k.Operator) && !isARN(k.Operator):
		return nil, "the condition on aud lists no names that get in, and has to be decided by hand"
	case slices.Contains(c.Hints, diagnosis.HintAudSubSwapped):
		return f.swapDrafts(c, k)
	case !f.mayNameAudience(k, c.Presented[0]):
		return nil, "with this issuer the audience says whose the token is, so confirm who owns this one"
	}
	presented := c.Presented[0]
	op := k.Operator
	dr := draft{kind: KindAdd, title: fmt.Sprintf("Admit the audience %q beside what is expected now", cut(presented))}
	if isARN(op) {
		op = stringEquals
	}
	value, ok := literal(presented, op, f.doc.Version)
	if !ok {
		return nil, "the presented audience cannot be written to the letter in a document of this version"
	}
	switch {
	case isARN(k.Operator):
		dr.kind, dr.title = KindCorrect, fmt.Sprintf("Test aud under StringEquals, against %q", cut(presented))
		dr.mends = true
		dr.steps, dr.gone = []step{moveCondition(c.Statement, k.Operator.Text, k.Key.Text, "StringEquals", []string{value})}, texts(k)
	case f.deadAudience(c, k):
		dr.kind, dr.title = KindCorrect, fmt.Sprintf("Expect the audience %q in the place of %q", cut(presented), cut(c.Nearest))
		dr.steps, dr.gone = []step{replaceValue(c.Statement, k.Operator.Text, k.Key.Text, c.Nearest, value)}, []string{sampleOf(c.Nearest, k.Operator)}
		dr.mends = len(k.Values) == 1
	default:
		dr.steps = []step{addValue(c.Statement, k.Operator.Text, k.Key.Text, value)}
		if p := f.in.Account.Provider(f.provider.Text); p != nil && slices.Contains(p.ClientIDs, c.Nearest) {
			dr.instead = c.Nearest
		}
	}
	return []draft{dr}, ""
}

// mayNameAudience: where the audience is what tells the tenants of a shared
// issuer apart, it has to be the policy's own in another writing, or name the
// tenant that the subject, which the policy accepts, has.
func (f *finder) mayNameAudience(k *policy.Condition, presented string) bool {
	if f.issuer.RequiredClaim != "aud" {
		return true
	}
	for _, v := range k.Values {
		if diagnosis.SameName(v.Text, presented) {
			return true
		}
	}
	return f.ownAudience(presented)
}

// ownAudience tells whether an audience names the tenant that the subject has,
// which the trust policy names too, or the diagnosis would call it a stranger.
func (f *finder) ownAudience(aud string) bool {
	tenant := f.reading.Tenant()
	return tenant != "" && f.doc != nil && slices.Contains(strings.FieldsFunc(aud, isSeparator), tenant)
}

// deadAudience tells whether no token can have the nearest expected audience,
// or whether it is plainly the presented one in another writing.
func (f *finder) deadAudience(c *diagnosis.Cause, k *policy.Condition) bool {
	if c.Nearest == "" || k.Operator.Set == policy.ForAllValues || policy.IsGlob(c.Nearest) && knowsWildcards(k.Operator) {
		return false
	}
	if p := f.in.Account.Provider(f.provider.Text); p != nil && len(p.ClientIDs) > 0 {
		return !slices.Contains(p.ClientIDs, c.Nearest)
	}
	return onlyWriting(c.Hints) || slices.Contains(c.Hints, diagnosis.HintPlaceholder)
}

// swapDrafts are for a value that stands under the key of the other claim: the
// value moves to its own key, and the key that it stood under gets the token's
// own value, so that both claims are tested.
func (f *finder) swapDrafts(c *diagnosis.Cause, k *policy.Condition) ([]draft, string) {
	claim, other := "aud", "sub"
	wrong, right := f.in.Denial.Subject.Value, f.in.Denial.Audience.Value
	if c.Element == diagnosis.ElementSub {
		claim, other, wrong, right = "sub", "aud", right, wrong
	}
	if f.provider.Suffix == "" || !isText(k.Operator) || len(k.Values) != 1 {
		return nil, "a value stands under the wrong key, and which of several has to be sorted by hand"
	}
	value, ok := literal(right, k.Operator, f.doc.Version)
	if !ok {
		return nil, "the presented value cannot be written to the letter in a document of this version"
	}
	if claim == "sub" && !f.swapKnown(c) {
		return nil, "the policy names the audience where the subject belongs and names no subject, so whether this one is meant has to be confirmed"
	}
	dr := draft{kind: KindCorrect, mends: true, gone: []string{c.Nearest},
		title: fmt.Sprintf("Test each value under its own key: %q under %s", cut(wrong), f.provider.Suffix+":"+other),
		steps: []step{replaceValue(c.Statement, k.Operator.Text, k.Key.Text, c.Nearest, value)},
	}
	if swapped := f.holding(c.Statement, other, right); swapped != nil {
		// Both stand under the wrong key.
		dr.steps = append(dr.steps, replaceValue(c.Statement, swapped.Operator.Text, swapped.Key.Text, right, k.Values[0].Text))
		dr.gone = append(dr.gone, right)
	} else if !f.tests(c.Statement, other) {
		dr.steps = append(dr.steps, addCondition(c.Statement, k.Operator.Text, f.provider.Suffix+":"+other, k.Values[0].Text))
	}
	return []draft{dr}, ""
}

// holding is the condition of a statement on a claim of the token's provider
// that has a certain value alone.
func (f *finder) holding(statement int, claim, value string) *policy.Condition {
	st := &f.doc.Statements[statement]
	for i := range st.Conditions {
		k := &st.Conditions[i]
		if k.FoldedKey() == strings.ToLower(f.provider.Suffix)+":"+claim && len(k.Values) == 1 && k.Values[0].Text == value {
			return k
		}
	}
	return nil
}

// swapKnown tells whether the subject stands somewhere in the statement, under
// whatever key.
func (f *finder) swapKnown(c *diagnosis.Cause) bool {
	st := f.statement(c)
	for i := range st.Conditions {
		for _, v := range st.Conditions[i].Values {
			if v.Text == f.in.Denial.Subject.Value {
				return true
			}
		}
	}
	return false
}

// tests tells whether a statement has a condition on a claim of the token's
// provider.
func (f *finder) tests(statement int, claim string) bool {
	st := &f.doc.Statements[statement]
	for i := range st.Conditions {
		if st.Conditions[i].FoldedKey() == strings.ToLower(f.provider.Suffix)+":"+claim {
			return true
		}
	}
	return false
}
