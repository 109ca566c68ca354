package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// spelling is how text is made safe and readable for one place. What a
// terminal or a renderer would obey, hide or reorder comes out spelt, as in
// \u202e, whoever wrote it: values of a token are chosen by whoever calls.
type spelling struct {
	ascii bool // spell everything beyond ASCII
	code  bool // for a code span or fence of Markdown: spell backticks
	table bool // for a cell of a Markdown table: spell "|" as well
}

// cell is what one character of a value looks like.
type cell struct {
	text  string
	width int // columns
	at    int // byte offset in the value
	char  rune
}

// cells spells a value, character by character. A backslash of the value's
// own is doubled, so that what is shown can be read back.
func (s spelling) cells(v string) []cell {
	list := make([]cell, 0, len(v))
	space := true // a space at either end, or beside another, is spelt
	for at, r := range v {
		size := utf8.RuneLen(r)
		if r == utf8.RuneError && !strings.HasPrefix(v[at:], string(utf8.RuneError)) {
			list = append(list, cell{text: fmt.Sprintf(`\x%02x`, v[at]), width: 4, at: at})
			space = false
			continue
		}
		text := s.spellIf(r, s.hides(r) || foreign(r))
		switch {
		case r == '\\':
			text = `\\`
		case r == ' ' && (space || at+size == len(v)):
			text = `\u0020`
		}
		space = r == ' '
		list = append(list, cell{text: text, width: columns(text), at: at, char: r})
	}
	return list
}

// value spells a whole value on one line, cut to a number of characters.
func (s spelling) value(v string, most int) string {
	w := clip(v, 0, most)
	var b strings.Builder
	for _, c := range s.cells(w.text) {
		b.WriteString(c.text)
	}
	if w.text == "" {
		return `""`
	}
	return b.String() + s.more(w)
}

// prose spells sentences, which have quoted what they quote.
func (s spelling) prose(text string) string {
	w := clip(text, 0, maxProse)
	var b strings.Builder
	for _, r := range w.text {
		if r == '…' && s.ascii {
			b.WriteString("...")
			continue
		}
		b.WriteString(s.spellIf(r, s.hides(r)))
	}
	return b.String() + s.more(w)
}

func (s spelling) spellIf(r rune, hidden bool) string {
	switch {
	case !hidden && !(s.ascii && r > unicode.MaxASCII):
		return string(r)
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r == '\t':
		return `\t`
	case r > 0xffff:
		return fmt.Sprintf(`\U%08x`, r)
	default:
		return fmt.Sprintf(`\u%04x`, r)
	}
}

// hides tells whether a character would not be seen as itself in this place.
func (s spelling) hides(r rune) bool {
	if r <= unicode.MaxASCII {
		return r < ' ' || r == 0x7f || s.code && r == '`' || s.table && r == '|'
	}
	return unseen(r)
}

// unseen tells whether a character is invisible, joins the one before it, or
// changes the order of what stands around it.
func unseen(r rune) bool {
	return !unicode.IsPrint(r) || unicode.In(r, unicode.M, joining, rightToLeft)
}

// foreign are symbols such as emoji: terminals disagree on their width, and
// in a subject they are what a chat program put there.
func foreign(r rune) bool {
	return r > unicode.MaxASCII && unicode.In(r, unicode.So, unicode.Sk)
}

const (
	maxValue = 1000 // characters of a value that stands by itself
	maxShort = 200  // characters of one that stands among others
	maxProse = 2000 // characters of a sentence
)

// clipped is the part of a value that is shown.
type clipped struct {
	text          string
	start         int // byte offset in the value
	total         int // characters of the value
	before, after bool
}

// clip takes at most so many characters of v, the byte at among them.
func clip(v string, at, most int) clipped {
	w := clipped{text: v, total: utf8.RuneCountInString(v)}
	if w.total <= most {
		return w
	}
	skip := 0
	if n := utf8.RuneCountInString(v[:min(at, len(v))]); n > most*3/4 {
		skip = min(n-most/4, w.total-most)
	}
	n := 0
	for i := range v {
		if n == skip {
			w.start = i
		}
		if n == skip+most {
			w.text, w.after = v[w.start:i], true
			break
		}
		n++
	}
	if !w.after {
		w.text = v[w.start:]
	}
	w.before = skip > 0
	return w
}

// more says of a value that was cut how long it is.
func (s spelling) more(w clipped) string {
	if !w.after && !w.before {
		return ""
	}
	return fmt.Sprintf("%s (%s characters)", s.dots(), thousands(w.total))
}

func (s spelling) dots() string {
	if s.ascii {
		return "..."
	}
	return "…"
}

func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}
