package terraform_test

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"whydenied/pkg/policy"
	"whydenied/pkg/source"
	"whydenied/pkg/source/terraform"
)

// FuzzParse: nothing panics, an error is one line, and what is read can be
// evaluated and printed.
func FuzzParse(f *testing.F) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			if strings.HasSuffix(file.Name, ".tf") {
				f.Add(file.Data)
			}
		}
	}
	f.Add([]byte(role("<<-EOF\n    {\"a\": ${~ x ~}}\r\n  \uE000 ${y}\n  EOF")))
	f.Add([]byte(role("\"\\u007b\\\"Statement\\\": [${a}, \\\"${b}\\\"]}\"")))
	f.Fuzz(func(t *testing.T, data []byte) {
		policies, err := terraform.Parse("f.tf", data, source.Deployment{Account: "1", Partition: "aws"})
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("the error has more than one line: %q", err)
		}
		if err == nil && len(policies) == 0 {
			t.Error("no policy and no error")
		}
		if len(policies) > 0 && errors.Is(err, source.ErrNoPolicy) {
			t.Errorf("policies and %v", err)
		}
		for _, p := range policies {
			policy.Trace(p.Policy, &policy.Request{Action: "sts:AssumeRoleWithWebIdentity"})
			if _, err := json.Marshal(p.Policy); err != nil {
				t.Error(err)
			}
		}
	})
}
