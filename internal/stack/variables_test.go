package stack_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// required are the parameters without a default.
func (p pair) required(t *testing.T) map[string]string {
	m := map[string]string{}
	for name, parameter := range parse(t, p.template).Parameters {
		if parameter.Default == nil {
			m[name] = p.given()[name]
		}
	}
	return m
}

// variables are parameters as the module's variables, the others at its defaults.
func (p pair) variables(t *testing.T, given map[string]string) map[string]cty.Value {
	t.Helper()
	values := map[string]cty.Value{"name": cty.StringVal("whydenied"), "package": cty.StringVal("function.zip")}
	names := map[string]string{}
	for name := range parse(t, p.template).Parameters {
		names[snake(name)] = name
	}
	for _, block := range readModule(t, p.folder).blocks["variable"] {
		name := block.Labels[0]
		if value, there := given[names[name]]; there {
			values[name] = typed(t, block, value)
		} else if a := block.Body.Attributes["default"]; a != nil {
			value, diagnostics := a.Expr.Value(nil)
			if diagnostics.HasErrors() {
				t.Fatal(diagnostics)
			}
			values[name] = value
		}
	}
	return values
}

// typed is a parameter's text as the variable's type.
func typed(t *testing.T, variable *hclsyntax.Block, text string) cty.Value {
	t.Helper()
	switch kind := typeOf(variable); kind {
	case "string":
		return cty.StringVal(text)
	case "bool":
		return cty.BoolVal(text == "true")
	case "number":
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return cty.NumberIntVal(n)
	case "list":
		var items []cty.Value
		for item := range strings.SplitSeq(text, ",") {
			items = append(items, cty.StringVal(item))
		}
		return cty.ListVal(items)
	default:
		t.Fatalf("variable %s is of type %q", variable.Labels[0], kind)
		return cty.NilVal
	}
}

// typeOf is string, bool, number, list or map.
func typeOf(variable *hclsyntax.Block) string {
	expression := variable.Body.Attributes["type"].Expr
	if call, ok := expression.(*hclsyntax.FunctionCallExpr); ok {
		return call.Name
	}
	return hcl.ExprAsKeyword(expression)
}
