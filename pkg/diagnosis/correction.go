package diagnosis

import (
	"net/url"
	"regexp"
	"slices"
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

// placeholders are what examples in documentation leave to be filled in.
var placeholders = lazy.Regexp(`(?i)<[a-z][a-z0-9 _./-]*>|\$\{[^{}]*\}|\{\{[^{}]*\}\}|%[a-z_]+%|\[[a-z][a-z0-9 _-]*\]|` +
	`\b(?:your|replace|change|insert)[-_ ]?(?:me|this|here|org|organi[sz]ation|owner|user|username|account|repo|repository|project|team|workspace|branch|namespace)(?:[-_](?:name|id|here))*\b|` +
	`\b(?:account|org|organi[sz]ation|repo|repository|owner|user|project|workspace|cluster)[-_](?:name|id|here)\b|` +
	`(?-i:\b(?:OWNER|ORG|REPO|ACCOUNT_ID|GITHUB_ORG|GITHUB_REPO|TODO|[xX]{3,})\b)`)

// variables are what IAM fills in by itself: a key of AWS's own, or a claim
// under the name of a provider, and the three characters that a pattern has to
// escape. "${var.org}", "${self:custom.org}" and "${AWS::AccountId}" are none.
var variables = lazy.Regexp(`(?i)\$\{(?:[*?$]|(?:aws|iam|sts|saml|[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/[^{}:,]*)?):[^{}:][^{}]*)\}`)

// withoutVariables has something in their place that is no placeholder.
func withoutVariables(s string) string {
	if !strings.Contains(s, "${") {
		return s
	}
	return variables().ReplaceAllLiteralString(s, "\x01")
}

func holdsVariable(s string) bool { return withoutVariables(s) != s }

// mayHoldPlaceholder spares most values the search.
func mayHoldPlaceholder(s string) bool {
	if strings.ContainsAny(s, "<{[%") {
		return true
	}
	lower := strings.ToLower(s)
	for _, word := range []string{"your", "replace", "change", "insert", "name", "-id", "_id", "here", "todo", "xxx"} {
		if strings.Contains(lower, word) {
			return true
		}
	}
	return strings.Contains(s, "OWNER") || strings.Contains(s, "ORG") || strings.Contains(s, "REPO")
}

// isPlaceholder tells whether a text holds one.
func isPlaceholder(s string) bool {
	if !mayHoldPlaceholder(s) {
		return false
	}
	s = withoutVariables(s)
	return slices.ContainsFunc(placeholders().FindAllStringIndex(s, -1), func(at []int) bool { return !isWord(s, at[0], at[1]) })
}

// plainNames are the placeholders that may be an issuer's own words, or a part
// of somebody's name.
var plainNames = lazy.Regexp(`(?i)^[a-z]+[-_](?:name|id|here)$`)

// isWord tells whether what looks like a placeholder stands in a longer name
// ("user-id-service"), or for the key of the value behind it, which has a digit
// or a wildcard ("repository_id:1234"). No issuer's key has a hyphen:
// "organization:org-name:*" is still to be filled in.
func isWord(s string, start, end int) bool {
	if !plainNames().MatchString(s[start:end]) || strings.HasPrefix(strings.ToLower(s[start:]), "your") {
		return false
	}
	rest := s[end:]
	if len(rest) > 1 && (rest[0] == '-' || rest[0] == '_') {
		return !strings.HasPrefix(strings.ToLower(rest[1:]), "here")
	}
	value, isKey := strings.CutPrefix(rest, ":")
	value, _, _ = strings.Cut(value, ":")
	return isKey && !strings.Contains(s[start:end], "-") && (start == 0 || s[start-1] == ':') && strings.ContainsAny(value, "0123456789*")
}

// emptyParts are what a template leaves where a variable was empty: "repo::*".
var emptyParts = lazy.Regexp(`:[:/]|/[:/]`)

// fillPlaceholder lets each placeholder stand for one part of the presented
// value.
func fillPlaceholder(a attempt) attempt {
	const mark = "\x00"
	marked := a.expected
	if mayHoldPlaceholder(a.expected) {
		marked = placeholders().ReplaceAllString(withoutVariables(a.expected), mark)
	}
	if !strings.Contains(marked, mark) {
		marked = emptyParts().ReplaceAllStringFunc(a.expected, func(s string) string { return s[:1] + mark + s[1:] })
	}
	if n := strings.Count(marked, mark); n == 0 || n > 8 {
		return a
	}
	pattern := regexp.QuoteMeta(marked)
	pattern = strings.NewReplacer(mark, `[^:]+`, `\*`, `.*`, `\?`, `.`).Replace(pattern)
	if re, err := regexp.Compile(`^(?s:` + pattern + `)$`); err == nil && re.MatchString(a.presented) {
		a.expected = a.presented
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
