package scan

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxValue bounds a value of a record in a result, in bytes. AWS's own values
// are shorter, but for user agents, of which CloudTrail keeps 1 KB.
const maxValue = 500

// bounded is a value of a record as a result has it: valid UTF-8, and cut where
// it is long. Values that only differ behind the cut look alike.
func bounded(s string) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	if len(s) <= maxValue {
		return s
	}
	n := maxValue
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}

// line is a text of ours with names in it that are not, on one line.
func line(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return '\ufffd'
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}

// purse is how many bytes of what records hold may still be kept.
type purse struct {
	left  int
	short bool // something was not kept
}

// slot is what an entry of a list takes beside its text, roughly.
const slot = 48

func (p *purse) pay(n int) bool {
	if n > p.left {
		p.short = true
		return false
	}
	p.left -= n
	return true
}
