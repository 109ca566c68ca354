package report_test

import (
	"regexp"
	"strings"
	"testing"

	"whydenied/pkg/report"
)

// A command that is copied from a terminal over several lines is the same to
// a shell as the one that is to be copied whole.
func TestLookWraps(t *testing.T) {
	command := regexp.MustCompile(`(?ms)^ +\$ (.*?)\n(?:\n|\z)`)
	for _, f := range fixtures() {
		var whole []string
		for _, s := range report.Details(&f.report, report.DefaultMost) {
			if strings.HasPrefix(s.Title, "See it yourself") {
				whole = append(whole, s.Code)
			}
		}
		for _, width := range []int{80, 100, 132, 1 << 20} {
			m := command.FindStringSubmatch(rendered(t, &f.report, report.TextOptions{Width: width}))
			if (m == nil) != (len(whole) == 0) {
				t.Fatalf("%s: a command in one place and not in the other", f.name)
			}
			if m == nil {
				continue
			}
			got := regexp.MustCompile(`( \\)?\n +`).ReplaceAllString(m[1], " ")
			if got != whole[0] {
				t.Errorf("%s, %d columns: got\n%s\nwant\n%s", f.name, width, got, whole[0])
			}
			for line := range strings.Lines(m[1]) {
				quoted := strings.Count(m[1][:strings.Index(m[1], line)+len(line)], "'")%2 == 1
				if ended := strings.HasSuffix(line, "\\\n"); strings.HasSuffix(line, "\n") && ended == quoted {
					t.Errorf("%s, %d columns: a shell would not go on as meant after %q", f.name, width, line)
				}
			}
		}
	}
}

// A stranger is shown no command, and neither is who was let in.
func TestLookIsNotForAll(t *testing.T) {
	stranger, allowed := strangerCase(), allowedCase()
	for _, r := range []*report.Report{&stranger, &allowed} {
		if text := rendered(t, r, report.TextOptions{}); strings.Contains(text, "see yourself") {
			t.Errorf("a command in\n%s", text)
		}
	}
}
