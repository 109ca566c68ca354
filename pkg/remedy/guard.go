package remedy

import (
	"fmt"
	"strings"

	"whydenied/pkg/oidc"
	"whydenied/pkg/policy"
)

// guarded checks what IAM wants of a trust policy when it is written: a
// statement that trusts an issuer shared by many tests the claim that says
// whose the token is (IAM User Guide, "Identity-provider controls for shared
// OIDC providers"; "Create a role for OpenID Connect federation").
//
// A statement of another provider was there before: that IAM may refuse the
// document for it is a warning.
func (f *finder) guarded(doc *policy.Document) (warnings []string, err error) {
	for i := range doc.Statements {
		st := &doc.Statements[i]
		if st.Effect != policy.Allow || !allows(st) {
			continue
		}
		for _, e := range st.Principal.Entries {
			p, err := oidc.ParseProvider(e.Text)
			if err != nil || e.Type != "Federated" {
				continue
			}
			claim := oidc.Lookup(p.Suffix, "").RequiredClaim
			if claim == "" {
				continue
			}
			key := claim
			if !strings.Contains(claim, ":") {
				key = p.Suffix + ":" + claim
			}
			switch {
			case testsKey(st, key):
			case p.Text == f.provider.Text:
				return nil, fmt.Errorf("IAM refuses a trust policy in which a statement for %s does not test %s, or tests it against wildcards alone", p.Suffix, key)
			default:
				warnings = addOnce(warnings, fmt.Sprintf("IAM may refuse this trust policy for a statement that was there before: it trusts %s and does not test %s", p.Suffix, key))
			}
		}
	}
	return warnings, nil
}

// allows tells whether a statement is about the call of a web identity.
func allows(st *policy.Statement) bool {
	for i := range st.Action.Values {
		if st.Action.Values[i].MatchesAction(actionAssume) != policy.False {
			return !st.Action.Not
		}
	}
	return st.Action.Not
}

func testsKey(st *policy.Statement, key string) bool {
	for i := range st.Conditions {
		c := &st.Conditions[i]
		if c.FoldedKey() != strings.ToLower(key) || c.Operator.IsNull() {
			continue
		}
		for _, v := range c.Values {
			if strings.Trim(v.Text, "*?") != "" {
				return true
			}
		}
	}
	return false
}

// The length of a trust policy in characters, white space not counted: what an
// account may have by default, and what its quota can be raised to (IAM User
// Guide, "IAM and AWS STS quotas").
const (
	usualPolicy = 2048
	maxPolicy   = 8192
)

// sizeOf counts as IAM does: all but white space.
func sizeOf(source []byte) int {
	n := 0
	for _, r := range string(source) {
		if !strings.ContainsRune(" \t\r\n", r) {
			n++
		}
	}
	return n
}
