package stack_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// pair is a template and the module that declares the same.
type pair struct {
	template, folder string
	// only are the variables that the template has no parameter for: its stack
	// has a name, tags and a package of its own.
	only  []string
	given func() map[string]string
}

var pairs = []pair{
	{"template.yaml", "deploy/terraform", []string{"name", "package", "tags"}, everything},
	{"deploy/member.yaml", "deploy/terraform/member", []string{"name", "tags"}, member},
}

// pseudo are CloudFormation's pseudo parameters, and what Terraform's data
// sources tell.
var pseudo = map[string]string{
	"AWS::AccountId": "999988887777", "AWS::Partition": "aws", "AWS::Region": "us-east-1", "AWS::URLSuffix": "amazonaws.com",
	"AWS::StackName": "whydenied",
}

// Nothing is in one of the two forms only: each resource, with each of its
// properties, for parameters that are empty and that are given.
func TestModulesDeclareWhatTheTemplatesDo(t *testing.T) {
	for _, p := range pairs {
		sets := map[string]map[string]string{"required": p.required(t), "everything": p.given(), "no changes": with(p.given(), "WatchChanges", "false")}
		if p.template == "template.yaml" {
			sets["keys of AWS"] = with(p.given(), "KmsKeyArn", "")
			sets["one account"] = with(with(p.given(), "OrganizationId", ""), "ReaderRoleName", "")
		}
		for label, given := range sets {
			t.Run(p.folder+" "+label, func(t *testing.T) {
				want := map[string]map[string]any{}
				for id, r := range render(t, p.template, merged(given, pseudo)) {
					want[id] = normal(r)
				}
				m := readModule(t, p.folder)
				_, resources := m.evaluate(t, p.variables(t, given), pseudo)
				got := map[string]map[string]any{}
				for address, all := range resources {
					kind, name, _ := strings.Cut(address, ".")
					id := camel(name)
					if got[id] == nil {
						got[id] = map[string]any{}
					}
					for _, attributes := range all {
						join(t, got[id], p.compared(kind, attributes))
					}
				}
				for id, r := range got {
					if want[id]["RoleName"] == nil {
						delete(r, "RoleName") // CloudFormation makes one up
					}
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("(-%s +%s):\n%s", p.template, p.folder, diff)
				}
			})
		}
	}
}

// compared are a resource's properties, in the form of both.
func (p pair) compared(kind string, attributes map[string]any) map[string]any {
	if attributes["reserved_concurrent_executions"] == "-1" {
		delete(attributes, "reserved_concurrent_executions") // Lambda's own default
	}
	found, _ := bySid(properties(kind, attributes)).(map[string]any)
	// Terraform's ARN of a log group ends before ":*", CloudFormation's after it.
	if policy, ok := at(found, "Policies", "PolicyDocument", "Statement", "WriteLog").(map[string]any); ok {
		policy["Resource"] = strings.TrimSuffix(fmt.Sprint(policy["Resource"]), ":*")
	}
	return found
}

// join adds what another Terraform resource says of the same one in the template.
func join(t *testing.T, all, more map[string]any) {
	t.Helper()
	for name, value := range more {
		if all[name] != nil {
			t.Fatalf("%s is said twice", name)
		}
		all[name] = value
	}
}

func merged(all ...map[string]string) map[string]string {
	m := map[string]string{}
	for _, one := range all {
		maps.Copy(m, one)
	}
	return m
}

// Each variable and output says what it is, and each value that goes out is one
// of the template's.
func TestOutputsAreTheTemplates(t *testing.T) {
	for _, p := range pairs {
		m := readModule(t, p.folder)
		var want, got []string
		for name := range parse(t, p.template).Outputs {
			want = append(want, snake(name))
		}
		ctx, _ := m.evaluate(t, p.variables(t, p.given()), pseudo)
		for _, block := range slices.Concat(m.blocks["output"], m.blocks["variable"]) {
			if block.Body.Attributes["description"] == nil {
				t.Errorf("%s: %s %s has no description", p.folder, block.Type, block.Labels[0])
			}
		}
		for _, block := range m.blocks["output"] {
			got = append(got, block.Labels[0])
			if value, diagnostics := block.Body.Attributes["value"].Expr.Value(ctx); diagnostics.HasErrors() || value.IsNull() {
				t.Errorf("%s: output %s: %v", p.folder, block.Labels[0], diagnostics)
			}
		}
		slices.Sort(want)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-%s +%s):\n%s", p.template, p.folder, diff)
		}
	}
}
