package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"whydenied/pkg/scan"
	"whydenied/pkg/scan/page"
	"whydenied/pkg/scan/render"
)

// print writes the result where it is wanted, in the format that is wanted.
func (s *scanning) print(r *scan.Result) error {
	for i := range r.Groups {
		inEachForm(&r.Groups[i].Report)
	}
	return s.app.whole(s.output, func(w io.Writer) error { return s.app.printScan(w, r) })
}

// canPrint tells before all is read that the file cannot be written: nothing of a
// long scan is to be lost for a folder that is not there.
func (s *scanning) canPrint() error {
	if s.output == stdinName {
		return nil
	}
	name, mode, err := target(s.output)
	switch {
	case err != nil:
		return named(name, err)
	case mode.IsDir():
		return usage("%s: is a directory, expected a file", name)
	case !mode.IsRegular():
		return nil // opening a pipe would wait for its reader
	}
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-*")
	if err != nil {
		return named(name, err)
	}
	return named(name, errors.Join(f.Close(), os.Remove(f.Name())))
}

func (a *app) printScan(w io.Writer, r *scan.Result) error {
	a.progress.clear()
	switch a.format {
	case formatJSON:
		return render.JSON(w, r)
	case formatCSV:
		return render.CSV(w, r)
	case formatMarkdown:
		return render.Markdown(w, r)
	case formatHTML:
		return page.HTML(w, r)
	}
	columns, isTerminal := terminal(w)
	o := a.textOptions(columns, isTerminal)
	return render.Text(w, r, render.TextOptions{Color: o.Color, ASCII: o.ASCII, Width: o.Width})
}

// ended tells on standard error, in a line each, what kept the result from
// being whole.
func (s *scanning) ended(ctx context.Context, r *scan.Result, source scanSource) error {
	for _, p := range s.spoken(r) {
		s.app.complain(p)
	}
	evidence := source.status()
	switch {
	case ctx.Err() != nil:
		s.app.complain("interrupted: the result holds what was found until then")
		return interrupted()
	case len(r.Problems) > 0:
		if evidence != nil {
			s.app.complain(evidence.Error())
		}
		return ended(statusBadInput)
	case r.Partial && evidence == nil:
		s.app.complain("the result is a part of what there is: see its notes")
		return ended(statusNoEvidence)
	}
	return evidence
}

// mostSpoken is how many problems are told on standard error.
const mostSpoken = 10

// spoken are the lines about problems. Where the result itself lists them on
// the same screen, the first is enough.
func (s *scanning) spoken(r *scan.Result) []string {
	all := len(r.Problems) + r.ProblemsLeft
	if all == 0 {
		return nil
	}
	var lines []string
	if s.app.format == formatText && s.output == stdinName {
		return nil // they are the end of what was printed
	}
	for _, p := range r.Problems[:min(len(r.Problems), mostSpoken)] {
		lines = append(lines, p.Text)
	}
	if more := all - len(lines); more > 0 {
		lines = append(lines, fmt.Sprintf("and %s", count(more, "more place that could not be read", "more places that could not be read")))
	}
	return lines
}
