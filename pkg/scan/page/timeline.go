package page

import (
	"time"

	"whydenied/pkg/report"
	"whydenied/pkg/scan"
	"whydenied/pkg/scan/render"
)

// mostBars are as many as can be told apart on a wide screen: a bar for each
// day of the three months that CloudTrail's own history has.
const mostBars = 92

// timeline is the chart, as data for the script and as a table for everybody.
type timeline struct {
	Step  string
	Label string // the chart in a sentence, for who does not see it
	Bars  []bar
	Data  chart
}

type bar struct {
	Start string
	Total string
	Cells []string // one for each cause
}

// chart is what the script draws.
type chart struct {
	Labels []string `json:"labels"` // on the axis
	Spans  []string `json:"spans"`  // of each bar, whole
	Causes []series `json:"causes"`
}

type series struct {
	Name   string `json:"name"`
	Class  string `json:"class"`
	Counts []int  `json:"counts"`
}

func newTimeline(r *scan.Result, x *index) *timeline {
	list, step := render.Spread(r.Timeline, r.Step, mostBars)
	if len(list) == 0 {
		return nil
	}
	t := &timeline{Step: render.Span(step), Data: chart{Labels: []string{}, Spans: []string{}, Causes: []series{}}}
	for _, c := range x.causes {
		t.Data.Causes = append(t.Data.Causes, series{c.Name, c.Class, make([]int, len(list))})
	}
	top, sum := 0, 0
	for i, m := range list {
		b := bar{Start: stamp(m.Start), Total: report.Thousands(render.Total(m)), Cells: make([]string, len(x.causes))}
		for code, n := range m.Causes {
			at := x.causeAt[code]
			t.Data.Causes[at].Counts[i] = n
			b.Cells[at] = report.Thousands(n)
		}
		t.Bars = append(t.Bars, b)
		t.Data.Labels = append(t.Data.Labels, label(m.Start, step))
		t.Data.Spans = append(t.Data.Spans, stamp(m.Start)+" to "+stamp(m.Start.Add(step))+" UTC")
		sum += render.Total(m)
		if render.Total(m) > render.Total(list[top]) {
			top = i
		}
	}
	t.Label = counted(sum, "denial", "denials") + " from " + stamp(list[0].Start) + " to " + stamp(list[len(list)-1].Start.Add(step)) +
		" UTC; at most " + report.Thousands(render.Total(list[top])) + " in " + t.Step + ", from " + stamp(list[top].Start) + ". The table below has the numbers."
	return t
}

// stamp is a time as people compare it, in UTC.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04") }

// label is short: the axis has room for few.
func label(t time.Time, step time.Duration) string {
	if step < 6*time.Hour {
		return t.UTC().Format("2 Jan 15:04")
	}
	return t.UTC().Format("2 Jan")
}
