package page_test

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// focused is the element that has the focus.
type focused struct {
	Name    string
	Outline bool
}

const readFocus = `(() => {
	const e = document.activeElement, s = getComputedStyle(e);
	return {Name: e.id || e.closest("li[id]")?.id && e.tagName + " " + e.closest("li[id]").id || e.className || e.tagName, Outline: s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2};
})()`

func (p *tab) focus(want string) {
	p.Helper()
	got := eval[focused](p, readFocus)
	if !strings.Contains(got.Name, want) {
		p.Errorf("want the focus on %q, got %q", want, got.Name)
	}
	if !got.Outline {
		p.Errorf("the focus on %q is not seen", got.Name)
	}
}

// All of it is done without a mouse, and the focus is seen on every stop.
func TestKeyboardAlone(t *testing.T) {
	p := open(t, month(t), look{width: 1280, height: 900})
	p.keys(kb.Tab)
	p.focus("skip")
	p.keys(kb.Enter, kb.Tab)
	p.focus("q") // the link went past all that stands before the groups
	p.keys(kb.Tab)
	p.focus("cause")

	p.do(chromedp.KeyEvent(kb.Tab, chromedp.KeyModifiers(kb.ModifierShift)))
	p.focus("q")
	p.keys(kb.Tab, "/", "infra-apply")
	p.focus("q")
	if got := p.shown(); len(got) != 1 {
		t.Errorf("want one group, got %v", got)
	}
	p.keys(kb.Escape)
	p.focus("q")
	if got := p.shown(); len(got) != 14 {
		t.Errorf("Esc took back not all: %v", got)
	}
	p.keys(kb.ArrowDown)
	p.focus("SUMMARY g1")
	p.keys(kb.ArrowDown, kb.ArrowDown)
	p.focus("SUMMARY g3")
	p.keys(kb.Enter)
	if !eval[bool](p, `document.querySelector("#g3 .report").checkVisibility()`) {
		t.Error("Enter unfolds nothing")
	}
	p.keys(kb.ArrowUp)
	p.focus("SUMMARY g2")
	p.keys(kb.End)
	p.focus("SUMMARY g14")
	p.keys(kb.Home)
	p.focus("SUMMARY g1")
	p.keys("/")
	p.focus("q")
	p.keys("loader")
	if eval[string](p, `document.getElementById("q").value`) != "loader" {
		t.Error("the slash was typed")
	}
}

// A tour by Tab alone reaches everything, in the order of the page, and comes
// out of it again.
func TestTabOrder(t *testing.T) {
	p := open(t, month(t), look{width: 1280, height: 900})
	var seen []string
	for range 120 {
		p.keys(kb.Tab)
		got := eval[focused](p, readFocus)
		if got.Name == "BODY" || len(seen) > 1 && got.Name == seen[0] {
			break
		}
		if !got.Outline {
			t.Errorf("the focus on %q is not seen", got.Name)
		}
		seen = append(seen, got.Name)
	}
	tour := strings.Join(seen, "\n")
	at := 0
	for _, stop := range []string{"skip", "theme", "SUMMARY", "wide", "q", "cause", "account", "state", "SUMMARY g1", "SUMMARY g2", "SUMMARY g14"} {
		i := strings.Index(tour[at:], stop)
		if i < 0 {
			t.Fatalf("%q is not reached, or not in its turn:\n%s", stop, tour)
		}
		at += i
	}
}

// Whoever hears the page hears a name for all that can be reached, and the
// chart in a sentence.
func TestEverythingHasAName(t *testing.T) {
	p := open(t, month(t), look{width: 1280, height: 900})
	eval[any](p, `(document.querySelectorAll("details").forEach((d) => { d.open = true; }), null)`)
	tree := call(p, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	images := 0
	for _, node := range tree.Nodes {
		role, name := text(node.Role), text(node.Name)
		switch role {
		case "image", "img":
			images++
			if !strings.Contains(name, "6,458 denials") {
				t.Errorf("the chart is called %q", name)
			}
		case "button", "link", "textbox", "searchbox", "combobox", "DisclosureTriangle", "region", "heading", "columnheader", "rowheader":
			if strings.TrimSpace(name) == "" {
				t.Errorf("a %s has no name", role)
			}
		}
	}
	if images != 1 {
		t.Errorf("want one chart, got %d", images)
	}
}

func text(v *accessibility.Value) string {
	if v == nil {
		return ""
	}
	return strings.Trim(string(v.Value), `"`)
}

func TestThemes(t *testing.T) {
	const surface = `getComputedStyle(document.querySelector("section")).backgroundColor`
	for _, dark := range []bool{false, true} {
		p := open(t, month(t), look{width: 1280, height: 900, dark: dark})
		seen := map[string]string{}
		for _, want := range []string{"Theme: as the system", "Theme: light", "Theme: dark", "Theme: as the system"} {
			if got := eval[string](p, `document.getElementById("theme").getAttribute("aria-label")`); got != want {
				t.Errorf("want %q, got %q", want, got)
			}
			seen[want] = eval[string](p, surface)
			if points := eval[chart](p, readChart).Points; points == 0 {
				t.Errorf("%s: no chart", want)
			}
			eval[any](p, `(document.getElementById("theme").click(), null)`)
		}
		system := map[bool]string{false: "Theme: light", true: "Theme: dark"}[dark]
		if seen["Theme: light"] == seen["Theme: dark"] || seen["Theme: as the system"] != seen[system] {
			t.Errorf("dark %t: %v", dark, seen)
		}
	}
}
