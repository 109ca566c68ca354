package report_test

import (
	"testing"

	"whydenied/pkg/report"
)

func TestCauseURL(t *testing.T) {
	for _, tt := range []struct{ label, reason, base, code, want string }{
		{"base", "the page stands under it", "https://docs.example.com/causes", "sub_mismatch", "https://docs.example.com/causes/sub_mismatch.md"},
		{"slash", "one is enough", "https://docs.example.com/causes/", "sub_mismatch", "https://docs.example.com/causes/sub_mismatch.md"},
		{"none", "nothing is configured", "", "sub_mismatch", ""},
		{"no code", "a link is made of what is known only", "https://docs.example.com", "../x", ""},
		{"scheme", "a link must not run anything", "javascript:alert(1)", "sub_mismatch", ""},
		{"plain HTTP", "somebody between could say what to change", "http://docs.example.com", "sub_mismatch", ""},
		{"query", "the page would become a part of it", "https://docs.example.com/?p=", "sub_mismatch", ""},
	} {
		t.Run(tt.label, func(t *testing.T) {
			if got := report.CauseURL(tt.base, tt.code); got != tt.want {
				t.Errorf("%s: got %q, want %q", tt.reason, got, tt.want)
			}
		})
	}
}

func TestBriefLinksPage(t *testing.T) {
	r := caseDiffers()
	tally := often()
	tally.Docs = "https://docs.example.com/causes"
	b := report.NewBrief(&r, tally, report.DefaultMost)
	last := b.Lines[len(b.Lines)-1].Pieces
	want := report.Piece{Text: "what this means", Style: report.StyleLink, URL: "https://docs.example.com/causes/sub_mismatch.md"}
	if got := last[len(last)-1]; got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
