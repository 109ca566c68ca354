package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whydenied/internal/archive"
)

// TestMain is also the processes that a run starts: its own subcommands, and a
// whydenied that counts and groups nothing.
func TestMain(m *testing.M) {
	if len(os.Args) < 2 {
		os.Exit(m.Run())
	}
	switch os.Args[1] {
	case "floor", "read", "make":
		os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
	case "version":
		os.Exit(0)
	case "scan":
		os.Exit(standInScan(os.Args[2:]))
	default:
		os.Exit(m.Run())
	}
}

func standInScan(args []string) int {
	if args[0] == "--help" {
		fmt.Println("whydenied scan PATH…")
		return 0
	}
	total, err := readAll(args[len(args)-1], 1, read)
	if err != nil {
		return 3
	}
	_ = json.NewEncoder(os.Stdout).Encode(struct {
		answer
		Ungrouped int `json:"ungrouped"`
	}{total, total.Denials})
	return 1
}

// TestRun measures tiny archives with the contenders that are Go.
func TestRun(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	args := []string{"-self", self, "-whydenied", self, "-python", "no-such-python", "-dir", t.TempDir(), "-sizes", "0.001, 0.002",
		"-identical", "40", "-rounds", "2", "-slow", "1", "-workers", "2", "-only", "trail,whydenied,DuckDB"}
	for range 2 { // the second time, the archives are there
		stdout.Reset()
		if code := run(context.Background(), args, &stdout, &stderr); code != 0 {
			t.Fatalf("got status %d\n%s", code, stderr.String())
		}
	}
	for _, want := range []string{
		"### 0.001 GB\n", "### 0.002 GB\n", "| gunzip alone, the floor | 1.00 | 1.00 | 2 |", "\n| whydenied scan | ",
		"\n| trail.Read, every record parsed | ", "Left out: DuckDB, read_json: no Python with duckdb was found.",
		"### Memory by size\n", "### 40 identical denials\n", "### Method\n",
	} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("want %q in\n%s", want, stdout.String())
		}
	}
	if made := strings.Count(stderr.String(), "making the archive"); made != 3 {
		t.Errorf("%d archives were made, want each of the 3 once", made)
	}
}

// TestWrongAnswer has each way to answer something else than the archive holds.
func TestWrongAnswer(t *testing.T) {
	m := archive.Manifest{Files: 2, Bytes: 100, Calls: 3, Denials: 1, Mentioning: 2}
	right := answer{Files: 2, Bytes: 100, Calls: 3, Denials: 1}
	for _, tt := range []struct {
		label string
		check func(answer, archive.Manifest) string
		got   answer
		want  string
	}{
		{"all right", sameCounts, right, ""},
		{"a file left out", sameBytes, answer{Files: 1, Bytes: 100}, "files: got 1, want 2. "},
		{"bytes lost", sameCounts, answer{Files: 2, Bytes: 99, Calls: 3, Denials: 1}, "bytes: got 99, want 100. "},
		{"a denial lost", sameCounts, answer{Files: 2, Bytes: 100, Calls: 3}, "denials: got 0, want 1. "},
		{"calls made up", sameCalls, answer{Calls: 4}, "calls: got 4, want 3. "},
		{"grep -c finds none", (&config{}).grepCount().check, answer{}, "lines: got 0, want 2. "},
	} {
		t.Run(tt.label, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, tt.check(tt.got, m)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		label  string
		parse  func([]byte) (answer, error)
		output string
		want   answer
		bad    bool
	}{
		{"whydenied scan", parseResult, `{"files":2,"bytes":9,"calls":3,"denials":2,"groups":[{"count":1}],"ungrouped":1}`, answer{2, 9, 3, 2}, false},
		{"groups do not add up", parseResult, `{"denials":2,"groups":[{"count":1}]}`, answer{Denials: 2}, true},
		{"damaged", parseResult, `{"damaged":1}`, answer{}, true},
		{"grep", sumLines, "2\n 3\n", answer{Calls: 5}, false},
		{"grep says something", sumLines, "Binary file matches\n", answer{}, true},
		{"jq", countCodes, "none\nAccessDenied\n", answer{Calls: 2, Denials: 1}, false},
	} {
		t.Run(tt.label, func(t *testing.T) {
			got, err := tt.parse([]byte(tt.output))
			if diff := cmp.Diff(tt.want, got); diff != "" || tt.bad != (err != nil) {
				t.Errorf("error %v (-want +got)\n%s", err, diff)
			}
		})
	}
}

func TestRatio(t *testing.T) {
	of := func(seconds ...int) *result {
		r := &result{}
		for _, s := range seconds {
			r.outcomes = append(r.outcomes, outcome{took: time.Duration(s) * time.Second})
		}
		return r
	}
	// Each round by itself: a machine that is busy for a while slows both.
	if got := of(2, 60, 4).ratio(of(1, 20, 1), took); got != 3 {
		t.Errorf("got %g, want the median of 2, 3 and 4", got)
	}
	if got := of(8).ratio(of(2, 1, 1), took); got != 4 {
		t.Errorf("got %g, want that of the one round that both took part in", got)
	}
	if got := of().ratio(of(1), took); got != 0 {
		t.Errorf("got %g of no round", got)
	}
}
