package render_test

import (
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"whydenied/pkg/scan"
	"whydenied/pkg/scan/page/sample"
	"whydenied/pkg/scan/render"
)

// compiled finds the report's schema by its name, as users will.
func compiled(t testing.TB) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	file, err := os.Open("../../report/schema.json")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	report, err := jsonschema.UnmarshalJSON(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.AddResource("urn:whydenied:report:v1", report); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func validate(schema *jsonschema.Schema, text string) error {
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return err
	}
	return schema.Validate(v)
}

// full is a result in which every field has a value.
func full(t testing.TB) *scan.Result {
	t.Helper()
	r, err := sample.Result()
	if err != nil {
		t.Fatal(err)
	}
	r.Ungrouped, r.ProblemsLeft = 5, 3
	g := &r.Groups[0]
	g.Stranger, g.Succeeded, g.Subjects.More = true, g.Last, 2
	return r
}

func TestSchemaHolds(t *testing.T) {
	schema := compiled(t)
	results := []fixture{{"full", full(t)}, {"empty", sample.Empty()}}
	for _, f := range append(results, fixtures(t)[:3]...) {
		if err := validate(schema, written(t, render.JSON, f.result)); err != nil {
			t.Errorf("%s: %v", f.name, err)
		}
	}
}

// The schema is strict, so that a field that is added here and not there, or
// a code that is not in the set, does not pass.
func TestSchemaIsStrict(t *testing.T) {
	schema := compiled(t)
	text := written(t, render.JSON, full(t))
	for _, tt := range []struct{ name, reason, old, new string }{
		{"unknown field", "additionalProperties is false everywhere", `"files": `, `"token": "x", "files": `},
		{"unknown field of a group", "also in lists", `"hours": `, `"x": 1, "hours": `},
		{"unknown field of a report", "the report's own schema holds", `"verdict": `, `"x": 1, "verdict": `},
		{"cause", "the set is closed", `"cause": "sub_mismatch"`, `"cause": "sub_mismatched"`},
		{"cause of a moment", "also as a name", `"sub_mismatch": `, `"sub_mismatched": `},
		{"still", "the set is closed", `"still": "yes"`, `"still": "true"`},
		{"time", "RFC 3339", `"first": "2026-10-25T12:00:04Z"`, `"first": "yesterday"`},
		{"missing list", "lists are never left out", `"listed": `, `"x": `},
		{"null", "lists are never null", `"problems": [`, `"problems": null, "x": [`},
		{"a group without denials", "there is none", `"count": 1738`, `"count": 0`},
		{"schema", "it names the version", `"whydenied-scan/v1"`, `"whydenied-scan/v2"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			changed := strings.Replace(text, tt.old, tt.new, 1)
			if changed == text {
				t.Fatalf("no %s in the result", tt.old)
			}
			if validate(schema, changed) == nil {
				t.Errorf("passed: %s", tt.reason)
			}
		})
	}
}
