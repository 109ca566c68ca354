package stack_test

import (
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// owners are the kinds that Terraform declares apart from what they belong to,
// and where each says to what. The template has the two in one, so that a
// comparison of properties sees no difference.
var owners = map[string]struct{ kind, by string }{
	"aws_cloudwatch_event_target":             {"aws_cloudwatch_event_rule", "rule"},
	"aws_iam_role_policy":                     {"aws_iam_role", "role"},
	"aws_lambda_function_event_invoke_config": {"aws_lambda_function", "function_name"},
	"aws_lambda_function_recursion_config":    {"aws_lambda_function", "function_name"},
}

// Each is that of its namesake: the target of a rule, the policy of a role. A
// target is looked for on its rule's bus.
func TestPartsBelongTogether(t *testing.T) {
	for _, p := range pairs {
		m, seen := readModule(t, p.folder), 0
		bus := map[string]hcl.Expression{}
		for _, block := range m.blocks["resource"] {
			if a := block.Body.Attributes["event_bus_name"]; a != nil {
				bus[block.Labels[0]+"."+block.Labels[1]] = a.Expr
			}
		}
		for _, block := range m.blocks["resource"] {
			owner, apart := owners[block.Labels[0]]
			if !apart {
				continue
			}
			seen++
			name := block.Labels[0] + "." + block.Labels[1]
			if got, want := refers(block.Body.Attributes[owner.by]), owner.kind+"."+block.Labels[1]; got != want {
				t.Errorf("%s: %s belongs to %q, want %q", p.folder, name, got, want)
			}
			if owner.by != "rule" {
				continue
			}
			if got, want := expression(bus[name]), expression(bus[owner.kind+"."+block.Labels[1]]); got != want {
				t.Errorf("%s: %s is on the bus of %q, its rule on that of %q", p.folder, name, got, want)
			}
		}
		if seen == 0 {
			t.Errorf("%s has none of them", p.folder)
		}
	}
}

// refers is what an attribute names, as "kind.name".
func refers(a *hclsyntax.Attribute) string {
	if a == nil {
		return ""
	}
	return expression(a.Expr)
}

// expression is the first thing that an expression refers to; "" for none.
func expression(e hcl.Expression) string {
	if e == nil {
		return ""
	}
	for _, v := range e.Variables() {
		if len(v) < 2 {
			continue
		}
		if step, ok := v[1].(hcl.TraverseAttr); ok {
			return v.RootName() + "." + step.Name
		}
	}
	return ""
}
