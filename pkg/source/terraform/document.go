package terraform

import (
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"whydenied/pkg/policy"
	"whydenied/pkg/source/inset"
)

const documentType = "data.aws_iam_policy_document."

// document is the policy that an expression gives as JSON text. What is not
// known of it as a whole is an unresolved node.
func (r *reader) document(e hclsyntax.Expression) (*policy.Node, error) {
	defer r.leave()
	if !r.enter() {
		return r.unresolved(e.Range()), nil
	}
	switch e := e.(type) {
	case *hclsyntax.ParenthesesExpr:
		return r.document(e.Expression)
	case *hclsyntax.TemplateWrapExpr:
		return r.document(e.Wrapped)
	case *hclsyntax.TemplateExpr:
		return r.template(e).JSON(r.pos(e.SrcRange))
	case *hclsyntax.FunctionCallExpr:
		switch {
		case e.Name == "jsonencode" && len(e.Args) == 1 && !e.ExpandFinal:
			return r.node(e.Args[0]), nil
		case e.Name == "file" && len(e.Args) == 1:
			return r.file(e)
		}
	case *hclsyntax.ObjectConsExpr:
		return nil, policy.Errorf(r.pos(e.SrcRange), "found an object, expected a JSON text: jsonencode({…})")
	case *hclsyntax.ScopeTraversalExpr:
		return r.documentAt(e.Traversal, e.SrcRange)
	case *hclsyntax.IndexExpr:
		if t, ok := e.Collection.(*hclsyntax.ScopeTraversalExpr); ok {
			return r.documentAt(t.Traversal, e.SrcRange)
		}
	case *hclsyntax.RelativeTraversalExpr:
		if i, ok := e.Source.(*hclsyntax.IndexExpr); ok { // x[each.key].json
			if t, ok := i.Collection.(*hclsyntax.ScopeTraversalExpr); ok {
				return r.documentAt(slices.Concat(t.Traversal, e.Traversal), e.SrcRange)
			}
		}
	}
	return r.unresolved(e.Range()), nil
}

// documentAt follows a reference to a document.
func (r *reader) documentAt(t hcl.Traversal, rng hcl.Range) (*policy.Node, error) {
	name, rest := nameOf(t)
	if slices.Contains(r.busy, name) {
		return r.unresolved(rng), nil
	}
	r.busy = append(r.busy, name)
	defer func() { r.busy = r.busy[:len(r.busy)-1] }()
	if b := r.blocks[name]; b != nil && strings.HasPrefix(name, documentType) && endsInJSON(rest) {
		r.used[name] = true
		return r.dataSource(b)
	}
	if value := r.definition(name); value != nil && len(rest) == 0 {
		return r.document(value)
	}
	return r.unresolved(rng), nil
}

// endsInJSON tells whether the attribute is the document, of one of the
// instances where there are several.
func endsInJSON(rest hcl.Traversal) bool {
	if len(rest) == 2 {
		if _, index := rest[0].(hcl.TraverseIndex); !index {
			return false
		}
		rest = rest[1:]
	}
	if len(rest) != 1 {
		return false
	}
	a, ok := rest[0].(hcl.TraverseAttr)
	return ok && (a.Name == "json" || a.Name == "minified_json")
}

// file is the JSON document in another file of the module's folder.
func (r *reader) file(e *hclsyntax.FunctionCallExpr) (*policy.Node, error) {
	name := r.node(e.Args[0])
	inside := path.Clean(name.Text)
	if name.Kind != policy.String || r.folder == nil || !fs.ValidPath(inside) {
		return r.unresolved(e.Range()), nil
	}
	data := r.content(inside)
	if data == nil {
		r.note("%s: %s is not read", r.pos(e.Range()), path.Join(r.name, inside))
		return r.unresolved(e.Range()), nil
	}
	f := inset.NewFile(path.Join(r.name, inside), data)
	r.files[f.Name] = f
	return policy.ParseNode(f.Name, data)
}

// content is that of a file of the folder, or nil where it cannot be read or is
// too large for a policy.
func (r *reader) content(name string) []byte {
	f, err := r.folder.Open(name)
	if err != nil {
		return nil
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil || len(data) > maxFile {
		return nil
	}
	return data
}

// dataSource is the document that a block of aws_iam_policy_document prints.
func (r *reader) dataSource(b *hclsyntax.Block) (*policy.Node, error) {
	at := r.pos(b.TypeRange)
	if r.exhausted() {
		return r.unresolved(b.Range()), nil
	}
	r.several(b)
	n := &policy.Node{Kind: policy.Object, Pos: at}
	version := r.version(b)
	m := merging{version: version}
	for _, argument := range []string{"source_json", "source_policy_documents"} {
		if err := r.documents(b, argument, &m, false); err != nil {
			return nil, err
		}
	}
	own, err := r.statements(b, version)
	if err != nil {
		return nil, err
	}
	m.add(own, true)
	for _, argument := range []string{"override_policy_documents", "override_json"} {
		if err := r.documents(b, argument, &m, true); err != nil {
			return nil, err
		}
	}
	add(n, &policy.Node{Kind: policy.String, Text: "Version", Pos: m.version.Pos}, m.version)
	if a := b.Body.Attributes["policy_id"]; a != nil {
		if id := r.node(a.Expr); id.Kind != policy.Null && !empty(id) {
			add(n, r.named("Id", a), id)
		}
	}
	add(n, &policy.Node{Kind: policy.String, Text: "Statement", Pos: at}, &policy.Node{Kind: policy.Array, Elems: m.statements, Pos: at})
	return n, nil
}

// version is that of the block: the data source's own default is the newer
// one, where IAM's is the older.
func (r *reader) version(b *hclsyntax.Block) *policy.Node {
	if a := b.Body.Attributes["version"]; a != nil {
		if n := r.node(a.Expr); n.Kind != policy.Null {
			return n
		}
	}
	return &policy.Node{Kind: policy.String, Text: policy.Version2012, Pos: r.pos(b.TypeRange)}
}

var documentArguments = []string{"version", "policy_id", "source_policy_documents", "override_policy_documents",
	"source_json", "override_json", "count", "for_each", "provider", "depends_on", "region"}

func (r *reader) statements(b *hclsyntax.Block, version *policy.Node) ([]*policy.Node, error) {
	if err := r.arguments(b.Body, documentArguments, "statement", "lifecycle"); err != nil {
		return nil, err
	}
	if err := r.few(b.Body); err != nil {
		return nil, err
	}
	var statements []*policy.Node
	for _, s := range r.nested(b.Body, "statement") {
		if s.dynamic {
			statements = append(statements, r.unknown(s))
			continue
		}
		n, err := r.statement(s.Block, s.at, version.Text != policy.Version2008)
		if err != nil {
			return nil, err
		}
		for _, earlier := range statements {
			if sameSid(earlier, n) == policy.True {
				return nil, policy.Errorf(n.Get("Sid").Pos, "sid %q stands twice in this document, first at %s", n.Get("Sid").Text, earlier.Get("Sid").Pos)
			}
		}
		statements = append(statements, n)
	}
	return statements, nil
}

// documents merges the documents that an argument lists, or, in its deprecated
// form, the one that it is.
func (r *reader) documents(b *hclsyntax.Block, argument string, m *merging, override bool) error {
	a := b.Body.Attributes[argument]
	if a == nil {
		return nil
	}
	list, ok := a.Expr.(*hclsyntax.TupleConsExpr)
	switch {
	case strings.HasSuffix(argument, "_json"):
		if n := r.node(a.Expr); n.Kind == policy.Null || empty(n) {
			return nil // as if it were not there
		}
		list = &hclsyntax.TupleConsExpr{Exprs: []hclsyntax.Expression{a.Expr}}
	case !ok:
		r.note("%s: %s is not read: its statements are not known", r.pos(a.NameRange), argument)
		m.unknown(r.unresolved(a.Expr.Range()), override)
		return nil
	}
	for _, e := range list.Exprs {
		n, err := r.document(e)
		if err != nil {
			return err
		}
		if len(m.statements) > maxMembers {
			return policy.Errorf(r.pos(e.Range()), "more than %d statements, expected a policy document", maxMembers)
		}
		if n.Kind != policy.Object || n.Get("Statement") == nil {
			r.note("%s: %s is not read: its statements are not known", r.pos(e.Range()), r.unresolved(e.Range()).Text)
			m.unknown(r.unresolved(e.Range()), override)
			continue
		}
		m.document(n, override)
	}
	return nil
}
