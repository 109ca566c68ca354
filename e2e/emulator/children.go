package emulator

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
)

// children are the processes that the emulator started itself, by their IDs,
// and that were given this variable with this value.
func (p *process) children(variable, value string) ([]int, error) {
	folders, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return nil, err
	}
	var pids []int
	for _, folder := range folders {
		pid, err := strconv.Atoi(filepath.Base(folder))
		if err != nil || parent(folder) != p.pid {
			continue
		}
		// A process that has ended, or just starts, has none.
		environment, err := os.ReadFile(filepath.Join(folder, "environ"))
		if err == nil && slices.ContainsFunc(bytes.Split(environment, []byte{0}), func(pair []byte) bool {
			return string(pair) == variable+"="+value
		}) {
			pids = append(pids, pid)
		}
	}
	return pids, nil
}

// parent is the parent of the process with this folder in /proc, 0 where it has
// ended. Its name, in parentheses, may hold anything (proc_pid_stat(5)).
func parent(folder string) int {
	data, err := os.ReadFile(filepath.Join(folder, "stat"))
	if err != nil {
		return 0
	}
	var state string
	var ppid int
	if _, err := fmt.Sscan(string(data[bytes.LastIndexByte(data, ')')+1:]), &state, &ppid); err != nil {
		return 0
	}
	return ppid
}
