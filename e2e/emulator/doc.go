// Package emulator runs the emulators of AWS that the end-to-end tests need, as
// processes of their own on the loopback: ministack, which runs the function
// itself, and moto, for what ministack does wrongly. What each of them can be
// relied on for stands in docs/emulators.md.
//
// They come from the Python environments that "make e2e" prepares, whose
// folders WHYDENIED_E2E_EMULATORS and WHYDENIED_E2E_SAM name. An emulator gets
// none of the caller's environment beyond what is given here: functions inherit
// it, and would otherwise find a profile, a proxy or the keys of a real account.
package emulator

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Variables that name the Python environments.
const (
	EmulatorsVariable = "WHYDENIED_E2E_EMULATORS"
	SAMVariable       = "WHYDENIED_E2E_SAM"
)

// ErrNoEnvironment says that the Python environments were not prepared.
var ErrNoEnvironment = errors.New(`it needs the Python environments that "make e2e" prepares`)

// Program is the path of a program in the Python environment that the variable
// names. The error wraps ErrNoEnvironment.
func Program(variable, name string) (string, error) {
	folder := os.Getenv(variable)
	if folder == "" {
		return "", fmt.Errorf("%s is not set: %w", variable, ErrNoEnvironment)
	}
	path := filepath.Join(folder, "bin", name)
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("%s has no %s: %w", variable, name, ErrNoEnvironment)
	}
	return path, nil
}
