package report

import "strings"

// fill puts cells into lines of at most so many columns. It breaks after a
// separator, else after other punctuation, else where the line is full, and
// never leaves more than half a line empty for it.
func fill(cells []cell, width int) [][]cell {
	var lines [][]cell
	for len(cells) > 0 {
		n, used, bySeparator, byOther := 0, 0, 0, 0
		for n < len(cells) && used+cells[n].width <= width {
			used += cells[n].width
			n++
			switch c := cells[n-1].char; {
			case used*2 < width:
			case strings.ContainsRune(separators, c):
				bySeparator = n
			case strings.ContainsRune("-._,;=&?+)", c):
				byOther = n
			}
		}
		if n < len(cells) {
			switch {
			case bySeparator > 0:
				n = bySeparator
			case byOther > 0:
				n = byOther
			}
		}
		n = max(n, 1)
		lines, cells = append(lines, cells[:n]), cells[n:]
	}
	return lines
}

// carets marks the part of a line that differs. Where the part is missing a
// single caret shows its place: behind the line's end, if there is room.
func carets(line []cell, span Span, last bool, width int) string {
	under := make([]byte, 0, width+1)
	for _, c := range line {
		here := c.at >= span.Start && c.at < span.End
		for i := range c.width {
			if here || i == 0 && span.Start == span.End && c.at == span.Start {
				under = append(under, '^')
			} else {
				under = append(under, ' ')
			}
		}
	}
	if last && span.Start == span.End && span.Start > line[len(line)-1].at {
		under = append(under[:min(len(under), width-1)], '^')
	}
	return strings.TrimRight(string(under), " ")
}

// words wraps sentences. A word that is too long for a line is broken as a
// value is.
func (s spelling) words(text string, width int) []string {
	var lines []string
	line := ""
	for i, word := range strings.Split(s.prose(text), " ") {
		if i > 0 && columns(line)+1+columns(word) <= width {
			line += " " + word
			continue
		}
		if i > 0 {
			lines = append(lines, line)
		}
		line = word
		for columns(line) > width {
			parts := fill(plainCells(line), width)
			lines = append(lines, joined(parts[0]))
			line = line[len(joined(parts[0])):]
		}
	}
	return append(lines, line)
}

// plainCells are the cells of a text that is spelt already.
func plainCells(text string) []cell {
	list := make([]cell, 0, len(text))
	for at, r := range text {
		list = append(list, cell{text: string(r), width: columns(string(r)), at: at, char: r})
	}
	return list
}

func joined(cells []cell) string {
	var b strings.Builder
	for _, c := range cells {
		b.WriteString(c.text)
	}
	return b.String()
}
