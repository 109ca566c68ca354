package page

import (
	"slices"
	"strings"
	"time"

	"whydenied/pkg/report"
	"whydenied/pkg/scan"
)

// told is a group's report, and what the group has beside it.
type told struct {
	report.Told
	Summary string // where there is no cause
	Facts   []fact
	Tops    []tops
	Fixes   []fix
}

type fact struct{ Name, Value string }

// tops are the values that were met most often, with bars of a length in
// tenths.
type tops struct {
	Name   string
	Values []topValue
	More   string
}

type topValue struct {
	Value, Count string
	Class        string
}

// fix is a change, with the same in other languages below it.
type fix struct {
	report.Section
	Diff  []diffLine
	Forms []report.Section
}

type diffLine struct{ Class, Text string }

func tell(g *scan.Group) *told {
	s := report.Spelling{}
	t := &told{Told: report.Tell(&g.Report, mostValue), Facts: facts(g)}
	if len(t.Causes) == 0 {
		t.Summary = s.Prose(g.Report.Summary, mostSentence)
	}
	t.Fixes = fixes(t.Told.Fixes)
	for _, list := range []struct {
		name string
		top  scan.Top
	}{{"Subjects", g.Subjects}, {"From", g.Sources}, {"User agents", g.UserAgents}} {
		if len(list.top.Listed) > 0 {
			t.Tops = append(t.Tops, newTops(list.name, list.top))
		}
	}
	return t
}

func facts(g *scan.Group) []fact {
	s, list := report.Spelling{}, []fact(nil)
	add := func(name, value string) {
		if value != "" {
			list = append(list, fact{name, value})
		}
	}
	at := func(t *time.Time) string {
		if t == nil {
			return ""
		}
		return stamp(*t) + " UTC"
	}
	add("Role", s.Value(g.Role, mostValue))
	add("Provider", s.Value(g.Provider, mostValue))
	add("Account", s.Value(g.Account, mostValue))
	add("First denied", at(g.First))
	add("Last denied", at(g.Last))
	add("Last allowed", at(g.Succeeded))
	add("Region", s.Value(g.Report.Denial.Region, mostName))
	add("Explained by event", s.Value(g.Report.Denial.EventID, mostName))
	return list
}

func newTops(name string, top scan.Top) tops {
	t := tops{Name: name}
	most := 1
	for _, v := range top.Listed {
		most = max(most, v.Count)
	}
	for _, v := range top.Listed {
		shown := orNone(report.Spelling{}.Value(v.Value, mostName), "empty")
		t.Values = append(t.Values, topValue{shown, report.Thousands(v.Count), "w" + string(rune('0'+min(v.Count*9/most, 9)))})
	}
	if top.More > 0 {
		t.More = "and at least " + report.Thousands(top.More) + " more"
	}
	return t
}

// forms are the titles of a fix in another language.
var forms = []string{"Terraform", "Terraform, by jsonencode", "CloudFormation", "AWS CLI"}

// fixes puts each fix together with its other forms, which follow it.
func fixes(sections []report.Section) []fix {
	var list []fix
	for _, s := range sections {
		if n := len(list); n > 0 && slices.Contains(forms, s.Title) {
			list[n-1].Forms = append(list[n-1].Forms, s)
			continue
		}
		list = append(list, fix{Section: s, Diff: diff(s.Code)})
	}
	return list
}

// diff gives each line of a diff its class.
func diff(code string) []diffLine {
	var list []diffLine
	for _, line := range report.Hunks(code) {
		class := ""
		switch {
		case strings.HasPrefix(line, "@@"):
			class = "at"
		case strings.HasPrefix(line, "+"):
			class = "in"
		case strings.HasPrefix(line, "-"):
			class = "out"
		}
		list = append(list, diffLine{class, line})
	}
	return list
}
