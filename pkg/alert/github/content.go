package github

import (
	"fmt"
	"strings"
	"time"

	"whydenied/pkg/alert"
	"whydenied/pkg/report"
)

// GitHub's limits: of a title in characters, of a summary in bytes, whatever
// the page says of characters (github/docs, issue 35252).
const (
	mostTitle   = 255
	mostSummary = 65_535
)

// checkRun is one as the API takes it.
type checkRun struct {
	Name       string `json:"name"`
	SHA        string `json:"head_sha,omitempty"` // of a new one
	External   string `json:"external_id"`
	Details    string `json:"details_url,omitempty"`
	Status     string `json:"status"`
	Conclusion string `json:"conclusion"`
	Output     output `json:"output"`
}

type output struct {
	Title   string `json:"title"`
	Summary string `json:"summary"`
}

// runName tells the check runs of one commit apart: of several with one name
// GitHub shows the latest.
func runName(incident string) string { return "whydenied " + incident }

// checkRun is what the message says. It is neutral: a job that failed says so
// by itself, and whether others may merge is none of its business.
func (d *delivery) checkRun(m *alert.Message) *checkRun {
	r := &checkRun{Name: runName(m.Incident.ID), SHA: d.at.SHA, External: m.Incident.ID, Status: "completed", Conclusion: "neutral"}
	shared := report.Share(*m.Report)
	r.Output.Title = title(&shared)
	r.Output.Summary = summary(m, d.where())
	if len(shared.Causes) > 0 {
		r.Details = report.CauseURL(d.config.Docs, shared.Causes[0].Code)
	}
	return r
}

// title is the first line of the report.
func title(shared *report.Report) string {
	b := report.NewBrief(shared, &report.Tally{Attempts: 1}, report.DefaultMost)
	if len(b.Lines) == 0 {
		return "AWS refused a job's token"
	}
	line := []rune(b.Lines[0].String())
	if len(line) > mostTitle {
		line = append(line[:mostTitle-1], '…')
	}
	return string(line)
}

// where says why the check run is on this commit. The branch is not repeated:
// whoever sees it is there.
func (d *delivery) where() string {
	if d.at.Branch != "" {
		return "AWS records no commit of a call. This one was the head of the branch when the refusal was told of; it need not be the one that the job ran on."
	}
	return "AWS records no commit of a call, and this one's subject names no branch that there is. This is the head of the default branch as it was when the refusal was told of."
}

// sizes are the bytes of JSON that a report is shortened to, one after the
// other, until the summary is short enough.
var sizes = []int{1 << 20, 48 << 10, 24 << 10, 12 << 10, 6 << 10}

// summary is the count and the report to pass on, in Markdown.
func summary(m *alert.Message, where string) string {
	head := counted(&m.Incident) + "\n\n"
	foot := "\n" + where + " Account ids, addresses and other tenants' names are left out.\n"
	for _, size := range sizes {
		shared := report.Share(report.Fit(*m.Report, size))
		var b strings.Builder
		if report.Markdown(&b, &shared) == nil && len(head)+b.Len()+len(foot) <= mostSummary {
			return head + b.String() + foot
		}
	}
	return head + "The report is too long to be shown here: ask whoever runs AWS for it.\n" + foot
}

// counted is how often, when, and what became of it. It names nobody.
func counted(in *alert.Incident) string {
	said := fmt.Sprintf("**Refused %s**", times(in.Attempts))
	if n := in.RunCount(); in.Attempts > 1 && n > 0 {
		said += fmt.Sprintf(" in %d %s (inferred)", n, plural(n, "run", "runs"))
	}
	if first, last := moment(in.First), moment(in.Last); first == last {
		said += ", " + last
	} else {
		said += ", first " + first + ", last " + last
	}
	if n := len(in.Answers); n > 0 {
		said += ". " + answered(&in.Answers[n-1])
	} else if in.Closed {
		said += ", none since"
	}
	return strings.TrimSuffix(said, ".") + "."
}

func answered(a *alert.Answer) string {
	at := moment(a.At)
	switch a.Verdict {
	case alert.AnswerAllows:
		return "**A change at " + at + " lets it in**: run the job again."
	case alert.AnswerRefuses:
		return "A change at " + at + " still refuses it."
	default:
		return "Whether a change at " + at + " lets it in cannot be told: run the job again to see."
	}
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

func plural(n int, one, more string) string {
	if n == 1 {
		return one
	}
	return more
}

func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }
