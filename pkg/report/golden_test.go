package report_test

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"whydenied/internal/golden"
	"whydenied/pkg/diagnosis"
	"whydenied/pkg/report"
)

func TestGolden(t *testing.T) {
	for _, f := range fixtures() {
		renderings := map[string]string{
			".txt":       rendered(t, &f.report, report.TextOptions{}),
			".ascii.txt": rendered(t, &f.report, report.TextOptions{ASCII: true}),
			".md":        markdown(t, &f.report),
			".json":      encoded(t, &f.report),
		}
		if f.name == "prefect" || f.name == "stranger" {
			renderings[".color.txt"] = rendered(t, &f.report, report.TextOptions{Color: true})
		}
		if f.report.Changed != nil {
			renderings[".brief.txt"] = brief(&f.report)
		}
		for suffix, got := range renderings {
			t.Run(f.name+suffix, func(t *testing.T) { golden.Compare(t, filepath.Join("testdata", f.name+suffix), got) })
		}
	}
}

func rendered(t testing.TB, r *report.Report, o report.TextOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.Text(&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func markdown(t testing.TB, r *report.Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.Markdown(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func encoded(t testing.TB, r *report.Report) string {
	t.Helper()
	b, err := report.JSON(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// columns is how wide a line is on a terminal. The scripts of the fixtures
// whose letters are wide are named here, apart from the renderer's table.
func columns(line string) int {
	n := 0
	for _, r := range line {
		n++
		if unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana) || r >= 0x1f300 && r <= 0x1faff {
			n++
		}
	}
	return n
}

func TestLinesFit(t *testing.T) {
	for _, f := range fixtures() {
		for _, width := range []int{50, 60, 80, 132} {
			for _, ascii := range []bool{false, true} {
				fits(t, rendered(t, &f.report, report.TextOptions{Width: width, ASCII: ascii}), width, ascii)
			}
		}
	}
}

func fits(t *testing.T, text string, width int, ascii bool) {
	t.Helper()
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if n := columns(line); n > width {
			t.Errorf("%d columns of %d: %q", n, width, line)
		}
		if hidden := strings.IndexFunc(line, unprintable); hidden >= 0 {
			t.Errorf("unprintable at %d: %q", hidden, line)
		}
		if i := strings.IndexFunc(line, func(r rune) bool { return r > unicode.MaxASCII }); ascii && i >= 0 {
			t.Errorf("beyond ASCII at %d: %q", i, line)
		}
	}
}

// unprintable covers what a terminal obeys, hides or reorders by.
func unprintable(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.M, unicode.Hebrew, unicode.Arabic)
}

// Color adds nothing but SGR sequences: without them the text is the same.
func TestColorIsOnlyColor(t *testing.T) {
	for _, f := range fixtures() {
		plain, colored := rendered(t, &f.report, report.TextOptions{}), rendered(t, &f.report, report.TextOptions{Color: true})
		for _, sgr := range []string{"0", "1", "2", "31", "32", "33"} {
			colored = strings.ReplaceAll(colored, "\x1b["+sgr+"m", "")
		}
		if diff := cmp.Diff(plain, colored); diff != "" {
			t.Errorf("%s (-plain +colored):\n%s", f.name, diff)
		}
	}
}

// Every code has a first line that says what is wrong, and advice.
func TestEveryCode(t *testing.T) {
	for _, code := range diagnosis.Codes() {
		r := refused(gitHub, "api-deploy", stsAud, onMain)
		r.Causes = []report.Cause{cause(code, "sub")}
		text := rendered(t, &r, report.TextOptions{})
		first, _, _ := strings.Cut(text, "\n")
		for _, empty := range []string{"Not authorized", "An unknown error occurred", string(code)} {
			if strings.Contains(first, empty) {
				t.Errorf("%s: the first line is %q, which says %q", code, first, empty)
			}
		}
		if !strings.Contains(text, "what to do") {
			t.Errorf("%s: no advice in\n%s", code, text)
		}
	}
}
