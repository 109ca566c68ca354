package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"

	"whydenied/pkg/scan"
)

// refresh is how often the line is drawn anew.
const refresh = 200 * time.Millisecond

// show draws how far the reading is, until stop is called.
func (s *scanning) show(m *scan.Meter) (stop func()) {
	if s.app.progress.width == 0 {
		return func() {}
	}
	bar := newBar()
	moments, end := s.app.every(refresh)
	done := make(chan struct{})
	go func() {
		for {
			select {
			case <-moments:
				s.app.progress.show(bar.line(m.Progress()))
			case <-done:
				return
			}
		}
	}()
	return func() {
		end()
		close(done)
		s.app.progress.clear()
	}
}

// bar is the line: how much of how much, how fast, and how long it will take.
type bar struct{ drawn *progressbar.ProgressBar }

func newBar() *bar {
	return &bar{progressbar.NewOptions64(-1,
		progressbar.OptionSetWriter(io.Discard), // it is taken as text
		progressbar.OptionShowBytes(true),
		progressbar.OptionSetWidth(12),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionSetTheme(progressbar.ThemeASCII),
	)}
}

// line draws the bar. Until all files are listed there is no total, and so no
// end to foresee.
func (b *bar) line(p scan.Progress) string {
	b.drawn.Describe(fmt.Sprintf("%s, %s", filesOf(p), count(p.Denials, "denial", "denials")))
	if p.Whole && p.Known > 0 && b.drawn.GetMax64() != p.Known {
		b.drawn.ChangeMax64(p.Known)
	}
	_ = b.drawn.Set64(min(p.Packed, b.most())) // it only fails beyond the end
	return strings.TrimSpace(b.drawn.String()) // without its carriage return
}

func (b *bar) most() int64 {
	if most := b.drawn.GetMax64(); most > 0 {
		return most
	}
	return 1 << 62
}

func filesOf(p scan.Progress) string {
	if p.Whole {
		return fmt.Sprintf("%d of %s", p.Done, count(p.Listed, "file", "files"))
	}
	return count(p.Done, "file", "files")
}
