package main

import (
	"fmt"
	"strings"
	"time"

	"whydenied/pkg/scan"
	"whydenied/pkg/scan/render"
)

// refresh is how often the line is drawn anew.
const refresh = 200 * time.Millisecond

// show draws how far the reading is, until stop is called.
func (s *scanning) show(m *scan.Meter) (stop func()) {
	if s.app.progress.width == 0 {
		return func() {}
	}
	p := pace{now: s.app.now}
	moments, end := s.app.every(refresh)
	done, drawn := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(drawn)
		for {
			select {
			case <-moments:
				s.app.progress.show(p.line(m.Progress()))
			case <-done:
				return
			}
		}
	}()
	return func() {
		end()
		close(done)
		<-drawn // what is drawn later would stay
		s.app.progress.clear()
	}
}

const (
	// lately is what the speed is taken over: long enough that one large file
	// does not make it jump.
	lately = 10 * time.Second
	// soon is how long it takes until there is a speed to speak of.
	soon = time.Second
)

// pace remembers how far the reading was, for its speed.
type pace struct {
	now   func() time.Time
	marks []mark // oldest first
}

type mark struct {
	at time.Time
	p  scan.Progress
}

// line says how much of how much was read, how fast, and how long it will take.
// What matters most comes first: a narrow terminal shows no more. Until all
// files are listed there is no total, and so no end to foresee.
func (p *pace) line(now scan.Progress) string {
	latest := mark{p.now(), now}
	p.marks = append(p.marks, latest)
	for len(p.marks) > 2 && latest.at.Sub(p.marks[1].at) >= lately {
		p.marks = p.marks[1:]
	}
	parts := []string{filesOf(now), count(now.Denials, "denial", "denials")}
	foreseen := now.Whole && now.Packed < now.Known // a file may grow
	if foreseen {
		parts = append([]string{fmt.Sprintf("%d%%", 100*now.Packed/now.Known)}, parts...)
	}
	parts = append(parts, render.Size(now.Unpacked))
	if since := latest.at.Sub(p.marks[0].at); since >= soon {
		before := p.marks[0].p
		parts = append(parts, render.Size(perSecond(now.Unpacked-before.Unpacked, since))+"/s")
		if speed := perSecond(now.Packed-before.Packed, since); foreseen && speed > 0 {
			parts = append(parts, left((now.Known-now.Packed)/speed)+" left")
		}
	}
	return strings.Join(parts, ", ")
}

func perSecond(n int64, d time.Duration) int64 { return int64(float64(n) / d.Seconds()) }

// left is a number of seconds, in two units at most.
func left(seconds int64) string {
	switch {
	case seconds < 60:
		return fmt.Sprintf("%ds", seconds)
	case seconds < 3600:
		return fmt.Sprintf("%dm %ds", seconds/60, seconds%60)
	}
	return fmt.Sprintf("%dh %dm", seconds/3600, seconds/60%60)
}

func filesOf(p scan.Progress) string {
	if p.Whole {
		return fmt.Sprintf("%d of %s", p.Done, count(p.Listed, "file", "files"))
	}
	return count(p.Done, "file", "files")
}
