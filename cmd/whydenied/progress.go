package main

import (
	"fmt"
	"io"
	"sync"
	"unicode/utf8"
)

// progress is one line at the bottom of a terminal that says what is being
// done, for whoever waits. Where standard error is no terminal there is none.
type progress struct {
	w     io.Writer
	width int // columns; 0 shows nothing
	// found, if there is one, comes before what is being done.
	found func() string

	mu    sync.Mutex
	shown bool
}

// newProgress shows progress on a terminal that can take a line back.
func (a *app) newProgress() *progress {
	columns, isTerminal := terminal(a.stderr)
	switch {
	case !isTerminal || a.env("TERM") == "dumb":
		columns = 0
	case columns == 0:
		columns = width
	}
	return &progress{w: a.stderr, width: columns}
}

// back returns to the start of the line and clears it (ECMA-48, EL).
const back = "\r\x1b[K"

// show replaces the line.
func (p *progress) show(text string) {
	if p.width == 0 {
		return
	}
	if p.found != nil {
		text = p.found() + text
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.shown = true
	// A line that wraps could not be taken back.
	_, _ = fmt.Fprint(p.w, back+short(oneLineOf(text), p.width-1)) // it is only for show
}

// clear takes the line back before anything else is written.
func (p *progress) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown {
		p.shown = false
		_, _ = fmt.Fprint(p.w, back)
	}
}

// over is a writer that takes the line back before it writes.
func (p *progress) over(w io.Writer) io.Writer { return clearing{p, w} }

type clearing struct {
	progress *progress
	w        io.Writer
}

// Write writes after the line was taken back.
func (c clearing) Write(text []byte) (int, error) {
	c.progress.clear()
	return c.w.Write(text)
}

// short cuts a text to a number of characters.
func short(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}
