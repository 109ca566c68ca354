package diagnosis

import (
	"slices"
	"strings"

	"whydenied/pkg/internal/edit"
	"whydenied/pkg/oidc"
	"whydenied/pkg/policy"
)

// distance is how far a statement's part is from what was presented: by
// structure first, by letters second.
type distance struct {
	structure int
	letters   float64
}

// The weights of the structure: another tenant is further than another
// resource, and that further than another kind of context.
const (
	kindDiffers     = 1
	resourceDiffers = 2
	tenantDiffers   = 4
)

func (d distance) add(e distance) distance {
	return distance{d.structure + e.structure, d.letters + e.letters}
}

func (d distance) less(e distance) bool {
	if d.structure != e.structure {
		return d.structure < e.structure
	}
	return d.letters < e.letters
}

func (s *subject) providerDistance(expected []policy.Value) distance {
	best := distance{tenantDiffers, 1}
	for _, v := range expected {
		d := distance{tenantDiffers, edit.Ratio(edit.Distance(v.Text, s.provider.Text), v.Text, s.provider.Text)}
		if p, err := oidc.ParseProvider(v.Text); err == nil && p.Suffix == s.provider.Suffix {
			d.structure = 0
		}
		if d.less(best) {
			best = d
		}
	}
	return best
}

func (s *subject) conditionDistance(p *part) distance {
	if p.info.class == keyMisnamed {
		suffix := strings.ToLower(s.provider.Suffix)
		return distance{0, edit.Ratio(edit.Distance(p.info.prefix, suffix), p.info.prefix, suffix)}
	}
	if len(p.presented) == 0 {
		return distance{0, 1}
	}
	best := distance{tenantDiffers + resourceDiffers + kindDiffers, 1}
	for _, v := range p.expected {
		if d := s.valueDistance(p, v.Text); d.less(best) {
			best = d
		}
	}
	return best
}

// valueDistance compares one expected value with what was presented.
func (s *subject) valueDistance(p *part, expected string) distance {
	presented := p.presented[0]
	var d distance
	if p.element == ElementSub {
		d.structure = s.compare(expected).structure()
	}
	n := edit.Distance(expected, presented)
	if policy.IsGlob(expected) {
		n = edit.ToPattern(expected, presented)
	}
	d.letters = edit.Ratio(n, expected, presented)
	return d
}

// comparison is how an expected subject differs from the presented one in
// structure.
type comparison struct {
	pattern  oidc.Reading
	read     bool // both were read by the issuer's grammar
	tenant   bool // differs
	resource bool // differs
	ids      bool // differ, both sides having some
	kind     bool // differs
	context  bool // differs, the kind being the same or not told
	volatile bool // what changes on each run differs, and nothing else
}

func (c comparison) structure() int {
	n := 0
	if c.tenant {
		n += tenantDiffers
	}
	if c.resource || c.ids {
		n += resourceDiffers
	}
	if c.kind {
		n += kindDiffers
	}
	return n
}

// compare reads an expected subject by the grammar of the token's issuer.
func (s *subject) compare(expected string) comparison {
	if !s.reading.Complete {
		return s.compareSegments(expected)
	}
	c := comparison{pattern: s.pattern(expected)}
	if len(c.pattern.Fields) == 0 && !c.pattern.Any {
		return s.compareSegments(expected)
	}
	c.read = true
	c.tenant = differs(c.pattern, c.pattern.Tenant(), s.reading.Tenant())
	c.resource = differs(c.pattern, c.pattern.Resource(), s.reading.Resource())
	c.ids = idsDiffer(c.pattern, s.reading)
	c.kind = c.pattern.Kind != "" && c.pattern.Kind != s.reading.Kind || c.pattern.Rest != "" || s.beginsOtherwise(c.pattern, expected)
	c.context = !c.kind && differs(c.pattern, c.pattern.Context(), s.reading.Context())
	if c.context && c.pattern.Kind == "" && otherContext(c.pattern, s.reading) {
		c.context, c.kind = false, true // "ref:refs/pull/*" is none of "pull_request"
	}
	if c.structure() > 0 || c.context || matches(expected, s.in.Denial.Subject.Value) {
		return c
	}
	// "repo:octo-org/api:ref:*" leaves the kind of ref open, and is still none
	// of an environment.
	c.volatile = volatileDiffers(c.pattern, s.reading)
	c.kind = !c.volatile && c.pattern.Kind == ""
	return c
}

// beginsOtherwise tells whether the literal text in front of the first field,
// which says what that is, is another one: a subject that begins with
// job_workflow_ref is of another kind than one that begins with repo.
func (s *subject) beginsOtherwise(pattern oidc.Reading, expected string) bool {
	presented := s.in.Denial.Subject.Value
	if len(pattern.Fields) == 0 || len(s.reading.Fields) == 0 {
		return false
	}
	e, p := pattern.Fields[0].Start, s.reading.Fields[0].Start
	if e == 0 || p == 0 || e > len(expected) || p > len(presented) {
		return false
	}
	return expected[:e] != presented[:p]
}

// otherContext tells whether a pattern names circumstances by a field that the
// subject does not have.
func otherContext(pattern, subject oidc.Reading) bool {
	return slices.ContainsFunc(pattern.Fields, func(f oidc.Field) bool {
		_, ok := subject.Get(f.Name)
		return f.Role == oidc.RoleContext && !ok
	})
}

func volatileDiffers(pattern, subject oidc.Reading) bool {
	return slices.ContainsFunc(pattern.Fields, func(f oidc.Field) bool {
		v, ok := subject.Get(f.Name)
		return f.Role == oidc.RoleVolatile && ok && !matches(f.Value, v)
	})
}

// pattern reads an expected subject by the issuer's grammar, once.
func (s *subject) pattern(expected string) oidc.Reading {
	r, ok := s.patterns[expected]
	if !ok {
		r = s.issuer.ReadPattern(expected)
		if s.patterns == nil {
			s.patterns = make(map[string]oidc.Reading)
		}
		s.patterns[expected] = r
	}
	return r
}

// differs compares one field of a pattern; a field that a trailing "*" covers
// does not differ.
func differs(r oidc.Reading, pattern, value string) bool {
	if pattern == "" && (r.Any || value == "") {
		return false
	}
	return !matches(pattern, value)
}

// idsDiffer compares the issuer's own ids, which stay when a name is given to
// somebody else.
func idsDiffer(pattern, subject oidc.Reading) bool {
	for _, f := range pattern.Fields {
		id, ok := subject.Get(f.Name)
		if f.Role == oidc.RoleID && ok && !matches(f.Value, id) {
			return true
		}
	}
	return false
}

var like, _, _ = policy.ParseOperator("StringLike")

// matches compares as StringLike does. Most parts hold no wildcard, and need
// no preparation.
func matches(pattern, text string) bool {
	if !policy.IsGlob(pattern) {
		return pattern == text
	}
	return like.Matches(pattern, text, false) == policy.True
}

// compareSegments compares subjects that no grammar reads, part by part.
func (s *subject) compareSegments(expected string) comparison {
	e, p := segments(expected), segments(s.in.Denial.Subject.Value)
	if len(e) != len(p) {
		return comparison{kind: true}
	}
	different := 0
	for i := range e {
		if !matches(e[i], p[i]) {
			different++
		}
	}
	return comparison{resource: different > 1, context: different == 1}
}

func segments(s string) []string { return strings.Split(s, ":") }
