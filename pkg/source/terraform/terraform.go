package terraform

import (
	"io/fs"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"whydenied/pkg/policy"
	"whydenied/pkg/source"
)

// Parse reads the trust policies of one file of Terraform, in its order. It
// knows nothing of the other files of the module. Where some policy is bad,
// the error is that of the first such, and the others are returned beside it.
// The error wraps [source.ErrNoPolicy] where the file has none.
func Parse(name string, data []byte, at source.Deployment) ([]source.Policy, error) {
	m := newModule(name, at)
	body, err := m.parse(name, data)
	if err != nil {
		return nil, err
	}
	if err := m.add(body); err != nil {
		return nil, err
	}
	return m.policies()
}

// ParseFolder reads the trust policies of a module: the .tf files at the top
// of a file tree, and the variables that Terraform reads from there by itself.
// The name stands before those of the files in every position. Errors are
// those of [Parse].
func ParseFolder(name string, folder fs.FS, at source.Deployment) ([]source.Policy, error) {
	m := newModule(name, at)
	m.folder = folder
	if err := m.load(); err != nil {
		return nil, err
	}
	return m.policies()
}

// trustArgument is the argument of a resource that holds a trust policy, or "".
func trustArgument(resource string) string {
	switch resource {
	case "aws_iam_role":
		return "assume_role_policy"
	case "awscc_iam_role":
		return "assume_role_policy_document"
	}
	return ""
}

// policies are those of the roles, then the documents that no role refers to
// and that are for sts:AssumeRole….
func (m *module) policies() ([]source.Policy, error) {
	var all []source.Policy
	var first error
	used := make(map[string]bool)
	keep := func(p source.Policy, err error) {
		if err == nil {
			all = append(all, p)
		} else if first == nil {
			first = err
		}
	}
	for _, b := range m.order {
		if b.Type == "resource" && trustArgument(b.Labels[0]) != "" {
			keep(m.role(b, used))
		}
	}
	for _, b := range m.order {
		if strings.HasPrefix(address(b), documentType) && !used[address(b)] && m.forTrust(b) {
			keep(m.unattached(b, used))
		}
	}
	if len(all) == 0 && first == nil {
		return nil, source.NoPolicy(m.name, `resource "aws_iam_role" with assume_role_policy, or data "aws_iam_policy_document" for sts:AssumeRole…`)
	}
	return all, first
}

func (m *module) reader(used map[string]bool, b *hclsyntax.Block) *reader {
	return &reader{module: m, used: used, provider: b.Body.Attributes["provider"] != nil}
}

func (m *module) role(b *hclsyntax.Block, used map[string]bool) (source.Policy, error) {
	p := source.Policy{Name: address(b)}
	trust := b.Body.Attributes[trustArgument(b.Labels[0])]
	if trust == nil {
		return p, policy.Errorf(m.pos(b.TypeRange), "%s has no %s", p.Name, trustArgument(b.Labels[0]))
	}
	r := m.reader(used, b)
	p.RoleName, p.RoleARN = r.identity(b)
	r.several(b)
	n, err := r.document(trust.Expr)
	if err != nil {
		return p, err
	}
	return p, r.finish(&p, n)
}

// identity is what is known of the role's name and ARN.
func (r *reader) identity(b *hclsyntax.Block) (name, arn string) {
	text := func(argument, otherwise string) string {
		a := b.Body.Attributes[argument]
		if a == nil {
			return otherwise
		}
		if n := r.node(a.Expr); n.Kind == policy.String {
			return n.Text
		}
		return ""
	}
	if name = text("name", text("role_name", "")); name != "" && !r.provider {
		arn = r.deployed.RoleARN(text("path", "/"), name)
	}
	return name, arn
}

// unattached is a document without a role: what uses it may be in another file
// or behind a module.
func (m *module) unattached(b *hclsyntax.Block, used map[string]bool) (source.Policy, error) {
	p := source.Policy{Name: address(b)}
	r := m.reader(used, b)
	r.busy = append(r.busy, p.Name)
	n, err := r.dataSource(b)
	if err != nil {
		return p, err
	}
	return p, r.finish(&p, n)
}

// finish decodes the document.
func (r *reader) finish(p *source.Policy, n *policy.Node) (err error) {
	p.At = n.Pos
	if n.Kind == policy.Unresolved {
		r.note("%s: the whole policy is not known: %s", n.Pos, n.Text)
		n = source.UnknownDocument(n)
	}
	if p.Policy, err = policy.Decode(n); err != nil {
		return err
	}
	p.Policy.Files = r.texts()
	p.Policy.Source = p.Policy.Files[p.At.File]
	p.Notes = slices.Concat(r.notes, r.assumed)
	return nil
}

// several notes that a block stands for any number of instances.
func (r *reader) several(b *hclsyntax.Block) {
	for _, name := range []string{"count", "for_each"} {
		if a := b.Body.Attributes[name]; a != nil {
			r.note("%s: %s has %s: it is read once, and what differs between its instances is not known", r.pos(a.NameRange), address(b), name)
		}
	}
}

// forTrust tells whether a document looks like a trust policy: some statement
// names a principal and an action of STS.
func (m *module) forTrust(b *hclsyntax.Block) bool {
	for _, s := range b.Body.Blocks {
		if s.Type != "statement" || s.Body.Attributes["actions"] == nil {
			continue
		}
		r := m.reader(nil, b)
		actions := r.node(s.Body.Attributes["actions"].Expr)
		if len(r.nested(s.Body, "principals"))+len(r.nested(s.Body, "not_principals")) > 0 && slices.ContainsFunc(actions.Elems, isAssume) {
			return true
		}
	}
	return false
}

// isAssume tells whether a value of an action lets somebody take on a role.
func isAssume(n *policy.Node) bool {
	text := strings.ToLower(n.Text)
	return n.Kind == policy.String && (text == "sts:*" || strings.HasPrefix(text, "sts:assume"))
}
