package archive

import (
	"bytes"
	"fmt"
	"strings"
)

// template is the text of a record with holes in it.
type template struct{ parts []part }

// part is a text and what follows it; the last one's slot is nil.
type part struct {
	text string
	fill slot
}

// slot appends what a hole holds.
type slot func(b []byte, s *scene) []byte

// compile reads a text in which ${name} is a hole. Where such a hole is all of
// a JSON string and its value is none, the quotes go with it.
func compile(text string) (template, error) {
	var t template
	for {
		before, rest, found := strings.Cut(text, "${")
		if !found {
			t.parts = append(t.parts, part{text: before})
			return t, nil
		}
		name, after, _ := strings.Cut(rest, "}")
		fill, bare := slotOf(name)
		if fill == nil {
			return template{}, fmt.Errorf("template: no slot is called %q", name)
		}
		if bare && strings.HasSuffix(before, `"`) && strings.HasPrefix(after, `"`) {
			before, after = before[:len(before)-1], after[1:]
		}
		t.parts = append(t.parts, part{before, fill})
		text = after
	}
}

func (t *template) fill(b []byte, s *scene) []byte {
	for _, p := range t.parts {
		b = append(b, p.text...)
		if p.fill != nil {
			b = p.fill(b, s)
		}
	}
	return b
}

// escape appends a string as Gson writes it, which CloudTrail does: with the
// characters that HTML knows escaped as well.
func escape(b []byte, s string) []byte {
	if !strings.ContainsAny(s, "\"\\<>&='\n\t") {
		return append(b, s...)
	}
	for _, c := range []byte(s) {
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, `\n`...)
		case '\t':
			b = append(b, `\t`...)
		case '<', '>', '&', '=', '\'':
			b = fmt.Appendf(b, `\u%04x`, c)
		default:
			b = append(b, c)
		}
	}
	return b
}

// quoted appends a record as the text of a JSON string, without the quotes.
func quoted(b, record []byte) []byte {
	for {
		i := bytes.IndexAny(record, "\"\\")
		if i < 0 {
			return append(b, record...)
		}
		b = append(b, record[:i]...)
		b = append(b, '\\', record[i])
		record = record[i+1:]
	}
}
