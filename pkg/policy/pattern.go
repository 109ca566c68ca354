package policy

import (
	"net/netip"
	"strings"
	"time"
	"unicode/utf8"
)

// pattern is a value of the policy, prepared once for its operator.
type pattern struct {
	unresolved bool
	valid      bool // false: not a number, date, address or ARN at all
	text       string
	tokens     []token
	hasVar     bool
	number     number
	moment     time.Time
	prefix     netip.Prefix
	arn        [][]token
}

type tokenKind uint8

const (
	literal tokenKind = iota
	anyRun            // "*"
	anyOne            // "?"
	variable
)

// token is a run of ordinary text, a wildcard or a policy variable.
type token struct {
	kind       tokenKind
	text       string // literal text, or a variable's key in lower case
	fallback   string // a variable's default
	hasDefault bool
	odd        bool // a variable in a spelling that IAM's pages do not have
}

// tokenize splits a value. Wildcards are found only where wild is set, and
// variables only where vars is: in a document of version 2008-10-17 "${" is
// ordinary text, and so is "${*}" (IAM User Guide, "Policy variables").
func tokenize(s string, wild, vars bool) (tokens []token, hasVar bool) {
	var plain strings.Builder
	flush := func() {
		if plain.Len() > 0 {
			tokens = append(tokens, token{kind: literal, text: plain.String()})
			plain.Reset()
		}
	}
	for i := 0; i < len(s); i++ {
		switch {
		case vars && strings.HasPrefix(s[i:], "${") && strings.IndexByte(s[i:], '}') > 0:
			end := i + strings.IndexByte(s[i:], '}')
			if name := s[i+2 : end]; name == "*" || name == "?" || name == "$" {
				plain.WriteString(name)
			} else {
				flush()
				tokens = append(tokens, variableToken(name))
				hasVar = true
			}
			i = end
		case wild && s[i] == '*':
			flush()
			tokens = append(tokens, token{kind: anyRun})
		case wild && s[i] == '?':
			flush()
			tokens = append(tokens, token{kind: anyOne})
		default:
			plain.WriteByte(s[i])
		}
	}
	flush()
	return tokens, hasVar
}

// variableToken reads "aws:PrincipalTag/team, 'company-wide'": a comma, one
// space and single quotes (IAM User Guide, "Policy variables"). No key begins or
// ends with white space, or has a comma or a quote: of "aws:PrincipalTag/team,'x'"
// it is not documented what IAM makes.
func variableToken(s string) token {
	key, rest, found := strings.Cut(s, ", '")
	t := token{kind: variable, text: strings.ToLower(key)}
	value, closed := strings.CutSuffix(rest, "'")
	if found && closed {
		t.fallback, t.hasDefault = value, true
	}
	t.odd = found && !closed || strings.TrimSpace(key) != key || strings.ContainsAny(key, ",'\"")
	return t
}

func (p *pattern) eachVariable(f func(key string)) {
	visit := func(tokens []token) {
		for _, t := range tokens {
			if t.kind == variable {
				f(t.text)
			}
		}
	}
	visit(p.tokens)
	for _, part := range p.arn {
		visit(part)
	}
}

// expand puts the request's values in place of the variables, appending to
// buf. It is False where a variable has no value and no default, and Unknown
// where one may or may not have some value, or has several: multivalued keys
// cannot be variables. It is Unknown where a variable is spelled oddly. It is Unknown, too, where a value holds one of unsure:
// that "*" and "?" out of a value are ordinary characters is not documented.
// In place of what is not known stands "*", so that what does not match the
// result matches under no value whatsoever.
func expand(tokens []token, req *Request, unsure string, buf []token) ([]token, Truth) {
	truth := True
	for _, t := range tokens {
		if t.kind != variable {
			buf = append(buf, t)
			continue
		}
		a, value, known := req.Keys[t.text], t.fallback, true
		switch {
		case t.odd:
			known = false
		case a.State == Present && len(a.Values) == 1 && !a.Multi:
			value = a.Values[0]
		case a.State == Absent && !t.hasDefault:
			return buf, False
		case a.State != Absent:
			known = false
		}
		if !known || strings.ContainsAny(value, unsure) {
			truth = Unknown
			buf = append(buf, token{kind: anyRun})
		} else {
			buf = append(buf, token{kind: literal, text: value})
		}
	}
	return buf, truth
}

// matchTokens compares the whole of s. It goes back to the last "*" only, so
// its work is bounded by the product of the lengths.
func matchTokens(tokens []token, s string, fold bool) bool {
	ti, si := 0, 0
	star, starAt := -1, 0
	for {
		if ti == len(tokens) {
			if si == len(s) {
				return true
			}
		} else if t := &tokens[ti]; t.kind == anyRun {
			if ti == len(tokens)-1 {
				return true
			}
			star, starAt = ti, si
			ti++
			continue
		} else if n, ok := t.prefix(s[si:], fold); ok {
			ti, si = ti+1, si+n
			continue
		}
		if star < 0 || starAt >= len(s) {
			return false
		}
		// By whole characters: "?" is not to match a part of one.
		_, n := utf8.DecodeRuneInString(s[starAt:])
		starAt += n
		ti, si = star+1, starAt
	}
}

// prefix tells whether s begins with what the token, a text or "?", matches,
// and how many bytes of s that is.
func (t *token) prefix(s string, fold bool) (n int, ok bool) {
	switch {
	case t.kind == anyOne:
		_, n = utf8.DecodeRuneInString(s)
		return n, n > 0
	case fold:
		return foldedPrefix(t.text, s)
	default:
		return len(t.text), strings.HasPrefix(s, t.text)
	}
}

// foldedPrefix compares character by character: upper and lower case may
// differ in their number of bytes.
func foldedPrefix(prefix, s string) (n int, ok bool) {
	for prefix != "" {
		_, a := utf8.DecodeRuneInString(prefix)
		_, b := utf8.DecodeRuneInString(s[n:])
		if !strings.EqualFold(prefix[:a], s[n:n+b]) {
			return 0, false
		}
		prefix, n = prefix[a:], n+b
	}
	return n, true
}
