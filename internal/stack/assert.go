package stack

import (
	"maps"
	"slices"
)

// Rule is one entry of Rules: what CloudFormation asserts about parameters
// before it makes anything.
type Rule struct {
	Condition  any // nil where the rule always applies
	Assertions []Assertion
}

// Assertion has to be true, or the stack is refused with its description.
type Assertion struct {
	Assert      any
	Description string
}

func rule(m map[string]any) Rule {
	r := Rule{Condition: m["RuleCondition"]}
	for _, v := range list(m["Assertions"]) {
		a := object(v)
		r.Assertions = append(r.Assertions, Assertion{Assert: a["Assert"], Description: text(a["AssertDescription"])})
	}
	return r
}

// Refusals are the descriptions of the assertions that do not hold for the given
// parameters, the others at their defaults; in the order of the rules' names.
// The error is as that of [Template.Render].
func (t Template) Refusals(given map[string]string) ([]string, error) {
	r, err := t.renderer(given)
	if err != nil {
		return nil, err
	}
	var failed []string
	for _, name := range slices.Sorted(maps.Keys(t.Rules)) {
		rule := t.Rules[name]
		if rule.Condition != nil && r.resolve(rule.Condition) != true {
			continue
		}
		for _, a := range rule.Assertions {
			if r.resolve(a.Assert) != true {
				failed = append(failed, a.Description)
			}
		}
	}
	return failed, r.err
}
