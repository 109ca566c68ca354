package lint

import (
	"fmt"
	"slices"
	"strings"

	"whydenied/pkg/oidc"
	"whydenied/pkg/policy"
)

// required finds a statement that admits a shared issuer's tenants all alike.
func (s *statement) required() {
	if s.Effect != policy.Allow || s.covers(assumeWebIdentity) == policy.False {
		return
	}
	for i := range s.providers {
		t := &s.providers[i]
		claim := t.issuer.RequiredClaim
		key := claim
		if !strings.Contains(claim, ":") {
			key = t.Suffix + ":" + claim
		}
		switch {
		case claim != "" && !s.tests(key):
			s.report(ruleRequired, s.Pos, s.Path(), fmt.Sprintf("the statement trusts %s and does not test %s, or tests it against wildcards alone", nameOf(t), quote(key)),
				"Add the condition: IAM refuses the policy without it, and other tenants of the issuer get in where it was kept from earlier.")
		case claim == "" && signsForAll(t.issuer) && !s.narrowed(&policy.Condition{}, t) && !s.tests(t.Suffix+":sub"):
			s.report(ruleTenantUntested, s.Pos, s.Path(), fmt.Sprintf("the statement trusts %s, which signs for everybody, and no condition says whose token gets in", nameOf(t)),
				fmt.Sprintf("Add a condition on %s: %s.", quote(t.Suffix+":sub"), t.issuer.Form))
		}
	}
}

// tests tells whether a condition tests a key against more than wildcards. A
// value that is not resolved does.
func (s *statement) tests(key string) bool {
	for i := range s.Conditions {
		c := &s.Conditions[i]
		if c.Key.Unresolved || c.Unresolved {
			return true
		}
		if c.FoldedKey() != strings.ToLower(key) || c.Operator.IsNull() {
			continue
		}
		if slices.ContainsFunc(c.Values, func(v policy.Value) bool { return v.Unresolved || strings.Trim(v.Text, "*?") != "" }) {
			return true
		}
	}
	return false
}

// tags notes that session tags would be refused, for an issuer whose agents
// can send them.
func (s *statement) tags() {
	if s.Effect != policy.Allow || s.covers(assumeWebIdentity) != policy.True {
		return
	}
	for i := range s.providers {
		t := &s.providers[i]
		if !sendsTags(t.issuer) || s.tagged(t) {
			continue
		}
		s.report(ruleTagSession, s.Action.Pos, s.Action.Path, fmt.Sprintf("%s can put session tags into its tokens, and the policy does not allow %s: such a token is refused as a whole", nameOf(t), tagSession),
			"Allow "+tagSession+" beside "+assumeWebIdentity+" if jobs ask for session tags.")
	}
}

// sendsTags tells whether an issuer documents that its tokens can carry
// session tags.
func sendsTags(i *oidc.Issuer) bool {
	return strings.HasPrefix(i.Name, "Buildkite")
}

// tagged tells whether some statement for the provider allows tags, or may.
func (s *statement) tagged(t *trusted) bool {
	for i := range s.doc.Statements {
		st := &statement{linter: s.linter, Statement: &s.doc.Statements[i]}
		if st.Unresolved || st.Effect == policy.Deny || st.covers(tagSession) == policy.False {
			continue
		}
		if slices.ContainsFunc(st.Principal.Entries, func(e policy.PrincipalEntry) bool { return e.Unresolved || e.Text == t.Text || t.Text == "" }) {
			return true
		}
	}
	return false
}
