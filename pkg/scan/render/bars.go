package render

import (
	"fmt"
	"slices"
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

// buckets are denials in equal steps of time.
type buckets struct {
	counts []int
	start  time.Time
	step   time.Duration
}

// fit puts a timeline into at most so many buckets, the empty moments among
// them. Each bucket is a whole number of the timeline's steps.
func fit(moments []scan.Moment, step, most int) buckets {
	if len(moments) == 0 || step <= 0 || most <= 0 {
		return buckets{}
	}
	first := moments[0].Start.Unix()
	steps := (moments[len(moments)-1].Start.Unix()-first)/int64(step) + 1
	each := max((steps+int64(most)-1)/int64(most), 1) * int64(step)
	b := buckets{start: moments[0].Start, step: time.Duration(each) * time.Second}
	for _, m := range moments {
		at := (m.Start.Unix() - first) / each
		if at < 0 || at >= int64(most) {
			continue // a timeline is sorted; what is not does not grow the line
		}
		for int64(len(b.counts)) <= at {
			b.counts = append(b.counts, 0)
		}
		for _, n := range m.Causes {
			b.counts[at] += n
		}
	}
	return b
}

// sparkline draws the buckets. Where there is one denial there is a sign.
func (b buckets) sparkline(signs string) string {
	levels := []rune(signs)
	most := slices.Max(append(b.counts, 1))
	var s strings.Builder
	for _, n := range b.counts {
		s.WriteRune(levels[(n*(len(levels)-1)+most-1)/most])
	}
	return s.String()
}

// says is what the line alone does not show: how long a sign is, and the top.
func (b buckets) says() string {
	top := 0
	for i, n := range b.counts {
		if n > b.counts[top] {
			top = i
		}
	}
	at := b.start.Add(time.Duration(top) * b.step)
	return fmt.Sprintf("each sign is %s; at most %s, from %s UTC", span(b.step), report.Thousands(b.counts[top]), minute(at))
}

// span is a length of time in its largest whole unit.
func span(d time.Duration) string {
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
