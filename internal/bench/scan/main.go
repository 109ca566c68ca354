// Command scan measures "whydenied scan" over archives of whydenied/internal/archive
// against the least that its work could cost, unpacking alone, and against what
// a user would take in its place: grep, jq, DuckDB. All take turns for several
// rounds in one run, over the same files, and each must find what the archive's
// manifest says. Out comes Markdown; "make bench-scan" runs it.
//
// The contenders that are Go are subcommands of it, so that each is a process
// whose memory can be told: "floor", "read", and "make", which makes an archive.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"strings"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// config is what one run measures, and how.
type config struct {
	self      string // this program
	binary    string // whydenied
	python    string // with duckdb
	dir       string // the archives, which are kept for the next run
	sizes     []float64
	identical int
	rounds    int
	slow      int // rounds of those that take minutes
	workers   int
	seed      uint64
	only      string // a contender's name holds one of these words
	progress  io.Writer
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	err := dispatch(ctx, args, stdout, stderr)
	if err != nil {
		_, _ = fmt.Fprintln(stderr, "bench-scan:", err)
		return 1
	}
	return 0
}

func dispatch(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if len(args) > 0 {
		switch args[0] {
		case "floor":
			return count(args[1:], stdout, unpack)
		case "read":
			return count(args[1:], stdout, read)
		case "make":
			return makeArchive(args[1:])
		}
	}
	c := config{progress: stderr}
	if err := c.parse(args, stderr); err != nil {
		return err
	}
	return c.measure(ctx, stdout)
}

func (c *config) parse(args []string, stderr io.Writer) error {
	flags := flag.NewFlagSet("scan", flag.ContinueOnError)
	flags.SetOutput(stderr)
	sizes := flags.String("sizes", "0.1 1", "sizes of the archives in GB unpacked")
	flags.StringVar(&c.self, "self", "", "this program; the running one where it is empty")
	flags.StringVar(&c.binary, "whydenied", "bin/whydenied", "the program that is measured")
	flags.StringVar(&c.python, "python", "bin/venv/bench/bin/python", "a Python that has duckdb")
	flags.StringVar(&c.dir, "dir", "bin/bench-scan", "where the archives are kept")
	flags.IntVar(&c.identical, "identical", 1_000_000, "denials of the archive of identical ones; 0 for none")
	flags.IntVar(&c.rounds, "rounds", 5, "how often each is run")
	flags.IntVar(&c.slow, "slow", 2, "how often jq and DuckDB are run")
	flags.IntVar(&c.workers, "workers", runtime.NumCPU(), "workers of each")
	flags.Uint64Var(&c.seed, "seed", 7, "the archives' seed")
	flags.StringVar(&c.only, "only", "", "contenders to run beside the floor, as words of their names set apart by commas")
	if err := flags.Parse(args); err != nil {
		return err
	}
	for _, word := range strings.FieldsFunc(*sizes, func(r rune) bool { return r == ' ' || r == ',' }) {
		size, err := strconv.ParseFloat(word, 64)
		if err != nil || size <= 0 {
			return fmt.Errorf("size %q: expected GB, such as 0.1", word)
		}
		c.sizes = append(c.sizes, size)
	}
	if c.self != "" {
		return nil
	}
	var err error
	c.self, err = os.Executable()
	return err
}
