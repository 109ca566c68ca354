package report

import (
	"net/url"
	"slices"
	"strings"

	"whydenied/pkg/diagnosis"
)

// pages is the folder that has a page for each cause.
const pages = "docs/causes/"

// CausePage is the path, within the repository, of the page that explains a
// cause: what it means, what cures it, and what must not. It is "" for what is
// no code.
func CausePage(code string) string {
	if !slices.Contains(diagnosis.Codes(), diagnosis.Code(code)) {
		return ""
	}
	return pages + code + ".md"
}

// CauseURL is where that page stands under a base, which an operator
// configures; "" where none is configured or it is no web address.
func CauseURL(base, code string) string {
	page := strings.TrimPrefix(CausePage(code), pages)
	u, err := url.Parse(base)
	if err != nil || page == "" || u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return ""
	}
	return strings.TrimSuffix(base, "/") + "/" + page
}

// page leads to the page of the first cause: a link, or its path.
func (b *brief) page() (Piece, bool) {
	if len(b.r.Causes) == 0 {
		return Piece{}, false
	}
	code := b.r.Causes[0].Code
	if address := CauseURL(b.t.Docs, code); address != "" {
		return Piece{Text: "what this means", Style: StyleLink, URL: address}, true
	}
	path := CausePage(code)
	return Piece{Text: path}, path != ""
}

// withPage are words, and behind them the page of the first cause.
func (b *brief) withPage(words string) []Piece {
	pieces := []Piece{{Text: words}}
	if l, ok := b.page(); ok {
		pieces = append(pieces, Piece{Text: dot}, l)
	}
	return pieces
}
