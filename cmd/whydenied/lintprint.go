package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/lint"
	"whydenied/pkg/report"
)

// The formats that check has beside the others: for what reads the findings
// of linters.
const (
	formatSARIF  = "sarif"
	formatGitHub = "github"
)

// isForTools tells whether findings are printed and no reports.
func (a *app) isForTools() bool { return a.format == formatSARIF || a.format == formatGitHub }

// printFindings prints them in the format that is wanted, with a line that
// sums up where people read.
func (a *app) printFindings(findings []lint.Finding, sum string) error {
	a.progress.clear()
	switch a.format {
	case formatSARIF:
		return lint.SARIF(a.stdout, findings, versionOf())
	case formatGitHub:
		return lint.GitHub(a.stdout, findings)
	case formatJSON:
		return a.findingLines(findings)
	case formatMarkdown:
		return a.findingTable(findings, sum)
	}
	for i := range findings {
		if err := a.lines("%s", findingText(&findings[i])); err != nil {
			return err
		}
	}
	return a.lines("%s\n", sum)
}

func (a *app) findingLines(findings []lint.Finding) error {
	for i := range findings {
		line, err := json.Marshal(&findings[i])
		if err != nil {
			return err
		}
		if err := a.lines("%s\n", line); err != nil {
			return err
		}
	}
	return nil
}

// findingText is one for a terminal, as compilers say it.
func findingText(f *lint.Finding) string {
	return oneLineOf(fmt.Sprintf("%s: %s: %s [%s]", placeOf(f), f.Severity, f.Message, f.Rule)) + "\n    " + oneLineOf(f.Do) + "\n"
}

// placeOf is where a finding is; of a role's own document that is in no file,
// the role.
func placeOf(f *lint.Finding) string {
	if f.File == "" && f.Policy != "" {
		return f.Policy + ", " + place("", f.Line, f.Column)
	}
	return place(f.File, f.Line, f.Column)
}

func (a *app) findingTable(findings []lint.Finding, sum string) error {
	if len(findings) > 0 {
		if err := a.lines("| | where | what | what to do |\n|---|---|---|---|\n"); err != nil {
			return err
		}
	}
	for i := range findings {
		f := &findings[i]
		if err := a.lines("| %s %s | %s | %s | %s |\n", f.Severity, cell(f.Rule), cell(placeOf(f)), prose(f.Message), prose(f.Do)); err != nil {
			return err
		}
	}
	if len(findings) > 0 {
		sum = "\n" + sum
	}
	return a.lines("%s\n", sum)
}

// prose is a sentence within a table of Markdown. It repeats what others
// wrote, so that the whole of it is code.
func prose(text string) string { return cell(text) }

// reported are the findings that a report makes: its causes, or that nothing
// is certain.
func reported(r *report.Report, file string) []lint.Finding {
	if r.Verdict == string(diagnosis.VerdictAllowed) {
		return nil
	}
	severity := lint.Error
	if r.Verdict != string(diagnosis.VerdictExplained) {
		severity = lint.Warning
	}
	if len(r.Causes) == 0 {
		return []lint.Finding{{Rule: "undecided", Severity: severity, File: file, Message: r.Summary, Do: strings.Join(r.Notes, "; ")}}
	}
	var all []lint.Finding
	for i := range r.Causes {
		c := &r.Causes[i]
		f := lint.Finding{Rule: c.Code, Severity: severity, File: c.File, Line: c.Line, Column: c.Column, Path: c.Path, Message: oneLineOf(c.Message)}
		if f.File == "" {
			f.File, f.Line, f.Column = file, 0, 0
		}
		all = append(all, f)
	}
	return all
}
