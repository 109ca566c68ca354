package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// bootstrap is the program as Lambda runs it, built once for all tests.
var bootstrap string

func TestMain(m *testing.M) {
	os.Exit(buildAndRun(m))
}

func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "bootstrap")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	bootstrap = filepath.Join(dir, "bootstrap")
	if out, err := exec.Command("go", "build", "-tags", "lambda.norpc", "-o", bootstrap, ".").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// posted is what the program sent to the runtime API.
type posted struct {
	path string
	body []byte
}

// runtimeAPI is a stub of Lambda's: it hands out the events one after the
// other, and then lets the program wait (Lambda Developer Guide, "Lambda
// runtime API").
func runtimeAPI(t *testing.T, events ...[]byte) (address string, answers <-chan posted) {
	t.Helper()
	queue := make(chan []byte, len(events))
	for _, e := range events {
		queue <- e
	}
	sent := make(chan posted, len(events)+1)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", func(w http.ResponseWriter, r *http.Request) {
		select {
		case event := <-queue:
			w.Header().Set("Lambda-Runtime-Aws-Request-Id", fmt.Sprintf("request-%d", len(events)-len(queue)))
			w.Header().Set("Lambda-Runtime-Deadline-Ms", fmt.Sprint(time.Now().Add(time.Minute).UnixMilli()))
			_, _ = w.Write(event)
		case <-r.Context().Done():
		}
	})
	mux.HandleFunc("POST /2018-06-01/runtime/", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		w.WriteHeader(http.StatusAccepted)
		sent <- posted{strings.TrimPrefix(r.URL.Path, "/2018-06-01/runtime/"), body}
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://"), sent
}

// command is the program with nothing in its environment but what Lambda and
// the template put there.
func command(t *testing.T, env ...string) (cmd *exec.Cmd, logs *bytes.Buffer) {
	cmd = exec.CommandContext(t.Context(), bootstrap)
	cmd.Dir = filepath.Join("..", "events")
	cmd.Env = env
	logs = &bytes.Buffer{}
	cmd.Stderr = logs
	return cmd, logs
}

// answered is what a function says first, which is then ended.
func answered(t *testing.T, cmd *exec.Cmd, answers <-chan posted) posted {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	a := <-answers
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed: that is its error
	return a
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "events", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestInvocations(t *testing.T) {
	address, answers := runtimeAPI(t, read(t, "prefect-subject.json"), []byte(`{"detail": {}}`), read(t, "session-tags.json"))
	cmd, _ := command(t, "AWS_LAMBDA_RUNTIME_API="+address, "WHYDENIED_SNAPSHOT=account.json")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	type answer struct{ Path, Schema, Verdict, Cause, ErrorMessage string }
	var got []answer
	for range 3 {
		a := <-answers
		var body struct {
			Schema, Verdict, ErrorMessage string
			Causes                        []struct{ Code string }
		}
		if err := json.Unmarshal(a.body, &body); err != nil {
			t.Fatalf("%s: %v in %s", a.path, err, a.body)
		}
		b := answer{Path: a.path, Schema: body.Schema, Verdict: body.Verdict}
		b.ErrorMessage, _, _ = strings.Cut(body.ErrorMessage, " ")
		if len(body.Causes) > 0 {
			b.Cause = body.Causes[0].Code
		}
		got = append(got, b)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed: that is its error
	want := []answer{
		{Path: "invocation/request-1/response", Schema: "whydenied/v1", Verdict: "explained", Cause: "sub_mismatch"},
		{Path: "invocation/request-2/error", ErrorMessage: "payload:1:12"},
		{Path: "invocation/request-3/response", Schema: "whydenied/v1", Verdict: "explained", Cause: "tag_session_not_allowed"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("a malformed event is an error, and the next is answered (-want +got):\n%s", diff)
	}
}

func TestInitError(t *testing.T) {
	for _, tt := range []struct {
		label, reason string
		env           []string
		want          string
	}{
		{"missing snapshot", "the file was not packaged", []string{"WHYDENIED_SNAPSHOT=nowhere.json"}, `WHYDENIED_SNAPSHOT is "nowhere.json": no such file or directory`},
		{"another file", "an event is no snapshot", []string{"WHYDENIED_SNAPSHOT=prefect-subject.json"}, "prefect-subject.json:1:1: AccountId"},
		{"no table", "what is not counted cannot be told from what comes again", []string{"WHYDENIED_TOPIC_ARN=arn:aws:sns:eu-west-1:111122223333:whydenied"},
			"WHYDENIED_TABLE is not set, expected the name of the table that holds incidents, which WHYDENIED_TOPIC_ARN needs"},
		{"a secret for its ARN", "it is not to get into the log", []string{"WHYDENIED_TABLE=t", "WHYDENIED_SLACK_SECRET_ARN=xoxb-1234"}, "WHYDENIED_SLACK_SECRET_ARN is no ARN of secretsmanager or ssm\n"},
		{"another ARN", "a queue is no topic", []string{"WHYDENIED_TABLE=t", "WHYDENIED_TOPIC_ARN=arn:aws:sqs:eu-west-1:111122223333:q"}, "WHYDENIED_TOPIC_ARN is no ARN of sns"},
		{"quiet", "a number has no unit", []string{"WHYDENIED_QUIET=24"}, `WHYDENIED_QUIET is "24", expected a time such as 24h`},
		{"cap", "none would be no alert at all", []string{"WHYDENIED_CAP=0"}, `WHYDENIED_CAP is "0", expected a whole number from 1`},
		{"flag", "a misspelled flag would be off", []string{"WHYDENIED_CLOSING_SUMMARY=yes"}, `WHYDENIED_CLOSING_SUMMARY is "yes", expected true or false`},
		{"log level", "a misspelled level would log nothing, or all", []string{"WHYDENIED_SNAPSHOT=account.json", "WHYDENIED_LOG=verbose"}, `WHYDENIED_LOG is "verbose", expected debug, info, warn or error`},
	} {
		t.Run(tt.label, func(t *testing.T) {
			address, answers := runtimeAPI(t)
			cmd, logs := command(t, append(tt.env, "AWS_LAMBDA_RUNTIME_API="+address)...)
			if err := cmd.Run(); cmd.ProcessState.ExitCode() != 1 {
				t.Errorf("exit status %d (%v), want 1", cmd.ProcessState.ExitCode(), err)
			}
			if got := logs.String(); !strings.HasPrefix(got, tt.want) || strings.Count(got, "\n") != 1 {
				t.Errorf("%s\nwant one line that begins with %q\ngot  %q", tt.reason, tt.want, got)
			}
			a := <-answers
			var body struct{ ErrorType, ErrorMessage string }
			if err := json.Unmarshal(a.body, &body); err != nil {
				t.Fatal(err)
			}
			if a.path != "init/error" || body.ErrorType != "Runtime.Config" || body.ErrorMessage+"\n" != logs.String() {
				t.Errorf("Lambda was told %s %+v, want the line of the log at init/error", a.path, body)
			}
		})
	}
}
