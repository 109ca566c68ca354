package github

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"whydenied/pkg/alert"
	"whydenied/pkg/oidc"
)

// issuer signs the tokens of github.com, below a path those of an enterprise
// with an issuer of its own. Those of other hosts have another API.
const issuer = "token.actions.githubusercontent.com"

// defaults are the forms of a subject that say by themselves which repository
// they are about. A custom one has parts that its owner chose.
var defaults = []string{oidc.KindBranch, oidc.KindTag, oidc.KindRef, oidc.KindEnvironment, oidc.KindPullRequest}

// target is where the check run of an incident belongs.
type target struct {
	repository
	branch string // "" for the default one
}

// target is that of a message; false where the message is not for GitHub.
func (n *Notifier) target(m *alert.Message) (target, bool) {
	in := &m.Incident
	if in.Stranger || in.Overflow || in.Wave != nil || m.Report == nil || m.Report.Stranger || m.Report.Denial.Sub == nil {
		return target{}, false
	}
	provider, err := oidc.ParseProvider(in.Provider)
	if err != nil || provider.Suffix != issuer && !strings.HasPrefix(provider.Suffix, issuer+"/") {
		return target{}, false
	}
	sub := *m.Report.Denial.Sub
	reading, ok := oidc.Lookup(provider.Suffix, sub).Read(sub)
	if !ok || !slices.Contains(defaults, reading.Kind) {
		return target{}, false
	}
	to := target{repository: repository{reading.Tenant(), reading.Resource()}}
	if reading.Kind == oidc.KindBranch && isBranch(reading.Context()) {
		to.branch = reading.Context()
	}
	return to, to.valid() && n.config.Repositories.has(to.repository)
}

// longestBranch is what GitHub takes of a ref, less "refs/heads/", in bytes.
const longestBranch = 244

// isBranch tells whether git takes it for a branch (git-check-ref-format), so
// that it can be asked for. For what is none, the default branch stands in.
func isBranch(name string) bool {
	odd := func(r rune) bool { return unicode.IsControl(r) || strings.ContainsRune(` ~^:?*[\`, r) }
	switch {
	case name == "", len(name) > longestBranch, !utf8.ValidString(name), strings.ContainsFunc(name, odd):
		return false
	case strings.Contains(name, "..") || strings.Contains(name, "@{") || strings.HasSuffix(name, "."):
		return false
	}
	return !slices.ContainsFunc(strings.Split(name, "/"), func(part string) bool {
		return part == "" || part[0] == '.' || strings.HasSuffix(part, ".lock")
	})
}
