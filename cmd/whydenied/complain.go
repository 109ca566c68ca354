package main

import (
	"fmt"
	"strings"
	"unicode"
)

// complain writes one line about what is wrong to standard error.
func (a *app) complain(text string) { a.say("whydenied: " + text) }

// say writes one line to standard error. What is in it may come from a file
// that somebody else wrote, or be a token that was given where a file's name
// belongs: it is kept to one line, and tokens are left out.
func (a *app) say(text string) {
	a.progress.clear()
	_, _ = fmt.Fprintln(a.stderr, withoutTokens(oneLineOf(text))) // there is nowhere left to say that it failed
}

// oneLineOf leaves nothing in a text that moves the cursor or turns it around.
func oneLineOf(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return ' '
		}
		return r
	}, text)
}

// shortestToken is below any JWT that has a header and a payload, in bytes.
const shortestToken = 24

// withoutTokens leaves out every word that reads like a JWT. "eyJ" is how
// every JSON object starts in base64.
func withoutTokens(line string) string {
	var b strings.Builder
	for {
		at := strings.Index(line, "eyJ")
		if at < 0 {
			b.WriteString(line)
			return b.String()
		}
		end := at
		for end < len(line) && (isWordByte(line[end]) || line[end] == '.') {
			end++
		}
		b.WriteString(line[:at])
		if end-at >= shortestToken {
			b.WriteString("(a token, left out)")
		} else {
			b.WriteString(line[at:end])
		}
		line = line[end:]
	}
}

func isWordByte(c byte) bool {
	return c == '-' || c == '_' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}
