package policy_test

import (
	"strings"
)

// naive is a second evaluator, after section 3 of the semantics and the IAM
// User Guide, and on encoding/json's maps. It knows no third value: of a point
// that is not documented it notes that it was asked, and answers as reading
// says. Nothing in it stops early, so that no such point goes unnoticed.
type naive struct {
	version, provider, action string
	keys                      map[string][]string // without the absent ones
	multi                     map[string]bool
	reading, asked            map[point]bool
}

// point is a question that the documentation leaves open.
type point string

const (
	starAdmits     point = "a principal * admits a web identity"
	setlessMatches point = "several values match without a quantifier"
	anyIfExists    point = "ForAnyValue with IfExists holds for a missing key"
	emptyIsNull    point = "Null true holds for a key without values"
	invalidDiffers point = "a negated operator holds for what is no number, date or address"
	oddSeconds     point = "seconds since 1970 may have a sign or a fraction"
	wildValue      point = "a wildcard out of a variable is a wildcard"
	splitFirst     point = "an ARN is split before its variables are resolved"
	starIsARN      point = "* alone stands for every ARN"
	firstIsAny     point = "an ARN may begin with something else than arn"
)

func (n *naive) ask(p point) bool {
	n.asked[p] = true
	return n.reading[p]
}

func (n *naive) allows(policy map[string]any) bool {
	n.version = "2008-10-17"
	if v, ok := policy["Version"].(string); ok {
		n.version = v
	}
	allow, deny := false, false
	statements, _ := policy["Statement"].([]any)
	for _, s := range statements {
		s, _ := s.(map[string]any)
		if n.holds(s) {
			allow = allow || s["Effect"] == "Allow"
			deny = deny || s["Effect"] == "Deny"
		}
	}
	return allow && !deny
}

func (n *naive) holds(s map[string]any) bool {
	var who, what bool
	if p, ok := s["Principal"]; ok {
		who = n.named(p)
	} else {
		who = !n.named(s["NotPrincipal"])
	}
	if a, ok := s["Action"]; ok {
		what = n.covered(a)
	} else {
		what = !n.covered(s["NotAction"])
	}
	all := who && what
	conditions, _ := s["Condition"].(map[string]any)
	for operator, block := range conditions {
		keys, _ := block.(map[string]any)
		for key, values := range keys {
			all = n.condition(strings.ToLower(operator), strings.ToLower(key), texts(values)) && all
		}
	}
	return all
}

func (n *naive) named(p any) bool {
	if p == "*" {
		return n.ask(starAdmits)
	}
	hit := false
	kinds, _ := p.(map[string]any)
	for kind, values := range kinds {
		for _, v := range texts(values) {
			switch {
			case v == "*" && (kind == "AWS" || kind == "Federated"):
				hit = n.ask(starAdmits) || hit
			case kind == "Federated":
				hit = v == n.provider || hit
			}
		}
	}
	return hit
}

func (n *naive) covered(actions any) bool {
	hit := false
	for _, a := range texts(actions) {
		hit = glob(strings.ToLower(a), strings.ToLower(n.action)) || hit
	}
	return hit
}

// condition takes the operator and the key in lower case.
func (n *naive) condition(operator, key string, wanted []string) bool {
	values, exists := n.keys[key]
	if operator == "null" {
		return n.null(values, exists, wanted)
	}
	set, operator := cutPrefix(operator)
	operator, ifExists := strings.CutSuffix(operator, "ifexists")
	negated := strings.Contains(operator, "not")
	switch {
	case exists && n.multi[key] && set == "":
		return n.ask(setlessMatches)
	case len(values) == 0 && set == "foranyvalue":
		return ifExists && n.ask(anyIfExists)
	case len(values) == 0:
		return negated || ifExists || set == "forallvalues"
	}
	all, some := true, false
	for _, v := range values {
		hit := false
		for _, w := range wanted {
			hit = n.matches(operator, w, v) || hit
		}
		all, some = all && hit != negated, some || hit != negated
	}
	if set == "foranyvalue" {
		return some
	}
	return all
}

func (n *naive) null(values []string, exists bool, wanted []string) bool {
	missing := !exists
	if exists && len(values) == 0 {
		missing = n.ask(emptyIsNull)
	}
	hit := false
	for _, w := range wanted {
		hit = hit || strings.EqualFold(w, "true") == missing
	}
	return hit
}

func cutPrefix(operator string) (set, rest string) {
	if set, rest, found := strings.Cut(operator, ":"); found {
		return set, rest
	}
	return "", operator
}

func texts(v any) []string {
	if s, ok := v.(string); ok {
		return []string{s}
	}
	var all []string
	list, _ := v.([]any)
	for _, e := range list {
		s, _ := e.(string)
		all = append(all, s)
	}
	return all
}

// glob tries every division of s, by recursion.
func glob(pattern, s string) bool {
	p, r := []rune(pattern), []rune(s)
	switch {
	case len(p) == 0:
		return len(r) == 0
	case p[0] == '*':
		return glob(string(p[1:]), s) || len(r) > 0 && glob(pattern, string(r[1:]))
	case len(r) == 0 || p[0] != '?' && p[0] != r[0]:
		return false
	}
	return glob(string(p[1:]), string(r[1:]))
}
