package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sort"
	"strings"
	"unicode/utf8"
)

// MaxDepth is how deep a JSON document may nest. IAM's own documents nest
// seven deep; a snapshot adds four.
const MaxDepth = 64

// Pos is a place in a source text. The zero Pos is no place.
type Pos struct {
	File   string // "" where the text has no name
	Line   int    // counted from 1
	Column int    // counted from 1, in characters
}

// String is "file:line:column", without the parts that are not known.
func (p Pos) String() string {
	at := ""
	if p.Line > 0 {
		at = fmt.Sprintf("%d:%d", p.Line, p.Column)
	}
	switch {
	case p.File == "":
		return at
	case at == "":
		return p.File
	default:
		return p.File + ":" + at
	}
}

// ParseError is bad input: where it is, and what stands there or was expected.
type ParseError struct {
	Pos  Pos
	Text string
}

// Error is one line: the place, then the text.
func (e *ParseError) Error() string {
	if at := e.Pos.String(); at != "" {
		return at + ": " + e.Text
	}
	return e.Text
}

// maxFound bounds what an error repeats of its input, in bytes.
const maxFound = 120

// Errorf makes a [*ParseError]. What it repeats of the input is cut to a
// length: an error is one line.
func Errorf(p Pos, format string, args ...any) error { return parseError(p, format, args...) }

func parseError(p Pos, format string, args ...any) *ParseError {
	for i, a := range args {
		if s, ok := a.(string); ok && len(s) > maxFound {
			args[i] = strings.ToValidUTF8(s[:maxFound], "") + "…"
		}
	}
	return &ParseError{Pos: p, Text: fmt.Sprintf(format, args...)}
}

// Kind is what a [Node] is.
type Kind uint8

// The kinds of node: JSON's own, and Unresolved for what another language
// (Terraform, CloudFormation) computes and this program cannot.
const (
	Null Kind = iota
	Object
	Array
	String
	Number
	Bool
	Unresolved
)

// String is the word for the kind in a message, with its article.
func (k Kind) String() string {
	return [...]string{"null", "an object", "a list", "a string", "a number", "true or false", "an unresolved expression"}[k]
}

// Node is one value of a document and its place. Text holds a string decoded,
// a number, true or false as written, and an unresolved expression's source.
type Node struct {
	Kind    Kind
	Text    string
	Members []Member // of an object, in its own order, no key twice
	Elems   []*Node  // of a list
	Pos     Pos
	// Start and End are byte offsets in what [ParseNode] was given.
	Start, End int
	// Duplicate is set in an object in which a key stands twice: the second
	// is not among Members. encoding/json would keep the last one, IAM
	// refuses such a policy, so [Decode] does too.
	Duplicate *ParseError
}

// Member is one key of an object and its value.
type Member struct {
	Key   *Node
	Value *Node
}

// Get is the value of key in an object, or nil.
func (n *Node) Get(key string) *Node {
	if n == nil {
		return nil
	}
	for _, m := range n.Members {
		if m.Key.Text == key {
			return m.Value
		}
	}
	return nil
}

// unresolvedKey is the first key of an object that is not known, or nil.
func (n *Node) unresolvedKey() *Node {
	for _, m := range n.Members {
		if m.Key.Kind == Unresolved {
			return m.Key
		}
	}
	return nil
}

// duplicate is the first object below n in which a key stands twice, or nil.
func (n *Node) duplicate() *ParseError {
	if n.Duplicate != nil {
		return n.Duplicate
	}
	for _, m := range n.Members {
		if d := m.Value.duplicate(); d != nil {
			return d
		}
	}
	for _, e := range n.Elems {
		if d := e.duplicate(); d != nil {
			return d
		}
	}
	return nil
}

// ParseNode reads one JSON value. The error is a [*ParseError]: not JSON,
// invalid UTF-8, text after the value, or deeper nesting than [MaxDepth]. A
// key that stands twice is no error here, see [Node].
func ParseNode(file string, data []byte) (*Node, error) {
	p := &nodeParser{file: file, data: bytes.TrimPrefix(data, byteOrderMark)}
	p.mark = len(data) - len(p.data)
	p.indexLines()
	if at := invalidUTF8(p.data); at >= 0 {
		return nil, Errorf(p.pos(at), "invalid UTF-8, expected JSON in UTF-8")
	}
	if len(bytes.TrimSpace(p.data)) == 0 {
		return nil, Errorf(p.pos(0), "empty, expected a JSON value")
	}
	p.dec = json.NewDecoder(bytes.NewReader(p.data))
	p.dec.UseNumber()
	n, err := p.value(0)
	if err != nil {
		return nil, err
	}
	p.skip(" \t\r\n")
	if p.at < len(p.data) {
		return nil, Errorf(p.pos(p.at), "text after the end of the JSON value")
	}
	return n, nil
}

// byteOrderMark is what some editors put before the text. It has no column.
var byteOrderMark = []byte("\ufeff")

type nodeParser struct {
	file  string
	data  []byte
	mark  int   // length of the byte order mark before data
	lines []int // offset of each line's first byte
	dec   *json.Decoder
	at    int // offset behind the last token

	lastAt, lastColumn int // the last place that was told
}

func (p *nodeParser) indexLines() {
	p.lines = append(p.lines, 0)
	for i, c := range p.data {
		if c == '\n' {
			p.lines = append(p.lines, i+1)
		}
	}
}

// pos counts characters from the last place on where that lies on the same
// line: a snapshot may be one line of many megabytes.
func (p *nodeParser) pos(offset int) Pos {
	offset = min(offset, len(p.data))
	line := sort.SearchInts(p.lines, offset+1)
	from, column := p.lines[line-1], 1
	if p.lastColumn > 0 && p.lastAt >= from && p.lastAt <= offset {
		from, column = p.lastAt, p.lastColumn
	}
	column += utf8.RuneCount(p.data[from:offset])
	p.lastAt, p.lastColumn = offset, column
	return Pos{File: p.file, Line: line, Column: column}
}

func (p *nodeParser) skip(these string) {
	for p.at < len(p.data) && strings.IndexByte(these, p.data[p.at]) >= 0 {
		p.at++
	}
}

// token returns the next token and the offset at which it starts.
func (p *nodeParser) token() (json.Token, int, error) {
	p.skip(" \t\r\n,:") // what dec.Token swallows
	start := p.at
	tok, err := p.dec.Token()
	if err != nil {
		return nil, 0, p.syntax(err)
	}
	p.at = int(p.dec.InputOffset())
	return tok, start, nil
}

func (p *nodeParser) syntax(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return Errorf(p.pos(len(p.data)), "the JSON ends too early")
	}
	text := strings.TrimPrefix(err.Error(), "json: ")
	var se *json.SyntaxError
	if errors.As(err, &se) {
		text = se.Error()
	}
	return Errorf(p.pos(p.at), "not JSON: %s", text)
}

func (p *nodeParser) value(depth int) (*Node, error) {
	tok, start, err := p.token()
	if err != nil {
		return nil, err
	}
	if depth > MaxDepth {
		return nil, Errorf(p.pos(start), "nested deeper than %d levels", MaxDepth)
	}
	n := &Node{Pos: p.pos(start), Start: p.mark + start}
	switch tok := tok.(type) {
	case json.Delim:
		if tok == '{' {
			err = p.object(n, depth)
		} else {
			err = p.array(n, depth)
		}
	case string:
		n.Kind, n.Text = String, tok
	case json.Number:
		n.Kind, n.Text = Number, tok.String()
	case bool:
		n.Kind, n.Text = Bool, fmt.Sprint(tok)
	}
	n.End = p.mark + p.at
	return n, err
}

func (p *nodeParser) object(n *Node, depth int) error {
	n.Kind = Object
	seen := make(map[string]Pos)
	for p.dec.More() {
		tok, start, err := p.token()
		if err != nil {
			return err
		}
		name, _ := tok.(string) // the decoder takes nothing else for a key
		key := &Node{Kind: String, Text: name, Pos: p.pos(start), Start: p.mark + start, End: p.mark + p.at}
		value, err := p.value(depth + 1)
		if err != nil {
			return err
		}
		if first, twice := seen[key.Text]; twice {
			if n.Duplicate == nil {
				n.Duplicate = Twice(key, first)
			}
			continue
		}
		seen[key.Text] = key.Pos
		n.Members = append(n.Members, Member{Key: key, Value: value})
	}
	_, _, err := p.token()
	return err
}

// Twice is the error of an object that has key a second time, the first at
// first, for [Node].Duplicate.
func Twice(key *Node, first Pos) *ParseError {
	return parseError(key.Pos, "key %q stands twice in one object, first on line %d", key.Text, first.Line)
}

func (p *nodeParser) array(n *Node, depth int) error {
	n.Kind = Array
	for p.dec.More() {
		value, err := p.value(depth + 1)
		if err != nil {
			return err
		}
		n.Elems = append(n.Elems, value)
	}
	_, _, err := p.token()
	return err
}

func invalidUTF8(data []byte) int {
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}
