package terraform

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"whydenied/pkg/policy"
	"whydenied/pkg/source/inset"
)

// The parser of HCL recurses without a limit of its own, so what it is given
// is measured first. Files of people stay far below each of these.
const (
	maxFile      = 1 << 20 // bytes
	maxNesting   = 200     // brackets, and templates in templates
	maxRecursing = 5000    // signs after which an expression starts anew
	// The parser joins the literal parts of a text one by one, each time with
	// all that it has so far: parts times bytes.
	maxJoined = 1_000_000_000
)

// guard refuses a file that would exhaust the parser's stack.
func guard(f *inset.File) error {
	if len(f.Data) > maxFile {
		return policy.Errorf(policy.Pos{File: f.Name}, "larger than %d bytes, expected a Terraform file", maxFile)
	}
	tokens, _ := hclsyntax.LexConfig(f.Data, f.Name, hcl.InitialPos) // the parser tells of its errors
	depth, recursing := 0, 0
	parts, bytes := 0, 0 // of the text that is open
	for _, token := range tokens {
		switch token.Type {
		case hclsyntax.TokenStringLit, hclsyntax.TokenQuotedLit:
			parts, bytes = parts+1, bytes+len(token.Bytes)
		case hclsyntax.TokenNewline:
			parts, bytes = 0, 0
		default:
		}
		switch token.Type {
		case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenOQuote,
			hclsyntax.TokenOHeredoc, hclsyntax.TokenTemplateInterp:
			depth++
		case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenCQuote,
			hclsyntax.TokenCHeredoc, hclsyntax.TokenTemplateSeqEnd:
			depth = max(depth-1, 0)
		case hclsyntax.TokenTemplateControl:
			depth, recursing = depth+1, recursing+1
		case hclsyntax.TokenBang, hclsyntax.TokenMinus, hclsyntax.TokenQuestion:
			recursing++
		default:
		}
		if parts*bytes > maxJoined {
			return policy.Errorf(f.Pos(token.Range.Start.Byte), "a text of more than %d parts, expected a Terraform file", parts)
		}
		if depth > maxNesting || recursing > maxRecursing {
			return policy.Errorf(f.Pos(token.Range.Start.Byte), "nested too deep, expected a Terraform file")
		}
	}
	return nil
}
