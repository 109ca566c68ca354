package stack_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2/hclwrite"
)

// An example gives a module only what the module knows, and all that it needs.
func TestExamplesCallTheModules(t *testing.T) {
	for _, folder := range []string{"deploy/terraform/examples/single-account", "deploy/terraform/examples/organization"} {
		calls := readModule(t, folder).blocks["module"]
		if len(calls) == 0 {
			t.Errorf("%s calls no module", folder)
		}
		for _, call := range calls {
			value, diagnostics := call.Body.Attributes["source"].Expr.Value(nil)
			if diagnostics.HasErrors() {
				t.Fatal(diagnostics)
			}
			variables := readModule(t, filepath.Join(folder, value.AsString())).blocks["variable"]
			known := []string{"source", "providers"}
			for _, v := range variables {
				known = append(known, v.Labels[0])
				if v.Body.Attributes["default"] == nil && call.Body.Attributes[v.Labels[0]] == nil {
					t.Errorf("%s: module %s is not given %s", folder, call.Labels[0], v.Labels[0])
				}
			}
			for name := range call.Body.Attributes {
				if !slices.Contains(known, name) {
					t.Errorf("%s: module %s knows no %s", folder, call.Labels[0], name)
				}
			}
		}
	}
}

// Whatever knows tags gets them. The provider's schema says what does.
func TestTagsArePassedOn(t *testing.T) {
	tagged := []string{"aws_cloudwatch_event_bus", "aws_cloudwatch_event_rule", "aws_cloudwatch_log_group", "aws_cloudwatch_metric_alarm",
		"aws_dynamodb_table", "aws_iam_role", "aws_lambda_event_source_mapping", "aws_lambda_function", "aws_sns_topic", "aws_sqs_queue"}
	for _, p := range pairs {
		for _, block := range readModule(t, p.folder).blocks["resource"] {
			if has := block.Body.Attributes["tags"] != nil; has != slices.Contains(tagged, block.Labels[0]) {
				t.Errorf("%s: %s.%s has tags: %v", p.folder, block.Labels[0], block.Labels[1], has)
			}
		}
	}
}

func TestTerraformIsFormatted(t *testing.T) {
	for _, name := range terraformFiles(t) {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if formatted := hclwrite.Format(data); !bytes.Equal(data, formatted) {
			t.Errorf("%s (-as it is +as terraform fmt has it):\n%s", name, cmp.Diff(string(data), string(formatted)))
		}
	}
}
