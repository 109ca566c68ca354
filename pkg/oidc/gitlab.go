package oidc

const gitLabForm = "GitLab's subjects read project_path:<group>/<project>:ref_type:<branch or tag>:ref:<ref>"

const gitLabProject = "project_path:<group tenant>/<project resource path>"

// gitLabGrammars follow docs.gitlab.com, "ID token authentication". The last one is
// for patterns that leave the kind of ref open.
var gitLabGrammars = []Grammar{
	{Kind: KindBranch, Text: gitLabProject + ":ref_type:branch:ref:<branch context path>"},
	{Kind: KindTag, Text: gitLabProject + ":ref_type:tag:ref:<tag context path>"},
	{Kind: KindRef, Text: gitLabProject + ":ref_type:<ref_type context>:ref:<ref context path>"},
}

var gitLabPhrases = []string{"project <group>/<project>"}

var gitLab = Issuer{
	Name:          "GitLab.com",
	Known:         true,
	AZP:           AZPNever,
	Suffixes:      []string{"gitlab.com"},
	Audiences:     []string{"https://gitlab.com"},
	DefaultClaims: usualClaims,
	Claims: []string{
		"namespace_id", "project_id", "pipeline_source", "ref_protected", "runner_environment",
		"user_access_level", "user_email", "user_id", "user_login",
	},
	RequiredClaim: "sub",
	Form:          gitLabForm,
	Grammars:      gitLabGrammars,
	Phrases:       gitLabPhrases,
	Looks:         gitLabLooks,
}

// gitLabSelfManaged stands apart because AWS lists GitLab's keys for gitlab.com only.
var gitLabSelfManaged = Issuer{
	Name:          "self-managed GitLab",
	Known:         true,
	AZP:           AZPNever,
	DefaultClaims: usualClaims,
	Form:          gitLabForm,
	Grammars:      gitLabGrammars,
	Phrases:       gitLabPhrases,
	Looks:         gitLabLooks,
}

// isGitLab tells a self-managed GitLab, whose host may be any: by its name, or by a
// subject that has GitLab's form in full.
func isGitLab(host, subject string) bool {
	if hasLabel(host, "gitlab") {
		return true
	}
	r, ok := gitLabSelfManaged.Read(subject)
	return ok && r.Kind != KindRef
}
