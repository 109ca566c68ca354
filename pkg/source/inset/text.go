package inset

import (
	"strings"

	"whydenied/pkg/policy"
)

// Text is a string of the other language as far as it is known. For each byte
// it remembers where in the file it comes from.
type Text struct {
	File *File
	// Scattered is set where the text does not stand in one piece in the file,
	// so that the file has no source text for a part of it.
	Scattered bool

	text    []byte
	at      []int // for each byte of text, its offset in the file
	unknown []hole
}

// hole is an expression in the text whose value is not known.
type hole struct {
	before int // how much of the text stands before it
	source string
	at     int
}

// Add appends a piece of text that the bytes of the file between two offsets
// stand for. They may hold escapes and indentation that the text does not:
// each visible character is looked for after the one before it. Text that the
// file has in another spelling lies, all of it, where the piece starts.
func (t *Text) Add(text string, from, to int) {
	from = min(max(from, 0), len(t.File.Data))
	to = min(max(to, from), len(t.File.Data))
	at, ok := align(text, t.File.Data[from:to])
	if !ok {
		t.AddFixed(text, from)
		return
	}
	for i := range at {
		at[i] += from
	}
	t.text, t.at = append(t.text, text...), append(t.at, at...)
}

// Located is a string of the other language, decoded, and where in the file
// each byte of it stands.
type Located struct {
	Text string
	at   []int
}

// Locate finds a decoded string in the bytes of the file between two offsets,
// as [Text.Add] does.
func (f *File) Locate(text string, from, to int) Located {
	t := &Text{File: f}
	t.Add(text, from, to)
	return Located{Text: text, at: t.at}
}

// AddLocated appends the bytes of a string from one to another.
func (t *Text) AddLocated(l Located, from, to int) {
	t.text, t.at = append(t.text, l.Text[from:to]...), append(t.at, l.at[from:to]...)
}

// At is where a byte of the string stands in the file.
func (l Located) At(i int) int { return l.at[i] }

// AddFixed appends text that all comes from one place: the value of a
// reference.
func (t *Text) AddFixed(text string, at int) {
	t.text = append(t.text, text...)
	for range len(text) {
		t.at = append(t.at, at)
	}
}

// AddUnknown appends an expression whose value is not known, by its source.
func (t *Text) AddUnknown(source string, at int) {
	t.unknown = append(t.unknown, hole{before: len(t.text), source: OneLine(source), at: at})
}

// align finds text in written as a subsequence, white space apart, and gives
// the offset of each byte.
func align(text string, written []byte) ([]int, bool) {
	at := make([]int, len(text))
	next := 0
	for i := range len(text) {
		c := text[i]
		if c == ' ' || c == '\n' || c == '\r' || c == '\t' {
			at[i] = next
			if next < len(written) && written[next] == c {
				next++
			}
			continue
		}
		for next < len(written) && written[next] != c {
			next++
		}
		if next == len(written) {
			return nil, false
		}
		at[i] = next
		next++
	}
	return at, true
}

// Len is how much of the text is known, in bytes.
func (t *Text) Len() int { return len(t.text) }

// Known tells whether every part of the text is known.
func (t *Text) Known() bool { return len(t.unknown) == 0 }

// String is the text, with the source of what is not known in its place.
func (t *Text) String() string { return t.fill(func(i int) string { return t.unknown[i].source }) }

// fill is the text with something in each hole.
func (t *Text) fill(with func(i int) string) string {
	var b strings.Builder
	done := 0
	for i, h := range t.unknown {
		b.Write(t.text[done:h.before])
		b.WriteString(with(i))
		done = h.before
	}
	b.Write(t.text[done:])
	return b.String()
}

// Node is the text as one value: a string, or unresolved as a whole where any
// part of it is not known.
func (t *Text) Node(at policy.Pos) *policy.Node {
	if t.Known() {
		return &policy.Node{Kind: policy.String, Text: string(t.text), Pos: at}
	}
	return &policy.Node{Kind: policy.Unresolved, Text: OneLine(t.String()), Pos: at}
}
