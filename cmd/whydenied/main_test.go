package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"whydenied": main})
}

// Each script is a session in a terminal: one for each verb, with its help, its
// bad input and its exit statuses, and one for the case that opens the README.
func TestScripts(t *testing.T) {
	events, err := filepath.Abs("../../events")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			for _, v := range []string{"LC_ALL", "LC_CTYPE", "NO_COLOR", "TERM", "WHYDENIED_SNAPSHOT"} {
				env.Setenv(v, "")
			}
			env.Setenv("LANG", "en_US.UTF-8")
			unreached(env)
			return os.CopyFS(filepath.Join(env.WorkDir, "events"), os.DirFS(events))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "oneline": oneLine, "make": generate, "jwt": jwt, "aws": awsCommand,
		},
		RequireUniqueNames: true,
	})
}

// exits N COMMAND... runs a command and compares its exit status.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	if neg || err != nil || len(args) < 2 {
		ts.Fatalf("usage: exits N command...")
	}
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// oneline TEXT: standard error is one line that holds TEXT.
func oneLine(ts *testscript.TestScript, neg bool, args []string) {
	got := ts.ReadFile("stderr")
	if neg || len(args) != 1 {
		ts.Fatalf("usage: oneline text")
	}
	if strings.Count(got, "\n") != 1 || !strings.Contains(got, args[0]) {
		ts.Fatalf("standard error is\n%s\nwant one line that holds %q", got, args[0])
	}
}

// make KIND FILE [FROM] writes input that a script cannot hold as text.
func generate(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: make kind file [from]")
	}
	var data []byte
	switch args[0] {
	case "empty":
	case "deep":
		data = []byte(strings.Repeat("[", 100000))
	case "notutf8":
		data = []byte(strings.Replace(ts.ReadFile(args[2]), "octo-org", "octo-\xff\xfe", 1))
	case "recent": // an hour ago
		data = regexp.MustCompile(`"(eventTime|time)": "[^"]*"`).ReplaceAll([]byte(ts.ReadFile(args[2])),
			[]byte(`"$1": "`+time.Now().Add(-time.Hour).UTC().Format(time.RFC3339)+`"`))
	case "gzip", "truncated":
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, err := io.WriteString(w, ts.ReadFile(args[2]))
		ts.Check(errors.Join(err, w.Close()))
		if data = b.Bytes(); args[0] == "truncated" {
			data = data[:len(data)/2]
		}
	case "large":
		data = []byte(strings.Replace(ts.ReadFile(args[2]), `"eventVersion"`, `"x": "`+strings.Repeat("y", 1<<20)+`", "eventVersion"`, 1))
	default:
		ts.Fatalf("make: unknown kind %q", args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), data, 0o666))
}
