package trail

import (
	"encoding/binary"
	"math/bits"
)

// skip returns what is behind the object that begins at b[i], or -1 where a
// scanner would not have passed it as one whole object: if b ends first, if a
// byte cannot stand where it does, if brackets become deeper than most, if the
// object is larger than MaxRecord or holds a list that is read element by
// element. It is scanner.scan for what is only passed, many times as fast.
func skip(b []byte, i, most int) int {
	b = b[:min(len(b), i+MaxRecord)]
	var key []byte
	var braces uint64 // the open brackets, the innermost in the lowest bit; 1 is a brace
	depth, st := 0, atValue
	for {
		if i < len(b) && b[i] <= ' ' {
			i = blank(b, i)
		}
		if i >= len(b) {
			return -1
		}
		switch c := b[i]; st {
		case atKey, atFirstKey:
			if c != '"' {
				if c != '}' || st == atKey {
					return -1
				}
				break // the switch: a bracket closes
			}
			end := quote(b, i+1)
			if end < 0 {
				return -1
			}
			key = b[i+1 : end]
			if i = colon(b, end+1); i < 0 {
				return -1
			}
			st = atValue
			continue
		case atValue, atFirstValue:
			switch {
			case c == '"':
				if i = quote(b, i+1); i < 0 {
					return -1
				}
				i++
				st = atComma
				continue
			case c == '{' || c == '[':
				if depth == most || c == '[' && depth == 1 && isListKey(key) {
					return -1
				}
				depth++
				braces <<= 1
				st = atFirstValue
				if c == '{' {
					braces |= 1
					st = atFirstKey
				}
				i++
				continue
			case isLiteral(c):
				i = literal(b, i)
				st = atComma
				continue
			case c != ']' || st == atValue:
				return -1
			}
		case atComma:
			if c == ',' {
				st = atValue
				if braces&1 == 1 {
					st = atKey
				}
				i++
				continue
			}
			if c != '}' && c != ']' || (c == '}') != (braces&1 == 1) {
				return -1
			}
		default:
			return -1
		}
		i++
		depth--
		braces >>= 1
		if depth == 0 {
			return i
		}
		st = atComma
	}
}

// colon passes the colon between a key and its value.
func colon(b []byte, i int) int {
	if i < len(b) && b[i] != ':' {
		i = blank(b, i)
	}
	if i >= len(b) || b[i] != ':' {
		return -1
	}
	return i + 1
}

// blank passes white space.
func blank(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}

func literal(b []byte, i int) int {
	for i < len(b) && isLiteral(b[i]) {
		i++
	}
	return i
}

// quote returns where the string ends that b is in at i: the index of its
// quotation mark, or -1 if b ends before or a control character stands in it.
func quote(b []byte, i int) int {
	for i+16 <= len(b) {
		p := (*[16]byte)(b[i:])
		low, high := special(binary.LittleEndian.Uint64(p[:8])), special(binary.LittleEndian.Uint64(p[8:]))
		if low|high == 0 {
			i += 16
			continue
		}
		if low == 0 {
			low = high
			i += 8
		}
		i += bits.TrailingZeros64(low) >> 3
		switch b[i] {
		case '"':
			return i
		case '\\':
			i += 2
		default:
			return -1
		}
	}
	for ; i < len(b); i++ {
		switch c := b[i]; {
		case c == '"':
			return i
		case c == '\\':
			i++
		case c < ' ':
			return -1
		}
	}
	return -1
}

const (
	each = 0x0101010101010101 // times a byte: that byte eight times
	tops = 0x80 * each
)

// special looks at eight bytes at once for a quotation mark, a backslash or a
// control character. The lowest bit set in what it returns is the top bit of
// the first of these; higher ones may be false, since a borrow runs upwards.
// With its second bit turned over a quotation mark is a space, what was below
// that stays below, and what was above stays above.
func special(x uint64) uint64 {
	q, s := x^0x02*each, x^'\\'*each
	return ((q-'!'*each)&^x | (s-each)&^s) & tops
}
