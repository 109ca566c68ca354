package terraform

import (
	"whydenied/pkg/policy"
	"whydenied/pkg/source"
)

// ParsePlan reads the trust policies of a plan or a state, as "terraform show
// -json" prints it. A policy that is known only after the apply is unresolved
// as a whole. Positions in a policy are those of the document indented by four
// spaces, for a plan holds it as one line. Errors are those of [Parse].
func ParsePlan(name string, data []byte) ([]source.Policy, error) {
	n, err := policy.ParseNode(name, data)
	if err != nil {
		return nil, err
	}
	return PlanFromTree(name, n)
}

// IsPlan tells whether a JSON value is what [ParsePlan] reads.
func IsPlan(n *policy.Node) bool {
	return n.Get("format_version") != nil &&
		(n.Get("resource_changes") != nil || n.Get("planned_values") != nil || n.Get("values") != nil || n.Get("terraform_version") != nil)
}

// PlanFromTree is [ParsePlan] for a value that is parsed already.
func PlanFromTree(name string, n *policy.Node) ([]source.Policy, error) {
	var p plan
	switch {
	case n.Get("resource_changes") != nil:
		for _, change := range n.Get("resource_changes").Elems {
			c := change.Get("change")
			p.resource(change, c.Get("after"), c.Get("after_unknown"))
		}
	case n.Get("planned_values") != nil:
		p.module(n.Get("planned_values").Get("root_module"))
	default:
		p.module(n.Get("values").Get("root_module"))
	}
	if len(p.policies) == 0 && p.first == nil {
		return nil, source.NoPolicy(name, "an aws_iam_role among the plan's resources")
	}
	return p.policies, p.first
}

type plan struct {
	policies []source.Policy
	first    error // the first policy that is bad
}

func (p *plan) module(n *policy.Node) {
	if resources := n.Get("resources"); resources != nil {
		for _, r := range resources.Elems {
			p.resource(r, r.Get("values"), nil)
		}
	}
	if children := n.Get("child_modules"); children != nil {
		for _, child := range children.Elems {
			p.module(child)
		}
	}
}

// resource reads one resource: its values after the change, and which of them
// are not known yet. One that is destroyed has none.
func (p *plan) resource(n, values, unknown *policy.Node) {
	argument := trustArgument(text(n.Get("type")))
	if argument == "" || text(n.Get("mode")) == "data" || values == nil || values.Kind != policy.Object {
		return
	}
	found := source.Policy{
		Name: text(n.Get("address")), RoleName: text(values.Get("name")), RoleARN: text(values.Get("arn")),
	}
	var err error
	trust := values.Get(argument)
	switch later := unknown.Get(argument); {
	case later != nil && later.Text == "true":
		whole := &policy.Node{Kind: policy.Unresolved, Text: "(known after apply)", Pos: later.Pos}
		found.At = later.Pos
		found.Notes = append(found.Notes, later.Pos.String()+": the trust policy is known only after the apply; the module's folder may say more")
		found.Policy, err = policy.Decode(source.UnknownDocument(whole))
	case trust == nil || trust.Kind != policy.String:
		err = policy.Errorf(values.Pos, "%s has no %s", found.Name, argument)
	default:
		found.At = trust.Pos
		found.Policy, err = source.Embedded(trust)
	}
	switch {
	case err == nil:
		p.policies = append(p.policies, found)
	case p.first == nil:
		p.first = err
	}
}

func text(n *policy.Node) string {
	if n == nil || n.Kind != policy.String {
		return ""
	}
	return n.Text
}
