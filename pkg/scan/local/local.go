// Package local lists the log files that a command line names: files, folders,
// patterns, and "-" for standard input. How a file is packed is told by its
// content, never by its name.
//
// A file that is named is read, whatever it is. In a folder, what is not called
// as logs are is passed over and counted: see [Files].
package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"whydenied/pkg/scan"
)

// Stdin is the name of standard input as a path.
const Stdin = "-"

// Files lists what the paths name, each folder in the order of its names. A
// pattern (*, ?, [a-z], {a,b} and ** for folders of any depth) is expanded where
// no file is called so. A path that names nothing is an error that says so.
//
// In a folder, symbolic links are not followed, as with grep -r, nor are names
// read that begin with a dot, CloudTrail's digests, and files that are not
// called as logs are (.json, .jsonl, .ndjson, .log, .gz, .zst). One without any
// extension, as Firehose makes them, is read if it begins as a log does. How
// many were passed over is told at the end by note, which may be nil.
//
// A file that several of the paths name is listed once.
func Files(paths []string, stdin io.Reader, note func(string)) scan.Files {
	return func(yield func(scan.File, error) bool) {
		l := &listing{yield: yield, stdin: stdin}
		for i, path := range paths {
			if !slices.Contains(paths[:i], path) {
				l.path(path)
			}
		}
		if text := l.passed.String(); text != "" && note != nil {
			note(text)
		}
	}
}

// listing is one walk over the paths.
type listing struct {
	yield  func(scan.File, error) bool
	stdin  io.Reader
	passed passed
	once   once
	done   bool // nobody wants more
}

func (l *listing) file(f scan.File) { l.done = l.done || !l.yield(f, nil) }

// fail tells of a path that cannot be listed.
func (l *listing) fail(path string, err error) {
	if e := (*fs.PathError)(nil); errors.As(err, &e) {
		err = e.Err
	}
	l.done = l.done || !l.yield(scan.File{}, fmt.Errorf("cannot read %q: %w", path, err))
}

func (l *listing) path(path string) {
	if l.done {
		return
	}
	if path == Stdin {
		l.file(scan.File{Name: "standard input", Size: -1, Open: l.openStdin})
		return
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) && strings.ContainsAny(path, `*?[{`) {
		l.pattern(path)
		return
	}
	if err != nil {
		l.fail(path, err)
		return
	}
	l.named(path, info)
}

// named lists a path that is there, and follows it where it is a link.
func (l *listing) named(path string, info fs.FileInfo) {
	at := realPath(path)
	if !l.once.add(at, info) {
		return
	}
	switch {
	case info.IsDir():
		l.folder(path, at)
	case info.Mode().IsRegular():
		l.file(regular(path, info.Size()))
	default:
		l.file(scan.File{Name: path, Size: -1, Open: func(ctx context.Context) (io.ReadCloser, error) {
			return openWaiting(ctx, path)
		}})
	}
}

func regular(path string, size int64) scan.File {
	return scan.File{Name: path, Size: size, Open: func(context.Context) (io.ReadCloser, error) { return os.Open(path) }}
}

func (l *listing) openStdin(ctx context.Context) (io.ReadCloser, error) {
	if l.stdin == nil {
		return nil, errors.New("there is no standard input")
	}
	return waitFor(ctx, l.stdin, func() error { return nil }), nil
}

// pattern lists what a pattern matches, as a shell would that knows **: links on
// the way are not followed, which may go round in circles, and names that begin
// with a dot are matched by a dot alone.
func (l *listing) pattern(pattern string) {
	as := []doublestar.GlobOption{doublestar.WithNoFollow(), doublestar.WithNoHidden()}
	matches, err := doublestar.FilepathGlob(pattern, append(as, doublestar.WithFailOnIOErrors())...)
	if err != nil {
		l.fail(within(pattern, err), err)
		if matches, err = doublestar.FilepathGlob(pattern, as...); err != nil {
			return
		}
	} else if len(matches) == 0 {
		l.fail(pattern, errors.New("no file is called so, nor matches it as a pattern"))
	}
	slices.Sort(matches)
	for _, path := range matches {
		if l.done {
			return
		}
		if info, err := os.Stat(path); err != nil {
			l.fail(path, err)
		} else {
			l.named(path, info)
		}
	}
}

// within is the place that a pattern leads to and that cannot be listed, if the
// error names it, below the folder where the pattern begins.
func within(pattern string, err error) string {
	if e := (*fs.PathError)(nil); errors.As(err, &e) {
		from, _ := doublestar.SplitPattern(filepath.ToSlash(pattern))
		return filepath.Join(filepath.FromSlash(from), e.Path)
	}
	return pattern
}

// folder lists what lies in a folder, at any depth. The folder itself may be
// behind a link, which the separator at its end follows; at is where it is. What
// was named before has been listed.
func (l *listing) folder(root, at string) {
	root = filepath.Clean(root)
	_ = filepath.WalkDir(root+string(filepath.Separator), func(path string, d fs.DirEntry, err error) error {
		switch {
		case l.done:
			return filepath.SkipAll
		case err != nil:
			l.fail(path, err)
		case filepath.Clean(path) == root:
		case l.once.below(at, root, path):
			if d.IsDir() {
				return filepath.SkipDir
			}
		case l.passed.over(path, d):
			if d.IsDir() {
				return filepath.SkipDir
			}
		case !d.IsDir():
			l.entry(path, d)
		}
		return nil
	})
}

func (l *listing) entry(path string, d fs.DirEntry) {
	info, err := d.Info()
	if err != nil {
		l.fail(path, err)
		return
	}
	l.file(regular(path, info.Size()))
}
