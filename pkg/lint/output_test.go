package lint_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/lint"
)

var findings = []lint.Finding{
	{Rule: "value-empty", Severity: lint.Error, File: "infra/a b,c:%.tf", Line: 3, Column: 7, Message: "100% of \"x\"\r\nis [gone](http://x)", Do: "Fill it in."},
	{Rule: "value-empty", Severity: lint.Note, File: "/etc/x.json", Message: "no line"},
	{Rule: "sub_mismatch", Severity: lint.Warning, Line: 9, Message: "no file."},
	{Rule: "value-empty", Severity: lint.Note, Policy: "arn:aws:iam::123456789012:role/a", Line: 9, Message: "of a role"},
}

func TestGitHub(t *testing.T) {
	var b bytes.Buffer
	if err := lint.GitHub(&b, findings); err != nil {
		t.Fatal(err)
	}
	want := "::error file=infra/a b%2Cc%3A%25.tf,line=3,col=7,title=value-empty::100%25 of \"x\"%0D%0Ais [gone](http://x). Fill it in.\n" +
		"::notice file=/etc/x.json,title=value-empty::no line.\n" +
		"::warning title=sub_mismatch::no file.\n" +
		"::notice title=value-empty::arn:aws:iam::123456789012:role/a: of a role.\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("the commands (-want +got):\n%s", diff)
	}
}

// TestSARIF holds a log to what SARIF 2.1.0 requires of each object in it.
func TestSARIF(t *testing.T) {
	for label, list := range map[string][]lint.Finding{"some": findings, "none": nil} {
		var b bytes.Buffer
		if err := lint.SARIF(&b, list, "1.2.3"); err != nil {
			t.Fatal(err)
		}
		var log struct {
			Version string `json:"version"`
			Runs    []struct {
				Tool struct {
					Driver struct {
						Name  string `json:"name"`
						Rules []struct {
							ID string `json:"id"`
						} `json:"rules"`
					} `json:"driver"`
				} `json:"tool"`
				ColumnKind string            `json:"columnKind"`
				Results    []json.RawMessage `json:"results"`
			} `json:"runs"`
		}
		if err := json.Unmarshal(b.Bytes(), &log); err != nil {
			t.Fatal(err)
		}
		if log.Version != "2.1.0" || len(log.Runs) != 1 || log.Runs[0].Tool.Driver.Name != "whydenied" || log.Runs[0].Results == nil || log.Runs[0].Tool.Driver.Rules == nil {
			t.Fatalf("%s: lacks what is required:\n%s", label, b.String())
		}
		if len(log.Runs[0].Results) != len(list) || log.Runs[0].ColumnKind != "unicodeCodePoints" {
			t.Errorf("%s: want %d results with columns in characters:\n%s", label, len(list), b.String())
		}
		for i, raw := range log.Runs[0].Results {
			var r struct {
				RuleID    string `json:"ruleId"`
				RuleIndex int    `json:"ruleIndex"`
				Level     string `json:"level"`
				Message   struct {
					Text string `json:"text"`
				} `json:"message"`
				Locations []struct {
					Physical struct {
						Artifact struct {
							URI string `json:"uri"`
						} `json:"artifactLocation"`
						Region *struct {
							StartLine   int `json:"startLine"`
							StartColumn int `json:"startColumn"`
						} `json:"region"`
					} `json:"physicalLocation"`
				} `json:"locations"`
			}
			if err := json.Unmarshal(raw, &r); err != nil {
				t.Fatal(err)
			}
			f := list[i]
			if r.Message.Text == "" || log.Runs[0].Tool.Driver.Rules[r.RuleIndex].ID != r.RuleID || r.RuleID != f.Rule || r.Level != string(f.Severity) {
				t.Errorf("result %d: %s", i, raw)
			}
			if strings.Contains(strings.ReplaceAll(strings.ReplaceAll(r.Message.Text, `\[`, ""), `\]`, ""), "](") {
				t.Errorf("result %d has a link: %s", i, r.Message.Text)
			}
			if (len(r.Locations) == 1) != (f.File != "") {
				t.Errorf("result %d: want a location where there is a file: %s", i, raw)
			}
			for _, l := range r.Locations {
				if g := l.Physical.Region; g != nil && (g.StartLine != f.Line || g.StartColumn != f.Column) || (g != nil) != (f.Line > 0) || strings.ContainsAny(l.Physical.Artifact.URI, " %") && !strings.Contains(l.Physical.Artifact.URI, "%20") {
					t.Errorf("result %d is elsewhere: %s", i, raw)
				}
			}
		}
	}
}
