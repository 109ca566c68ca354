package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"golang.org/x/term"

	"whydenied/pkg/report"
)

// The formats.
const (
	formatText     = "text"
	formatJSON     = "json"
	formatMarkdown = "markdown"
	formatCSV      = "csv"  // of scan
	formatHTML     = "html" // of scan
)

// checkFormat refuses a format that the verb does not print.
func (a *app) checkFormat(verb string) error {
	own := formats(verb)
	switch {
	case slices.Contains(own, a.format):
		return nil
	case a.isForTools():
		return usage("only check prints %s: %s prints %s", a.format, verb, orList(own))
	case slices.Contains(formats("scan"), a.format):
		return usage("only scan prints %s: %s prints %s", a.format, verb, orList(own))
	}
	return usage("unknown format %q, expected %s", a.format, orList(own))
}

// formats are those that a verb prints.
func formats(verb string) []string {
	switch verb {
	case "check":
		return []string{formatText, formatJSON, formatMarkdown, formatSARIF, formatGitHub}
	case "scan":
		return []string{formatText, formatJSON, formatCSV, formatMarkdown, formatHTML}
	}
	return []string{formatText, formatJSON, formatMarkdown}
}

// orList joins words as a sentence does: "a, b or c".
func orList(words []string) string {
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// width is how wide text is that no terminal shows, in columns; a terminal's
// own is used up to mostWidth, beyond which lines are hard to read.
const (
	width     = 80
	mostWidth = 120
)

// printer writes reports to standard output, one after the other.
type printer struct {
	w      io.Writer
	format string
	text   report.TextOptions
	share  bool
	count  int
	before func() // is called before anything is written
}

func (a *app) printer() *printer {
	columns, isTerminal := terminal(a.stdout)
	return &printer{w: a.stdout, format: a.format, share: a.share, text: a.textOptions(columns, isTerminal), before: a.progress.clear}
}

// terminal tells how many columns a terminal has; 0 where it does not say.
func terminal(w io.Writer) (columns int, isTerminal bool) {
	f, isFile := w.(*os.File)
	if !isFile || !term.IsTerminal(int(f.Fd())) {
		return 0, false
	}
	columns, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		columns = 0
	}
	return columns, true
}

// textOptions decide what the reader's terminal, or pipe, is to be sent.
func (a *app) textOptions(columns int, isTerminal bool) report.TextOptions {
	o := report.TextOptions{ASCII: a.ascii || a.env("TERM") == "dumb" || !a.utf8(), Width: width}
	if isTerminal {
		o.Color = !a.noColor && a.env("NO_COLOR") == "" && a.env("TERM") != "dumb"
		if columns > 0 {
			o.Width = min(columns, mostWidth)
		}
	}
	return o
}

// utf8 tells whether the locale is one of UTF-8. The first variable that is
// set decides (POSIX, "Internationalization Variables"). Where none is, as in
// most containers, the terminal at the other end does know UTF-8.
func (a *app) utf8() bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToLower(a.env(name)); v != "" {
			return strings.Contains(v, "utf-8") || strings.Contains(v, "utf8")
		}
	}
	return true
}

// print writes one report. JSON is one line each; the others have a rule
// between them.
func (p *printer) print(r *report.Report) error {
	p.count++
	if p.format != formatText { // which shows the difference alone
		inEachForm(r)
	}
	p.before()
	if p.share {
		passedOn := report.Share(*r)
		r = &passedOn
	}
	if p.format == formatJSON {
		line, err := report.JSON(r)
		if err != nil {
			return err
		}
		_, err = p.w.Write(line)
		return err
	}
	if p.count > 1 {
		if _, err := io.WriteString(p.w, p.rule()); err != nil {
			return err
		}
	}
	if p.format == formatMarkdown {
		return report.Markdown(p.w, r)
	}
	return report.Text(p.w, r, p.text)
}

func (p *printer) rule() string {
	line := strings.Repeat("─", p.text.Width)
	switch {
	case p.format == formatMarkdown:
		line = "---"
	case p.text.ASCII:
		line = strings.Repeat("-", p.text.Width)
	}
	return fmt.Sprintf("\n%s\n\n", line)
}
