package render

import (
	"encoding/csv"
	"io"
	"strconv"
	"time"

	"whydenied/pkg/internal/lazy"
	"whydenied/pkg/report"
	"whydenied/pkg/scan"
)

// csvHeader names the columns. New ones are added at the end.
var csvHeader = []string{
	"rank", "still", "stranger", "denials", "hours", "account", "role", "provider", "subject_shape", "cause", "confidence",
	"first", "last", "last_allowed", "top_subject", "top_source", "top_user_agent", "event_id", "summary",
}

// maxCell is how many characters a cell holds of a value: spreadsheets cut at
// 32,767.
const maxCell = 1000

// CSV writes a row for each group, the worst first, below a header. Times are
// as in RFC 3339, in UTC. What cannot be seen in a value is spelt, as in
// \u202e. A value that a spreadsheet could take for a formula has a "'" before
// it, as OWASP's page on CSV injection has it, and so has what a spreadsheet
// could, that takes the semicolons in a value for the ends of cells; in [JSON]
// values are to the letter. The error is the writer's.
func CSV(w io.Writer, r *scan.Result) error {
	out := csv.NewWriter(w)
	if err := out.Write(csvHeader); err != nil {
		return err
	}
	for i := range r.Groups {
		if err := out.Write(csvRow(i+1, &r.Groups[i])); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func csvRow(rank int, g *scan.Group) []string {
	confidence := ""
	if len(g.Report.Causes) > 0 {
		confidence = g.Report.Causes[0].Confidence
	}
	return []string{
		strconv.Itoa(rank), safeCell(string(g.Still)), strconv.FormatBool(g.Stranger), strconv.Itoa(g.Count), strconv.Itoa(g.Hours),
		safeCell(g.Account), safeCell(g.Role), safeCell(g.Provider), safeCell(g.Shape), safeCell(g.Cause), safeCell(confidence),
		rfc3339(g.First), rfc3339(g.Last), rfc3339(g.Succeeded),
		safeCell(top(g.Subjects)), safeCell(top(g.Sources)), safeCell(top(g.UserAgents)), safeCell(g.Report.Denial.EventID),
		defused(said(g), report.Spelling{}.Prose(said(g), maxCell)),
	}
}

func safeCell(v string) string { return defused(v, report.Spelling{}.Value(v, maxCell)) }

// formulas are what a formula begins with; the wide forms count too.
const formulas = `=+\-@＝＋－＠`

var (
	formula = lazy.Regexp(`^[` + formulas + `\t\r\n]`)
	// behind is a formula behind a semicolon, which parts cells where the comma
	// parts an amount's whole from its cents; quotation marks around a cell go.
	behind = lazy.Regexp(`(;[\s"]*)([` + formulas + `])`)
)

// defused is what was spelt of a value, with a sign before it where a
// spreadsheet would run the value. Tab and line breaks are spelt, and defused
// none the less.
func defused(v, spelt string) string {
	spelt = behind().ReplaceAllString(spelt, "$1'$2")
	if formula().MatchString(v) {
		return "'" + spelt
	}
	return spelt
}

func rfc3339(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func top(t scan.Top) string {
	if len(t.Listed) == 0 {
		return ""
	}
	return t.Listed[0].Value
}

// said is a group's explanation in one line.
func said(g *scan.Group) string {
	if len(g.Report.Causes) > 0 && g.Report.Causes[0].Message != "" {
		return g.Report.Causes[0].Message
	}
	return g.Report.Summary
}
