package report_test

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/report"
)

func compiled(t testing.TB) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	schema, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func validate(schema *jsonschema.Schema, line string) error {
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
	if err != nil {
		return err
	}
	return schema.Validate(v)
}

// full is a report in which every field has a value.
func full() report.Report {
	r := prefectCase()
	r.Stranger, r.Denial.Missing = true, []string{"resources"}
	r.Checks[0].Inferred = true
	c := &r.Causes[0]
	c.Sid, c.File = "Flows", "trust.json"
	r.Fixes = []report.Fix{{Title: "t", Verified: true, Policy: map[string]any{"Version": "2012-10-17"}, Diff: "d", Terraform: "t", AWSCLI: "c", Warnings: []string{"w"},
		Kind: "register", Side: "provider", TerraformJSON: "j", CloudFormation: "y", Caller: "l", Admits: "a", WideCure: "w",
		Register: &report.Registration{URL: "https://x", ClientIDs: []string{"a"}, Add: true}}}
	r.FixWithheld, r.AccountAlias = true, "octo-prod"
	r.Candidates = []report.Candidate{{RoleARN: arn + "role/x", Allows: true, Checks: r.Checks, Causes: r.Causes}}
	r.Alternatives = []report.Alternative{{Statement: 1, Checks: r.Checks, Causes: r.Causes}}
	r.Changes = []report.Change{{Time: *r.Denial.Time, Event: "AddClientIDToOpenIDConnectProvider", EventID: "1", By: "b", UserAgent: "u", Role: "r", Provider: "p", ClientID: "c", After: true}}
	r.Changed = changedMuch().Changed
	r.Notes = []string{"n"}
	r.Trace[0].Sid, r.Trace[0].Parts[0].Waits = "Flows", []string{"k"}
	return r
}

func TestSchemaHolds(t *testing.T) {
	schema := compiled(t)
	reports := append(fixtures(), fixture{"full", full()}, fixture{"empty", report.New(diagnosis.Diagnosis{Verdict: diagnosis.VerdictUnexplained})})
	for _, f := range reports {
		if err := validate(schema, encoded(t, &f.report)); err != nil {
			t.Errorf("%s: %v", f.name, err)
		}
	}
}

// The schema is strict, so that a field that is added here and not there, or
// a code that is not in the set, does not pass.
func TestSchemaIsStrict(t *testing.T) {
	schema := compiled(t)
	r := full()
	for _, tt := range []struct{ name, reason, old, new string }{
		{"unknown field", "additionalProperties is false everywhere", `"denial":{`, `"denial":{"token":"x",`},
		{"unknown field of a cause", "also in lists", `"causes":[{`, `"causes":[{"x":1,`},
		{"code", "the set is closed", `"sub_mismatch"`, `"sub_mismatched"`},
		{"hint", "the set is closed", `"segment_differs"`, `"segment"`},
		{"confidence", "the set is closed", `"confidence":"certain"`, `"confidence":"sure"`},
		{"status", "the set is closed", `"status":"match"`, `"status":"ok"`},
		{"verdict", "the set is closed", `"verdict":"explained"`, `"verdict":"denied"`},
		{"time", "RFC 3339", `"time":"2026-11-24T14:02:11Z"`, `"time":"yesterday"`},
		{"missing list", "lists are never left out", `"notes":["n"],`, ``},
		{"null", "lists are never null", `"notes":["n"]`, `"notes":null`},
		{"line 0", "lines count from 1", `"line":12`, `"line":0`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			line := encoded(t, &r)
			changed := strings.Replace(line, tt.old, tt.new, 1)
			if changed == line {
				t.Fatalf("no %s in %s", tt.old, line)
			}
			if validate(schema, changed) == nil {
				t.Errorf("passed: %s", tt.reason)
			}
		})
	}
}

func TestSchemaNamesEveryCodeAndHint(t *testing.T) {
	data, err := os.ReadFile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Defs struct {
			Code struct{ Enum []diagnosis.Code }
			Hint struct{ Enum []diagnosis.Hint }
		} `json:"$defs"`
	}
	if err := json.NewDecoder(bytes.NewReader(data)).Decode(&schema); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(diagnosis.Codes(), schema.Defs.Code.Enum); diff != "" {
		t.Errorf("codes (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(diagnosis.Hints(), schema.Defs.Hint.Enum); diff != "" {
		t.Errorf("hints (-want +got):\n%s", diff)
	}
}
