package main

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestProgress(t *testing.T) {
	for _, tt := range []struct {
		label, reason string
		width         int
		do            func(p *progress)
		want          string
	}{
		{"pipe", "nothing is shown where there is no terminal", 0, func(p *progress) { p.show("reading"); p.clear() }, ""},
		{"replaced", "one line, which the next replaces", 80, func(p *progress) { p.show("page 1"); p.show("page 2") }, "\r\x1b[Kpage 1\r\x1b[Kpage 2"},
		{"taken back", "once, before anything else is written", 80, func(p *progress) { p.show("page 1"); p.clear(); p.clear() }, "\r\x1b[Kpage 1\r\x1b[K"},
		{"narrow", "a line that wraps cannot be taken back", 10, func(p *progress) { p.show("reading the roles") }, "\r\x1b[Kreading …"},
		{"found", "what was found stands beside it", 80, func(p *progress) {
			p.found = func() string { return "2 so far; " }
			p.show("page 1")
		}, "\r\x1b[K2 so far; page 1"},
		{"hostile", "names come from records", 80, func(p *progress) { p.show("role \x1b[2Jx\ny") }, "\r\x1b[Krole  [2Jx y"},
		{"log", "a line of the log takes it back, too", 80, func(p *progress) {
			p.show("page 1")
			_, _ = p.over(p.w).Write([]byte("log\n"))
		}, "\r\x1b[Kpage 1\r\x1b[Klog\n"},
	} {
		t.Run(tt.label, func(t *testing.T) {
			var got bytes.Buffer
			tt.do(&progress{w: &got, width: tt.width})
			if diff := cmp.Diff(tt.want, got.String()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}
