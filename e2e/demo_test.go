package e2e_test

import (
	"os/exec"
	"strings"
	"testing"
)

// What a newcomer does first: "make demo", which is this.
func TestDemo(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "run", "./demo", repository, repository+"/events/github-environment.json").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{
		"sub does not match» · role api-deploy · 123456789012 · octo-org/api",
		"expects  repo:octo-org/api:«ref:refs/heads/main»", "presented  repo:octo-org/api:«environment:production»", "certain",
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the demo does not show %q:\n%s", want, out)
		}
	}
}
