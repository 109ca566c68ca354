package stack_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// references says what an attribute of another resource is in the template,
// where it is not ${Id} for a name and ${Id.Arn} for an ARN.
var references = map[string]string{
	"aws_sns_topic.arn":                    "${Id}",
	"aws_sqs_queue.name":                   "${Id.QueueName}",
	"aws_lambda_event_source_mapping.uuid": "${Id}",
}

// attributes are those that anything in the modules refers to.
var attributes = []string{"arn", "dashboard_name", "function_name", "id", "name", "url", "uuid"}

// evaluate is what Terraform would declare with some variables: for each
// resource that is there, its attributes and nested blocks.
func (m module) evaluate(t *testing.T, variables map[string]cty.Value, pseudo map[string]string) (*hcl.EvalContext, map[string][]map[string]any) {
	t.Helper()
	ctx := &hcl.EvalContext{Functions: functions, Variables: map[string]cty.Value{
		"var":  cty.ObjectVal(variables),
		"data": data(pseudo),
	}}
	m.evaluateLocals(t, ctx, false)
	counts := m.declare(t, ctx)
	m.evaluateLocals(t, ctx, true)
	found := map[string][]map[string]any{}
	for _, block := range m.blocks["resource"] {
		address := block.Labels[0] + "." + block.Labels[1]
		if counts[address] == 0 {
			continue
		}
		attributes := body(t, ctx, block.Body)
		delete(attributes, "count")
		found[address] = append(found[address], attributes)
	}
	return ctx, found
}

// data is what the modules' data sources tell.
func data(pseudo map[string]string) cty.Value {
	current := func(pairs ...string) cty.Value {
		m := map[string]cty.Value{}
		for i := 0; i < len(pairs); i += 2 {
			m[pairs[i]] = cty.StringVal(pseudo[pairs[i+1]])
		}
		return cty.ObjectVal(map[string]cty.Value{"current": cty.ObjectVal(m)})
	}
	return cty.ObjectVal(map[string]cty.Value{
		"aws_caller_identity": current("account_id", "AWS::AccountId"),
		"aws_partition":       current("partition", "AWS::Partition", "dns_suffix", "AWS::URLSuffix"),
		"aws_region":          current("id", "AWS::Region"),
	})
}

// evaluateLocals evaluates the locals until none is left that can be; all has
// it fail on those.
func (m module) evaluateLocals(t *testing.T, ctx *hcl.EvalContext, all bool) {
	t.Helper()
	done := map[string]cty.Value{}
	for before := -1; before < len(done); {
		before = len(done)
		ctx.Variables["local"] = cty.ObjectVal(done)
		for name, expression := range m.locals {
			if value, diagnostics := expression.Value(ctx); !diagnostics.HasErrors() {
				done = maps.Clone(done)
				done[name] = value
			} else if all && before == len(m.locals)-1 {
				t.Fatal(diagnostics)
			}
		}
	}
	if all && len(done) != len(m.locals) {
		t.Fatalf("%d of %d locals could be evaluated", len(done), len(m.locals))
	}
}

// declare lets expressions refer to resources: an object where there is one, a
// list of one or none where the resource has a count.
func (m module) declare(t *testing.T, ctx *hcl.EvalContext) map[string]int {
	t.Helper()
	counts, types := map[string]int{}, map[string]map[string]cty.Value{}
	for _, block := range m.blocks["resource"] {
		kind, name := block.Labels[0], block.Labels[1]
		self := map[string]cty.Value{}
		for _, a := range attributes {
			self[a] = cty.StringVal(reference(kind, camel(name), a))
		}
		value := cty.ObjectVal(self)
		counts[kind+"."+name] = 1
		if count := block.Body.Attributes["count"]; count != nil {
			n, diagnostics := count.Expr.Value(ctx)
			if diagnostics.HasErrors() {
				t.Fatal(diagnostics)
			}
			if n.RawEquals(cty.NumberIntVal(0)) {
				counts[kind+"."+name], value = 0, cty.ListValEmpty(value.Type())
			} else {
				value = cty.ListVal([]cty.Value{value})
			}
		}
		if types[kind] == nil {
			types[kind] = map[string]cty.Value{}
		}
		types[kind][name] = value
	}
	for kind, resources := range types {
		ctx.Variables[kind] = cty.ObjectVal(resources)
	}
	return counts
}

func reference(kind, id, attribute string) string {
	form := references[kind+"."+attribute]
	if form == "" && attribute == "arn" {
		form = "${Id.Arn}"
	} else if form == "" {
		form = "${Id}"
	}
	return strings.Replace(form, "Id", id, 1)
}

// body is a block's attributes and blocks; of a block that stands more than once
// a list. What is null is left out, as CloudFormation leaves AWS::NoValue out.
func body(t *testing.T, ctx *hcl.EvalContext, b *hclsyntax.Body) map[string]any {
	t.Helper()
	all := map[string]any{}
	for name, a := range b.Attributes {
		if name == "depends_on" || name == "providers" {
			continue
		}
		value, diagnostics := a.Expr.Value(ctx)
		if diagnostics.HasErrors() {
			t.Fatal(diagnostics)
		}
		if v := plainly(t, value); v != nil {
			all[name] = v
		}
	}
	for _, block := range b.Blocks {
		name, content, there := block.Type, block.Body, true
		if name == "lifecycle" {
			continue
		}
		if name == "dynamic" {
			name, content, there = dynamic(t, ctx, block)
		}
		if !there {
			continue
		}
		inner := body(t, ctx, content)
		switch before := all[name].(type) {
		case nil:
			all[name] = inner
		case map[string]any:
			all[name] = []any{before, inner}
		case []any:
			all[name] = append(before, inner)
		}
	}
	return all
}

// dynamic is a block that is there or not.
func dynamic(t *testing.T, ctx *hcl.EvalContext, block *hclsyntax.Block) (string, *hclsyntax.Body, bool) {
	t.Helper()
	each, diagnostics := block.Body.Attributes["for_each"].Expr.Value(ctx)
	if diagnostics.HasErrors() {
		t.Fatal(diagnostics)
	}
	return block.Labels[0], block.Body.Blocks[0].Body, each.LengthInt() > 0
}

// plainly turns a value into maps, lists and strings, as a template's are.
func plainly(t *testing.T, v cty.Value) any {
	t.Helper()
	switch kind := v.Type(); {
	case v.IsNull():
		return nil
	case kind == cty.String:
		return v.AsString()
	case kind == cty.Number:
		return v.AsBigFloat().Text('f', -1)
	case kind == cty.Bool && v.True():
		return "true"
	case kind == cty.Bool:
		return "false"
	case kind.IsObjectType() || kind.IsMapType():
		m := map[string]any{}
		for name, value := range v.AsValueMap() {
			m[name] = plainly(t, value)
		}
		return m
	default:
		items := []any{}
		for _, value := range v.AsValueSlice() {
			items = append(items, plainly(t, value))
		}
		return items
	}
}
