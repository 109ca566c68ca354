package report

// Spelling makes text safe for those who show more than one report: what a
// terminal or a browser would obey, hide or reorder comes out spelt, as in
// \u202e. It is the spelling of the reports themselves. The zero Spelling
// leaves letters of all scripts that run from left to right.
type Spelling struct {
	ASCII bool // spell everything beyond ASCII
}

func (s Spelling) plain() spelling { return spelling{ascii: s.ASCII} }

// Value spells a value that anybody may have chosen, on one line, cut to a
// number of characters. An empty one stays empty.
func (s Spelling) Value(v string, most int) string {
	if v == "" {
		return ""
	}
	return s.plain().value(v, most)
}

// Prose spells a sentence, which has quoted what it repeats, cut to a number
// of characters.
func (s Spelling) Prose(text string, most int) string {
	return s.plain().prose(shortened(text, most))
}

// Source spells source text, such as a diff, whose lines stay as they are.
func (s Spelling) Source(text string) string {
	d := &details{spelling: s.plain(), most: maxSource}
	return d.source(text)
}

// Hunks are the lines of a diff, without the names of the files and the
// indentation that all of them share.
func Hunks(diff string) []string { return dedented(hunks(diff)) }

const maxSource = 16_000 // four times as many characters are shown

// Cut spells as much of a value as so many columns of a terminal hold, with
// dots where it goes on.
func (s Spelling) Cut(v string, width int) string {
	cells := s.plain().cells(clip(v, 0, max(width, 1)+1).text)
	used := 0
	for _, c := range cells {
		used += c.width
	}
	if used <= width {
		return joined(cells)
	}
	dots := s.plain().dots()
	for n := len(cells); n > 0; n-- {
		if used -= cells[n-1].width; used+columns(dots) <= width {
			return joined(cells[:n-1]) + dots
		}
	}
	return dots
}

// Wrap puts prose into lines of at most so many columns.
func (s Spelling) Wrap(text string, width int) []string { return s.plain().words(text, width) }

// Break puts a value, cut to a number of characters, into such lines.
func (s Spelling) Break(v string, most, width int) []string {
	var lines []string
	for _, part := range fill(plainCells(s.Value(v, most)), width) {
		lines = append(lines, joined(part))
	}
	return lines
}

// Columns is how many columns of a terminal a text takes that was spelt.
func Columns(s string) int { return columns(s) }

// Thousands writes a number with commas between its thousands.
func Thousands(n int) string { return thousands(n) }

// MarkdownValue is a value as code, in a cell of a table too, cut to a number
// of characters.
func MarkdownValue(v string, most int) string {
	return "`" + spelling{code: true, table: true}.value(v, most) + "`"
}

// MarkdownProse is a sentence in which no renderer finds markup, a link or a
// mention, cut to a number of characters.
func MarkdownProse(text string, most int) string { return markdownProse(shortened(text, most)) }

func shortened(text string, most int) string {
	w := clip(text, 0, most)
	return w.text + either(w.after, "…", "")
}

// EscapeUnseen escapes in JSON what a terminal would obey or hide.
func EscapeUnseen(json []byte) []byte { return escapeUnseen(json) }
