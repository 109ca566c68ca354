package whydenied_test

import (
	"os"
	"strings"
	"testing"

	"whydenied/internal/checks"
)

func TestText(t *testing.T) {
	findings, err := checks.Text(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	for _, finding := range findings {
		t.Error(finding)
	}
}

// Each dependency costs whoever audits the tool, so each has its reason in writing.
func TestDependenciesHaveReasons(t *testing.T) {
	const record = "docs/decisions/0002-few-dependencies.md"
	gomod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	reasons, err := os.ReadFile(record)
	if err != nil {
		t.Fatal(err)
	}
	for _, module := range checks.DirectRequirements(string(gomod)) {
		if !strings.Contains(string(reasons), "`"+module+"`") {
			t.Errorf("go.mod requires %q; %s gives no reason for it", module, record)
		}
	}
}
