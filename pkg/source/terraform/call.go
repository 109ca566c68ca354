package terraform

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"whydenied/pkg/policy"
)

// textFunction is a function of Terraform's whose result, for known texts and
// lists of texts, is a text, or nil. They are the library's that Terraform
// uses itself.
func textFunction(name string) *function.Function {
	switch name {
	case "format":
		return &stdlib.FormatFunc
	case "join":
		return &stdlib.JoinFunc
	case "lower":
		return &stdlib.LowerFunc
	case "upper":
		return &stdlib.UpperFunc
	case "replace":
		return &stdlib.ReplaceFunc
	case "trimspace":
		return &stdlib.TrimSpaceFunc
	case "trimprefix":
		return &stdlib.TrimPrefixFunc
	case "trimsuffix":
		return &stdlib.TrimSuffixFunc
	}
	return nil
}

// call is the value of a function where it can be known.
func (r *reader) call(e *hclsyntax.FunctionCallExpr) *policy.Node {
	switch {
	case e.ExpandFinal:
	case (e.Name == "tolist" || e.Name == "toset") && len(e.Args) == 1:
		return r.node(e.Args[0])
	case e.Name == "concat":
		return r.concat(e)
	case textFunction(e.Name) != nil:
		if n := r.textCall(e, textFunction(e.Name)); n != nil {
			return n
		}
	}
	return r.unresolved(e.Range())
}

// concat keeps the known lists apart from the unknown ones: each of these is
// one unresolved element.
func (r *reader) concat(e *hclsyntax.FunctionCallExpr) *policy.Node {
	n := &policy.Node{Kind: policy.Array, Pos: r.pos(e.Range())}
	for _, a := range e.Args {
		list := r.node(a)
		if list.Kind == policy.Array {
			n.Elems = append(n.Elems, list.Elems...)
		} else {
			n.Elems = append(n.Elems, r.unresolved(a.Range()))
		}
	}
	return n
}

// maxSeparator bounds what join puts between elements, and replace in the place
// of each that it finds, in bytes.
const maxSeparator = 16

func (r *reader) textCall(e *hclsyntax.FunctionCallExpr, f *function.Function) *policy.Node {
	args := make([]cty.Value, len(e.Args))
	for i, a := range e.Args {
		n := r.node(a)
		v, ok := value(n)
		repeated := e.Name == "join" && i == 0 || e.Name == "replace" && i == 2
		if !ok || !r.spend(len(n.Text)*len(e.Args)) || repeated && len(n.Text) > maxSeparator {
			return nil
		}
		// Terraform takes what stands between slashes for a regular expression.
		if e.Name == "replace" && i == 1 && (n.Text == "" || strings.HasPrefix(n.Text, "/")) {
			return nil
		}
		args[i] = v
	}
	if e.Name == "format" && !plainFormat(args) {
		return nil
	}
	result, err := f.Call(args)
	if err != nil || !result.IsKnown() || result.IsNull() || result.Type() != cty.String {
		return nil
	}
	return &policy.Node{Kind: policy.String, Text: result.AsString(), Pos: r.pos(e.Range())}
}

// plainFormat admits only verbs without a width, which could be of any size.
func plainFormat(args []cty.Value) bool {
	if len(args) == 0 || args[0].Type() != cty.String {
		return false
	}
	verbs := strings.Split(strings.ReplaceAll(args[0].AsString(), "%%", ""), "%")
	return !slices.ContainsFunc(verbs[1:], func(v string) bool {
		return v == "" || !strings.ContainsRune("sdvq", rune(v[0]))
	})
}

// value is a text, or a list of texts, as a value of Terraform's.
func value(n *policy.Node) (cty.Value, bool) {
	switch n.Kind {
	case policy.String:
		return cty.StringVal(n.Text), true
	case policy.Number:
		v, err := cty.ParseNumberVal(n.Text)
		return v, err == nil
	case policy.Array:
		list := make([]cty.Value, len(n.Elems))
		for i, e := range n.Elems {
			if e.Kind != policy.String {
				return cty.NilVal, false
			}
			list[i] = cty.StringVal(e.Text)
		}
		if len(list) == 0 {
			return cty.ListValEmpty(cty.String), true
		}
		return cty.ListVal(list), true
	default:
		return cty.NilVal, false
	}
}
