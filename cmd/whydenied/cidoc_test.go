package main

import (
	"os"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"whydenied/pkg/lint"
)

// What docs/ci.md shows is YAML, uses flags that there are, runs on the files
// that the repository has, and lists every rule.
func TestCIDoc(t *testing.T) {
	t.Chdir("../..")
	data, err := os.ReadFile("docs/ci.md")
	if err != nil {
		t.Fatal(err)
	}
	doc := string(data)
	blocks := strings.Split(doc, "```yaml\n")[1:]
	for _, block := range blocks {
		text, _, _ := strings.Cut(block, "```")
		var v any
		if err := yaml.Unmarshal([]byte(text), &v); err != nil || v == nil {
			t.Errorf("%v in\n%s", err, text)
		}
	}
	if len(blocks) != 4 {
		t.Errorf("%d blocks of YAML, want 4", len(blocks))
	}
	for _, r := range lint.Rules() {
		if row := "| `" + r.ID + "` | " + string(r.Severity) + " | " + r.Summary + " |"; !strings.Contains(doc, row) {
			t.Errorf("docs/ci.md lacks %s", row)
		}
	}
	_, help := command(t, "check --help")
	for _, line := range strings.Split(doc, "\n") {
		for _, word := range strings.Fields(line) {
			if flag := strings.Trim(word, "`|,"); strings.HasPrefix(flag, "--") && !strings.HasPrefix(flag, "---") && !strings.Contains(help, flag+" ") {
				t.Errorf("check has no flag %s", flag)
			}
		}
		if args, isCommand := strings.CutPrefix(line, "bin/whydenied "); isCommand {
			if exit, printed := command(t, args); exit > statusRefused || printed == "" {
				t.Errorf("whydenied %s: exit status %d, printed %q", args, exit, printed)
			}
		}
	}
}
