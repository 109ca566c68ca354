package render

import (
	"fmt"
	"strings"

	"whydenied/pkg/report"
	"whydenied/pkg/scan"
)

// head says how much was refused of what, and answers the first questions.
func (t *terminal) head(r *scan.Result) {
	t.wrapped("", bold, Refused(r))
	t.parts(Extent(r))
	if r.Partial {
		t.figure(t.sign(scan.StillUnknown, false), "Not everything was read to its end; see below.")
	}
	f := &t.figures
	if len(r.Groups) == 0 {
		return
	}
	t.line("")
	if f.Broken > 0 || f.Strangers == 0 {
		t.figure(t.sign(scan.StillYes, false), fmt.Sprintf("%s still refused, %s so far", counted(f.Broken, "pipeline"), counted(f.BrokenDenials, "denial")))
	}
	if n := len(f.Never); n > 0 {
		t.figure(t.sign(scan.StillYes, false), fmt.Sprintf("%s whose trust policy no token of the issuer can meet", counted(n, "role")))
	}
	if f.Strangers > 0 {
		t.figure(t.sign("", true), fmt.Sprintf("%s, %s", counted(f.Strangers, "probable stranger"), counted(f.StrangerDenials, "denial")))
	}
	if f.Mended > 0 {
		t.figure(t.sign(scan.StillMended, false), counted(f.Mended, "pipeline")+" mended since")
	}
	if f.Quiet > 0 {
		t.figure(t.sign(scan.StillQuiet, false), counted(f.Quiet, "pipeline")+" quiet for a day or longer")
	}
	if f.Undated > 0 {
		t.figure(t.sign(scan.StillUnknown, false), counted(f.Undated, "pipeline")+" without a time on record")
	}
}

// figure writes a sign and what it stands before.
func (t *terminal) figure(m mark, text string) {
	sign := t.mark(m)
	indent := report.Columns(t.uncolored(m)) + 1
	for i, l := range t.Wrap(text, t.width-indent) {
		if i > 0 {
			sign = strings.Repeat(" ", indent-1)
		}
		t.line(sign + " " + l)
	}
}

// timeline draws the denials over time.
func (t *terminal) timeline(r *scan.Result) {
	list, step := Spread(r.Timeline, r.Step, min(t.width-4, mostSparkline))
	if len(list) < 2 {
		return
	}
	signs := blocks
	if t.ASCII {
		signs = ascii
	}
	t.heading("Denials over time")
	t.line("|" + sparkline(list, signs) + "|")
	t.wrapped("", dim, peak(list, step))
}
