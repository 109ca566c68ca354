package diagnosis

import (
	"sort"
	"strings"

	"whydenied/pkg/oidc"
	"whydenied/pkg/policy"
)

// maxNear bounds how many expected values are searched for near misses: the
// search is the dearest part of a diagnosis, and a policy of IAM's size holds
// some dozens of values at most.
const maxNear = 20

var equals, _, _ = policy.ParseOperator("StringEquals")

// nearMiss names the near misses of a part that is false, and the expected
// value that they are about: the nearest one that a correction makes true,
// else the nearest of all; "" where there is none to compare.
func (s *subject) nearMiss(p *part) (expected string, hints []Hint) {
	switch {
	case p.element == ElementProviderARN:
		return "", s.providerHints(p)
	case p.info.class == keyMisnamed || p.info.class == keyUnlisted:
		return "", s.keyHints(p)
	case p.cond == nil, p.cond.Operator.Negated(), p.cond.Operator.IsNull(), len(p.presented) != 1, len(p.expected) == 0:
		return "", nil
	}
	near := s.nearest(p)
	for _, v := range near {
		if hints := correct(attempt{p.cond.Operator, v, p.presented[0], s.otherClaim(p.element, v)}, s.correctionsOf(p)); hints != nil {
			if hints[0] == HintTypo {
				hints = append([]Hint{HintTypo}, s.structureHints(p, v)...)
			}
			return v, hints
		}
	}
	return near[0], s.structureHints(p, near[0])
}

// nearest are the expected values of a part, nearest first.
func (s *subject) nearest(p *part) []string {
	values := texts(p.expected)
	far := make(map[string]distance, len(values))
	for _, v := range values {
		far[v] = s.valueDistance(p, v)
	}
	sort.SliceStable(values, func(i, j int) bool { return far[values[i]].less(far[values[j]]) })
	return values[:min(len(values), maxNear)]
}

// otherClaim is what stands under the other one of aud and sub. A value that
// reads as a subject of this issuer belongs under sub, whatever aud is.
func (s *subject) otherClaim(element, expected string) string {
	switch element {
	case ElementAud:
		return s.in.Denial.Subject.Value
	case ElementSub:
		if _, isSubject := s.issuer.Read(expected); !isSubject {
			return s.in.Denial.Audience.Value
		}
	}
	return ""
}

// correctionsOf leaves out those that make no sense for a value: only subjects
// have parts that a wildcard may stand for.
func (s *subject) correctionsOf(p *part) []correction {
	if p.element == ElementSub {
		return corrections
	}
	return wholeCorrections
}

// structureHints say which kind of difference it is where no correction of
// the writing helps.
func (s *subject) structureHints(p *part, expected string) []Hint {
	if p.element != ElementSub {
		e, v := segments(expected), segments(p.presented[0])
		if len(e) < 2 || len(e) != len(v) || e[0] != v[0] {
			return nil
		}
		return []Hint{HintSegmentDiffers}
	}
	if holdsVariable(expected) {
		return []Hint{HintSegmentDiffers} // its colons are those of a key
	}
	c := s.compare(expected)
	var hints []Hint
	if c.tenant || c.resource || c.ids || c.context || c.volatile || c.kind && segmentNumber(expected, p.presented[0]) >= 0 {
		hints = append(hints, HintSegmentDiffers)
	}
	if c.kind {
		hints = append(hints, HintSubjectShapeDiffers)
	}
	if c.read && !c.tenant && !c.resource && s.reading.Immutable != c.pattern.Immutable && c.pattern.Resource() != "" {
		hints = append(hints, HintImmutableSubject)
	}
	return hints
}

func correctName(expected, presented string) []Hint {
	return correct(attempt{op: equals, expected: expected, presented: presented}, nameCorrections)
}

func (s *subject) providerHints(p *part) []Hint {
	nearest, best := "", distance{tenantDiffers, 2}
	for _, v := range p.expected {
		if d := s.providerDistance([]policy.Value{v}); d.less(best) {
			nearest, best = v.Text, d
		}
	}
	if nearest == "" || s.provider.Text == "" || p.operator == notPrincipal {
		return nil
	}
	if hints := correctName(nearest, s.provider.Text); hints != nil {
		return hints
	}
	e, err := oidc.ParseProvider(nearest)
	if err != nil {
		return nil
	}
	var hints []Hint
	if e.Account != s.provider.Account && e.Account != "" && s.provider.Account != "" {
		hints = append(hints, HintAccountIDDiffers)
	}
	if e.Suffix != s.provider.Suffix {
		hints = append(hints, suffixHints(e.Suffix, s.provider.Suffix)...)
	} else if e.Partition != s.provider.Partition {
		hints = append(hints, HintSegmentDiffers)
	}
	return hints
}

// suffixHints say how the name of one provider differs from that of another.
// On one host, another path is another provider as well: another cluster,
// another organization.
func suffixHints(expected, presented string) []Hint {
	eHost, ePath, _ := strings.Cut(expected, "/")
	pHost, pPath, _ := strings.Cut(presented, "/")
	switch {
	case !strings.EqualFold(eHost, pHost):
		return []Hint{HintOtherProvider}
	case ePath == "" || strings.HasPrefix(pPath, strings.TrimSuffix(ePath, "/")+"/"):
		return []Hint{HintIssuerPathMissing}
	default:
		return []Hint{HintOtherProvider, HintSegmentDiffers}
	}
}

// keyHints compare the provider's name in a key with that of the token's
// provider. A correction of the writing is named only if the condition would
// then hold.
func (s *subject) keyHints(p *part) []Hint {
	suffix := strings.ToLower(s.provider.Suffix)
	if suffix == "" || p.info.prefix == "" {
		return nil
	}
	hints := correctName(p.info.prefix, suffix)
	if hints == nil {
		hints = correctName(strings.ToLower(p.key), suffix+":"+p.info.claim)
	}
	if hints != nil {
		if s.underRightKey(p) == policy.True {
			return hints
		}
		return nil
	}
	if p.info.class == keyMisnamed && !strings.HasSuffix(p.info.prefix, suffix) {
		return suffixHints(withoutScheme(p.info.prefix), suffix)
	}
	return nil
}

// underRightKey tells whether a misnamed condition holds once its key is put
// right; it is unknown where the record does not show the claim.
func (s *subject) underRightKey(p *part) policy.Truth {
	if p.info.claim == "" {
		return policy.Unknown
	}
	a, op := s.claim(p.info.claim), p.cond.Operator
	if a.State != policy.Present || len(a.Values) != 1 || op.IsNull() {
		return policy.Unknown
	}
	truth := policy.False
	for _, v := range p.expected {
		t := policy.Unknown
		if !v.Unresolved {
			t = op.Matches(v.Text, a.Values[0], false)
		}
		truth = truth.Or(t)
	}
	if op.Negated() {
		return truth.Not()
	}
	return truth
}
