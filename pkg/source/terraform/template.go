package terraform

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"whydenied/pkg/policy"
	"whydenied/pkg/source/inset"
)

// template is the text of a quoted string or a heredoc. What stands in "${…}"
// becomes text where its value is one, and a hole elsewhere.
func (r *reader) template(e *hclsyntax.TemplateExpr) *inset.Text {
	t := &inset.Text{File: r.files[e.SrcRange.Filename]}
	for _, part := range e.Parts {
		rng := part.Range()
		if r.exhausted() {
			t.AddUnknown("…", rng.Start.Byte)
			return t
		}
		if lit, ok := part.(*hclsyntax.LiteralValueExpr); ok && lit.Val.IsKnown() && !lit.Val.IsNull() && lit.Val.Type() == cty.String {
			t.Add(lit.Val.AsString(), rng.Start.Byte, rng.End.Byte)
			continue
		}
		n := r.node(part)
		if scalar := n.Kind == policy.String || n.Kind == policy.Number || n.Kind == policy.Bool; scalar && r.spend(len(n.Text)) {
			t.AddFixed(n.Text, rng.Start.Byte)
		} else {
			t.AddUnknown(r.interpolation(rng), rng.Start.Byte)
		}
	}
	return t
}

// interpolation is the source of an expression within a template, with the
// signs around it; a directive's range has them.
func (r *reader) interpolation(rng hcl.Range) string {
	written := string(rng.SliceBytes(r.files[rng.Filename].Data))
	if strings.HasPrefix(written, "%{") {
		return written
	}
	return "${" + written + "}"
}
