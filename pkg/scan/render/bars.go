package render

import (
	"fmt"
	"strings"
	"time"

	"whydenied/pkg/report"
	"whydenied/pkg/scan"
)

// Signs of a sparkline, from none to most.
const (
	blocks = " ▁▂▃▄▅▆▇█"
	ascii  = " .:-=+*#@"
)

// Spread puts a timeline into at most so many equal steps, those without a
// denial among them, and says how long each is: a whole number of the
// timeline's own. A timeline that says nothing of its steps has none.
func Spread(moments []scan.Moment, step, most int) ([]scan.Moment, time.Duration) {
	if len(moments) == 0 || step <= 0 || most <= 0 {
		return nil, 0
	}
	first := moments[0].Start.Unix()
	steps := (moments[len(moments)-1].Start.Unix()-first)/int64(step) + 1
	each := max((steps+int64(most)-1)/int64(most), 1) * int64(step)
	var list []scan.Moment
	for _, m := range moments {
		at := (m.Start.Unix() - first) / each
		if m.Start.Unix() < first || at >= int64(most) {
			continue // a timeline is sorted; what is not does not grow the line
		}
		for int64(len(list)) <= at {
			start := moments[0].Start.Add(time.Duration(int64(len(list))*each) * time.Second)
			list = append(list, scan.Moment{Start: start, Causes: map[string]int{}})
		}
		for code, n := range m.Causes {
			list[at].Causes[code] += n
		}
	}
	return list, time.Duration(each) * time.Second
}

// Total are a moment's denials, whatever their cause.
func Total(m scan.Moment) int {
	sum := 0
	for _, n := range m.Causes {
		sum += n
	}
	return sum
}

// sparkline draws the moments. Where there is one denial there is a sign.
func sparkline(list []scan.Moment, signs string) string {
	levels, most := []rune(signs), 1
	for _, m := range list {
		most = max(most, Total(m))
	}
	var s strings.Builder
	for _, m := range list {
		s.WriteRune(levels[(Total(m)*(len(levels)-1)+most-1)/most])
	}
	return s.String()
}

// peak says what the line alone does not show: how long a sign is, and the top.
func peak(list []scan.Moment, step time.Duration) string {
	top := list[0]
	for _, m := range list {
		if Total(m) > Total(top) {
			top = m
		}
	}
	return fmt.Sprintf("each sign is %s; at most %s, from %s UTC", Span(step), report.Thousands(Total(top)), minute(top.Start))
}

// Span is a length of time in its largest whole unit.
func Span(d time.Duration) string {
	for _, unit := range []struct {
		name string
		long time.Duration
	}{{"day", 24 * time.Hour}, {"hour", time.Hour}, {"minute", time.Minute}} {
		if d >= unit.long && d%unit.long == 0 {
			return counted(int(d/unit.long), unit.name)
		}
	}
	return counted(int(d/time.Second), "second")
}
