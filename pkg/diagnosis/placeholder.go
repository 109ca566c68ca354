package diagnosis

import (
	"regexp"
	"slices"
	"strings"

	"whydenied/pkg/internal/lazy"
)

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
