// Package inset reads what stands in a string of another language: a JSON
// document in a heredoc of Terraform or in a block of YAML, with references
// in it that only that language resolves.
//
// A [Text] is put together from pieces of a [File]; out of it come nodes whose
// positions are the file's own. What is not known of a string makes the whole
// string an unresolved node. It reads no file and evaluates nothing.
package inset

import (
	"bytes"
	"sort"
	"strings"
	"unicode/utf8"

	"whydenied/pkg/policy"
)

// File is a source text, and where its lines start.
type File struct {
	Name  string
	Data  []byte // without a byte order mark
	lines []int  // offset of each line's first byte

	lastAt, lastColumn int        // the last place that was told
	asked              policy.Pos // the last place that was asked for
	askedAt            int        // and its offset
}

// NewFile indexes a text. A byte order mark before it has no place of its own.
func NewFile(name string, data []byte) *File {
	return indexed(name, bytes.TrimPrefix(data, []byte("\ufeff")))
}

func indexed(name string, data []byte) *File {
	f := &File{Name: name, Data: data, lines: []int{0}}
	for i, c := range f.Data {
		if c == '\n' {
			f.lines = append(f.lines, i+1)
		}
	}
	return f
}

// Pos is the place of a byte offset. It counts from the last place on where
// that lies on the same line: a file may be one long line.
func (f *File) Pos(offset int) policy.Pos {
	offset = min(max(offset, 0), len(f.Data))
	line := sort.SearchInts(f.lines, offset+1)
	from, column := f.lines[line-1], 1
	if f.lastColumn > 0 && f.lastAt >= from && f.lastAt <= offset {
		from, column = f.lastAt, f.lastColumn
	}
	column += utf8.RuneCount(f.Data[from:offset])
	f.lastAt, f.lastColumn = offset, column
	return policy.Pos{File: f.Name, Line: line, Column: column}
}

// Offset is the byte offset of a line and a column, in characters, both
// counted from 1. What lies outside the text is moved to its nearest end. As
// [File.Pos] does, it counts from the last place on.
func (f *File) Offset(line, column int) int {
	if line < 1 {
		return 0
	}
	if line > len(f.lines) {
		return len(f.Data)
	}
	at, passed := f.lines[line-1], 1
	if f.askedAt >= at && f.asked.Line == line && f.asked.Column <= column {
		at, passed = f.askedAt, f.asked.Column
	}
	for ; passed < column && at < len(f.Data) && f.Data[at] != '\n'; passed++ {
		_, size := utf8.DecodeRune(f.Data[at:])
		at += size
	}
	f.asked, f.askedAt = policy.Pos{Line: line, Column: passed}, at
	return at
}

// maxSource bounds the source text of an unresolved expression, in characters.
const maxSource = 300

// maxWritten bounds, in bytes, what is looked at for it: enough for deep
// indentation.
const maxWritten = 1 << 13

// Unresolved is a node for the expression between two offsets: its text as
// written, on one line.
func (f *File) Unresolved(from, to int) *policy.Node {
	from = min(max(from, 0), len(f.Data))
	to = min(max(to, from), len(f.Data))
	return &policy.Node{Kind: policy.Unresolved, Text: OneLine(string(f.Data[from:to])), Pos: f.Pos(from)}
}

// OneLine is a source text with each run of white space as one space, cut to
// a length.
func OneLine(text string) string {
	if len(text) > maxWritten {
		text = text[:maxWritten] + "…"
	}
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "\ufffd")), " ")
	if r := []rune(text); len(r) > maxSource {
		text = string(r[:maxSource]) + "…"
	}
	return text
}
