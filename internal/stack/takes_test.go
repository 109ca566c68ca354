package stack_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"whydenied/pkg/alert"
	"whydenied/pkg/alert/github"
)

// What a template takes for a parameter that the function parses is what the
// function takes: it would do without it else, or not start.
func TestFunctionTakesWhatTheTemplateTakes(t *testing.T) {
	parameters := parse(t, "template.yaml").Parameters
	hundred := strings.Repeat("n", 100)
	for _, tt := range []struct {
		parameter string
		parse     func(string) error
		good, bad []string
		// stricter is taken by the function alone, unseen by the template alone.
		stricter, unseen []string
	}{
		{"GitHubRepositories", func(text string) error { _, err := github.ParseRepositories(text); return err },
			[]string{"octo-org/api", "octo-org/*", "octo-org/.github", "octo-org/..a,octo_emu/a.b", "a/" + hundred[:98]},
			[]string{"octo-org/..", "octo-org/.", "octo-org/api,octo-org/..", "octo-org/", "octo-org", "/api", "octo-org/a*", "octo-org/*/a", "a/b,", "a/b,,c/d", "-a/b", "a/" + hundred + "n", "a/.." + hundred},
			[]string{"octo-org/...", "a/" + hundred, "a/b, c/d"}, nil},
		{"AccountNames", func(text string) error { _, err := alert.ParseAccounts(text); return err },
			[]string{"111122223333=prod", " 111122223333=data prod,\n222233334444=größe", "{}", ` { "111122223333" : "a", "222233334444":"b, c" }`, "111122223333=" + hundred},
			[]string{"111122223333=", "111122223333= ", "prod", "111122223333=a,", "{", `{"111122223333"}`, `{"111122223333": ""}`, `{"111122223333": " "}`, `{"111122223333": 7}`, `{"111122223333": "a",}`, `{"111122223333": "a" "222233334444": "b"}`,
				`{"prod": "a"}`, "{\"111122223333\": \"a\nb\"}", `[]`, "111122223333=" + hundred + "n"},
			[]string{"111122223333= prod", `{"111122223333": "gr\u00f6\u00dfe"}`}, []string{"111122223333=a,111122223333=b", "111122223333=\u00a0"}},
		{"IncidentCap", func(text string) error { _, err := strconv.Atoi(text); return err },
			[]string{"1", "50", "10000"}, []string{"5.5", "1e2", ""}, []string{"0", "-1", "10001"}, nil},
	} {
		pattern := regexp.MustCompile(parameters[tt.parameter].Pattern)
		for _, list := range []struct {
			texts              []string
			template, function bool
		}{{tt.good, true, true}, {tt.bad, false, false}, {tt.stricter, false, true}, {tt.unseen, true, false}} {
			for _, text := range list.texts {
				err := tt.parse(text)
				if got := pattern.MatchString(text); got != list.template || (err == nil) != list.function {
					t.Errorf("%s takes %q: %v, the function: %v; want %v and %v", tt.parameter, text, got, err, list.template, list.function)
				}
			}
		}
	}
}
