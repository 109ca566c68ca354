package render_test

import (
	"bytes"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"whydenied/internal/golden"
	"whydenied/pkg/scan"
	"whydenied/pkg/scan/page/sample"
	"whydenied/pkg/scan/render"
)

type fixture struct {
	name   string
	result *scan.Result
}

func fixtures(t testing.TB) []fixture {
	t.Helper()
	month, err := sample.Result()
	if err != nil {
		t.Fatal(err)
	}
	nothing := &scan.Result{Schema: scan.Schema, Groups: []scan.Group{}, Timeline: []scan.Moment{}, Problems: []scan.Problem{}, Notes: []string{}}
	return []fixture{{"month", month}, {"empty", sample.Empty()}, {"nothing", nothing}, {"hostile", sample.Hostile()}}
}

func TestGolden(t *testing.T) {
	for _, f := range fixtures(t) {
		renderings := map[string]string{
			".txt":       text(t, f.result, render.TextOptions{}),
			".60.txt":    text(t, f.result, render.TextOptions{Width: 60}),
			".132.txt":   text(t, f.result, render.TextOptions{Width: 132}),
			".ascii.txt": text(t, f.result, render.TextOptions{ASCII: true}),
			".md":        written(t, render.Markdown, f.result),
			".csv":       written(t, render.CSV, f.result),
		}
		switch f.name {
		case "month":
			renderings[".color.txt"] = text(t, f.result, render.TextOptions{Color: true, Most: 5})
		case "empty", "nothing":
			renderings[".json"] = written(t, render.JSON, f.result)
		}
		for suffix, got := range renderings {
			t.Run(f.name+suffix, func(t *testing.T) { golden.Compare(t, filepath.Join("testdata", f.name+suffix), got) })
		}
	}
}

func text(t testing.TB, r *scan.Result, o render.TextOptions) string {
	t.Helper()
	return written(t, func(w io.Writer, r *scan.Result) error { return render.Text(w, r, o) }, r)
}

func written(t testing.TB, write func(io.Writer, *scan.Result) error, r *scan.Result) string {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// columns is how wide a line is, apart from the renderer's own table.
func columns(line string) int {
	n := 0
	for _, r := range line {
		n++
		if unicode.In(r, unicode.Han) || r >= 0x1f300 && r <= 0x1faff {
			n++
		}
	}
	return n
}

func TestLinesFit(t *testing.T) {
	for _, f := range fixtures(t) {
		for _, width := range []int{50, 60, 71, 72, 80, 100, 119, 120, 132, 200} {
			for _, ascii := range []bool{false, true} {
				for line := range strings.Lines(text(t, f.result, render.TextOptions{Width: width, ASCII: ascii, Most: -1})) {
					line = strings.TrimSuffix(line, "\n")
					if n := columns(line); n > width {
						t.Errorf("%s, %d columns of %d: %q", f.name, n, width, line)
					}
					if i := strings.IndexFunc(line, func(r rune) bool { return ascii && r > unicode.MaxASCII }); i >= 0 {
						t.Errorf("%s, beyond ASCII at %d: %q", f.name, i, line)
					}
				}
			}
		}
	}
}

// Nothing that a terminal obeys, hides or reorders by gets out, in any form.
func TestNothingHiddenGetsOut(t *testing.T) {
	r := sample.Hostile()
	for name, got := range map[string]string{
		"text": text(t, r, render.TextOptions{}), "markdown": written(t, render.Markdown, r), "csv": written(t, render.CSV, r), "json": written(t, render.JSON, r),
	} {
		if i := strings.IndexFunc(got, hidden); i >= 0 {
			t.Errorf("%s: %q at byte %d", name, got[i:min(i+20, len(got))], i)
		}
	}
}

func hidden(r rune) bool {
	return r != '\n' && unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.M, unicode.Hebrew)
}

// Color adds nothing but SGR sequences: without them the text is the same.
func TestColorIsOnlyColor(t *testing.T) {
	for _, f := range fixtures(t) {
		for _, width := range []int{60, 80, 132} {
			plain, colored := text(t, f.result, render.TextOptions{Width: width}), text(t, f.result, render.TextOptions{Width: width, Color: true})
			for _, sgr := range []string{"0", "1", "2", "31", "32", "33"} {
				colored = strings.ReplaceAll(colored, "\x1b["+sgr+"m", "")
			}
			for i, line := range strings.Split(colored, "\n") {
				if want := strings.Split(plain, "\n")[i]; strings.TrimRight(line, " ") != want {
					t.Errorf("%s: want %q, got %q", f.name, want, line)
				}
			}
		}
	}
}
