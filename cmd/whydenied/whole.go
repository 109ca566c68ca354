package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// private is the mode of a new file: who may assume what is nobody else's
// business until somebody says so.
const private fs.FileMode = 0o600

// whole has a file written, or leaves it as it was: what is written goes to
// another file in the same folder, which then takes its place.
func (a *app) whole(name string, write func(io.Writer) error) error {
	if name == stdinName {
		return write(a.stdout)
	}
	name, mode, err := target(name)
	switch {
	case err != nil:
		return named(name, err)
	case mode.IsDir():
		return usage("%s: is a directory, expected a file", name)
	case !mode.IsRegular(): // a device or a pipe has no folder to be replaced in
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return named(name, err)
		}
		return errors.Join(write(f), named(name, f.Close()))
	}
	return replace(name, mode.Perm(), write)
}

// target is the file that a name leads to, and its mode. A new one has none
// that could be kept.
func target(name string) (string, fs.FileMode, error) {
	if to, err := filepath.EvalSymlinks(name); err == nil {
		name = to
	}
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return name, private, nil
	}
	if err != nil {
		return name, 0, err
	}
	return name, info.Mode(), nil
}

func replace(name string, mode fs.FileMode, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-*")
	if err != nil {
		return named(name, err)
	}
	defer func() { _ = os.Remove(f.Name()) }() // there is none any more if all went well
	err = write(f)
	if err == nil {
		err = named(name, errors.Join(f.Chmod(mode), f.Sync()))
	}
	if closed := f.Close(); err == nil {
		err = named(name, closed)
	}
	if err != nil {
		return err
	}
	return named(name, os.Rename(f.Name(), name))
}
