package stack_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"whydenied/internal/stack"
)

// Each parameter is a variable under the same name in snake case, with the same
// default, the same words where it takes one of several, and the same pattern. Of
// routes the module reads the JSON, where the template has but a pattern: both
// are held to what the function takes (TestRoutesPattern).
func TestVariablesAreTheParameters(t *testing.T) {
	off := map[string]string{"heartbeat_days": "0", "reserved_concurrency": "-1", "subnet_ids": "", "security_group_ids": "", "route_topic_arns": ""}
	for _, p := range pairs {
		parameters, variables := parse(t, p.template).Parameters, map[string]*hclsyntax.Block{}
		for _, block := range readModule(t, p.folder).blocks["variable"] {
			variables[block.Labels[0]] = block
		}
		want, got := slices.Clone(p.only), slices.Sorted(maps.Keys(variables))
		for name := range parameters {
			want = append(want, snake(name))
		}
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-%s +%s):\n%s", p.template, p.folder, diff)
		}
		for name, parameter := range parameters {
			block := variables[snake(name)]
			if block == nil {
				continue
			}
			if diff := cmp.Diff(defaultOf(parameter, off[snake(name)]), defaultIn(t, block)); diff != "" {
				t.Errorf("%s: default of %s (-%s +module):\n%s", p.folder, name, p.template, diff)
			}
			if pattern := patternIn(t, block); name != "Routes" && !samePattern(typeOf(block), pattern, parameter.Pattern) {
				t.Errorf("%s: %s takes %q, the template %q", p.folder, name, pattern, parameter.Pattern)
			}
		}
	}
}

// samePattern compares what a variable takes with what a parameter takes. Of a
// list each item is one of those that the template separates by commas.
func samePattern(kind, variable, parameter string) bool {
	if kind == "list" {
		item := strings.TrimSuffix(strings.TrimPrefix(variable, "^"), "$")
		return strings.HasPrefix(parameter, "^("+item+"(,"+item+"){0,")
	}
	return kind != "string" || variable == parameter
}

func defaultOf(p stack.Parameter, off string) string {
	if p.Default == nil {
		return "none"
	}
	if *p.Default == "" && off != "" {
		return off
	}
	return *p.Default
}

func defaultIn(t *testing.T, variable *hclsyntax.Block) string {
	t.Helper()
	a := variable.Body.Attributes["default"]
	if a == nil {
		return "none"
	}
	value, diagnostics := a.Expr.Value(nil)
	if diagnostics.HasErrors() {
		t.Fatal(diagnostics)
	}
	text, _ := plainly(t, value).(string) // of a list, which is empty, nothing
	return text
}

// patternIn is the pattern that a variable's last validation with one asks for.
func patternIn(t *testing.T, variable *hclsyntax.Block) (pattern string) {
	t.Helper()
	for _, block := range variable.Body.Blocks {
		_ = hclsyntax.VisitAll(block.Body, func(n hclsyntax.Node) hcl.Diagnostics {
			if call, ok := n.(*hclsyntax.FunctionCallExpr); ok && call.Name == "regex" {
				value, diagnostics := call.Args[0].Value(nil)
				if !diagnostics.HasErrors() {
					pattern = value.AsString()
				}
			}
			return nil
		})
	}
	return pattern
}

// Each validation takes the defaults and what is given here, and refuses what
// the template's parameter would.
func TestValidations(t *testing.T) {
	for _, p := range pairs {
		template := parse(t, p.template)
		blocks := map[string]*hclsyntax.Block{}
		for _, block := range readModule(t, p.folder).blocks["variable"] {
			blocks[block.Labels[0]] = block
		}
		for label, given := range map[string]map[string]string{"required": p.required(t), "everything": p.given()} {
			values := p.variables(t, given)
			for name, block := range blocks {
				if _, there := values[name]; there && !valid(t, block, values) {
					t.Errorf("%s, %s: %s refuses its value", p.folder, label, name)
				}
			}
		}
		for name, parameter := range template.Parameters {
			for _, text := range []string{"two words\n", "-7", "0.5", "99999999"} {
				block := blocks[snake(name)]
				if typeOf(block) == "bool" || typeOf(block) == "number" && text == "two words\n" {
					continue
				}
				value := cty.StringVal(text)
				if typeOf(block) == "list" {
					value = cty.ListVal([]cty.Value{value})
				} else if typeOf(block) == "number" {
					value = cty.MustParseNumberVal(text)
				}
				takes := valid(t, block, map[string]cty.Value{snake(name): value})
				if want := accepts(parameter, text); typeOf(block) != "number" && takes != want || typeOf(block) == "number" && takes {
					t.Errorf("%s: %s takes %q: %v, the template: %v", p.folder, name, text, takes, want)
				}
			}
		}
	}
}

// accepts says whether a template's parameter takes a text.
func accepts(p stack.Parameter, text string) bool {
	if len(p.Allowed) > 0 {
		return slices.Contains(p.Allowed, text)
	}
	return p.Pattern == "" || regexp.MustCompile(p.Pattern).MatchString(text)
}

func valid(t *testing.T, variable *hclsyntax.Block, values map[string]cty.Value) bool {
	t.Helper()
	ctx := &hcl.EvalContext{Functions: functions, Variables: map[string]cty.Value{"var": cty.ObjectVal(values)}}
	for _, block := range variable.Body.Blocks {
		value, diagnostics := block.Body.Attributes["condition"].Expr.Value(ctx)
		if diagnostics.HasErrors() {
			t.Fatal(diagnostics)
		}
		if value.False() {
			return false
		}
	}
	return true
}

// Subnets without security groups, and the other way round, are refused before
// anything is planned.
func TestModuleAsksForBoth(t *testing.T) {
	p := pairs[0]
	var condition hclsyntax.Expression
	for _, block := range readModule(t, p.folder).blocks["resource"] {
		for _, inner := range block.Body.Blocks {
			for _, deeper := range inner.Body.Blocks {
				if deeper.Type == "precondition" {
					condition = deeper.Body.Attributes["condition"].Expr
				}
			}
		}
	}
	if condition == nil {
		t.Fatal("there is no precondition")
	}
	for _, tt := range []struct {
		label string
		given map[string]string
		want  bool
	}{
		{"neither", nil, true},
		{"both", map[string]string{"SubnetIds": "subnet-0a1b2c3d", "SecurityGroupIds": "sg-0a1b2c3d"}, true},
		{"subnets", map[string]string{"SubnetIds": "subnet-0a1b2c3d"}, false},
		{"groups", map[string]string{"SecurityGroupIds": "sg-0a1b2c3d"}, false},
	} {
		ctx := &hcl.EvalContext{Functions: functions, Variables: map[string]cty.Value{"var": cty.ObjectVal(p.variables(t, tt.given))}}
		got, diagnostics := condition.Value(ctx)
		if diagnostics.HasErrors() || got.True() != tt.want {
			t.Errorf("%s: want %v, got %#v %v", tt.label, tt.want, got, diagnostics)
		}
	}
}
