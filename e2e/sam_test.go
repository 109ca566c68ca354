package e2e_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whydenied/e2e/emulator"
)

// SAM's own command line builds what is deployed, and Lambda's own runtime
// interface emulator runs it: one process, one event after another.
func TestSAMBuildsWhatLambdaRuns(t *testing.T) {
	sam(t, "validate", "--lint", "--region", emulator.Region)
	built := t.TempDir()
	sam(t, "build", "--build-dir", built, "--parameter-overrides", "Architecture="+architecture())

	folder := filepath.Join(built, "WhyDenied")
	snapshot, err := filepath.Abs("../events/account.json")
	must(t, err)
	rie, err := emulator.StartRIE(t.Context(), venv, folder, filepath.Join(t.TempDir(), "rie.log"), map[string]string{
		"WHYDENIED_SNAPSHOT": snapshot, "WHYDENIED_LOG": "error",
	})
	must(t, err)
	t.Cleanup(rie.Stop)
	var first []int
	for _, event := range []struct{ file, want string }{
		{"prefect-subject", "sub_mismatch"},
		{"github-audience", "aud_mismatch"},
		{"explicit-deny", "explicit_deny"},
		{"role-not-found", "role_not_found"},
		{"eks-provider-arn", "provider_arn_mismatch"},
		{"prefect-subject", "sub_mismatch"},
	} {
		data, err := os.ReadFile("../events/" + event.file + ".json")
		must(t, err)
		answer, err := rie.Invoke(t.Context(), data)
		must(t, err)
		if got := firstCause(answer); got != event.want {
			t.Errorf("%s: want cause %q, got %q of %s", event.file, event.want, got, answer)
		}
		processes, err := rie.Functions()
		must(t, err)
		if first == nil {
			first = processes
		}
		if diff := cmp.Diff(first, processes); diff != "" || len(processes) != 1 {
			t.Errorf("%s: not one process, the same all the time (-want +got):\n%s", event.file, diff)
		}
	}
	answer, err := rie.Invoke(t.Context(), []byte(`{"detail-type": "AWS API Call via CloudTrail", "detail": {}}`))
	must(t, err)
	var failure struct {
		Message string `json:"errorMessage"`
	}
	if json.Unmarshal(answer, &failure) != nil || failure.Message == "" {
		t.Errorf("an event without a record is no error: %s", answer)
	}
}

// sam runs SAM's command line at the root of the repository, without a profile
// or anything else of a person's.
func sam(t *testing.T, args ...string) {
	t.Helper()
	program, err := venv.Program("sam", "sam")
	must(t, err)
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir = ".."
	cmd.Env = append(slices.DeleteFunc(os.Environ(), func(pair string) bool { return strings.HasPrefix(pair, "AWS_") }),
		"SAM_CLI_TELEMETRY=0", "__SAM_CLI_APP_DIR="+t.TempDir())
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("sam %s: %v\n%s", args[0], err, out)
	}
}

// architecture is what Lambda calls this machine's instruction set.
func architecture() string {
	if runtime.GOARCH == "amd64" {
		return "x86_64"
	}
	return runtime.GOARCH
}

func firstCause(answer []byte) string {
	var report struct {
		Causes []struct {
			Code string `json:"code"`
		} `json:"causes"`
	}
	if json.Unmarshal(answer, &report) != nil || len(report.Causes) == 0 {
		return ""
	}
	return report.Causes[0].Code
}
