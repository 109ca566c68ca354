package inset

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"whydenied/pkg/policy"
)

// jsonText is a Text made whole for a JSON parser: each hole has become a mark
// inside a string, or a string of its own that holds only the mark.
type jsonText struct {
	*Text
	file *File // what the parser reads
	mark rune  // stands in no other part of the text
	from []int // for each byte of file.Data, its offset in the Text's file
	bare bool  // some hole stands outside of every string
}

// JSON reads the text as one JSON value, with positions in the file. An
// expression inside a string makes that string unresolved; one in the place
// of a value is an unresolved value. Where some expression stands outside of
// every string and the rest is no JSON without it, the whole is one unresolved
// node at a place given. Otherwise the error is a [*policy.ParseError].
func (t *Text) JSON(at policy.Pos) (*policy.Node, error) {
	mark := unused(string(t.text))
	if mark == 0 {
		return &policy.Node{Kind: policy.Unresolved, Text: OneLine(t.String()), Pos: at}, nil
	}
	j := t.prepare(mark)
	n, err := policy.ParseNode(t.File.Name, j.file.Data)
	switch {
	case err != nil && j.bare:
		return &policy.Node{Kind: policy.Unresolved, Text: OneLine(t.String()), Pos: at}, nil
	case err != nil:
		return nil, j.place(err)
	}
	j.settle(n)
	return n, nil
}

func (t *Text) prepare(mark rune) *jsonText {
	j := &jsonText{Text: t, mark: mark}
	var b strings.Builder
	inString, escaped, done := false, false, 0
	copyTo := func(end int) {
		for _, c := range t.text[done:end] {
			switch {
			case escaped:
				escaped = false
			case c == '\\' && inString:
				escaped = true
			case c == '"':
				inString = !inString
			}
		}
		b.Write(t.text[done:end])
		j.from = append(j.from, t.at[done:end]...)
		done = end
	}
	for i, h := range t.unknown {
		copyTo(h.before)
		mark := string(j.mark) + strconv.Itoa(i) + string(j.mark)
		if !inString {
			mark, j.bare = `"`+mark+`"`, true
		}
		b.WriteString(mark)
		for range len(mark) {
			j.from = append(j.from, h.at)
		}
	}
	copyTo(len(t.text))
	j.file = indexed("", []byte(b.String()))
	return j
}

// unused is a private-use character that does not stand in a JSON text, nor as
// an escape in it, or 0 where it has them all.
func unused(text string) rune {
	const first, last = '\ue000', '\uf8ff'
	var used [last - first + 1]bool
	for i, r := range text {
		if r == '\\' && strings.HasPrefix(text[i+1:], "u") && len(text) >= i+6 {
			escaped, err := strconv.ParseUint(text[i+2:i+6], 16, 16)
			r = rune(escaped)
			if err != nil {
				continue
			}
		}
		if first <= r && r <= last {
			used[r-first] = true
		}
	}
	for i, is := range used {
		if !is {
			return first + rune(i)
		}
	}
	return 0
}

// settle gives a node and those below it their places in the file, and makes
// strings with holes unresolved.
func (j *jsonText) settle(n *policy.Node) {
	written, end := n.Start, n.End
	n.Pos = j.pos(written)
	n.Start, n.End = 0, 0 // the offsets of a text that nobody else has
	if n.Kind == policy.String && strings.ContainsRune(n.Text, j.mark) {
		n.Kind, n.Text = policy.Unresolved, j.source(n.Text, written, end)
	}
	if n.Duplicate != nil {
		n.Duplicate = j.twice(n)
	}
	for _, m := range n.Members {
		j.settle(m.Key)
		j.settle(m.Value)
	}
	for _, e := range n.Elems {
		j.settle(e)
	}
}

// source is a string with holes as the file has it, between its quotes. A
// string that is not written in one piece there has its holes filled.
func (j *jsonText) source(text string, start, end int) string {
	if from, to := j.from[start], j.from[end-1]; !j.Scattered && from < to && j.File.Data[from] == '"' && j.File.Data[to] == '"' {
		return OneLine(string(j.File.Data[from+1 : to]))
	}
	parts := strings.Split(text, string(j.mark))
	for i := 1; i < len(parts); i += 2 {
		if k, err := strconv.Atoi(parts[i]); err == nil && k >= 0 && k < len(j.unknown) {
			parts[i] = j.unknown[k].source
		}
	}
	return OneLine(strings.Join(parts, ""))
}

func (j *jsonText) pos(offset int) policy.Pos {
	if offset < len(j.from) {
		return j.File.Pos(j.from[offset])
	}
	if len(j.from) == 0 {
		return j.File.Pos(0)
	}
	return j.File.Pos(j.from[len(j.from)-1])
}

// twice tells of a key that stands twice, both by their places in the file.
// It runs before the members have theirs.
func (j *jsonText) twice(n *policy.Node) *policy.ParseError {
	offset := j.file.Offset(n.Duplicate.Pos.Line, n.Duplicate.Pos.Column)
	second := &policy.Node{Pos: j.pos(offset)}
	if err := json.NewDecoder(strings.NewReader(string(j.file.Data[offset:]))).Decode(&second.Text); err != nil {
		return &policy.ParseError{Pos: second.Pos, Text: n.Duplicate.Text}
	}
	for _, m := range n.Members {
		if m.Key.Text == second.Text {
			return policy.Twice(second, j.pos(m.Key.Start))
		}
	}
	return &policy.ParseError{Pos: second.Pos, Text: n.Duplicate.Text}
}

// place moves an error of the JSON parser into the file.
func (j *jsonText) place(err error) error {
	var parse *policy.ParseError
	if !errors.As(err, &parse) {
		return err
	}
	return &policy.ParseError{Pos: j.pos(j.file.Offset(parse.Pos.Line, parse.Pos.Column)), Text: parse.Text}
}
