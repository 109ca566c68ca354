package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"time"
)

// outcome is one run of a contender.
type outcome struct {
	took   time.Duration
	cpu    time.Duration // of all its processes
	peak   int64         // bytes of the largest of its processes; 0 where the system does not tell
	answer answer
}

// start runs a contender once over an archive, and holds it to the manifest.
func (c *config) start(ctx context.Context, one contender, s stock) (outcome, error) {
	args := one.args(s)
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env = append(os.Environ(), "GOMAXPROCS="+strconv.Itoa(c.workers))
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	begin := time.Now()
	err := cmd.Run()
	o := outcome{took: time.Since(begin), peak: peak(cmd.ProcessState)}
	if p := cmd.ProcessState; p != nil {
		o.cpu = p.UserTime() + p.SystemTime()
	}
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && slices.Contains(one.exits, exit.ExitCode()) {
		err = nil
	}
	if err == nil {
		o.answer, err = one.parse(stdout.Bytes())
	}
	if err != nil {
		return o, fmt.Errorf("%s over %s: %w: %.300s", one.name, s.label, err, stderr.String())
	}
	if wrong := one.check(o.answer, s.manifest); wrong != "" {
		return o, fmt.Errorf("%s over %s found something else than the archive holds: %s", one.name, s.label, wrong)
	}
	return o, nil
}

// baseline is what the program holds when it does nothing.
func (c *config) baseline(ctx context.Context) int64 {
	cmd := exec.CommandContext(ctx, c.binary, "version")
	if cmd.Run() != nil {
		return 0
	}
	return peak(cmd.ProcessState)
}
