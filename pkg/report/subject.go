package report

import (
	"strings"
	"unicode"
)

const (
	mostSubject = 99  // SNS wants fewer than 100 characters (Publish, Subject)
	mostSMS     = 140 // SNS sends what is longer as several messages (Publish, Message)
)

// Subject is the first line for the subject of an e-mail: printable ASCII that
// begins with a letter, at most 99 characters.
func (b Brief) Subject() string { return fitASCII(b.oneLine(), mostSubject) }

// SMS is the first line and how often, in printable ASCII of at most 140
// characters.
func (b Brief) SMS(t *Tally) string {
	count := plainASCII(strings.ReplaceAll(t.count(), " (inferred)", ""))
	return fitASCII("whydenied: "+b.oneLine(), mostSMS-len(". ")-len(count)) + ". " + count
}

// Headline is the first line as plain text, which alone must do.
func (b Brief) Headline() string {
	if len(b.Lines) == 0 {
		return ""
	}
	return b.Lines[0].String()
}

// oneLine is the first line in ASCII, without its sign, which has no letter.
func (b Brief) oneLine() string {
	text := b.Headline()
	if i := strings.IndexFunc(text, unicode.IsLetter); i > 0 && i <= len("⚠ ") {
		text = text[i:]
	} else if _, after, ok := strings.Cut(text, " "); ok {
		text = after
	}
	if text = plainASCII(text); text == "" || !isLetterOrDigit(text[0]) {
		text = "refused: " + text
	}
	return text
}

// plainASCII spells what is beyond ASCII, and takes the letters that SMS has no
// room for in its short alphabet to be what they look like.
func plainASCII(text string) string {
	text = strings.NewReplacer(" · ", ", ", "–", "-", "✓ ", "", "`", "'").Replace(text)
	return spelling{ascii: true}.prose(text)
}

func fitASCII(text string, most int) string {
	if len(text) <= most {
		return text
	}
	text = text[:most-len("...")]
	if i := strings.LastIndex(text, ", "); i > most/2 {
		text = text[:i] // a name that is cut may be taken for another
	}
	return strings.TrimRight(text, " ,(") + "..."
}

func isLetterOrDigit(c byte) bool {
	return c < unicode.MaxASCII && (unicode.IsLetter(rune(c)) || unicode.IsDigit(rune(c)))
}
