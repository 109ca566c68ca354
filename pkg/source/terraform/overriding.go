package terraform

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"whydenied/pkg/policy"
)

// isOverride tells whether Terraform merges a file into the others, after them.
func isOverride(name string) bool {
	return name == "override.tf" || strings.HasSuffix(name, "_override.tf")
}

// override merges a file into what the others declare: an argument replaces the
// one of its name, and blocks all of their type (Terraform, "Override Files").
func (m *module) override(body *hclsyntax.Body) error {
	for _, b := range body.Blocks {
		switch {
		case b.Type == "locals":
			for name, a := range b.Body.Attributes {
				m.locals[name] = a.Expr
			}
		case b.Type == "variable" && len(b.Labels) == 1:
			if b.Body.Attributes["default"] != nil {
				m.variable(b)
			}
		case (b.Type == "resource" || b.Type == "data") && len(b.Labels) == 2:
			first := m.blocks[address(b)]
			if first == nil {
				return policy.Errorf(m.pos(b.TypeRange), "%s overrides nothing: no other file of this module has it", address(b))
			}
			mergeBodies(first.Body, b.Body)
		}
	}
	return nil
}

func mergeBodies(into, from *hclsyntax.Body) {
	for name, a := range from.Attributes {
		into.Attributes[name] = a
	}
	replaced := make(map[string]bool)
	for _, b := range from.Blocks {
		replaced[blockType(b)] = true
	}
	var kept hclsyntax.Blocks
	for _, b := range into.Blocks {
		if !replaced[blockType(b)] {
			kept = append(kept, b)
		}
	}
	into.Blocks = slices.Concat(kept, from.Blocks)
}

// blockType is the type of a block, or of those that a dynamic one makes.
func blockType(b *hclsyntax.Block) string {
	if b.Type == "dynamic" && len(b.Labels) == 1 {
		return b.Labels[0]
	}
	return b.Type
}
