package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// awsCommand is AWS, in a script:
//
//	aws start               starts it and brings the SDK there
//	aws record AGO REGION FILE...
//	aws met AGO FILE         counts it in an incident, $ID by now
//	aws fail ACTION CODE    answers an action with an error, "" as it should
//	aws forget              forgets what was asked
//	aws asked ACTION N      compares how often that was asked
//	aws await ACTION N      waits until it was asked so often
//	aws function FILE       what the stack's function answers
//	aws letters N           how many dead letters there are
//	aws log FILE            the errors in the log, one a line
//	aws invoked TEXT        the function was given TEXT
func awsCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: aws start|record|fail|asked …")
	}
	held, ok := ts.Value("aws").(*stubs)
	if !ok {
		ts.Fatalf("aws: the script was not set up for it")
	}
	if args[0] == "start" {
		s, err := newStub([]byte(ts.ReadFile("events/account.json")))
		ts.Check(err)
		ts.Defer(s.Close)
		held.now = s
		for name, value := range s.variables() {
			ts.Setenv(name, value)
		}
		return
	}
	held.now.command(ts, args)
}

// stubs holds the stub of one script.
type stubs struct{ now *stub }

func (s *stub) command(ts *testscript.TestScript, args []string) {
	switch {
	case args[0] == "record" && len(args) > 3:
		ago, err := time.ParseDuration(args[1])
		ts.Check(err)
		for _, file := range args[3:] {
			ts.Check(s.record([]byte(ts.ReadFile(file)), ago, args[2]))
		}
	case args[0] == "met" && len(args) == 3:
		ago, err := time.ParseDuration(args[1])
		ts.Check(err)
		id, err := s.met([]byte(ts.ReadFile(args[2])), []byte(ts.ReadFile("events/account.json")), ago)
		ts.Check(err)
		ts.Setenv("ID", id)
	case args[0] == "forget" && len(args) == 1:
		s.mu.Lock()
		s.asked = nil
		s.mu.Unlock()
	case args[0] == "fail" && len(args) == 3:
		s.fail(args[1], args[2])
	case args[0] == "asked" && len(args) == 3:
		if n := s.count(args[1]); fmt.Sprint(n) != args[2] {
			ts.Fatalf("%s was asked %d times, want %s", args[1], n, args[2])
		}
	case args[0] == "await" && len(args) == 3:
		n, err := strconv.Atoi(args[2])
		ts.Check(err)
		s.await(args[1], n)
	case s.stackCommand(ts, args):
	default:
		ts.Fatalf("aws: unknown command %q", args)
	}
}

// unreached: no variable of the tests' own environment leads to AWS.
func unreached(env *testscript.Env) {
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); strings.HasPrefix(name, "AWS_") {
			env.Setenv(name, "")
		}
	}
	env.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	env.Values["aws"] = &stubs{}
}
