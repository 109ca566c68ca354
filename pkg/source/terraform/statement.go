package terraform

import (
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"whydenied/pkg/internal/edit"
	"whydenied/pkg/policy"
)

// elements are a statement's arguments and what they are in the document. The
// schema is that of the AWS provider's aws_iam_policy_document.
var statementArguments = []struct {
	name, element string
	set           bool // left out of the document where it is empty
}{
	{"sid", "Sid", true}, {"effect", "Effect", false},
	{"actions", "Action", true}, {"not_actions", "NotAction", true},
	{"resources", "Resource", true}, {"not_resources", "NotResource", true},
}

// statement is one statement block as the data source prints it.
func (r *reader) statement(b *hclsyntax.Block, at policy.Pos, replace bool) (*policy.Node, error) {
	if err := r.few(b.Body); err != nil {
		return nil, err
	}
	n := &policy.Node{Kind: policy.Object, Pos: at}
	var names []string
	for _, a := range statementArguments {
		names = append(names, a.name)
		attribute := b.Body.Attributes[a.name]
		if attribute == nil {
			continue
		}
		v := r.node(attribute.Expr)
		if v.Kind == policy.Null || a.set && empty(v) {
			continue
		}
		if strings.HasSuffix(a.element, "Resource") && replace {
			variables(v)
		}
		add(n, r.named(a.element, attribute), v)
	}
	if n.Get("Effect") == nil {
		add(n, &policy.Node{Kind: policy.String, Text: "Effect", Pos: at}, &policy.Node{Kind: policy.String, Text: "Allow", Pos: at})
	}
	if err := r.arguments(b.Body, names, "principals", "not_principals", "condition"); err != nil {
		return nil, err
	}
	for _, p := range [][2]string{{"principals", "Principal"}, {"not_principals", "NotPrincipal"}} {
		blocks := r.nested(b.Body, p[0])
		if len(blocks) == 0 {
			continue
		}
		v, err := r.principals(blocks, replace)
		if err != nil {
			return nil, err
		}
		add(n, &policy.Node{Kind: policy.String, Text: p[1], Pos: v.Pos}, v)
	}
	if blocks := r.nested(b.Body, "condition"); len(blocks) > 0 {
		v, err := r.conditions(blocks, replace)
		if err != nil {
			return nil, err
		}
		add(n, &policy.Node{Kind: policy.String, Text: "Condition", Pos: v.Pos}, v)
	}
	return n, nil
}

func add(n, key, value *policy.Node) {
	n.Members = append(n.Members, policy.Member{Key: key, Value: value})
}

func (r *reader) named(element string, a *hclsyntax.Attribute) *policy.Node {
	return &policy.Node{Kind: policy.String, Text: element, Pos: r.pos(a.NameRange)}
}

func empty(n *policy.Node) bool {
	return n.Kind == policy.Array && len(n.Elems) == 0 || n.Kind == policy.String && n.Text == ""
}

// variables makes IAM's "${" out of the data source's "&{" (Terraform
// Registry, aws_iam_policy_document, "Context Variable Interpolation").
func variables(n *policy.Node) {
	if n.Kind == policy.String {
		n.Text = strings.ReplaceAll(n.Text, "&{", "${")
	}
	for _, e := range n.Elems {
		variables(e)
	}
}

// block is a nested block, or the content of a dynamic one.
type block struct {
	*hclsyntax.Block
	body    *hclsyntax.Body
	at      policy.Pos
	dynamic bool // may stand any number of times, also none
}

// few refuses a block with more blocks in it than a policy has room for.
func (r *reader) few(body *hclsyntax.Body) error {
	if len(body.Blocks) > maxMembers {
		return policy.Errorf(r.pos(body.Blocks[maxMembers].TypeRange), "more than %d blocks, expected a policy document", maxMembers)
	}
	return nil
}

// nested are the blocks of a type in their order.
func (r *reader) nested(body *hclsyntax.Body, name string) []block {
	var blocks []block
	for _, b := range body.Blocks {
		switch {
		case b.Type == name:
			blocks = append(blocks, block{Block: b, body: b.Body, at: r.pos(b.TypeRange)})
		case b.Type == "dynamic" && len(b.Labels) == 1 && b.Labels[0] == name:
			d := block{Block: b, body: &hclsyntax.Body{}, at: r.pos(b.TypeRange), dynamic: true}
			for _, content := range b.Body.Blocks {
				if content.Type == "content" {
					d.body = content.Body
				}
			}
			blocks = append(blocks, d)
		}
	}
	return blocks
}

// unknown is a dynamic block as a whole.
func (r *reader) unknown(b block) *policy.Node {
	return r.unresolved(b.Block.Range())
}

// argument is the value of an argument that the block has to have.
func (r *reader) argument(b block, name string) (*policy.Node, error) {
	a := b.body.Attributes[name]
	if a == nil {
		return nil, policy.Errorf(b.at, "the block has no %s", name)
	}
	return r.given(a.Expr), nil
}

// arguments refuses what the data source does not know, as Terraform does.
func (r *reader) arguments(body *hclsyntax.Body, names []string, blocks ...string) error {
	for _, name := range byPlace(body.Attributes) {
		if err := expect("argument", name, r.pos(body.Attributes[name].NameRange), names); err != nil {
			return err
		}
	}
	for _, b := range body.Blocks {
		if b.Type == "dynamic" {
			continue
		}
		if err := expect("block", b.Type, r.pos(b.TypeRange), blocks); err != nil {
			return err
		}
	}
	return nil
}

func expect(what, name string, at policy.Pos, names []string) error {
	for _, n := range names {
		if n == name {
			return nil
		}
	}
	hint := "expected one of " + strings.Join(names, ", ")
	if near, ok := edit.Nearest(name, names); ok {
		hint = "did you mean " + near + "?"
	} else if len(names) == 0 {
		hint = "expected none"
	}
	return policy.Errorf(at, "unknown %s %q (%s)", what, name, hint)
}
