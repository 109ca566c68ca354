package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"whydenied/e2e/emulator"
	"whydenied/e2e/lab"
	"whydenied/e2e/stack"
)

const (
	repository = ".."
	account    = lab.Account

	// venv is where "make e2e" puts the Python environments.
	venv emulator.Venv = repository + "/bin/venv"
)

// code is the function's archive, built once for all tests.
var code = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "whydenied-e2e")
	if err != nil {
		return nil, err
	}
	archive, err := stack.Build(context.Background(), repository, folder)
	return archive, errors.Join(err, os.RemoveAll(folder))
})

func newLab(t *testing.T, o lab.Options) *lab.Lab {
	t.Helper()
	o.Repository, o.Folder = repository, t.TempDir()
	l, err := lab.Start(t.Context(), o)
	must(t, err)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the end of ministack's log:\n%s", l.AWS.Tail())
		}
		l.Stop()
	})
	return l
}

// deploy deploys the repository's own template.
func deploy(t *testing.T, l *lab.Lab, name string, parameters map[string]string) *stack.Stack {
	t.Helper()
	archive, err := code()
	must(t, err)
	s, err := l.Deploy(t.Context(), name, archive, parameters)
	must(t, err)
	t.Logf("deployed the stack %q", name)
	return s
}

// fill puts the providers, and the roles that refuse, into the account.
func fill(t *testing.T, l *lab.Lab, denials []denial) {
	t.Helper()
	for issuer, audiences := range providers {
		must(t, l.Provide(t.Context(), issuer, audiences))
	}
	made := map[string]bool{"": true}
	for _, d := range denials {
		if d.policy != "" && !made[d.role] {
			made[d.role] = true
			must(t, l.Role(t.Context(), d.role, d.policy))
		}
	}
}

// put puts records on the bus, ten at a time. Before the next ten it waits for
// the function to have answered the ones before: each event under way is a
// process.
func put(t *testing.T, l *lab.Lab, s *stack.Stack, records []map[string]any) {
	t.Helper()
	before, err := l.Invocations(t.Context(), s)
	must(t, err)
	for i := 0; i < len(records); i += lab.AtOnce {
		var batch []any
		for _, record := range records[i:min(i+lab.AtOnce, len(records))] {
			batch = append(batch, record)
		}
		must(t, l.Put(t.Context(), batch...))
		want := before + i + len(batch)
		await(t, fmt.Sprintf("event %d of %d to be handled", i+len(batch), len(records)), 2*time.Minute, func() (bool, string) {
			n, err := l.Invocations(t.Context(), s)
			must(t, err)
			return n >= want, fmt.Sprintf("%d invocations", n-before)
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
