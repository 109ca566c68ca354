package main

import (
	"github.com/spf13/pflag"
)

// archiveFlags say where the archive lies, if not on this machine.
type archiveFlags struct{}

func (f *archiveFlags) add(*pflag.FlagSet) {}

func (f *archiveFlags) check(paths []string) error {
	if len(paths) == 0 {
		return usage("expected what to read: files, folders, patterns, or - for standard input; see whydenied scan --help")
	}
	return nil
}
