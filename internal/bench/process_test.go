package bench_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

func build(b *testing.B, pkg string) string {
	b.Helper()
	out := filepath.Join(b.TempDir(), filepath.Base(pkg))
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-tags", "lambda.norpc", "-o", out, pkg)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, text)
	}
	return out
}

// BenchmarkProcess runs "whydenied explain" on a file, against "whydenied
// version".
func BenchmarkProcess(b *testing.B) {
	bin := build(b, "whydenied/cmd/whydenied")
	ratio(b, 1, func() {
		run(b, bin, "explain", "../../events/github-environment.json", "--account", "../../events/account.json")
	}, func() { run(b, bin, "version") })
}

func run(b *testing.B, name string, args ...string) {
	b.Helper()
	if err := exec.Command(name, args...).Run(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkBootstrapStart measures from the start of the process to its first
// question for an event, against a function that does nothing.
func BenchmarkBootstrapStart(b *testing.B) {
	subject, bare := build(b, "whydenied/lambda"), build(b, "whydenied/internal/bench/bare")
	ratio(b, 1, func() { startFunction(b, subject).stop() }, func() { startFunction(b, bare).stop() })
}

// BenchmarkBootstrapInvoke measures one warm invocation with the evidence that
// the first one read from AWS, from the event's leaving to the answer's
// arrival, against a function that does nothing.
func BenchmarkBootstrapInvoke(b *testing.B) {
	event := read(b, "../../events/github-environment.json")
	aws := startAccount(b)
	subject := startFunction(b, build(b, "whydenied/lambda"), "AWS_ENDPOINT_URL="+aws.URL, "AWS_REGION=us-east-1",
		"AWS_ACCESS_KEY_ID=123456789012", "AWS_SECRET_ACCESS_KEY=none", "WHYDENIED_ACCOUNT=123456789012")
	bare := startFunction(b, build(b, "whydenied/internal/bench/bare"))
	defer subject.stop()
	defer bare.stop()
	subject.invoke(event)
	ratio(b, 10, func() { subject.invoke(event) }, func() { bare.invoke(event) })
	b.ReportMetric(peakMB(b, subject), "peak-MB")
	b.ReportMetric(peakMB(b, bare), "peak-MB-baseline")
}

// peakMB is the most memory that a process has held, as Linux counts it.
func peakMB(b *testing.B, f *function) float64 {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", f.cmd.Process.Pid))
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if fields := strings.Fields(line); len(fields) == 3 && fields[0] == "VmHWM:" {
			kB, err := strconv.Atoi(fields[1])
			if err != nil {
				b.Fatal(err)
			}
			return float64(kB) / 1024
		}
	}
	b.Fatalf("no VmHWM in %s", status)
	return 0
}

// function is a bootstrap under a Lambda Runtime API on the loopback.
type function struct {
	server *httptest.Server
	cmd    *exec.Cmd
	ready  chan struct{} // it asks for an event
	events chan []byte
	answer chan int
}

func startFunction(b *testing.B, bin string, env ...string) *function {
	b.Helper()
	f := &function{ready: make(chan struct{}, 1), events: make(chan []byte), answer: make(chan int, 1)}
	f.server = httptest.NewServer(f)
	f.cmd = exec.Command(bin)
	f.cmd.Env = append(os.Environ(), "AWS_LAMBDA_RUNTIME_API="+strings.TrimPrefix(f.server.URL, "http://"),
		"AWS_LAMBDA_FUNCTION_NAME=bench", "WHYDENIED_LOG=error")
	f.cmd.Env = append(f.cmd.Env, env...)
	if err := f.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	select {
	case <-f.ready:
	case <-time.After(10 * time.Second):
		b.Fatal("the function never asked for an event")
	}
	return f
}

// ServeHTTP is the part of the Runtime API that a function needs.
func (f *function) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.HasSuffix(r.URL.Path, "/invocation/next") {
		n, _ := io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusAccepted)
		f.answer <- int(n)
		return
	}
	f.ready <- struct{}{}
	select {
	case event := <-f.events:
		w.Header().Set("Lambda-Runtime-Aws-Request-Id", "bench")
		w.Header().Set("Lambda-Runtime-Deadline-Ms", "4102444800000")
		_, _ = w.Write(event)
	case <-r.Context().Done():
	}
}

func (f *function) invoke(event []byte) {
	f.events <- event
	<-f.answer
	<-f.ready
}

func (f *function) stop() {
	_ = f.cmd.Process.Kill()
	_ = f.cmd.Wait()
	f.server.Close()
}
