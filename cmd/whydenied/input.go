package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"

	"golang.org/x/term"

	"whydenied/pkg/evidence"
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
	return "standard input", io.NopCloser(a.stdin), nil
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
	if err == nil {
		return nil
	}
	return usage("%s: %w", file, err)
}

// account reads the account's snapshot. A file that cannot be read is evidence
// that cannot be; one of the wrong shape is bad input.
func (a *app) account(file string) (*source, error) {
	name, data, err := a.read(file)
	if err != nil {
		return nil, &failure{statusNoEvidence, err}
	}
	snapshot, err := evidence.ParseSnapshot(name, data)
	if err != nil {
		return nil, usage("%w", err)
	}
	return &source{snapshot: snapshot}, nil
}

// source is a snapshot that keeps account of the calls that it held nothing
// for, since the exit status tells of them.
type source struct {
	snapshot *evidence.Snapshot
	missing  string // the last account that was asked for and is another one
}

// Account is that of the snapshot.
func (s *source) Account(ctx context.Context, q evidence.Query) (evidence.Account, error) {
	account, err := s.snapshot.Account(ctx, q)
	if err == nil && account.ID == "" {
		s.missing = q.Account
	}
	return account, err
}

// roles are all that the snapshot holds.
func (s *source) roles() []evidence.Role {
	// A snapshot's own account is in memory: there is nothing to fail.
	account, _ := s.snapshot.Account(context.Background(), evidence.Query{})
	return account.Roles
}

// status tells of evidence that was not there.
func (s *source) status() error {
	if s.missing == "" {
		return nil
	}
	return &failure{statusNoEvidence, errors.New("the snapshot is of account " + s.snapshot.ID() + ", a call was made to account " +
		s.missing + "; give the snapshot of that account")}
}
