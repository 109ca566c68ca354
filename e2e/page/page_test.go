package page_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"whydenied/pkg/scan"
	"whydenied/pkg/scan/page/sample"
)

func month(t testing.TB) *scan.Result {
	t.Helper()
	r, err := sample.Result()
	must(t, err)
	return r
}

// chart is what the canvas shows: how many of its points are drawn, and in how
// many colors.
type chart struct{ Points, Colors int }

// A copy is read, since a browser says on the console that reading slows down
// the canvas itself.
const readChart = `(() => {
	const shown = document.getElementById("chart"), canvas = document.createElement("canvas");
	canvas.width = shown.width, canvas.height = shown.height;
	const c = canvas.getContext("2d", {willReadFrequently: true});
	c.drawImage(shown, 0, 0);
	const d = c.getImageData(0, 0, canvas.width, canvas.height).data, colors = new Map();
	let points = 0;
	for (let i = 0; i < d.length; i += 4) {
		if (d[i + 3] < 255) { continue; }
		points++;
		const at = d[i] << 16 | d[i + 1] << 8 | d[i + 2];
		colors.set(at, (colors.get(at) || 0) + 1);
	}
	return {Points: points, Colors: Array.from(colors.values()).filter((n) => n > 60).length};
})()`

func TestChartIsDrawn(t *testing.T) {
	for _, dark := range []bool{false, true} {
		p := open(t, month(t), look{width: 1280, height: 900, dark: dark})
		all := eval[chart](p, readChart)
		if all.Points < 10_000 || all.Colors < 5 {
			t.Errorf("dark %t: the chart has %d points in %d colors", dark, all.Points, all.Colors)
		}
		p.choose("cause", "Deny statement")
		if one := eval[chart](p, readChart); one.Points == 0 || one.Points >= all.Points {
			t.Errorf("dark %t: with one cause the chart has %d points, with all %d", dark, one.Points, all.Points)
		}
	}
}

// choose picks what a select calls so.
func (p *tab) choose(id, words string) {
	p.Helper()
	if !eval[bool](p, fmt.Sprintf(`(() => {
		const f = document.getElementById(%q), o = Array.from(f.options).find((o) => o.text === %q);
		if (!o) { return false; }
		f.value = o.value;
		f.dispatchEvent(new Event("change"));
		return true;
	})()`, id, words)) {
		p.Fatalf("%s has no %q", id, words)
	}
}

// A scan that found nothing, one that was cut, and one of ten thousand groups
// open as well; each is watched as all pages are.
func TestOpens(t *testing.T) {
	many, err := sample.Many(10_000)
	must(t, err)
	for _, tt := range []struct {
		name    string
		result  *scan.Result
		rows    int
		reports int
		says    string
	}{
		{"month", month(t), 14, 14, "6,458 of 218,406 calls refused"},
		{"empty", sample.Empty(), 0, 0, "Nothing was refused"},
		{"hostile", sample.Hostile(), 2, 2, "Not everything was read to its end"},
		{"many", many, 10_000, 200, "The other 9800 are listed without"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := open(t, tt.result, look{width: 1280, height: 900})
			if got := eval[int](p, `document.querySelectorAll("#list > li").length`); got != tt.rows {
				t.Errorf("want %d rows, got %d", tt.rows, got)
			}
			if got := eval[int](p, `document.querySelectorAll("#list > li > details").length`); got != tt.reports {
				t.Errorf("want %d reports, got %d", tt.reports, got)
			}
			if text := eval[string](p, `document.body.innerText`); !strings.Contains(text, tt.says) {
				t.Errorf("it does not say %q", tt.says)
			}
		})
	}
}

// What a caller chose is text, in every place; nothing of it ran.
func TestHostileTextIsText(t *testing.T) {
	r := sample.Hostile()
	p := open(t, r, look{width: 1280, height: 900})
	eval[any](p, `(document.querySelectorAll("details").forEach((d) => { d.open = true; }), null)`)
	if eval[bool](p, `"ran" in window`) {
		t.Error("a script of the caller's ran")
	}
	if got := eval[int](p, `document.scripts.length`); got != 3 { // the data, the library, the page's own
		t.Errorf("want 3 scripts, got %d", got)
	}
	if got := eval[int](p, `document.querySelectorAll("img, iframe, object, embed, base, link, form, svg").length`); got != 0 {
		t.Errorf("%d elements came out of a value", got)
	}
	shown := eval[string](p, `document.getElementById("list").innerText`)
	for _, want := range []string{`<img src=x onerror="window.ran=1">`, `</details></script><script>window.ran=1</script>`, `\u001b[2J`, `\u202e\u2066`, `\u05d0`, "{{.}} ${1}"} {
		if !strings.Contains(shown, want) {
			t.Errorf("no %q is shown", want)
		}
	}
	if i := strings.IndexFunc(shown, func(c rune) bool { return c == '\x1b' || c == '\u202e' || c == '\u2066' || c == '\u05d0' }); i >= 0 {
		t.Errorf("%q is shown as it is", shown[i:i+4])
	}
	// Nor does the search take it for anything.
	p.search(sample.Bad()[:200])
	p.search(`<img src=x onerror="window.ran=1">`)
	if eval[bool](p, `"ran" in window`) {
		t.Error("a script ran in the search")
	}
}

// Nothing stands beyond the edge of a phone, whatever the values are; what is
// wider scrolls by itself.
func TestFitsAPhone(t *testing.T) {
	for name, r := range map[string]*scan.Result{"month": month(t), "hostile": sample.Hostile()} {
		p := open(t, r, look{width: 360, height: 740, phone: true})
		eval[any](p, `(document.querySelectorAll("details").forEach((d) => { d.open = true; }), null)`)
		if got := eval[int](p, `document.documentElement.scrollWidth`); got > 360 {
			t.Errorf("%s: %d columns of 360", name, got)
		}
		if small := eval[[]string](p, `Array.from(document.querySelectorAll("button, select, input, #list summary.row")).filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 24).map((e) => e.id || e.textContent)`); len(small) > 0 {
			t.Errorf("%s: too small to touch: %q", name, small)
		}
	}
}

// Without scripts the page says so, and has all that it has with them but the
// chart, whose numbers are in the table.
func TestWithoutScripts(t *testing.T) {
	p := open(t, month(t), look{width: 1280, height: 900, withoutScript: true})
	text := eval[string](p, `document.body.innerText`)
	for _, want := range []string{"Scripts are off", "prefect-flows", "14 of 14 groups"} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not show %q", want)
		}
	}
	for _, id := range []string{"q", "chart", "theme", "clear"} {
		if eval[bool](p, `document.getElementById("`+id+`").checkVisibility()`) {
			t.Errorf("#%s is shown, and can do nothing", id)
		}
	}
	p.do(chromedp.Click("#g1 summary"), chromedp.Click(".data summary"))
	for _, part := range []string{"#g1 .report .sides mark", "#g1 .diff .in", ".data table td"} {
		if !eval[bool](p, `document.querySelector("`+part+`").checkVisibility()`) {
			t.Errorf("%s does not unfold", part)
		}
	}
}

func TestPrints(t *testing.T) {
	p := open(t, month(t), look{width: 1280, height: 900})
	pdf, err := chromedp.Run(p.ctx, chromedp.PrintToPDF())
	must(t, err)
	if !bytes.HasPrefix(pdf, []byte("%PDF-")) || len(pdf) < 20_000 {
		t.Errorf("%d bytes of PDF", len(pdf))
	}
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	for id, want := range map[string]bool{"filters": false, "theme": false, "list": true} {
		if got := eval[bool](p, `document.getElementById("`+id+`").checkVisibility()`); got != want {
			t.Errorf("#%s on paper: want %t, got %t", id, want, got)
		}
	}
}
