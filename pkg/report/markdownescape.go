package report

import (
	"strconv"
	"strings"
	"unicode"
)

// codeSpan shows a value as code. Backticks, line breaks and what cannot be
// seen are spelt, so that one pair of backticks holds anything.
func codeSpan(v string) string { return "`" + spelling{code: true}.value(v, maxShort) + "`" }

// tableSpan is a code span within a cell of a table.
func tableSpan(v string) string {
	return "`" + spelling{code: true, table: true}.value(v, maxValue) + "`"
}

func spans(values []string) string {
	said := make([]string, 0, maxListed)
	for _, v := range values[:min(len(values), maxListed)] {
		said = append(said, codeSpan(v))
	}
	return strings.Join(append(said, andMore(len(values)-maxListed)...), ", ")
}

// markdownProse makes sentences safe. They are this program's own, and repeat
// what callers chose: quoted, mostly. So whatever is quoted, and each word that
// is more than letters, becomes code; a renderer finds no markup, link,
// mention, reference or emoji in the rest.
func markdownProse(text string) string {
	text = clip(text, 0, maxProse).text
	var b strings.Builder
	for len(text) > 0 {
		n, piece := 1, text[:1]
		if quoted, err := strconv.QuotedPrefix(text); err == nil && text[0] == '"' {
			n, piece = len(quoted), codeOf(unquoted(quoted))
		} else if text[0] != ' ' && text[0] != '(' {
			n = wordLength(text)
			piece = markdownWord(text[:n])
		}
		if strings.HasSuffix(b.String(), "`") && strings.HasPrefix(piece, "`") {
			b.WriteByte(' ') // two backticks would be another delimiter
		}
		b.WriteString(piece)
		text = text[n:]
	}
	return b.String()
}

func codeOf(v string) string { return "`" + spelling{code: true}.value(v, maxValue) + "`" }

func unquoted(quoted string) string {
	if v, err := strconv.Unquote(quoted); err == nil {
		return v
	}
	return quoted
}

// wordLength is how far the first word goes: to a space, but not to one
// between "<" and ">", as in "prefect:account:<account id>".
func wordLength(text string) int {
	const mostPlaceholder = 40
	n := strings.IndexByte(text, ' ')
	if n < 0 {
		return len(text)
	}
	open := strings.IndexByte(text[:n], '<')
	if open < 0 || strings.IndexByte(text[open:n], '>') >= 0 {
		return n
	}
	if end := strings.IndexByte(text[n:min(len(text), n+mostPlaceholder)], '>'); end >= 0 {
		return n + end + 1
	}
	return n
}

// markdownWord leaves a plain word and the punctuation behind it as they are,
// and makes anything else code.
func markdownWord(word string) string {
	core := strings.TrimRight(word, ".,;:?)…")
	if core == "" || plainWord(core) {
		return word
	}
	return codeOf(core) + word[len(core):]
}

// plainWord tells whether a renderer leaves a word alone: letters, with
// hyphens and apostrophes inside, or digits. A word that could be the hash of
// a commit is not one.
func plainWord(word string) bool {
	if strings.Trim(word, "0123456789") == "" {
		return len(word) < 7
	}
	if len(word) >= 7 && strings.Trim(word, "abcdef") == "" {
		return false
	}
	for i, r := range word {
		inside := i > 0 && i < len(word)-1
		if !(unicode.IsLetter(r) && !unseen(r)) && !(inside && (r == '-' || r == '\'')) {
			return false
		}
	}
	return true
}
