package trail

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// maxDepth is how deep objects and arrays may be nested in an input.
const maxDepth = 64

// status is how far a scanner came.
type status uint8

const (
	scanMore status = iota // all bytes belong to the value, which goes on
	scanDone               // the value ended before the byte
	scanBad                // the byte cannot stand here
	scanList               // the byte opens one of the lists that are read element by element
	scanDeep               // the value became deeper than maxDepth
)

type state uint8

const (
	atValue state = iota
	atFirstValue
	atFirstKey
	atKey
	atColon
	atComma
	inString
	inEscape
	inLiteral
)

// expected says what a scanner in this state would have taken.
var expected = [...]string{
	atValue: "a value", atFirstValue: "a value or ']'", atFirstKey: "a key or '}'",
	atKey: "a key in quotation marks", atColon: "':'", atComma: "',' or a closing bracket",
	inString: "no control character inside a string", inEscape: "an escape", inLiteral: "a value",
}

// listKeys are the keys whose arrays are read element by element: of a log file
// or a Lambda batch, of LookupEvents, of ReceiveMessage.
var listKeys = []string{"Records", "Events", "Messages"}

// isListKey says whether a key, as it is written, is one of the listKeys. Its
// letters may be escaped, as everywhere in JSON. It is asked of every record,
// and allocates nothing for a key that has no escapes.
func isListKey(written []byte) bool {
	if bytes.IndexByte(written, '\\') >= 0 {
		return slices.Contains(listKeys, keyOf(string(written)))
	}
	return slices.Contains(listKeys, string(written))
}

// keyOf is what a key says, or what is written where that is no string.
func keyOf(written string) string {
	var key string
	if strings.IndexByte(written, '\\') < 0 || json.Unmarshal([]byte(`"`+written+`"`), &key) != nil {
		return written
	}
	return key
}

// scanner finds where one JSON value ends. It knows brackets, strings, colons
// and commas, so that a broken value is seen where it breaks, and leaves
// escapes and numbers to encoding/json. It keeps no bytes; its offsets count
// from where the value, or the rest of it after a list, begins.
type scanner struct {
	state    state
	stack    []byte // the open brackets
	outside  int    // how deep the value itself lies
	isKey    bool   // the string being read is a key
	lists    bool   // stop at lists
	skipping bool   // whoever asks only wants the end, however deep
	str      int    // where the last string began
	key      string // the last key of the value itself
	first    string // its first key, as it is written
	opening  byte   // the first byte of the value
}

// scan goes on at data[i]. It returns the offset that the status speaks of.
func (s *scanner) scan(data []byte, i int) (int, status) {
	for ; i < len(data); i++ {
		c := data[i]
		switch s.state {
		case inString:
			for c != '"' && c != '\\' && c >= ' ' && i+1 < len(data) {
				i++
				c = data[i]
			}
			if c < ' ' {
				return i, scanBad
			}
			s.inText(c, data, i)
		case inEscape:
			s.state = inString
		case inLiteral:
			if isLiteral(c) {
				continue
			}
			s.ended()
			i--
		default:
			if c == ' ' || c == '\n' || c == '\t' || c == '\r' {
				continue
			}
			if st := s.token(c, i); st == scanDeep {
				return i + 1, st
			} else if st != scanMore {
				return i, st
			}
		}
		if s.state == atComma && len(s.stack) == 0 {
			return i + 1, scanDone
		}
	}
	return i, scanMore
}

func (s *scanner) inText(c byte, data []byte, i int) {
	switch {
	case c == '\\':
		s.state = inEscape
	case c == '"' && s.isKey:
		s.state = atColon
		if len(s.stack) == 1 && !s.skipping {
			written := string(data[s.str+1 : i])
			s.key = keyOf(written)
			if s.first == "" {
				s.first = written
			}
		}
	case c == '"':
		s.ended()
	}
}

// ended is what follows any value, also the outermost.
func (s *scanner) ended() { s.state = atComma }

func (s *scanner) token(c byte, i int) status {
	value := s.state == atValue || s.state == atFirstValue
	key := s.state == atKey || s.state == atFirstKey
	if s.opening == 0 {
		s.opening = c
	}
	switch {
	case value && c == '[' && s.lists && len(s.stack) == 1 && s.stack[0] == '{' && slices.Contains(listKeys, s.key):
		return scanList
	case value && (c == '{' || c == '['):
		return s.push(c)
	case c == '"' && (value || key):
		s.isKey, s.str, s.state = key, i, inString
	case value && isLiteral(c):
		s.state = inLiteral
	case s.state == atColon && c == ':':
		s.state = atValue
	case s.state == atComma && c == ',':
		s.state = atValue
		if s.top() == '{' {
			s.state = atKey
		}
	case c == '}' && s.top() == '{' && (s.state == atComma || s.state == atFirstKey),
		c == ']' && s.top() == '[' && (s.state == atComma || s.state == atFirstValue):
		s.stack = s.stack[:len(s.stack)-1]
		s.ended()
	default:
		return scanBad
	}
	return scanMore
}

// push opens a bracket. While skipping, the stack itself has to stay small.
func (s *scanner) push(c byte) status {
	if len(s.stack) == MaxRecord {
		return scanBad
	}
	s.stack = append(s.stack, c)
	s.state = atFirstValue
	if c == '{' {
		s.state = atFirstKey
	}
	if !s.skipping && s.outside+len(s.stack) > maxDepth {
		return scanDeep
	}
	return scanMore
}

func (s *scanner) top() byte {
	if len(s.stack) == 0 {
		return 0
	}
	return s.stack[len(s.stack)-1]
}

func isLiteral(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '+' || c == '.'
}
