package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"strconv"
	"strings"

	"whydenied/internal/archive"
)

// contender is one of those that are measured.
type contender struct {
	name    string
	leftOut string // why it cannot take part
	slow    bool
	args    func(s stock) []string
	// parse reads what it printed; check says what is wrong with that, or "".
	parse func(output []byte) (answer, error)
	check func(a answer, m archive.Manifest) string
	// exits are the statuses with which it may end beside 0.
	exits []int
}

// contenders are all of them, the floor first and the subject second.
func (c *config) contenders(ctx context.Context) []contender {
	list := []contender{c.floor(), c.subject(ctx), c.parser(), c.grepCount(), c.grepOnly(), c.jq(), c.duckDB(ctx)}
	if c.only == "" {
		return list
	}
	kept := list[:1]
	for _, one := range list[1:] {
		for word := range strings.SplitSeq(c.only, ",") {
			if strings.Contains(one.name, word) {
				kept = append(kept, one)
				break
			}
		}
	}
	return kept
}

func (c *config) floor() contender {
	return contender{
		name:  floorName,
		args:  func(s stock) []string { return []string{c.self, "floor", s.logs()} },
		parse: parseJSON, check: sameBytes,
	}
}

// subject is the program. Until it has the verb, this one's own reading stands
// in for it, and the table says so.
func (c *config) subject(ctx context.Context) contender {
	// The help of a verb that is not there is that of the program.
	if help, err := exec.CommandContext(ctx, c.binary, "scan", "--help").Output(); err != nil || !strings.Contains(string(help), subjectName) {
		return contender{name: subjectName, leftOut: c.binary + " has no verb scan"}
	}
	return contender{
		name: subjectName,
		args: func(s stock) []string {
			return []string{c.binary, "scan", "--account", s.account(), "--format", "json", s.logs()}
		},
		parse: parseResult, check: sameCounts,
		exits: []int{1}, // what it found are denials
	}
}

const (
	floorName   = "gunzip alone, the floor"
	subjectName = "whydenied scan"
	parserName  = "trail.Read, every record parsed"
)

// parser is what the fast path is compared with.
func (c *config) parser() contender {
	return contender{
		name: parserName, slow: true,
		args:  func(s stock) []string { return []string{c.self, "read", s.logs()} },
		parse: parseJSON, check: sameCounts,
	}
}

func parseJSON(output []byte) (a answer, err error) {
	err = json.Unmarshal(output, &a)
	return a, err
}

// parseResult reads what whydenied scan prints, and holds it to itself.
func parseResult(output []byte) (answer, error) {
	var r struct {
		answer
		Damaged   int  `json:"damaged"`
		Partial   bool `json:"partial"`
		Ungrouped int  `json:"ungrouped"`
		Groups    []struct {
			Count int `json:"count"`
		} `json:"groups"`
	}
	if err := json.Unmarshal(output, &r); err != nil {
		return r.answer, err
	}
	grouped := r.Ungrouped
	for _, g := range r.Groups {
		grouped += g.Count
	}
	if r.Damaged > 0 || r.Partial || grouped != r.Denials {
		return r.answer, fmt.Errorf("%d files are damaged, partial is %t, the groups have %d denials of %d", r.Damaged, r.Partial, grouped, r.Denials)
	}
	return r.answer, nil
}

func sameBytes(a answer, m archive.Manifest) string {
	return differ("files", int64(a.Files), int64(m.Files)) + differ("bytes", a.Bytes, m.Bytes)
}

func sameCounts(a answer, m archive.Manifest) string {
	return sameBytes(a, m) + sameCalls(a, m) + differ("denials", int64(a.Denials), int64(m.Denials))
}

func sameCalls(a answer, m archive.Manifest) string {
	return differ("calls", int64(a.Calls), int64(m.Calls))
}

func differ(what string, got, want int64) string {
	if got == want {
		return ""
	}
	return what + ": got " + strconv.FormatInt(got, 10) + ", want " + strconv.FormatInt(want, 10) + ". "
}
