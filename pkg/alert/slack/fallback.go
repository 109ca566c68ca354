package slack

import (
	"strings"
	"unicode"
)

// fallback is a line for Slack's text field, which lock screens and screen
// readers get in place of the blocks. Slack takes it for markup, so its control
// characters are escaped ("Formatting text for app surfaces"), and what could
// begin or end a format, an emoji or a mention is followed by a word joiner,
// which nobody sees.
func fallback(line string) string {
	const wordJoiner = '\u2060'
	var b strings.Builder
	runes := []rune(line)
	for i, r := range runes {
		switch r {
		case '&':
			b.WriteString("&amp;")
		case '<':
			b.WriteString("&lt;")
		case '>':
			b.WriteString("&gt;")
		default:
			b.WriteRune(r)
		}
		inWord := i > 0 && i+1 < len(runes) && isWord(runes[i-1]) && isWord(runes[i+1])
		if strings.ContainsRune("*_~`", r) && !inWord || r == ':' && isEmoji(runes[i+1:]) || r == '@' || r == '#' {
			b.WriteRune(wordJoiner)
		}
	}
	return b.String()
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// isEmoji tells whether what follows a colon reads as an emoji's name.
func isEmoji(rest []rune) bool {
	for i, r := range rest {
		if r == ':' {
			return i > 0
		}
		if !isWord(r) && !strings.ContainsRune("_+-'", r) {
			return false
		}
	}
	return false
}
