// Package emulator runs the emulators of AWS that the end-to-end tests need, as
// processes of their own on the loopback: ministack, which runs the function
// itself, and moto, for what ministack does wrongly. What each of them can be
// relied on for stands in docs/emulators.md.
//
// They come from the Python environments that "make venv" prepares. An emulator
// gets none of the caller's environment beyond what is given here: functions
// inherit it, and would otherwise find a profile, a proxy or the keys of a real
// account.
package emulator

import (
	"fmt"
	"os"
	"path/filepath"
)

// Venv is the folder of the Python environments, bin/venv of the repository.
type Venv string

// Program is the path of a program in one of the environments, "emulators" or
// "sam". The error says how to make them.
func (v Venv) Program(environment, name string) (string, error) {
	folder, err := filepath.Abs(filepath.Join(string(v), environment))
	if err != nil {
		return "", err
	}
	path := filepath.Join(folder, "bin", name)
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf(`there is no %s in bin/venv/%s: "make e2e" prepares it, and runs these tests`, name, environment)
	}
	return path, nil
}
