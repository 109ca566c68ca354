package emulator

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"
)

const (
	startLimit = 60 * time.Second       // Python imports half of botocore; a busy machine takes its time
	stopLimit  = 5 * time.Second        // then it is killed
	pollEvery  = 100 * time.Millisecond // while it starts
)

// process is an emulator that runs, with everything that it started itself.
type process struct {
	name string
	pid  int
	log  string // a file with all that it wrote
	done chan struct{}
	err  error // why it ended; read after done
}

// announced is what Python's servers write when the port is theirs. Until then,
// somebody else may be answering there.
const announced = "Running on http://127.0.0.1:"

// start runs a program and waits until it has announced itself in its log, and
// answers at the URL health.
func start(ctx context.Context, name, log, announced, health string, env []string, program string, args ...string) (*process, error) {
	p := &process{name: name, log: log, done: make(chan struct{})}
	if err := p.run(env, program, args); err != nil {
		return nil, err
	}
	if err := p.ready(ctx, announced, health); err != nil {
		p.stop()
		return nil, err
	}
	return p, nil
}

// run starts the program in a process group of its own, so that all of it can
// be ended together. Pdeathsig ends it even where a test is killed; it follows
// the thread that forked, so that thread is kept until the program has ended
// (golang.org/issue/27505).
func (p *process) run(env []string, program string, args []string) error {
	out, err := os.Create(p.log)
	if err != nil {
		return err
	}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		cmd := exec.Command(program, args...)
		cmd.Env, cmd.Stdout, cmd.Stderr = env, out, out
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
		err := cmd.Start()
		if err == nil {
			p.pid = cmd.Process.Pid
		}
		started <- err
		if err == nil {
			p.err = cmd.Wait()
		}
		_ = out.Close()
		close(p.done)
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("%s: %w", p.name, err)
	}
	return nil
}

// ready waits for the program to answer. It gives up when the program has ended.
func (p *process) ready(ctx context.Context, announced, health string) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		if strings.Contains(p.written(), announced) && answers(ctx, health) {
			return nil
		}
		select {
		case <-tick.C:
		case <-p.done:
			return fmt.Errorf("%s ended before it was ready (%w):\n%s", p.name, p.err, p.Tail())
		case <-ctx.Done():
			return fmt.Errorf("%s was not ready in time (%w):\n%s", p.name, ctx.Err(), p.Tail())
		}
	}
}

func answers(ctx context.Context, url string) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	return response.StatusCode < http.StatusInternalServerError // 503 while ministack prepares itself
}

// stop ends the program and all that it started.
func (p *process) stop() {
	_ = syscall.Kill(-p.pid, syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(stopLimit):
	}
	_ = syscall.Kill(-p.pid, syscall.SIGKILL) // what did not listen, or outlived its parent
	<-p.done
}

// Tail is the end of what the emulator wrote, for a failed test's message.
func (p *process) Tail() string {
	lines := strings.Split(strings.TrimSpace(p.written()), "\n")
	return strings.Join(lines[max(0, len(lines)-30):], "\n")
}

// written is all that it wrote.
func (p *process) written() string {
	data, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	return string(data)
}

// freePort is a port of the loopback that nobody listens on.
func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	addr, ok := listener.Addr().(*net.TCPAddr)
	if !ok {
		return 0, errors.New("the loopback has no TCP ports")
	}
	return addr.Port, listener.Close()
}
