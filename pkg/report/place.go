package report

import (
	"fmt"
	"strings"
)

// placeWords says where a cause stands: "line 12, column 21 of the trust
// policy, Statement[0] (Sid "deploy"), StringEquals".
func placeWords(c *Cause) string {
	var parts []string
	if c.Line > 0 {
		at := fmt.Sprintf("line %d, column %d of the trust policy", c.Line, c.Column)
		if c.File != "" {
			at += " (" + short(c.File) + ")"
		}
		parts = append(parts, at)
	}
	if c.Statement != nil {
		at := fmt.Sprintf("Statement[%d]", *c.Statement)
		if c.Sid != "" {
			at += fmt.Sprintf(" (Sid %q)", short(c.Sid))
		}
		parts = append(parts, at)
	}
	switch _, rest, ok := strings.Cut(c.Path, "]."); {
	case c.Operator != "":
		parts = append(parts, short(c.Operator))
	case ok:
		parts = append(parts, short(rest)) // an element, as in "Action"
	}
	return strings.Join(parts, ", ")
}

// short cuts a name within a sentence.
func short(s string) string {
	w := clip(s, 0, maxShort)
	if w.after {
		return w.text + "…"
	}
	return w.text
}

// excerpt is the line of the trust policy that a cause is about, without its
// indentation. Of a line that is longer than most characters, as a whole
// policy on one line is, it is what follows the cause's column.
func excerpt(c *Cause, most int) string {
	text := strings.TrimSpace(c.Excerpt)
	if strings.Trim(text, "{}[], ") == "" {
		return "" // a bracket says nothing
	}
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	indent := len([]rune(c.Excerpt)) - len([]rune(strings.TrimLeft(c.Excerpt, " \t")))
	from := min(max(c.Column-1-indent, 0), len(runes)-1)
	cut := string(runes[from:min(from+most, len(runes))])
	if from > 0 {
		cut = "…" + cut
	}
	if from+most < len(runes) {
		cut += "…"
	}
	return cut
}
