package remedy

import (
	"fmt"
	"slices"
	"strings"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/oidc"
	"whydenied/pkg/policy"
)

// actions that a web identity may need.
const (
	actionAssume            = "sts:AssumeRoleWithWebIdentity"
	actionTagSession        = "sts:TagSession"
	actionSetSourceIdentity = "sts:SetSourceIdentity"
)

// drafts are the changes that would see to a cause, best first, or the reason
// why there is none.
func (f *finder) drafts(c *diagnosis.Cause) ([]draft, string) {
	switch c.Code {
	case diagnosis.CauseSubMismatch:
		return f.subjectDrafts(c)
	case diagnosis.CauseAudMismatch:
		return f.audienceDrafts(c)
	case diagnosis.CauseConditionKeyMisnamed:
		return f.keyDrafts(c)
	case diagnosis.CauseProviderARNMismatch:
		return f.providerDrafts(c)
	case diagnosis.CauseActionNotAllowed:
		return f.actionDrafts(c, actionAssume)
	case diagnosis.CauseTagSessionNotAllowed:
		return f.actionDrafts(c, actionTagSession)
	case diagnosis.CauseSourceIdentityForbidden:
		return f.actionDrafts(c, actionSetSourceIdentity)
	case diagnosis.CauseConditionMismatch:
		return f.claimDrafts(c)
	case diagnosis.CauseExplicitDeny:
		return nil, "a Deny statement says on purpose who is kept out, and whoever wrote it has to decide"
	case diagnosis.CauseNoFederatedPrincipal:
		return nil, "the role trusts no web identity at all, so most likely another role was meant; nothing in it names this caller"
	case diagnosis.CauseRequiredMissing:
		return nil, "the trust policy does not say whose tokens it is for, so whether this caller is meant has to be confirmed first"
	case diagnosis.CauseClaimNotSupported:
		return nil, "the claim that the condition tests is none that AWS is known to pass on, and a condition is never dropped"
	default:
		return nil, ""
	}
}

// statement is the statement that a cause is about.
func (f *finder) statement(c *diagnosis.Cause) *policy.Statement {
	if c.Statement < 0 || c.Statement >= len(f.doc.Statements) {
		return nil
	}
	return &f.doc.Statements[c.Statement]
}

// condition is the condition that a cause is about.
func (f *finder) condition(c *diagnosis.Cause) *policy.Condition {
	st := f.statement(c)
	if st == nil {
		return nil
	}
	for i := range st.Conditions {
		if k := &st.Conditions[i]; k.Operator.Text == c.Operator && k.Key.Text == c.Key {
			return k
		}
	}
	return nil
}

// actionDrafts allow one call more in the statement that trusts the token. A
// statement that did not allow the call that every web identity makes let in
// nobody; one that lets in tokens without tags does.
func (f *finder) actionDrafts(c *diagnosis.Cause, action string) ([]draft, string) {
	st := f.statement(c)
	switch {
	case st == nil:
		return nil, "no statement trusts this provider"
	case st.Action.Not:
		return nil, "the statement lists the actions that it leaves out, and which of them is meant has to be decided by hand"
	}
	dr := draft{
		title: fmt.Sprintf("Allow %s in %s", action, st.Path()), kind: KindAction, mends: true,
		steps: []step{addAction(c.Statement, action)},
	}
	if action != actionAssume {
		if l := f.limited(action); l != nil {
			return nil, fmt.Sprintf("%s allows %s on conditions that this token does not meet, and whoever wrote them has to decide", l.Path(), action)
		}
		dr.actions = []string{action}
	}
	return []draft{dr}, ""
}

// keyDrafts rename a condition key that belongs to no provider, or to another
// one. The value is seen to behind it, where it does not match either.
func (f *finder) keyDrafts(c *diagnosis.Cause) ([]draft, string) {
	k := f.condition(c)
	if k == nil || f.provider.Suffix == "" {
		return nil, "what the key was meant to be is not known"
	}
	claim := k.Key.Text[strings.LastIndexByte(k.Key.Text, ':')+1:]
	right := f.provider.Suffix + ":" + strings.TrimSpace(claim)
	if !f.issuer.Documents(strings.TrimSpace(claim)) {
		return nil, fmt.Sprintf("AWS lists no condition key %q", cut(right))
	}
	other := strings.TrimSuffix(k.Key.Text[:len(k.Key.Text)-len(claim)], ":")
	if oidc.Lookup(other, f.in.Denial.Subject.Value).Known && f.otherOwners(other, c.Hints) {
		return nil, f.sameNameElsewhere(other)
	}
	return []draft{{
		title: fmt.Sprintf("Rename the condition key %q to %q", cut(k.Key.Text), right), kind: KindKey, mends: true,
		steps: []step{renameKey(c.Statement, k.Operator.Text, k.Key.Text, right)},
	}}, ""
}

// claimDrafts admit the value of a claim that the subject itself carries, such
// as GitHub's environment. No other condition is touched: what a caller
// chooses freely, or where and when it calls, says nothing of who it is.
func (f *finder) claimDrafts(c *diagnosis.Cause) ([]draft, string) {
	k := f.condition(c)
	if k == nil || !isText(k.Operator) || len(c.Presented) != 1 {
		return nil, fmt.Sprintf("the condition on %q is about more than a name, and has to be decided by hand", cut(c.Key))
	}
	claim, own := strings.CutPrefix(k.FoldedKey(), strings.ToLower(f.provider.Suffix)+":")
	carried := slices.ContainsFunc(contextClaims(f), func(name string) bool { return strings.EqualFold(name, claim) })
	if !own || !carried {
		return nil, fmt.Sprintf("the condition on %q says who or what is kept out, and the token's value proves nothing that the trust policy names", cut(c.Key))
	}
	value, ok := literal(c.Presented[0], k.Operator, f.doc.Version)
	if !ok {
		return nil, "the presented value cannot be written to the letter in a document of this version"
	}
	return []draft{{
		title: fmt.Sprintf("Admit %q for %s beside what it is now", cut(c.Presented[0]), k.Key.Text), kind: KindAdd,
		steps: []step{addValue(c.Statement, k.Operator.Text, k.Key.Text, value)}, admits: "",
	}}, ""
}

// contextClaims are the claims of the subject that say in which circumstances
// the token was made.
func contextClaims(f *finder) []string {
	var names []string
	for _, field := range f.reading.Fields {
		if field.Role.String() == "context" && slices.Contains(f.issuer.SubjectClaims, field.Name) {
			names = append(names, field.Name)
		}
	}
	return names
}
