//go:build unix

package main

import (
	"os"
	"runtime"
	"syscall"
)

// peak is what the largest process of a command held at most, in bytes: its own
// or one that it waited for. Linux counts in KiB, Darwin in bytes.
func peak(p *os.ProcessState) int64 {
	if p == nil {
		return 0
	}
	usage, ok := p.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return int64(usage.Maxrss) //nolint:unconvert // it is an int32 on systems of 32 bits
	}
	return int64(usage.Maxrss) << 10 //nolint:unconvert // the same
}
