package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// TestInterrupt: Ctrl-C ends a verb wherever it waits, with nothing on
// standard output and nothing left behind.
func TestInterrupt(t *testing.T) {
	s, err := newStub(read(t, "../../events/account.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for name, value := range s.variables() {
		t.Setenv(name, value)
	}
	file := filepath.Join(t.TempDir(), "account.json")
	if err := os.WriteFile(file, []byte("what was there"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		label, reason, hangs string
		args                 []string
	}{
		{"standard input", "whoever typed Ctrl-C types nothing more", "", []string{"explain", "--account", "../../events/account.json"}},
		{"credentials", "the first question goes to STS", "GetCallerIdentity", []string{"explain", "../../events/prefect-subject.json"}},
		{"evidence", "a report on an account that was not read says nothing", "GetRole", []string{"explain", "../../events/prefect-subject.json"}},
		{"what-if", "as for a denial", "GetRole", []string{"check", "--event", "../../events/prefect-subject.json"}},
		{"payload", "as for a denial", "GetRole", []string{"invoke", "../../events/prefect-subject.json"}},
		{"CloudTrail", "finding ends where it is", "LookupEvents", []string{"lookup"}},
		{"snapshot", "the file stays as it was", "ListRoles", []string{"snapshot", "-o", file}},
	} {
		t.Run(tt.label, func(t *testing.T) {
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			asked := s.count(tt.hangs)
			s.fail(tt.hangs, "hangs")
			defer s.fail(tt.hangs, "")
			stdin, typed := io.Pipe()
			defer typed.Close()
			var stdout, stderr bytes.Buffer
			exit := make(chan int, 1)
			go func() {
				exit <- run(ctx, tt.args, func(string) string { return "" }, stdin, &stdout, &stderr)
			}()
			if tt.hangs != "" {
				s.await(tt.hangs, asked+1)
			}
			stop()
			if got := <-exit; got != int(statusInterrupted) || stdout.Len() > 0 {
				t.Errorf("%s: exit status %d, want 130; standard output %q, standard error %q", tt.reason, got, stdout.String(), stderr.String())
			}
		})
	}
	left, err := os.ReadDir(filepath.Dir(file))
	if err != nil || len(left) != 1 || string(read(t, file)) != "what was there" {
		t.Errorf("the file was changed, or others were left: %v (error %v)", left, err)
	}
}
