package trail

import "bytes"

// finder looks through an input for what may be a call.
//
// A record is one only if its eventName is webCall. Around it there may be
// strings of JSON inside strings of JSON, so each letter of the name may stand
// there by itself or as an escape, and so may each character of that escape.
// But the outermost escape of any of them is written out. It is \u00 and two
// hexadecimal digits, of which the first is 4 to 7 for a letter, a hexadecimal
// digit that is a letter, the u or the backslash, and 3 for a digit, with a
// digit behind it. So what has neither the name itself nor such an escape holds
// no call. Escapes that CloudTrail writes, of < = > & and ', are none of these.
type finder struct {
	window, tail  int
	seen          bool // a record or a fault has been found: there is something in this input
	judged        bool // the end has been looked at
	names, hidden cursor
}

// cursor is how far an input has been searched for one thing.
type cursor struct {
	at    int64 // an offset in the input: where it was found, else from where the search goes on
	found bool
}

// next returns where the first thing that may be in a call is, from the front of
// what is held, or how much of it surely holds none.
func (f *finder) next(in *input) (i int, found bool) {
	name, hidden := f.names.next(in, indexName), f.hidden.next(in, indexHidden)
	if name < hidden {
		return name, f.names.found
	}
	return hidden, f.hidden.found
}

func (c *cursor) next(in *input, index func(b []byte, from int) (int, bool)) int {
	front := in.pos.Offset
	if c.at < front {
		c.at, c.found = front, false
	}
	i := int(c.at - front)
	if !c.found {
		i, c.found = index(in.buf(), i)
		c.at = front + int64(i)
	}
	return i
}

// indexName finds the name where it is all of a string, by its rarest letter.
// The quotation marks may be escaped: \", or \u0022, and so on inside that. If
// there is none, the search goes on at i when more has been read.
func indexName(b []byte, from int) (i int, found bool) {
	const rare = 'W'
	const before, behind = len(`"AssumeRoleWith`), len(`WebIdentity"`)
	for i = from; ; i++ {
		n := bytes.IndexByte(b[i:], rare)
		if n < 0 {
			return len(b), false
		}
		i += n
		if i+behind > len(b) {
			return i, false
		}
		if b[i+1] != 'e' || i < before || string(b[i-before+1:i+behind-1]) != webCall {
			continue
		}
		first, last := b[i-before], b[i+behind-1]
		if (first == '"' || first == '2') && (last == '"' || last == '\\') {
			return i, true
		}
	}
}

// indexHidden finds an escape that may hide a letter of the name.
func indexHidden(b []byte, from int) (i int, found bool) {
	const size = len(`\u0000`)
	for i = from; ; i++ {
		n := bytes.IndexByte(b[i:], '\\')
		if n < 0 {
			return len(b), false
		}
		i += n
		if i+size > len(b) {
			return i, false
		}
		if b[i+1] != 'u' || b[i+2] != '0' || b[i+3] != '0' {
			continue
		}
		if c := b[i+4]; c >= '4' && c <= '7' || c == '3' && b[i+5] >= '0' && b[i+5] <= '9' {
			return i, true
		}
	}
}
