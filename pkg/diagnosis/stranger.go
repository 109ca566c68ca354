package diagnosis

import (
	"strings"

	"whydenied/pkg/oidc"
	"whydenied/pkg/policy"
)

// stranger tells whether the subject's tenant differs from every one that the
// policy names for this provider, by more than its writing. Where some
// statement names no tenant, or one that cannot be read, it is not known to
// be one.
func (j *judgement) stranger() bool {
	s := j.subject
	tenant := s.reading.Tenant()
	if !s.reading.Complete {
		// A template of the owner's own may go on in a way that no grammar
		// reads; whose it is stands in front.
		tenant = s.pattern(s.in.Denial.Subject.Value).Tenant()
	}
	if tenant == "" {
		return false
	}
	named := 0
	for i := range j.statements {
		js := &j.statements[i]
		if js.statement.Effect == policy.Deny || !js.trusts || !js.speaks {
			continue
		}
		for k := range js.parts {
			p := &js.parts[k]
			if p.element != ElementSub || p.cond == nil || p.cond.Operator.Negated() || p.cond.Operator.IsNull() {
				continue
			}
			for _, v := range p.expected {
				// Without its brackets "<ORG>" reads like a name, and a policy
				// variable names nobody.
				raw := s.pattern(v.Text)
				expected := s.pattern(withoutWriting(v.Text)).Tenant()
				if expected == "" || v.Unresolved || strings.Contains(raw.Tenant(), "${") || isPlaceholder(raw.Tenant()) || SameOwner(raw, s.reading) || isPlaceholder(expected) || matches(strings.ToLower(expected), withoutWriting(tenant)) {
					return false
				}
				named++
			}
		}
	}
	return named > 0
}

// SameOwner tells whether two subjects have GitHub's id of the owner in common,
// which stays when the owner takes another name, and is given to nobody else.
func SameOwner(a, b oidc.Reading) bool {
	const id = "repository_owner_id"
	x, _ := a.Get(id)
	y, _ := b.Get(id)
	return x == y && x != ""
}

// withoutWriting drops what does not make two names different ones: letter
// case, white space, what chat programs and word processors add, the issuer's
// ids, and the address that a repository's name was copied with.
func withoutWriting(s string) string {
	s = withoutMarkup(withoutInvisible(withoutSpace(withoutPunctuation(s))))
	return strings.ToLower(withoutIDs(withoutAddress(withoutPercent(s))))
}

// spelt tells whether a pattern spells out a name that the subject has.
func spelt(pattern, name string) bool {
	return !policy.IsGlob(pattern) && (pattern != "" || name == "")
}

// namesSubject tells whether an expected value is the token's own subject, or
// that same subject in another writing: the same resource, spelt out, and the
// same context.
func (s *subject) namesSubject(expected string) bool {
	presented := s.in.Denial.Subject.Value
	pattern := withoutWriting(expected)
	if !matches(pattern, withoutWriting(presented)) {
		return false
	}
	if !policy.IsGlob(pattern) {
		return true
	}
	r := s.pattern(pattern)
	return spelt(r.Tenant(), s.reading.Tenant()) && spelt(r.Resource(), s.reading.Resource()) && r.Tenant()+r.Resource() != ""
}
