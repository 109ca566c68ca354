package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"whydenied/pkg/evidence"
	"whydenied/pkg/lint"
	"whydenied/pkg/report"
	"whydenied/pkg/trail"
)

// outcome is what became, or would become, of a call.
type outcome string

const (
	outcomeAllowed   outcome = "allowed"
	outcomeRefused   outcome = "refused"
	outcomeUndecided outcome = "undecided"
)

// trial is one past call and what the trust policy would do with it, for
// programs.
type trial struct {
	EventID string     `json:"event_id,omitempty"`
	Time    *time.Time `json:"time,omitempty"`
	Role    string     `json:"role_arn,omitempty"`
	Subject string     `json:"sub,omitempty"`
	Was     outcome    `json:"was"` // as recorded
	Now     outcome    `json:"now"`
	Changed bool       `json:"changed"` // from the one to the other
	Cause   string     `json:"cause,omitempty"`
	File    string     `json:"file,omitempty"`
	Line    int        `json:"line,omitempty"`
}

// trials counts and prints them.
type trials struct {
	app    *app
	counts map[string]int // by what is said of them
	passed int            // of another role
	open   int            // of which the record names no role
	found  []lint.Finding // of the calls that are not let in, for tools
	failed bool           // a call that was refused is not let in, or one that was let in is refused
}

// add prints one call.
func (t *trials) add(d *trail.Denial, succeeded bool, r *report.Report) error {
	one := trial{EventID: d.EventID, Role: d.RoleARN.Value, Subject: d.Subject.Value, Was: outcomeRefused, Now: allowedNow(r.Verdict)}
	if !d.Time.IsZero() {
		at := d.Time.UTC()
		one.Time = &at
	}
	if succeeded {
		one.Was = outcomeAllowed
	}
	one.Changed = one.Now != outcomeUndecided && one.Now != one.Was
	if len(r.Causes) > 0 && one.Now != outcomeAllowed {
		one.Cause, one.File, one.Line = r.Causes[0].Code, r.Causes[0].File, r.Causes[0].Line
	}
	if t.counts == nil {
		t.counts = make(map[string]int)
	}
	t.counts[one.says()]++
	t.failed = t.failed || one.Now == outcomeRefused || one.Now == outcomeUndecided && one.Was == outcomeRefused
	if !t.app.isForTools() {
		return t.print(&one)
	}
	if one.Now != outcomeAllowed {
		t.note(&one, r)
	}
	return nil
}

// note keeps the findings of one call.
func (t *trials) note(o *trial, r *report.Report) {
	for _, f := range reported(r, "") {
		if f.Message = "the call of " + quoted(o.Subject) + " is " + o.says() + ": " + f.Message; o.Now == outcomeUndecided {
			f.Severity = lint.Warning
		}
		t.found = append(t.found, f)
	}
}

func (o *trial) says() string {
	switch {
	case o.Now == outcomeUndecided:
		return string(outcomeUndecided)
	case o.Changed:
		return "now " + string(o.Now)
	}
	return "still " + string(o.Now)
}

// said are the words for a trial, those that a reader looks for first.
var said = [...]string{"now allowed", "now refused", "still refused", "still allowed", "undecided"}

func (t *trials) print(o *trial) error {
	if t.app.format == formatJSON {
		line, err := json.Marshal(o)
		if err != nil {
			return err
		}
		return t.app.lines("%s\n", line)
	}
	role, at := "-", "-"
	if o.Role != "" {
		role = evidence.RoleName(o.Role)
	}
	if o.Time != nil {
		at = o.Time.Format("2006-01-02 15:04:05")
	}
	if t.app.format == formatMarkdown {
		return t.markdown(o, at, role)
	}
	if t.judged() == 1 {
		if err := t.app.lines("%-13s  %-19s  %-24s  %s\n", "", "time (UTC)", "role", "subject, and why not"); err != nil {
			return err
		}
	}
	return t.app.lines("%-13s  %-19s  %-24s  %s%s\n", o.says(), at, oneLineOf(short(role, 64)), quoted(o.Subject), o.why())
}

func (t *trials) markdown(o *trial, at, role string) error {
	if t.judged() == 1 {
		if err := t.app.lines("| | time (UTC) | role | subject | why not |\n|---|---|---|---|---|\n"); err != nil {
			return err
		}
	}
	return t.app.lines("| %s | %s | %s | %s | %s |\n", o.says(), at, cell(role), cell(o.Subject), cell(strings.TrimPrefix(o.why(), "  ")))
}

// why is the first cause and its place.
func (o *trial) why() string {
	if o.Cause == "" {
		return ""
	}
	if o.Line == 0 {
		return "  " + o.Cause
	}
	return fmt.Sprintf("  %s (%s)", o.Cause, place(o.File, o.Line, 0))
}

func (t *trials) judged() (n int) {
	for _, k := range t.counts {
		n += k
	}
	return n
}

// end sums up. Programs read the lines, so that it goes to standard error for
// them.
func (t *trials) end(p *past) error {
	var parts []string
	for _, words := range said {
		if n := t.counts[words]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, words))
		}
	}
	line := count(t.judged(), "call", "calls")
	if len(parts) > 0 {
		line += ": " + strings.Join(parts, ", ")
	}
	if t.passed > 0 {
		line += "; " + count(t.passed, "call of another role", "calls of other roles") + " passed over"
	}
	if t.open > 0 {
		line += "; " + count(t.open, "call names no role and was", "calls name no role and were") + " passed over: choose one with --role"
	}
	if p.tally.other > 0 {
		line += "; " + count(p.tally.other, "other record", "other records") + " passed over"
	}
	if t.app.isForTools() {
		return t.app.printFindings(t.found, "")
	}
	if t.judged() == 0 || t.app.format == formatJSON {
		if t.passed+t.open+t.judged() > 0 {
			t.app.say(line)
		}
		return nil
	}
	return t.app.lines("\n%s\n", line)
}

// place is where something stands, as compilers say it.
func place(file string, line, column int) string {
	if file == "" && line > 0 {
		return fmt.Sprintf("line %d", line) // of the role's own document, in no file
	}
	for _, n := range []int{line, column} {
		if n > 0 {
			file += fmt.Sprintf(":%d", n)
		}
	}
	return file
}

// cell is a value as code within a table of Markdown, which it cannot leave.
func cell(value string) string {
	if value == "" {
		return ""
	}
	spelt := strings.Trim(quoted(value), `"`)
	return "`" + strings.NewReplacer("`", `\x60`, "|", `\x7c`).Replace(spelt) + "`"
}
