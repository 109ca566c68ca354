package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
)

// answer is what a contender found.
type answer struct {
	Files   int   `json:"files"`
	Bytes   int64 `json:"bytes"`
	Calls   int   `json:"calls"`
	Denials int   `json:"denials"`
}

func (a *answer) add(b answer) {
	a.Files += b.Files
	a.Bytes += b.Bytes
	a.Calls += b.Calls
	a.Denials += b.Denials
}

// reader makes what a worker reads its files with.
type reader func() func(path string) (answer, error)

// count reads all files below a folder with as many workers as Go has threads,
// and prints what they hold.
func count(args []string, stdout io.Writer, with reader) error {
	flags := flag.NewFlagSet("count", flag.ContinueOnError)
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 1 {
		return errors.New("expected one folder")
	}
	total, err := readAll(flags.Arg(0), runtime.GOMAXPROCS(0), with)
	if err != nil {
		return err
	}
	return json.NewEncoder(stdout).Encode(total)
}

func readAll(dir string, workers int, with reader) (answer, error) {
	paths := make(chan string, 64)
	found := make(chan answer)
	failed := make(chan error, workers)
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			one, sum := with(), answer{}
			for path := range paths {
				got, err := one(path)
				if err != nil {
					select {
					case failed <- fmt.Errorf("%s: %w", path, err):
					default:
					}
				}
				sum.add(got)
			}
			found <- sum
		})
	}
	go func() {
		if err := list(dir, paths); err != nil {
			failed <- err
		}
		close(paths)
		group.Wait()
		close(found)
	}()
	var total answer
	for sum := range found {
		total.add(sum)
	}
	select {
	case err := <-failed:
		return total, err
	default:
		return total, nil
	}
}

func list(dir string, paths chan<- string) error {
	return filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && strings.HasSuffix(path, ".gz") {
			paths <- path
		}
		return err
	})
}
