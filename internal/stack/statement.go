package stack

import (
	"maps"
	"slices"
)

// Statement is one statement of an IAM policy, with what a test asks about.
type Statement struct {
	Owner     string // logical id of the resource that has the policy
	Sid       string
	Effect    string
	Actions   []string
	Resources []string
	Trust     bool // it has a principal: a trust or resource policy
	Condition map[string]any
}

// Statements returns every policy statement in a rendered resource, in the order
// of the properties' names.
func Statements(id string, r Resource) []Statement {
	var found []Statement
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if v["Effect"] != nil {
				found = append(found, statement(id, v))
				return
			}
			for _, key := range slices.Sorted(maps.Keys(v)) {
				walk(v[key])
			}
		case []any:
			for _, value := range v {
				walk(value)
			}
		}
	}
	walk(r.Properties)
	return found
}

func statement(owner string, m map[string]any) Statement {
	return Statement{Owner: owner, Sid: text(m["Sid"]), Effect: text(m["Effect"]),
		Actions: texts(m["Action"]), Resources: texts(m["Resource"]),
		Trust: m["Principal"] != nil, Condition: object(m["Condition"])}
}

// texts reads one string or a list of them.
func texts(v any) []string {
	if s, one := v.(string); one {
		return []string{s}
	}
	var all []string
	for _, e := range list(v) {
		all = append(all, text(e))
	}
	return all
}
