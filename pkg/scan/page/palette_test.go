package page_test

import (
	"fmt"
	"math"
	"os"
	"regexp"
	"strings"
	"testing"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/scan"
)

// rgb is a color in linear light, from 0 to 1.
type rgb [3]float64

// themes reads the colors of both themes out of the style sheet.
func themes(t *testing.T) (names []string, palettes []map[string]rgb) {
	t.Helper()
	data, err := os.ReadFile("app.css")
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile(`(?s):root(?:\[data-theme="dark"\]|:not\(\[data-theme="light"\]\))? \{\s*(--.*?)\}`)
	variable := regexp.MustCompile(`--([a-z0-9-]+): #([0-9a-f]{6});`)
	for _, m := range block.FindAllStringSubmatch(string(data), -1) {
		colors := map[string]rgb{}
		for _, v := range variable.FindAllStringSubmatch(m[1], -1) {
			var r, g, b uint8
			if _, err := fmt.Sscanf(v[2], "%02x%02x%02x", &r, &g, &b); err != nil {
				t.Fatal(err)
			}
			colors[v[1]] = rgb{linear(r), linear(g), linear(b)}
		}
		palettes = append(palettes, colors)
	}
	if len(palettes) < 3 {
		t.Fatalf("%d themes", len(palettes))
	}
	return []string{"light", "dark, chosen", "dark, of the system"}, palettes[:3]
}

func linear(c uint8) float64 {
	v := float64(c) / 255
	if v <= 0.04045 {
		return v / 12.92
	}
	return math.Pow((v+0.055)/1.055, 2.4)
}

// contrast is that of WCAG 2.2.
func contrast(a, b rgb) float64 {
	l := func(c rgb) float64 { return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2] + 0.05 }
	return max(l(a), l(b)) / min(l(a), l(b))
}

var causeColors = []string{"subject", "audience", "provider", "condition", "role", "action", "deny", "token", "unknown"}

func TestContrast(t *testing.T) {
	names, palettes := themes(t)
	for i, colors := range palettes {
		for _, tt := range []struct {
			front, back string
			least       float64
		}{
			{"text", "bg", 7}, {"text", "surface", 7}, {"text", "sunk", 7}, {"dim", "bg", 4.5}, {"dim", "surface", 4.5}, {"dim", "sunk", 4.5}, {"link", "surface", 4.5},
			{"good", "good-bg", 4.5}, {"bad", "bad-bg", 4.5}, {"odd", "odd-bg", 4.5}, {"calm", "calm-bg", 4.5}, {"text", "odd-bg", 4.5}, {"good", "sunk", 4.5}, {"bad", "sunk", 4.5}, {"bad", "surface", 4.5},
			{"h-low", "h1", 4.5}, {"h-low", "h2", 4.5}, {"h-low", "h3", 4.5}, {"h-high", "h4", 4.5}, {"h-high", "h5", 4.5}, {"focus", "surface", 3}, {"focus", "bg", 3},
		} {
			if got := contrast(colors[tt.front], colors[tt.back]); got < tt.least {
				t.Errorf("%s: --%s on --%s: %.2f, want %.1f", names[i], tt.front, tt.back, got, tt.least)
			}
		}
		for _, name := range causeColors {
			if got := contrast(colors[name], colors["surface"]); got < 3 {
				t.Errorf("%s: --%s on the surface: %.2f, want 3", names[i], name, got)
			}
		}
	}
}

// visions are what is left of a color with full vision, protanopia and
// deuteranopia (Machado, Oliveira and Fernandes 2009, severity 1).
var visions = map[string][3]rgb{
	"full":   {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	"protan": {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
	"deutan": {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
}

// seen is a color in OKLab, in which distances are as people see them.
func seen(c rgb, vision [3]rgb) rgb {
	var v rgb
	for i, row := range vision {
		v[i] = min(max(row[0]*c[0]+row[1]*c[1]+row[2]*c[2], 0), 1)
	}
	l := math.Cbrt(0.4122214708*v[0] + 0.5363325363*v[1] + 0.0514459929*v[2])
	m := math.Cbrt(0.2119034982*v[0] + 0.6806995451*v[1] + 0.1073969566*v[2])
	s := math.Cbrt(0.0883024619*v[0] + 0.2817188376*v[1] + 0.6299787005*v[2])
	return rgb{0.2104542553*l + 0.7936177850*m - 0.0040720468*s, 1.9779984951*l - 2.4285922050*m + 0.4505937099*s, 0.0259040371*l + 0.7827717662*m - 0.8086757660*s}
}

func TestColorsOfCausesAreToldApart(t *testing.T) {
	const least = 0.075 // in OKLab; 0.02 is about what is just seen side by side
	names, palettes := themes(t)
	for i, colors := range palettes {
		for a, first := range causeColors {
			for _, second := range causeColors[a+1:] {
				for vision, matrix := range visions {
					p, q := seen(colors[first], matrix), seen(colors[second], matrix)
					if d := math.Hypot(math.Hypot(p[0]-q[0], p[1]-q[1]), p[2]-q[2]); d < least {
						t.Errorf("%s, %s: %s and %s are %.3f apart", names[i], vision, first, second, d)
					}
				}
			}
		}
	}
}

// Every cause looks like no other, and the style sheet knows how.
func TestEveryCauseHasALook(t *testing.T) {
	r := &scan.Result{Step: 60, Groups: []scan.Group{{}}}
	for _, code := range diagnosis.Codes() {
		r.Groups = append(r.Groups, scan.Group{Cause: string(code), Role: string(code), Count: 1})
	}
	markup := rendered(t, r)
	looks := map[string]bool{}
	for _, m := range regexp.MustCompile(`<th scope="col" class="n"><i class="sw ([a-z -]+)"></i>`).FindAllStringSubmatch(markup, -1) {
		if looks[m[1]] {
			t.Errorf("two causes look like %q", m[1])
		}
		looks[m[1]] = true
	}
	if want := len(diagnosis.Codes()) + 1; len(looks) != want {
		t.Errorf("want %d looks, got %d", want, len(looks))
	}
	style, err := os.ReadFile("app.css")
	if err != nil {
		t.Fatal(err)
	}
	for look := range looks {
		for class := range strings.FieldsSeq(look) {
			if class != "t-plain" && !strings.Contains(string(style), "."+class+" {") {
				t.Errorf("the style sheet has no .%s", class)
			}
		}
	}
}
