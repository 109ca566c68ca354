package remedy

import (
	"strings"

	"whydenied/pkg/policy"
)

var (
	asVariable = strings.NewReplacer("${", "${$}{")
	asPattern  = strings.NewReplacer("${", "${$}{", "*", "${*}", "?", "${?}")
)

// literal writes a text so that the operator compares it to the letter. In a
// document of version 2012-10-17 "${" starts a variable and has to be written
// as "${$}{"; where the operator knows wildcards, "*" and "?" are written as
// "${*}" and "${?}" (IAM User Guide, "Policy variables"). An older document
// has no such escapes: ok is false where one would be needed.
func literal(s string, op policy.Operator, version string) (written string, ok bool) {
	wild := knowsWildcards(op)
	if version == policy.Version2012 {
		if wild {
			return asPattern.Replace(s), true
		}
		return asVariable.Replace(s), true
	}
	return s, !wild || !policy.IsGlob(s)
}

func knowsWildcards(op policy.Operator) bool {
	return strings.HasSuffix(op.Base(), "Like") || strings.HasPrefix(op.Base(), "Arn")
}

// isText tells whether an operator compares texts that are wanted.
func isText(op policy.Operator) bool {
	return strings.HasPrefix(op.Base(), "String") && !op.Negated()
}

func isARN(op policy.Operator) bool {
	return strings.HasPrefix(op.Base(), "Arn") && !op.Negated()
}
