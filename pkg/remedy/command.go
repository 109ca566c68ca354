package remedy

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"whydenied/pkg/evidence"
)

// diffOf is a unified diff, without the line that only names the two files.
func diffOf(name string, from, to []byte) string {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return '_'
		}
		return r
	}, name)
	_, said, _ := bytes.Cut(diff.Diff("a/"+name, from, "b/"+name, to), []byte{'\n'})
	return string(said)
}

// updateCommand sets a role's trust policy: the document on one line, with
// everything that a terminal does not show escaped, as one word of the shell.
// Without a role, or where the name is none, there is no command.
func updateCommand(role string, source []byte) string {
	name := evidence.RoleName(role)
	var compact bytes.Buffer
	if !isRoleName(name) || json.Compact(&compact, source) != nil {
		return ""
	}
	return "aws iam update-assume-role-policy --role-name " + name + " --policy-document " + shellWord(escaped(compact.String()))
}

// isRoleName holds a name to what IAM takes: up to 64 of letters, digits and
// "+=,.@-_".
func isRoleName(s string) bool {
	for _, r := range s {
		if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+=,.@-_", r) {
			return false
		}
	}
	return s != "" && len(s) <= 64 && s[0] != '-'
}

// shellWord quotes a text for a POSIX shell: within single quotes nothing has
// a meaning but the quote itself.
func shellWord(s string) string {
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
