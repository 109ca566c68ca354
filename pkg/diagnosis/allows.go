package diagnosis

import (
	"slices"

	"whydenied/pkg/policy"
)

// Call is a call to ask several documents about, by one goroutine.
type Call struct {
	subject *subject
	keys    []string        // what request was made of
	request *policy.Request // for the call itself
}

// NewCall prepares a call. It is for asking about many that nobody made.
func NewCall(in Input) *Call {
	s := identify(&in)
	s.role = in.Account.Role(in.Denial.RoleARN.Value)
	return &Call{subject: s}
}

// Allowed tells whether a document allows the call, as [Diagnose] would find
// it, without saying why.
func (c *Call) Allowed(doc *policy.Document) policy.Truth {
	s := c.subject
	if c.request == nil || !slices.Equal(c.keys, doc.Keys()) {
		c.keys, c.request = doc.Keys(), s.request(doc.Keys(), actionAssume, nil)
	}
	t := policy.Evaluate(doc, c.request)
	if d := &s.in.Denial; len(d.PrincipalTags)+len(d.TransitiveTagKeys) > 0 {
		t = t.And(s.allowed(doc, actionTagSession))
	}
	if s.in.Denial.SourceIdentity.Value != "" {
		t = t.And(s.allowed(doc, actionSetSourceIdentity))
	}
	return t
}

func (s *subject) allowed(doc *policy.Document, action string) policy.Truth {
	return policy.Evaluate(doc, s.request(doc.Keys(), action, nil))
}

// SameName tells whether two names differ in nothing that makes them different
// ones: letter case, white space, what chat programs and word processors add,
// percent-encoding and the issuer's ids.
func SameName(a, b string) bool { return withoutWriting(a) == withoutWriting(b) }

// PlainName is a name, or a pattern of names, without all that [SameName]
// passes over, in lower case.
func PlainName(s string) string { return withoutWriting(s) }

// IsPlaceholder tells whether a text holds what an example leaves to be filled
// in, as in "<org>" or "your-repo".
func IsPlaceholder(s string) bool { return isPlaceholder(s) }

// HoldsVariable tells whether a text holds a policy variable, which IAM fills
// in by itself where the policy's Version is 2012-10-17.
func HoldsVariable(s string) bool { return holdsVariable(s) }
