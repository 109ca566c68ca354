// Package page_test opens the page of a scan in a real browser, from disk: what
// it draws, what it lets run and load, and that it works by the keyboard alone.
package page_test

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	browserpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"whydenied/pkg/scan"
	"whydenied/pkg/scan/page"
)

var update = flag.Bool("update", false, "write the pictures in docs/scan")

// tab is a page in a browser of its own.
type tab struct {
	testing.TB
	ctx     context.Context
	address string

	mu       sync.Mutex
	said     []string // on the console, by the page or about it
	requests []string
}

// look is how a page is opened.
type look struct {
	width, height int64
	phone         bool
	dark          bool
	withoutScript bool
	hash          string
}

// open writes the result's page to disk and opens it. When the test ends, the
// page must have said nothing on the console, and loaded nothing but itself.
func open(t testing.TB, r *scan.Result, l look) *tab {
	t.Helper()
	var b bytes.Buffer
	must(t, page.HTML(&b, r))
	file := filepath.Join(t.TempDir(), "report.html")
	must(t, os.WriteFile(file, b.Bytes(), 0o600))
	path := os.Getenv("CHROMIUM")
	if path == "" {
		t.Fatal("CHROMIUM names no browser; make browser finds one")
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.UserDataDir(t.TempDir()))
	// What hangs is stopped, and fails. The test's own context ends before its
	// cleanup, in which the page is asked once more.
	bounded, stop := context.WithTimeout(context.WithoutCancel(t.Context()), 2*time.Minute)
	allocated, end := chromedp.NewExecAllocator(bounded, options...)
	ctx, cancel := chromedp.NewContext(allocated)
	t.Cleanup(func() { cancel(); end(); stop() })
	p := &tab{TB: t, ctx: ctx, address: "file://" + file + l.hash}
	p.watch()
	p.dress(l)
	p.do(chromedp.Navigate(p.address))
	t.Cleanup(p.quiet)
	return p
}

// watch hears what the page says and asks for, from its first line on.
func (p *tab) watch() {
	p.Helper()
	must(p, chromedp.Listen(p.ctx, func(event any) {
		p.mu.Lock()
		defer p.mu.Unlock()
		switch e := event.(type) {
		case *log.EventEntryAdded:
			p.said = append(p.said, string(e.Entry.Level)+": "+e.Entry.Text)
		case *runtime.EventConsoleAPICalled:
			p.said = append(p.said, "console."+string(e.Type))
		case *runtime.EventExceptionThrown:
			p.said = append(p.said, "exception: "+e.ExceptionDetails.Text)
		case *network.EventRequestWillBeSent:
			p.requests = append(p.requests, e.Request.URL)
		}
	}))
	call(p, network.Enable, network.EnableParams{})
	call(p, browserpage.AddScriptToEvaluateOnNewDocument, browserpage.AddScriptToEvaluateOnNewDocumentParams{
		Source: `window.violations = []; document.addEventListener("securitypolicyviolation", (e) => window.violations.push(e.violatedDirective + " " + e.blockedURI))`,
	})
}

func (p *tab) dress(l look) {
	p.Helper()
	scale := 1.0
	options := []chromedp.EmulateViewportOption{}
	if l.phone {
		scale = 1.5
		options = append(options, chromedp.EmulateMobile, chromedp.EmulateTouch)
	}
	p.do(chromedp.EmulateViewport(l.width, l.height, append(options, chromedp.EmulateScale(scale))...))
	scheme := "light"
	if l.dark {
		scheme = "dark"
	}
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
	if l.withoutScript {
		call(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	}
}

// quiet fails where the page said anything, broke its own policy, or asked for
// anything but itself.
func (p *tab) quiet() {
	if violations := eval[[]string](p, `window.violations || []`); len(violations) > 0 {
		p.Errorf("refused by the page's own policy: %q", violations)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.said) > 0 {
		p.Errorf("on the console: %q", p.said)
	}
	own, _, _ := strings.Cut(p.address, "#")
	for _, address := range p.requests {
		if before, _, _ := strings.Cut(address, "#"); before != own {
			p.Errorf("asked for %s", address)
		}
	}
	if len(p.requests) == 0 {
		p.Error("no request was seen, not even the page's own: nothing was watched")
	}
}

func (p *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	must(p, chromedp.Do(p.ctx, steps...))
}

// keys types, as a keyboard does: what a key writes comes with its going down,
// so that a page which takes the key for itself keeps it from being written.
func (p *tab) keys(keys ...string) {
	p.Helper()
	for _, r := range strings.Join(keys, "") {
		var down *input.DispatchKeyEventParams
		for _, e := range kb.Encode(r) {
			switch e.Type {
			case kb.KeyDown:
				down = e
			case kb.KeyChar:
				down.Text, down.UnmodifiedText = e.Text, e.UnmodifiedText
			default:
				call(p, input.DispatchKeyEvent, *down)
				call(p, input.DispatchKeyEvent, *e)
			}
		}
	}
}

// eval is the value of an expression. The page's own policy does not bind it.
func eval[T any](p *tab, expression string, options ...chromedp.EvaluateOption) T {
	p.Helper()
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression, options...))
	if err != nil {
		p.Fatalf("%s: %v", expression, err)
	}
	return v
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
