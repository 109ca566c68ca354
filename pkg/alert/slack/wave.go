package slack

import (
	"slices"

	"whydenied/pkg/report"
)

// pages are the exact lines of a wave, some to a message of its thread. Lines
// are only ever added, so that a page which is full stays as it is.
func pages(w *report.Wave, at *place) []part {
	n := (len(w.Lines) + report.WavePage - 1) / report.WavePage
	if len(at.Pages) < n {
		at.Pages = append(slices.Clone(at.Pages), make([]post, n-len(at.Pages))...)
	}
	parts := make([]part, 0, n)
	for page := range n {
		lines := thread("Exact lines", func(most int) []report.Section { return report.WaveSections(w, page, most) })
		parts = append(parts, part{&at.Pages[page], lines, sum(lines.blocks)})
	}
	return parts
}
