package terraform

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"whydenied/pkg/policy"
)

// References can double a document at each step, and many roles can refer to
// the same: what one document, and what a whole module may take.
const (
	maxNodes       = 20_000
	maxModuleNodes = 500_000
	maxText        = 1 << 20 // bytes; IAM takes 4,096 characters for a trust policy at most
	maxModuleText  = 16 << 20
	maxMembers     = 1000 // of one object, and blocks in one block
)

// reader makes one document out of expressions.
type reader struct {
	*module
	busy     []string // the references being followed
	depth    int
	nodes    int
	bytes    int
	assumed  []string // notes, in the order in which they came up
	used     map[string]bool
	provider bool // the role is of a provider other than the default one
}

func (r *reader) note(format string, args ...any) {
	if n := fmt.Sprintf(format, args...); !slices.Contains(r.assumed, n) {
		r.assumed = append(r.assumed, n)
	}
}

func (r *reader) unresolved(rng hcl.Range) *policy.Node {
	f := r.files[rng.Filename]
	if f == nil {
		return &policy.Node{Kind: policy.Unresolved, Pos: r.pos(rng)}
	}
	return f.Unresolved(rng.Start.Byte, rng.End.Byte)
}

// quoted is the source of a string, without its quotes.
func (r *reader) quoted(rng hcl.Range) *policy.Node {
	n := r.unresolved(rng)
	if unquoted, ok := strings.CutPrefix(n.Text, `"`); ok {
		n.Text = strings.TrimSuffix(unquoted, `"`)
	}
	return n
}

// enter counts a step down, and refuses the one too many.
func (r *reader) enter() bool {
	r.depth++
	r.nodes++
	r.module.nodes++
	return r.depth <= policy.MaxDepth && !r.exhausted()
}

// exhausted tells whether the document, or the module, has taken all it may.
func (r *reader) exhausted() bool {
	return r.nodes > maxNodes || r.module.nodes > maxModuleNodes
}

// spend tells whether the document may have so many more bytes of text.
func (r *reader) spend(bytes int) bool {
	r.bytes += bytes
	r.module.bytes += bytes
	return r.bytes <= maxText && r.module.bytes <= maxModuleText
}

func (r *reader) leave() { r.depth-- }

// node is the value of an expression as far as it is known.
func (r *reader) node(e hclsyntax.Expression) *policy.Node {
	defer r.leave()
	if !r.enter() {
		return r.unresolved(e.Range())
	}
	switch e := e.(type) {
	case *hclsyntax.ParenthesesExpr:
		return r.node(e.Expression)
	case *hclsyntax.TemplateWrapExpr:
		return r.node(e.Wrapped)
	case *hclsyntax.LiteralValueExpr:
		if n := r.literal(e.Val, e.SrcRange); n != nil {
			return n
		}
	case *hclsyntax.TemplateExpr:
		if t := r.template(e); t.Known() {
			return t.Node(r.pos(e.SrcRange))
		}
		return r.quoted(e.SrcRange)
	case *hclsyntax.TupleConsExpr:
		n := &policy.Node{Kind: policy.Array, Pos: r.pos(e.SrcRange)}
		for _, x := range e.Exprs {
			if r.exhausted() {
				return r.unresolved(e.SrcRange)
			}
			n.Elems = append(n.Elems, r.given(x))
		}
		return n
	case *hclsyntax.ObjectConsExpr:
		if len(e.Items) <= maxMembers {
			return r.object(e)
		}
	case *hclsyntax.UnaryOpExpr:
		if n := r.negative(e); n != nil {
			return n
		}
	case *hclsyntax.FunctionCallExpr:
		return r.call(e)
	case *hclsyntax.ScopeTraversalExpr:
		return r.reference(e)
	case *hclsyntax.RelativeTraversalExpr:
		if n := step(r.node(e.Source), e.Traversal); n != nil {
			return n
		}
	case *hclsyntax.IndexExpr:
		if n := element(r.node(e.Collection), r.node(e.Key)); n != nil {
			return n
		}
	}
	return r.unresolved(e.Range())
}

// given is a value that has to be there. Where a reference has null for its
// default, whoever calls the module gives another.
func (r *reader) given(e hclsyntax.Expression) *policy.Node {
	n := r.node(e)
	if _, reference := e.(*hclsyntax.ScopeTraversalExpr); reference && n.Kind == policy.Null {
		return r.unresolved(e.Range())
	}
	return n
}

// literal is a value of Terraform's as jsonencode prints it, or nil.
func (r *reader) literal(v cty.Value, rng hcl.Range) *policy.Node {
	n := &policy.Node{Pos: r.pos(rng)}
	switch {
	case !v.IsKnown():
		return nil
	case v.IsNull():
	case v.Type() == cty.String:
		n.Kind, n.Text = policy.String, v.AsString()
	case v.Type() == cty.Bool:
		n.Kind, n.Text = policy.Bool, fmt.Sprint(v.True())
	case v.Type() == cty.Number:
		f := v.AsBigFloat()
		if i, accuracy := f.Int64(); accuracy == big.Exact {
			n.Kind, n.Text = policy.Number, strconv.FormatInt(i, 10)
			return n
		}
		if exp := f.MantExp(nil); exp > 1024 || exp < -1024 { // would be megabytes of digits
			return nil
		}
		n.Kind, n.Text = policy.Number, f.Text('f', -1)
	default:
		return nil
	}
	return n
}

func (r *reader) negative(e *hclsyntax.UnaryOpExpr) *policy.Node {
	lit, ok := e.Val.(*hclsyntax.LiteralValueExpr)
	if !ok || e.Op != hclsyntax.OpNegate {
		return nil
	}
	n := r.literal(lit.Val, e.SrcRange)
	if n == nil || n.Kind != policy.Number {
		return nil
	}
	n.Text = "-" + n.Text
	return n
}

// object keeps the last value of a key that stands twice, as Terraform does. A
// key that is not known may be one that stands before it.
func (r *reader) object(e *hclsyntax.ObjectConsExpr) *policy.Node {
	n := &policy.Node{Kind: policy.Object, Pos: r.pos(e.SrcRange)}
	for _, item := range e.Items {
		key, value := r.key(item.KeyExpr), r.given(item.ValueExpr)
		if key.Kind == policy.Unresolved {
			shape := shapeOf(item.KeyExpr)
			for i, m := range n.Members {
				if m.Key.Kind == policy.String && shape.mayBe(m.Key.Text) {
					n.Members[i].Value = r.unresolved(hcl.RangeBetween(item.KeyExpr.Range(), item.ValueExpr.Range()))
				}
			}
		} else if i := memberOf(n, key.Text); i >= 0 {
			r.note("%s: key %q stands twice in one object, first at %s; Terraform keeps the last",
				key.Pos, key.Text, n.Members[i].Key.Pos)
			n.Members = slices.Delete(n.Members, i, i+1)
		}
		n.Members = append(n.Members, policy.Member{Key: key, Value: value})
	}
	return n
}

// shape is what is known of a text that is not known as a whole: how it starts
// and how it ends.
type shape struct{ prefix, suffix string }

func shapeOf(e hclsyntax.Expression) shape {
	if k, ok := e.(*hclsyntax.ObjectConsKeyExpr); ok {
		e = k.Wrapped
	}
	t, ok := e.(*hclsyntax.TemplateExpr)
	if !ok || len(t.Parts) == 0 {
		return shape{}
	}
	literal := func(part hclsyntax.Expression) string {
		if l, ok := part.(*hclsyntax.LiteralValueExpr); ok && l.Val.IsKnown() && !l.Val.IsNull() && l.Val.Type() == cty.String {
			return l.Val.AsString()
		}
		return ""
	}
	return shape{literal(t.Parts[0]), literal(t.Parts[len(t.Parts)-1])}
}

// mayBe tells whether the text may turn out to be this one.
func (s shape) mayBe(text string) bool {
	return strings.HasPrefix(text, s.prefix) && strings.HasSuffix(text, s.suffix)
}

func memberOf(n *policy.Node, key string) int {
	return slices.IndexFunc(n.Members, func(m policy.Member) bool {
		return m.Key.Kind == policy.String && m.Key.Text == key
	})
}

// key is the name of an attribute: a bare word means itself.
func (r *reader) key(e hclsyntax.Expression) *policy.Node {
	if k, ok := e.(*hclsyntax.ObjectConsKeyExpr); ok {
		if word, bare := k.Wrapped.(*hclsyntax.ScopeTraversalExpr); bare && !k.ForceNonLiteral && len(word.Traversal) == 1 {
			return &policy.Node{Kind: policy.String, Text: word.Traversal.RootName(), Pos: r.pos(k.Range())}
		}
		e = k.Wrapped
	}
	n := r.node(e)
	switch n.Kind {
	case policy.String, policy.Unresolved:
		return n
	case policy.Number, policy.Bool:
		n.Kind = policy.String
		return n
	default:
		return r.unresolved(e.Range())
	}
}

// step follows ".name" and "[0]" in a value, or gives nil.
func step(n *policy.Node, steps hcl.Traversal) *policy.Node {
	for _, s := range steps {
		switch s := s.(type) {
		case hcl.TraverseAttr:
			n = element(n, &policy.Node{Kind: policy.String, Text: s.Name})
		case hcl.TraverseIndex:
			n = element(n, indexOf(s.Key))
		default:
			return nil
		}
		if n == nil {
			return nil
		}
	}
	return n
}

func indexOf(key cty.Value) *policy.Node {
	switch {
	case !key.IsKnown() || key.IsNull():
		return nil
	case key.Type() == cty.String:
		return &policy.Node{Kind: policy.String, Text: key.AsString()}
	case key.Type() == cty.Number:
		return &policy.Node{Kind: policy.Number, Text: key.AsBigFloat().Text('f', -1)}
	}
	return nil
}

// element is one element of an object or a list, or nil. Where some key of
// the object is not known, a missing one may be that.
func element(n, key *policy.Node) *policy.Node {
	switch {
	case n == nil || key == nil:
		return nil
	case n.Kind == policy.Object && key.Kind == policy.String:
		if slices.ContainsFunc(n.Members, func(m policy.Member) bool { return m.Key.Kind == policy.Unresolved }) {
			return nil
		}
		return n.Get(key.Text)
	case n.Kind == policy.Array && key.Kind == policy.Number:
		for i, e := range n.Elems {
			if fmt.Sprint(i) == key.Text && !slices.ContainsFunc(n.Elems[:i], spread) {
				return e
			}
		}
	}
	return nil
}

// spread tells whether an element may stand for several: the unknown part of
// a concatenation.
func spread(n *policy.Node) bool { return n.Kind == policy.Unresolved }

// reference follows a name to its definition in the module.
func (r *reader) reference(e *hclsyntax.ScopeTraversalExpr) *policy.Node {
	unresolved := r.unresolved(e.SrcRange)
	name, rest := nameOf(e.Traversal)
	if n := r.known(name, rest); n != nil {
		n.Pos = unresolved.Pos
		return n
	}
	value := r.definition(name)
	if value == nil || slices.Contains(r.busy, name) {
		return unresolved
	}
	r.busy = append(r.busy, name)
	n := step(r.node(value), rest)
	r.busy = r.busy[:len(r.busy)-1]
	if n == nil {
		return unresolved
	}
	return n
}

// known is a value that the caller's knowledge of the deployment gives, or the
// place of the module itself; or nil. A data source of another provider's
// configuration may speak of another account.
func (r *reader) known(name string, rest hcl.Traversal) *policy.Node {
	text := ""
	attribute := strings.TrimPrefix(relative(rest), ".")
	kind, _, _ := strings.Cut(strings.TrimPrefix(name, "data."), ".")
	switch b := r.blocks[name]; {
	case name == "path.module" && r.folder != nil && len(rest) == 0:
		text = "."
	case b != nil && kind == "aws_iam_openid_connect_provider" && attribute == "arn":
		text = r.providerARN(b, name)
	case b == nil || b.Type != "data" || r.provider || b.Body.Attributes["provider"] != nil:
	case kind == "aws_caller_identity" && attribute == "account_id":
		text = r.deployed.Account
	case kind == "aws_partition" && attribute == "partition":
		text = r.deployed.Partition
	}
	if text == "" {
		return nil
	}
	return &policy.Node{Kind: policy.String, Text: text}
}

// providerARN is that of a provider whose resource or data source has a
// literal URL.
func (r *reader) providerARN(b *hclsyntax.Block, name string) string {
	url := b.Body.Attributes["url"]
	if url == nil || r.provider || b.Body.Attributes["provider"] != nil || slices.Contains(r.busy, name) {
		return ""
	}
	r.busy = append(r.busy, name)
	n := r.node(url.Expr)
	r.busy = r.busy[:len(r.busy)-1]
	if n.Kind != policy.String {
		return ""
	}
	return r.deployed.ProviderARN(n.Text)
}

// relative is a chain of attributes as Terraform writes it, or "".
func relative(steps hcl.Traversal) string {
	var b strings.Builder
	for _, s := range steps {
		a, ok := s.(hcl.TraverseAttr)
		if !ok {
			return ""
		}
		b.WriteString("." + a.Name)
	}
	return b.String()
}

// nameOf is the first two parts of a reference, such as "local.org", or three
// of "data.TYPE.NAME", and what follows.
func nameOf(t hcl.Traversal) (name string, rest hcl.Traversal) {
	parts := 2
	if t.RootName() == "data" {
		parts = 3
	}
	if len(t) < parts {
		return "", nil
	}
	words := []string{t.RootName()}
	for _, s := range t[1:parts] {
		a, ok := s.(hcl.TraverseAttr)
		if !ok {
			return "", nil
		}
		words = append(words, a.Name)
	}
	return strings.Join(words, "."), t[parts:]
}

// definition is the expression that defines a local or a variable, or nil.
func (r *reader) definition(name string) hclsyntax.Expression {
	if local, ok := strings.CutPrefix(name, "local."); ok {
		return r.locals[local]
	}
	if of, ok := strings.CutPrefix(name, "var."); ok {
		v := r.variables[of]
		if v.value != nil && v.assumed {
			r.note("%s is taken to be its default (%s)", name, r.pos(v.value.Range()))
		}
		return v.value
	}
	return nil
}
