package main

import (
	"bytes"
	"context"
	_ "embed" // for the script
	"fmt"
	"os/exec"
	"strconv"
	"strings"

	"whydenied/internal/archive"
)

const callName = "AssumeRoleWithWebIdentity"

// batch is how many files a shell unpacks for one grep or jq, so that starting
// them costs little.
const batch = 64

// unzip is what zcat runs; on some systems, zcat is for another format.
const unzip = `gzip -dc "$@" | `

// overFiles runs a script over all files, some at a time, as many side by side
// as there are workers.
func (c *config) overFiles(script string) func(stock) []string {
	find := fmt.Sprintf(`find "$1" -name '*.gz' -print0 | xargs -0 -n %d -P %d sh -c "$2" sh`, batch, c.workers)
	return func(s stock) []string {
		return []string{"sh", "-c", find, "sh", s.logs(), script}
	}
}

// missing says which tools are not there.
func missing(tools ...string) string {
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err != nil {
			return "no " + tool + " was found"
		}
	}
	return ""
}

// grepCount answers less than is asked: log files are one line each, and those
// that zcat puts together are one line, too.
func (c *config) grepCount() contender {
	return contender{
		name: "zcat | LC_ALL=C grep -c", leftOut: missing("sh", "find", "xargs", "gzip", "grep"),
		args:  c.overFiles(unzip + `LC_ALL=C grep -c ` + callName + ` || test $? = 1`),
		parse: sumLines,
		check: func(a answer, m archive.Manifest) string {
			if (a.Calls > 0) != (m.Mentioning > 0) {
				return differ("lines", int64(a.Calls), int64(m.Mentioning))
			}
			return ""
		},
	}
}

// grepOnly counts the calls, where the JSON is compact.
func (c *config) grepOnly() contender {
	return contender{
		name: "zcat | LC_ALL=C grep -o | wc -l", leftOut: missing("sh", "find", "xargs", "gzip", "grep", "wc"), slow: true,
		args:  c.overFiles(unzip + `LC_ALL=C grep -o '"eventName":"` + callName + `"' | wc -l`),
		parse: sumLines, check: sameCalls,
	}
}

func (c *config) jq() contender {
	return contender{
		name: "zcat | jq", leftOut: missing("sh", "find", "xargs", "gzip", "jq"), slow: true,
		args: c.overFiles(unzip + `jq -r '.Records[] | select(.eventSource == "sts.amazonaws.com" and .eventName == "` + callName +
			`") | .errorCode // "none"'`),
		parse: countCodes,
		check: func(a answer, m archive.Manifest) string {
			return sameCalls(a, m) + differ("denials", int64(a.Denials), int64(m.Denials))
		},
	}
}

//go:embed duckdb.py
var duckScript string

func (c *config) duckDB(ctx context.Context) contender {
	one := contender{
		name: "DuckDB, read_json", slow: true,
		args: func(s stock) []string {
			return []string{c.python, "-c", duckScript, s.logs(), strconv.Itoa(c.workers)}
		},
		parse: parseJSON,
		check: func(a answer, m archive.Manifest) string {
			return sameCalls(a, m) + differ("denials", int64(a.Denials), int64(m.Denials))
		},
	}
	version, err := exec.CommandContext(ctx, c.python, "-c", "import duckdb; print(duckdb.__version__)").Output()
	if err != nil {
		one.leftOut = "no Python with duckdb was found"
		return one
	}
	one.name = "DuckDB " + strings.TrimSpace(string(version)) + ", read_json"
	return one
}

// sumLines adds up the numbers that are printed, one for each batch.
func sumLines(output []byte) (a answer, err error) {
	for line := range bytes.Lines(output) {
		n, err := strconv.Atoi(string(bytes.TrimSpace(line)))
		if err != nil {
			return a, err
		}
		a.Calls += n
	}
	return a, nil
}

// countCodes counts lines with an error code, or with none.
func countCodes(output []byte) (a answer, err error) {
	for line := range bytes.Lines(output) {
		a.Calls++
		if string(bytes.TrimSpace(line)) != "none" {
			a.Denials++
		}
	}
	return a, nil
}
