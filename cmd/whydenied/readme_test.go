package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What the README shows is what the program prints.
func TestReadme(t *testing.T) {
	t.Chdir("../..")
	data, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	readme := string(data)
	_, shown, found := strings.Cut(readme, "$ make run\n")
	shown, _, closed := strings.Cut(shown, "```")
	if !found || !closed {
		t.Fatal("the README shows no output of make run")
	}
	makefile, err := os.ReadFile("Makefile")
	if err != nil {
		t.Fatal(err)
	}
	_, line, found := strings.Cut(string(makefile), "run ./cmd/whydenied ")
	line, _, _ = strings.Cut(line, "\n")
	if !found {
		t.Fatal("make run does not run the program")
	}
	exit, printed := command(t, line)
	if diff := cmp.Diff(shown, printed); diff != "" || exit != statusDone {
		t.Errorf("make run, exit status %d (-README +printed):\n%s", exit, diff)
	}
}

// Each command in the README runs, on the files that the repository has.
func TestReadmeCommands(t *testing.T) {
	t.Chdir("../..")
	data, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, line := range strings.Split(strings.ReplaceAll(string(data), "\\\n", " "), "\n") {
		line, isCommand := strings.CutPrefix(line, "bin/whydenied ")
		if !isCommand {
			continue
		}
		ran++
		if exit, printed := command(t, line); exit > statusRefused || printed == "" {
			t.Errorf("whydenied %s: exit status %d, printed %q", line, exit, printed)
		}
	}
	if ran < 5 {
		t.Errorf("%d commands in the README, expected more", ran)
	}
}

// command runs one line as a shell would, as far as quoting goes.
func command(t *testing.T, line string) (exit status, printed string) {
	t.Helper()
	var args []string
	for i, part := range strings.Split(line, "'") {
		if i%2 == 1 {
			args = append(args, part)
		} else {
			args = append(args, strings.Fields(part)...)
		}
	}
	env := func(name string) string { return map[string]string{"LANG": "C.UTF-8"}[name] }
	var stdout, stderr bytes.Buffer
	code := run(context.Background(), args, env, strings.NewReader(""), &stdout, &stderr)
	if stderr.Len() > 0 {
		t.Errorf("whydenied %s: %s", line, stderr.String())
	}
	return status(code), stdout.String()
}
