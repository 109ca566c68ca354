package main

import (
	"errors"
	"io"
	"io/fs"
	"os"

	"golang.org/x/term"
)

// stdinName stands for standard input where a file is named; in messages it is
// called by its name.
const stdinName = "-"

// maxFile bounds what is read whole: a policy, an account, a token. Records
// are streamed.
const maxFile = 256 << 20

// open opens a file, or standard input. The error is bad input and names the
// file.
func (a *app) open(file string) (name string, r io.ReadCloser, err error) {
	if file != stdinName {
		f, err := os.Open(file)
		return file, f, named(file, err)
	}
	if f, ok := a.stdin.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		a.complain("reading from the terminal; end with Ctrl-D")
	}
	return "standard input", io.NopCloser(a.input), nil
}

// read reads a file whole.
func (a *app) read(file string) (name string, data []byte, err error) {
	name, r, err := a.open(file)
	if err != nil {
		return name, nil, err
	}
	defer r.Close()
	data, err = io.ReadAll(io.LimitReader(r, maxFile+1))
	if err == nil && len(data) > maxFile {
		return name, nil, usage("%s: larger than %d MB, expected one document", name, maxFile>>20)
	}
	return name, data, named(name, err)
}

// named says which file an error is about, without the name of a system call.
func named(file string, err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		err = pathErr.Err
	}
	if err == nil || statusOf(err) == statusInterrupted {
		return err
	}
	return usage("%s: %w", file, err)
}
