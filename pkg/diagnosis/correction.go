package diagnosis

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"whydenied/pkg/internal/edit"
	"whydenied/pkg/internal/lazy"
	"whydenied/pkg/policy"
)

func (a attempt) both(f func(string) string) attempt {
	a.expected, a.presented = f(a.expected), f(a.presented)
	return a
}

// ignoreCase: subjects and audiences are compared to the letter.
func ignoreCase(a attempt) attempt { return a.both(strings.ToLower) }

// asStringLike: outside of StringLike, "*" is an ordinary character, and under
// the ARN operators a value that is no ARN never matches.
func asStringLike(a attempt) attempt {
	switch a.op.Base() {
	case "StringEquals", "StringEqualsIgnoreCase", "ArnEquals", "ArnLike":
		if policy.IsGlob(a.expected) {
			a.op = like
		}
	}
	return a
}

// addWildcard: the value stops where a part of the presented one ends.
func addWildcard(a attempt) attempt {
	for _, end := range []string{"", ":", "/"} {
		if end == "" && !strings.HasSuffix(a.expected, ":") && !strings.HasSuffix(a.expected, "/") {
			continue
		}
		// A slash at the end alone is no part that a wildcard stands for.
		if matches(a.expected+end+"?*", a.presented) {
			a.op, a.expected = like, a.expected+end+"*"
			return a
		}
	}
	return a
}

func dropSpace(a attempt) attempt { return a.both(withoutSpace) }

func withoutSpace(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// plainPunctuation undoes what word processors do: curly quotes around a
// value, and dashes and dots in it.
func plainPunctuation(a attempt) attempt {
	return a.both(withoutPunctuation)
}

func withoutPunctuation(s string) string {
	if isASCII(s) {
		return s
	}
	return smart.Replace(s)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

var smart = strings.NewReplacer("“", "", "”", "", "„", "", "‘", "", "’", "", "‚", "", "«", "", "»", "",
	"–", "-", "—", "-", "‐", "-", "‑", "-", "…", "...")

func dropInvisible(a attempt) attempt { return a.both(withoutInvisible) }

// withoutInvisible drops what has no width: format characters such as the
// zero-width space or marks of direction, control characters, and variation
// selectors.
func withoutInvisible(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) || unicode.IsControl(r) && !unicode.IsSpace(r) || r >= 0xFE00 && r <= 0xFE0F {
			return -1
		}
		return r
	}, s)
}

// Chat programs turn addresses into links and ":name:" into an emoji.
var (
	chatLink     = lazy.Regexp(`<(?:(?:https?://|mailto:)?[^<>|]*\|)?([^<>|]+)>`)
	markdownLink = lazy.Regexp(`\[([^\[\]]+)\]\([^()]*\)`)
)

// emojis are those whose names may stand between the colons of a subject.
var emojis = strings.NewReplacer("☁️", ":cloud:", "☁", ":cloud:", "🔑", ":key:", "📦", ":package:", "🚀", ":rocket:",
	"🔒", ":lock:", "🏷️", ":label:", "🏷", ":label:", "⚙️", ":gear:", "⚙", ":gear:", "🔧", ":wrench:", "🐙", ":octopus:",
	"🐍", ":snake:", "🏠", ":house:", "🧪", ":test_tube:", "🛠️", ":hammer_and_wrench:", "🌍", ":earth_africa:", "👤", ":bust_in_silhouette:")

func dropMarkup(a attempt) attempt { return a.both(withoutMarkup) }

func withoutMarkup(s string) string {
	if strings.ContainsAny(s, "<[") {
		s = markdownLink().ReplaceAllString(chatLink().ReplaceAllString(s, "$1"), "$1")
	}
	if !isASCII(s) {
		s = emojis.Replace(s)
	}
	return strings.ReplaceAll(s, "`", "")
}

func decodePercent(a attempt) attempt { return a.both(withoutPercent) }

func withoutPercent(s string) string {
	if decoded, err := url.PathUnescape(s); err == nil {
		return decoded
	}
	return s
}

func dropScheme(a attempt) attempt { return a.both(withoutScheme) }

// withoutScheme looks for a scheme anywhere: in a provider ARN it stands
// behind "oidc-provider/".
func withoutScheme(s string) string {
	s = withoutAddress(s)
	return strings.Replace(strings.Replace(s, "https://", "", 1), "http://", "", 1)
}

// repositoryAddress is a repository's address where its name belongs. No owner
// at GitHub has a dot in its name.
var repositoryAddress = lazy.Regexp(`(?i)^repo:(?:https?://)?(?:www\.)?github\.com/`)

func withoutAddress(s string) string {
	if !strings.Contains(s, "/") {
		return s
	}
	return repositoryAddress().ReplaceAllLiteralString(s, "repo:")
}

func dropTrailingSlash(a attempt) attempt {
	return a.both(func(s string) string { return strings.TrimRight(s, "/") })
}

// sameAccountID puts the presented account in the place of the expected one,
// where each side names exactly one.
func sameAccountID(a attempt) attempt {
	e, p := accountIn(a.expected), accountIn(a.presented)
	if e != "" && p != "" {
		a.expected = strings.Replace(a.expected, e, p, 1)
	}
	return a
}

// accountIn is the one run of exactly twelve digits in s, or "".
func accountIn(s string) string {
	found := ""
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if len(word) != 12 || strings.Trim(word, "0123456789") != "" {
			continue
		}
		if found != "" {
			return ""
		}
		found = word
	}
	return found
}

// GitHub's immutable subjects carry the ids of owner and repository:
// "repo:octo-org@1234/api@5678:…" (GitHub Docs, "OpenID Connect reference").
var githubIDs = lazy.Regexp(`^(repo:[^/:@]+)(@[0-9*]+)?/([^/:@]+)(@[0-9*]+)?`)

// dropIDs is for one side with ids and one without. Where both have some and
// they differ, they name two different things.
func dropIDs(a attempt) attempt {
	b := a.both(withoutIDs)
	if (b.expected == a.expected) == (b.presented == a.presented) {
		return a
	}
	return b
}

func withoutIDs(s string) string {
	if !strings.Contains(s, "@") {
		return s
	}
	return githubIDs().ReplaceAllString(s, "$1/$3")
}

func idsIn(s string) string {
	if m := githubIDs().FindStringSubmatch(s); m != nil {
		return m[2] + m[4]
	}
	return ""
}

// swapClaims: the value of one claim stands under the key of the other.
func swapClaims(a attempt) attempt {
	if a.other != "" {
		a.presented = a.other
	}
	return a
}

// mendTypo lets at most two edits in one part pass, and at most a fifth of
// that part's letters. The labels of a host name are parts, too: "vstoken" is
// no slip for "token".
func mendTypo(a attempt) attempt {
	e, p := strings.FieldsFunc(a.expected, isSeparator), strings.FieldsFunc(a.presented, isSeparator)
	if len(e) != len(p) || separators(a.expected) != separators(a.presented) || !isText(a.op) {
		return a
	}
	if x, y := idsIn(a.expected), idsIn(a.presented); x != y && x != "" && y != "" {
		return a // another id is somebody else, however near
	}
	mended := false
	for i := range e {
		if a.op.Matches(e[i], p[i], false) == policy.True {
			continue
		}
		n := edit.Distance(e[i], p[i])
		if policy.IsGlob(e[i]) && a.op.Base() == like.Base() {
			n = edit.ToPattern(e[i], p[i])
		}
		if mended || n > 2 || n*5 > len([]rune(e[i])) {
			return a
		}
		mended = true
	}
	if mended {
		a.expected = a.presented
	}
	return a
}

func isSeparator(r rune) bool { return r == ':' || r == '/' || r == '.' }

func separators(s string) string {
	return strings.Map(func(r rune) rune {
		if isSeparator(r) {
			return r
		}
		return -1
	}, s)
}

// isText tells whether an operator compares texts: numbers and dates that are
// near one another are not slips of the pen.
func isText(op policy.Operator) bool {
	return strings.HasPrefix(op.Base(), "String") || strings.HasPrefix(op.Base(), "Arn")
}
