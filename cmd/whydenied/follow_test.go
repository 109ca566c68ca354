package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// stream is what a run that goes on writes. A test can wait for it.
type stream struct {
	mu    sync.Mutex
	text  bytes.Buffer
	wrote chan struct{}
}

func newStream() *stream { return &stream{wrote: make(chan struct{}, 1)} }

func (s *stream) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer func() {
		select {
		case s.wrote <- struct{}{}:
		default:
		}
	}()
	return s.text.Write(p)
}

func (s *stream) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// wait waits until a text was written n times.
func (s *stream) wait(text string, n int) {
	for strings.Count(s.String(), text) < n {
		<-s.wrote
	}
}

// following is a run of lookup --follow whose clock is the test's.
type following struct {
	stdout, stderr *stream
	moments        chan time.Time
	stop           context.CancelFunc
	exit           chan int
	stopped        bool
}

func follow(t *testing.T, s *stub, now time.Time) *following {
	t.Helper()
	for name, value := range s.variables() {
		t.Setenv(name, value)
	}
	ctx, stop := context.WithCancel(t.Context())
	f := &following{stdout: newStream(), stderr: newStream(), moments: make(chan time.Time), stop: stop, exit: make(chan int, 1)}
	a := &app{
		env: func(string) string { return "" }, stdin: strings.NewReader(""), stdout: f.stdout, stderr: f.stderr, now: func() time.Time { return now },
		every: func(d time.Duration) (<-chan time.Time, func()) {
			if d != 30*time.Second {
				t.Errorf("asks every %s, want 30s", d)
			}
			return f.moments, func() { f.stopped = true }
		},
	}
	go func() {
		f.exit <- a.run(ctx, []string{"lookup", "--follow", "--format", "json", "--account", "../../events/account.json"})
	}()
	return f
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestFollow: each event is printed once, however late it comes and in
// whatever order, the oldest first; Ctrl-C is a good end.
func TestFollow(t *testing.T) {
	s, err := newStub(read(t, "../../events/account.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	record := func(file string, ago time.Duration) {
		t.Helper()
		if err := s.record(read(t, "../../events/"+file), ago, "us-east-1"); err != nil {
			t.Fatal(err)
		}
	}
	record("prefect-subject.json", 10*time.Minute)
	record("session-tags.json", 50*time.Minute)
	now := time.Now()
	f := follow(t, s, now)
	f.stdout.wait("\n", 2)
	record("explicit-deny.json", 15*time.Minute) // older than what was printed
	f.moments <- time.Now()
	f.stdout.wait("\n", 3)

	s.fail("LookupEvents", "AccessDeniedException")
	f.moments <- time.Now()
	f.stderr.wait("cloudtrail:LookupEvents", 2) // one for each region
	s.fail("LookupEvents", "")
	record("eks-provider-arn.json", time.Minute)
	f.moments <- time.Now()
	f.stdout.wait("\n", 4)
	f.stop()
	if got := <-f.exit; got != 0 || !f.stopped {
		t.Errorf("exit status %d, want 0; ticker stopped: %v", got, f.stopped)
	}
	var got []string
	for _, line := range strings.Split(strings.TrimSpace(f.stdout.String()), "\n") {
		_, code, _ := strings.Cut(line, `"causes":[{"code":"`)
		code, _, _ = strings.Cut(code, `"`)
		got = append(got, code)
	}
	want := "tag_session_not_allowed sub_mismatch explicit_deny provider_arn_mismatch"
	if strings.Join(got, " ") != want {
		t.Errorf("causes: got %s, want %s", got, want)
	}
	for i, c := range s.trail.Calls() {
		want := time.Hour // of the first question, in each region
		if i >= 2 {
			want = 20 * time.Minute
		}
		if got := now.Sub(c.Start).Round(time.Second); got != want {
			t.Errorf("question %d looks back %s, want %s", i, got, want)
		}
	}
}

// TestFollowWithoutAnswer: where the first question has no answer in any
// region, later ones will have none.
func TestFollowWithoutAnswer(t *testing.T) {
	s, err := newStub(read(t, "../../events/account.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.fail("LookupEvents", "AccessDeniedException")
	f := follow(t, s, time.Now())
	defer f.stop()
	if got := <-f.exit; got != int(statusNoEvidence) {
		t.Errorf("exit status %d, want 3; standard error:\n%s", got, f.stderr)
	}
}
