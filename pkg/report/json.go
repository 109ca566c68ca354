package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
)

// JSON renders the report as one object on one line, with "<", ">" and "&" as
// they are: ARNs and subjects are to be found by searching for them. Control
// and invisible characters are escaped, since the line may be read on a
// terminal. The error is that of a fix's policy that is no JSON.
func JSON(r *Report) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(r); err != nil {
		return nil, err
	}
	return escapeUnseen(b.Bytes()), nil
}

// escapeUnseen escapes what a terminal would obey or hide. Outside of strings
// JSON has no such character but the line's end.
func escapeUnseen(line []byte) []byte {
	if !slices.ContainsFunc(line, func(c byte) bool { return c >= 0x7f }) {
		return line
	}
	hidden := func(r rune) bool { return r != '\n' && (r == 0x7f || r > unicode.MaxASCII && unseen(r)) }
	var b strings.Builder
	for _, r := range string(line) {
		switch {
		case !hidden(r):
			b.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return []byte(b.String())
}
