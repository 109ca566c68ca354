package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/report"
)

func TestTextOptions(t *testing.T) {
	utf8 := map[string]string{"LANG": "en_US.UTF-8"}
	with := func(more ...string) map[string]string {
		env := map[string]string{"LANG": "en_US.UTF-8"}
		for i := 0; i < len(more); i += 2 {
			env[more[i]] = more[i+1]
		}
		return env
	}
	for _, tt := range []struct {
		label, reason string
		app           app
		env           map[string]string
		columns       int
		terminal      bool
		want          report.TextOptions
	}{
		{"pipe", "color is for terminals", app{}, utf8, 0, false, report.TextOptions{Width: 80}},
		{"terminal", "a terminal's own width", app{}, utf8, 100, true, report.TextOptions{Color: true, Width: 100}},
		{"wide terminal", "longer lines are hard to read", app{}, utf8, 300, true, report.TextOptions{Color: true, Width: 120}},
		{"terminal without a size", "some do not say", app{}, utf8, 0, true, report.TextOptions{Color: true, Width: 80}},
		{"NO_COLOR", "no-color.org: any value that is not empty", app{}, with("NO_COLOR", "1"), 80, true, report.TextOptions{Width: 80}},
		{"empty NO_COLOR", "no-color.org: an empty value is none", app{}, with("NO_COLOR", ""), 80, true, report.TextOptions{Color: true, Width: 80}},
		{"--no-color", "asked for", app{noColor: true}, utf8, 80, true, report.TextOptions{Width: 80}},
		{"dumb terminal", "it knows neither color nor much else", app{}, with("TERM", "dumb"), 80, true, report.TextOptions{ASCII: true, Width: 80}},
		{"--ascii", "asked for; color is another matter", app{ascii: true}, utf8, 80, true, report.TextOptions{Color: true, ASCII: true, Width: 80}},
		{"no locale", "containers set none", app{}, nil, 0, false, report.TextOptions{Width: 80}},
		{"LC_ALL before LANG", "POSIX: LC_ALL decides", app{}, with("LC_ALL", "POSIX"), 0, false, report.TextOptions{ASCII: true, Width: 80}},
		{"LC_CTYPE before LANG", "POSIX: then LC_CTYPE", app{}, map[string]string{"LC_CTYPE": "C.utf8", "LANG": "C"}, 0, false, report.TextOptions{Width: 80}},
	} {
		t.Run(tt.label, func(t *testing.T) {
			tt.app.env = func(name string) string { return tt.env[name] }
			got := tt.app.textOptions(tt.columns, tt.terminal)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

func TestWithoutTokens(t *testing.T) {
	const token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzIn0.c2lnbmF0dXJl"
	for _, tt := range []struct{ label, reason, line, want string }{
		{"none", "nothing to leave out", "no such file: role.json", "no such file: role.json"},
		{"as a file", "a token was given where a name belongs", token + ": no such file", "(a token, left out): no such file"},
		{"in a path", "the shell may have put a folder before it", "./" + token + `": twice "` + token + `"`, `./(a token, left out)": twice "(a token, left out)"`},
		{"short word", "too short for a token", "eyJ.json and heyJude", "eyJ.json and heyJude"},
	} {
		t.Run(tt.label, func(t *testing.T) {
			if got := withoutTokens(tt.line); got != tt.want {
				t.Errorf("%s: got %q, want %q", tt.reason, got, tt.want)
			}
		})
	}
}
