package lint

import (
	"fmt"
	"slices"
	"strings"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/oidc"
	"whydenied/pkg/policy"
)

// form finds a value that is no subject of its issuer. The colons of a policy
// variable are those of a key.
func (s *statement) form(c *policy.Condition, t *trusted, v policy.Value) {
	r := t.issuer.ReadPattern(v.Text)
	if !t.issuer.Known || len(t.issuer.Grammars) == 0 || r.Rest == "" || diagnosis.HoldsVariable(v.Text) {
		return
	}
	if isLike(c.Operator) && policy.IsGlob(strings.TrimRight(v.Text, "*?")) {
		return // what a wildcard in the middle stands for no grammar tells
	}
	s.report(ruleSubjectForm, v.Pos, c.Path, fmt.Sprintf("%s is no subject of %s", quote(v.Text), t.issuer.Name), t.issuer.Form+".")
}

// wild tells whether a pattern leaves open from its start on what it is about.
func wild(pattern string) bool {
	return strings.HasPrefix(pattern, "*") || strings.HasPrefix(pattern, "?")
}

// broad finds a pattern that admits more than one tenant, or more than one
// resource of it.
func (s *statement) broad(c *policy.Condition, t *trusted, v policy.Value) {
	if s.Effect != policy.Allow || !isLike(c.Operator) || c.Operator.Negated() || !policy.IsGlob(v.Text) || s.narrowed(c, t) {
		return
	}
	r := t.issuer.ReadPattern(v.Text)
	switch {
	case strings.Trim(v.Text, "*?") == "" || signsForAll(t.issuer) && (wild(v.Text) || r.Rest == "" && open(r.Tenant())):
		s.report(ruleSubjectBroad, v.Pos, c.Path, fmt.Sprintf("%s admits %s", quote(v.Text), anybody(t)),
			"Write the owner out to its end, with what separates it from the rest: "+t.issuer.Form+".")
	case r.Rest == "" && t.issuer.Known && len(t.issuer.Grammars) > 0 && hasResource(t.issuer) && open(r.Resource()):
		s.as(Warning, ruleSubjectBroad, v.Pos, c.Path, fmt.Sprintf("%s stands for more than one repository, project or the like of its owner", quote(v.Text)),
			"Write out those that are meant, one value each: "+t.issuer.Form+".")
	}
}

// open tells whether a part of a pattern stands for several.
func open(part string) bool { return part == "" || policy.IsGlob(part) }

func anybody(t *trusted) string {
	if signsForAll(t.issuer) {
		return "other tenants of " + nameOf(t) + ", which signs for everybody"
	}
	return "every subject of " + nameOf(t)
}

// signsForAll tells whether an issuer has one URL for many tenants. Where each
// has a URL of its own, the provider says whose a token is.
func signsForAll(i *oidc.Issuer) bool {
	return i.Shared() && len(i.Suffixes) > 0 && !slices.ContainsFunc(i.Suffixes, func(s string) bool { return strings.Contains(s, "*") })
}

// hasResource tells whether an issuer's subjects say what asks, beside whose
// it is.
func hasResource(i *oidc.Issuer) bool {
	return slices.ContainsFunc(i.Grammars, func(g oidc.Grammar) bool { return strings.Contains(g.Text, " resource") })
}

// narrowed tells whether another condition of the statement says who gets in:
// an exact one on another claim that is about the caller.
func (s *statement) narrowed(except *policy.Condition, t *trusted) bool {
	for i := range s.Conditions {
		c := &s.Conditions[i]
		if c.Pos == except.Pos && c.FoldedKey() == except.FoldedKey() || c.Operator.Negated() || c.Operator.IsNull() || c.Operator.IfExists || c.Operator.Set == policy.ForAllValues {
			continue
		}
		prefix, claim := splitKey(c.FoldedKey())
		if !strings.EqualFold(prefix, t.Suffix) || !isTenancy(t, claim) {
			continue
		}
		if !slices.ContainsFunc(c.Values, func(v policy.Value) bool { return isLike(c.Operator) && s.everybody(t, claim, v.Text) }) {
			return true
		}
	}
	return false
}

// isTenancy tells whether a claim can say whose a token is.
func isTenancy(t *trusted, claim string) bool {
	switch claim {
	case "sub", "repository", "repository_id", "repository_owner_id", "enterprise_id", "organization_id", "pipeline_id", "cluster_id",
		"namespace_id", "project_id", "oidc.circleci.com/project-id", "job_workflow_ref", "google/organization_number":
		return true
	}
	return claim == t.issuer.RequiredClaim
}

func (s *statement) everybody(t *trusted, claim, pattern string) bool {
	if claim != "sub" {
		return policy.IsGlob(pattern)
	}
	return wild(pattern) || open(t.issuer.ReadPattern(pattern).Tenant())
}

// immutable finds subjects of a GitHub repository without those that it will
// have once they carry ids.
func (s *statement) immutable(c *policy.Condition, t *trusted) {
	if s.Effect != policy.Allow || c.Operator.Negated() || c.Operator.IsNull() || !strings.HasPrefix(t.issuer.Name, "GitHub Actions") {
		return
	}
	var with []oidc.Reading
	for _, v := range c.Values {
		if r := t.issuer.ReadPattern(v.Text); r.Immutable {
			with = append(with, r)
		}
	}
	for _, v := range c.Values {
		r := t.issuer.ReadPattern(v.Text)
		if v.Unresolved || r.Rest != "" || r.Immutable || !strings.Contains(":"+v.Text, ":repo:") || open(r.Tenant()) || slices.ContainsFunc(with, func(o oidc.Reading) bool { return o.Tenant() == r.Tenant() }) {
			continue
		}
		s.report(ruleImmutable, v.Pos, c.Path, fmt.Sprintf("%s has no ids: a repository whose subjects carry them, as repo:<owner>@<id>/<repository>@<id>:…, is refused", quote(v.Text)),
			"Before the repository moves to them, add the same subject with the ids beside this one, and keep both during the move.")
		return
	}
}
