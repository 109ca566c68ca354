package scan_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/scan"
	"whydenied/pkg/trail"
)

// held is what is on the heap once garbage is gone, in bytes.
func held() int {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// A million denials of one job take no more memory than a thousand.
func TestMemoryOfIdentical(t *testing.T) {
	c := scan.NewCollector(company(t), scan.Options{})
	add(t, c, refused("repo:evil/x:pull_request", 0))
	took := 0
	for n := range 1_000_000 {
		if n == 1000 {
			took = held()
		}
		d := refused("repo:evil/x:pull_request", n)
		d.Time = moment.Add(time.Duration(n) * time.Minute / 100)
		c.Add(t.Context(), trail.Item{Kind: trail.KindDenied, Denial: d})
	}
	if more := held() - took; more > 1<<20 {
		t.Errorf("%d bytes more after a million than after a thousand", more)
	}
	// Asked for behind the measurement, this also keeps the collector until then.
	if r := c.Result(); r.Denials != 1_000_001 || len(r.Groups) != 1 || r.Groups[0].Count != 1_000_001 || r.Groups[0].Hours != 167 {
		t.Errorf("%d denials, %d groups, the first of %d in %d hours", r.Denials, len(r.Groups), r.Groups[0].Count, r.Groups[0].Hours)
	}
}

// A hundred thousand subjects, each a caller of its own that was also allowed,
// take no more than the bounds allow.
func TestMemoryOfDistinct(t *testing.T) {
	c := scan.NewCollector(fixed{ID: account}, scan.Options{})
	took := held()
	agent := strings.Repeat("agent", 20)
	for n := range 100_002 {
		d := refused(fmt.Sprintf("repo:octo-org/x%d:pull_request", n), n)
		d.RoleARN, d.UserAgent, d.SourceIP = trail.Known(otherARN), fmt.Sprint(agent, n), fmt.Sprintf("2001:db8::%x", n)
		c.Add(t.Context(), trail.Item{Kind: trail.KindDenied, Denial: d})
		c.Add(t.Context(), trail.Item{Kind: trail.KindSucceeded, Denial: d})
	}
	if more := held() - took; more > 40<<20 {
		t.Errorf("%d MB are held after 100,000 subjects, want at most 40", more>>20)
	}
	runtime.KeepAlive(c)
}

// Names that no role and no account has are not kept, however many there are.
func TestMemoryOfLongNames(t *testing.T) {
	c := scan.NewCollector(fixed{ID: account}, scan.Options{})
	long := strings.Repeat("r", 1<<20)
	add(t, c, refused(mainSub, 1))
	took := held()
	for n := range 200 {
		d := refused(mainSub, n)
		if n%2 == 0 {
			d.RoleARN = trail.Known(fmt.Sprint(otherARN, n, long))
		} else {
			d.Account = fmt.Sprint(n, long)
		}
		add(t, c, d)
	}
	if more := held() - took; more > 30<<20 {
		t.Errorf("%d MB are held after 200 MB of names, want at most 30", more>>20)
	}
	if r := c.Result(); r.Denials != 201 {
		t.Errorf("%d denials, want 201", r.Denials)
	}
}

// That a bound was met is told.
func TestBoundsTold(t *testing.T) {
	c := scan.NewCollector(company(t), scan.Options{})
	for n := range 400 * 64 {
		d := refused(strings.Repeat("s", 480), n)
		d.RoleARN = trail.Known(fmt.Sprintf("arn:aws:iam::111122223333:role/r%d", n%400))
		d.UserAgent, d.SourceIP = fmt.Sprint(n, strings.Repeat("a", 480)), fmt.Sprint(n, strings.Repeat("i", 480))
		add(t, c, d)
	}
	for n := range 100_001 {
		d := refused(fmt.Sprint(n), n)
		c.Add(t.Context(), trail.Item{Kind: trail.KindSucceeded, Denial: d})
	}
	r := c.Result()
	want := []string{
		"the records hold more different values than are kept: some values and hours were not counted",
		"more than 100000 callers were allowed: of some it is not known whether a denial of theirs was mended",
	}
	if diff := cmp.Diff(want, r.Notes); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
	if r.Calls != 400*64+100_001 || len(r.Groups) != 400 {
		t.Errorf("%d calls, %d groups", r.Calls, len(r.Groups))
	}
}

// What is not grouped is counted, and still in the timeline.
func TestGroupsBound(t *testing.T) {
	c := scan.NewCollector(company(t), scan.Options{Groups: 2})
	for n := range 5 {
		d := refused(mainSub, n)
		d.RoleARN = trail.Known(fmt.Sprintf("arn:aws:iam::111122223333:role/r%d", n))
		add(t, c, d, d)
	}
	r := c.Result()
	if len(r.Groups) != 2 || r.Ungrouped != 6 || r.Denials != 10 {
		t.Errorf("%d groups, %d of %d in none; want 2, 6 and 10", len(r.Groups), r.Ungrouped, r.Denials)
	}
	if want := (map[string]int{"role_not_found": 4, "": 6}); fmt.Sprint(r.Timeline[0].Causes) != fmt.Sprint(want) {
		t.Errorf("timeline %v, want %v: roles beyond the bound are not read", r.Timeline[0].Causes, want)
	}
	if len(r.Notes) != 1 || !strings.Contains(r.Notes[0], "6 denials belong to none of the 2") {
		t.Errorf("notes %q", r.Notes)
	}
}

// Of many values, those that are met most stay, with numbers that none is above.
func TestTop(t *testing.T) {
	c := scan.NewCollector(company(t), scan.Options{})
	met := make(map[string]int)
	for n := range 3000 {
		address := fmt.Sprintf("10.0.%d.%d", n/250, n%250)
		switch {
		case n%3 == 0:
			address = "203.0.113.1"
		case n%5 == 0:
			address = "203.0.113.2"
		}
		met[address]++
		d := refused(mainSub, n)
		d.SourceIP, d.Time = address, moment.Add(time.Hour)
		add(t, c, d)
	}
	top := c.Result().Groups[0].Sources
	if len(top.Listed) != 10 || top.Listed[0].Value != "203.0.113.1" || top.Listed[1].Value != "203.0.113.2" || top.Listed[0].Count != met["203.0.113.1"] {
		t.Errorf("got %+v; want the two frequent ones first", top)
	}
	for _, v := range top.Listed {
		if v.Count > met[v.Value] {
			t.Errorf("%s: %d, but it was met %d times", v.Value, v.Count, met[v.Value])
		}
	}
	if top.More < 1 || top.More > len(met) {
		t.Errorf("%d more, of %d", top.More, len(met))
	}
}

func TestTimeline(t *testing.T) {
	for _, tt := range []struct {
		label       string
		every, last time.Duration
		step, most  int
		reason      string
	}{
		{"hour", time.Minute, 3 * time.Hour, 3600, 4, "few hours"},
		{"edge", time.Hour, 119 * time.Hour, 3600, 120, "120 hours are 120 moments"},
		{"six hours", time.Hour, 121 * time.Hour, 6 * 3600, 21, "one more is too many"},
		{"days", 12 * time.Hour, 100 * 24 * time.Hour, 24 * 3600, 101, "three months"},
		{"weeks", 12 * time.Hour, 700 * 24 * time.Hour, 7 * 24 * 3600, 101, "two years"},
		{"many hours", time.Hour, 4000 * time.Hour, 7 * 24 * 3600, 25, "half a year, with more hours than are counted"},
		{"decades", 20 * 24 * time.Hour, 40 * 365 * 24 * time.Hour, 64 * 7 * 24 * 3600, 33, "one step for all"},
	} {
		c := scan.NewCollector(company(t), scan.Options{})
		want := 0
		for at := time.Duration(0); at <= tt.last; at += tt.every {
			d := refused(mainSub, 0)
			d.Time = time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC).Add(at)
			add(t, c, d)
			want++
		}
		r := c.Result()
		got := 0
		for i, m := range r.Timeline {
			for _, n := range m.Causes {
				got += n
			}
			if i > 0 && !m.Start.After(r.Timeline[i-1].Start) || m.Start.Location() != time.UTC || r.Step == 7*24*3600 && m.Start.Weekday() != time.Monday {
				t.Errorf("%s: moment %d starts %s", tt.label, i, m.Start)
			}
		}
		if r.Step != tt.step || len(r.Timeline) > tt.most || got != want {
			t.Errorf("%s: step %d, %d moments, %d denials; want %d, at most %d, %d: %s", tt.label, r.Step, len(r.Timeline), got, tt.step, tt.most, want, tt.reason)
		}
	}
}
