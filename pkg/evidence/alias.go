package evidence

import "strings"

// AliasOf is the alias among those that IAM lists for an account, which are one
// at most (IAM API Reference, ListAccountAliases); "" where there is none. A
// text that IAM takes for no alias is none, whoever wrote it: 3 to 63 small
// letters, digits and hyphens, these neither at an end nor beside each other
// (CreateAccountAlias). Nor is a number that could be taken for an account's.
func AliasOf(listed []string) string {
	if len(listed) == 0 || !isAlias(listed[0]) {
		return ""
	}
	return listed[0]
}

func isAlias(text string) bool {
	const digits = "0123456789"
	switch {
	case len(text) < 3 || len(text) > 63 || strings.Trim(text, "abcdefghijklmnopqrstuvwxyz-"+digits) != "":
		return false
	case strings.HasPrefix(text, "-") || strings.HasSuffix(text, "-") || strings.Contains(text, "--"):
		return false
	}
	return len(text) != 12 || strings.Trim(text, digits) != ""
}
