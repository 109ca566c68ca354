// Package page shows the result of a scan as one HTML page that needs nothing
// else: no network, no server, no file beside it. A content security policy in
// the page itself lets only the page's own script and style run, by their
// hashes, and lets nothing be loaded or sent.
//
// Everything that a caller chose is spelt as in all reports, written by
// html/template, and put into the document by no script.
package page

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"

	"whydenied/pkg/scan"
)

//go:embed page.html report.html app.css app.js chartjs
var files embed.FS

// Explained is how many groups are shown with their report. The page says so
// where there are more.
const Explained = 200

// HTML writes the page. The error is the writer's.
func HTML(w io.Writer, r *scan.Result) error {
	t, err := template.New("page.html").ParseFS(files, "page.html", "report.html")
	if err != nil {
		return err
	}
	v, err := newView(r)
	if err != nil {
		return err
	}
	return t.Execute(w, v)
}

// assets are what runs on the page, and what allows it to.
type assets struct {
	Style    template.CSS
	Chart    template.JS
	App      template.JS
	Policy   string
	Licenses string
}

func load() (assets, error) {
	var a assets
	for _, f := range []struct {
		name string
		take func(string)
	}{
		{"app.css", func(s string) { a.Style = template.CSS(s) }},
		{"app.js", func(s string) { a.App = template.JS(s) }},
		{"chartjs/chart.umd.min.js", func(s string) { a.Chart = template.JS(withoutMap(s)) }},
		{"chartjs/LICENSE", func(s string) { a.Licenses = s }},
	} {
		data, err := files.ReadFile(f.name)
		if err != nil {
			return assets{}, err
		}
		f.take(string(data))
	}
	a.Policy = policy(string(a.Style), string(a.Chart), string(a.App))
	return a, nil
}

// withoutMap leaves out the address of a source map: developer tools would
// look for it.
func withoutMap(script string) string {
	before, _, _ := strings.Cut(script, "\n//# sourceMappingURL=")
	return before
}

// policy allows what is given by its hash, and nothing else: no network, no
// frames, no forms, no eval. Trusted Types refuse whatever would make markup
// of a string. (A meta element cannot set frame-ancestors.)
func policy(style string, scripts ...string) string {
	allowed := make([]string, 0, len(scripts))
	for _, s := range scripts {
		allowed = append(allowed, hash(s))
	}
	return strings.Join([]string{
		"default-src 'none'", "script-src " + strings.Join(allowed, " "), "style-src " + hash(style),
		"base-uri 'none'", "form-action 'none'", "require-trusted-types-for 'script'", "trusted-types 'none'",
	}, "; ")
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return fmt.Sprintf("'sha256-%s'", base64.StdEncoding.EncodeToString(sum[:]))
}
