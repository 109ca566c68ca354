//go:build unix

package local_test

import (
	"context"
	"errors"
	"path/filepath"
	"syscall"
	"testing"

	"whydenied/pkg/scan/local"
)

// A named pipe that nobody writes to waits to be opened, and can be interrupted
// all the same.
func TestInterruptedFIFO(t *testing.T) {
	name := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for f, err := range local.Files([]string{name}, nil, nil) {
		if err != nil {
			t.Fatal(err)
		}
		opened := make(chan error)
		go func() {
			_, err := f.Open(ctx)
			opened <- err
		}()
		cancel()
		if err := <-opened; !errors.Is(err, context.Canceled) {
			t.Errorf("opened with %v, want the context's error", err)
		}
	}
}
