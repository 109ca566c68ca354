package page_test

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
)

const mostPicture = 200 << 10 // bytes of a file in docs/scan

// The pictures of docs/scan.md are of this page, taken with -update. What a
// browser draws differs between its versions, so nothing is compared with them:
// they are there, as wide as they were taken, and small.
func TestPictures(t *testing.T) {
	desk := look{width: 1280, height: 900}
	dark, phone := desk, look{width: 390, height: 844, phone: true}
	dark.dark = true
	for _, tt := range []struct {
		name, reason string
		look         look
		prepare      string
		from, to     string // elements at the top and the bottom
	}{
		{"overview", "what is seen first", desk, "", "header.top", "section:nth-of-type(2)"},
		{"overview-dark", "the same in the dark", dark, "", "header.top", "section:nth-of-type(2)"},
		{"group", "a group with its report", desk, `document.querySelector("#g5 details").open = true`, "section:nth-of-type(3)", "#g6"},
		{"group-dark", "the same in the dark", dark, `document.querySelector("#g5 details").open = true`, "section:nth-of-type(3)", "#g6"},
		{"phone", "on a small screen", phone, "", "header.top", "section:nth-of-type(1)"},
		{"phone-group", "a report on a small screen", phone, `document.querySelector("#g3 details").open = true`, "section:nth-of-type(3)", "#g4"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join("..", "..", "docs", "scan", tt.name+".png")
			if *update {
				p := open(t, month(t), tt.look)
				if tt.prepare != "" {
					eval[any](p, "("+tt.prepare+", null)")
				}
				must(t, os.WriteFile(file, p.picture(tt.from, tt.to), 0o644))
			}
			kept, err := os.ReadFile(file)
			must(t, err)
			config, err := png.DecodeConfig(bytes.NewReader(kept))
			must(t, err)
			if want := int(tt.look.width); config.Width != want && config.Width != want*3/2 || len(kept) > mostPicture {
				t.Errorf("%s has %d columns and %d bytes", file, config.Width, len(kept))
			}
		})
	}
}

// picture is the page between the top of one element and the bottom of
// another.
func (p *tab) picture(from, to string) []byte {
	p.Helper()
	// A window that holds all of it: what is outside is not laid out.
	width := eval[int64](p, `innerWidth`)
	dense := eval[float64](p, `devicePixelRatio`)
	for range 2 { // what was not laid out had not its height
		height := eval[int64](p, `document.documentElement.scrollHeight`)
		p.do(chromedp.EmulateViewport(width, height, chromedp.EmulateScale(dense)))
		eval[any](p, `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(null))))`, chromedp.EvalAwaitPromise)
	}
	type span struct{ Top, Bottom float64 }
	s := eval[span](p, `({Top: document.querySelector("`+from+`").getBoundingClientRect().top + scrollY, Bottom: document.querySelector("`+to+`").getBoundingClientRect().bottom + scrollY})`)
	full, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	must(p, err)
	img, err := png.Decode(bytes.NewReader(full))
	must(p, err)
	area := image.Rect(0, int(s.Top*dense), img.Bounds().Dx(), min(int(s.Bottom*dense), img.Bounds().Dy()))
	var b bytes.Buffer
	must(p, (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, fewColors(img, area)))
	return b.Bytes()
}

// fewColors cuts out an area in the 256 colors that it has most of: the file
// is a third as large, and nobody sees it.
func fewColors(img image.Image, area image.Rectangle) image.Image {
	plain := image.NewRGBA(area)
	draw.Draw(plain, area, img, area.Min, draw.Src)
	counts := map[color.RGBA]int{}
	coarse := func(x, y int) color.RGBA {
		c := plain.RGBAAt(x, y)
		return color.RGBA{c.R | 3, c.G | 3, c.B | 3, 255} // white stays white
	}
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			counts[coarse(x, y)]++
		}
	}
	kept := slices.SortedFunc(maps.Keys(counts), func(a, b color.RGBA) int {
		return cmp.Or(counts[b]-counts[a], cmp.Compare(a.R, b.R), cmp.Compare(a.G, b.G), cmp.Compare(a.B, b.B))
	})
	few := make(color.Palette, 0, 256)
	for _, c := range kept[:min(len(kept), 256)] {
		few = append(few, c)
	}
	out := image.NewPaletted(image.Rect(0, 0, area.Dx(), area.Dy()), few)
	nearest := map[color.RGBA]uint8{}
	for y := range area.Dy() {
		for x := range area.Dx() {
			c := coarse(area.Min.X+x, area.Min.Y+y)
			at, ok := nearest[c]
			if !ok {
				at = uint8(few.Index(c))
				nearest[c] = at
			}
			out.SetColorIndex(x, y, at)
		}
	}
	return out
}
