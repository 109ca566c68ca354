package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"whydenied/internal/archive"
)

// stock is an archive that is there, and what it holds.
type stock struct {
	label    string
	dir      string
	manifest archive.Manifest
}

func (s stock) logs() string    { return filepath.Join(s.dir, archive.Logs) }
func (s stock) account() string { return filepath.Join(s.dir, "account.json") }

// stock makes an archive, in a process of its own: what a process held at most
// is later counted to those that it starts. One that is there already is taken.
func (c *config) stock(ctx context.Context, label string, size int64, identical int) (stock, error) {
	s := stock{label: label, dir: filepath.Join(c.dir, fmt.Sprintf("seed-%d-bytes-%d-identical-%d", c.seed, size, identical))}
	manifest := filepath.Join(s.dir, "manifest.json")
	text, err := os.ReadFile(manifest)
	if errors.Is(err, fs.ErrNotExist) {
		_, _ = fmt.Fprintf(c.progress, "making the archive of %s\n", label)
		cmd := exec.CommandContext(ctx, c.self, "make", "-seed", strconv.FormatUint(c.seed, 10), "-bytes", strconv.FormatInt(size, 10),
			"-identical", strconv.Itoa(identical), s.dir)
		cmd.Stderr = c.progress
		if err := cmd.Run(); err != nil {
			return s, fmt.Errorf("make the archive of %s: %w", label, err)
		}
		text, err = os.ReadFile(manifest)
	}
	if err != nil {
		return s, err
	}
	if err := json.Unmarshal(text, &s.manifest); err != nil {
		return s, fmt.Errorf("%s: %w", manifest, err)
	}
	return s, nil
}

// makeArchive is the subcommand. The manifest is written last, so that an
// archive that was not finished is made again.
func makeArchive(args []string) error {
	var o archive.Options
	flags := flag.NewFlagSet("make", flag.ContinueOnError)
	flags.Uint64Var(&o.Seed, "seed", 1, "")
	flags.Int64Var(&o.Bytes, "bytes", 0, "unpacked, about")
	flags.IntVar(&o.Identical, "identical", 0, "so many identical denials and nothing else")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 1 {
		return errors.New("expected one folder")
	}
	if err := os.RemoveAll(flags.Arg(0)); err != nil {
		return err
	}
	_, err := archive.WriteDir(flags.Arg(0), o)
	return err
}
