package oidc

var gitHub = Issuer{
	Name:          "GitHub Actions",
	Known:         true,
	AZP:           AZPNever,
	Suffixes:      []string{"token.actions.githubusercontent.com"},
	Audiences:     gitHubAudiences,
	DefaultClaims: usualClaims,
	Claims:        gitHubClaims,
	RequiredClaim: "sub",
	Form:          gitHubForm,
	Grammars:      gitHubGrammars,
	Phrases:       gitHubPhrases,
	SubjectClaims: gitHubSubjectClaims,
	Looks:         gitHubLooks,
}

var gitHubEnterprise = Issuer{
	Name:          "GitHub Actions with an enterprise's own issuer",
	Known:         true,
	AZP:           AZPNever,
	Suffixes:      []string{"token.actions.githubusercontent.com/*"},
	Audiences:     gitHubAudiences,
	DefaultClaims: usualClaims,
	Claims:        gitHubClaims,
	Form:          gitHubForm,
	Grammars:      gitHubGrammars,
	Phrases:       gitHubPhrases,
	SubjectClaims: gitHubSubjectClaims,
	Looks:         gitHubLooks,
}

var gheCom = Issuer{
	Name:          "GitHub Actions on GHE.com",
	Known:         true,
	AZP:           AZPNever,
	Suffixes:      []string{"token.actions.*.ghe.com"},
	Audiences:     gitHubAudiences,
	DefaultClaims: usualClaims,
	Claims:        gitHubClaims,
	Form:          gitHubForm,
	Grammars:      gitHubGrammars,
	Phrases:       gitHubPhrases,
	SubjectClaims: gitHubSubjectClaims,
	Looks:         []Look{gitHubStep},
}

// gheComEnterprise stands apart because AWS lists GitHub's keys for a GHE.com host
// without a path only.
var gheComEnterprise = Issuer{
	Name:          "GitHub Actions on GHE.com with an enterprise's own issuer",
	Known:         true,
	AZP:           AZPNever,
	Suffixes:      []string{"token.actions.*.ghe.com/*"},
	Audiences:     gitHubAudiences,
	DefaultClaims: usualClaims,
	Form:          gitHubForm,
	Grammars:      gitHubGrammars,
	Phrases:       gitHubPhrases,
	SubjectClaims: gitHubSubjectClaims,
	Looks:         []Look{gitHubStep},
}

// ghes sends the classic subjects only, and AWS lists none of GitHub's keys for it.
var ghes = Issuer{
	Name:          "GitHub Enterprise Server",
	Known:         true,
	AZP:           AZPNever,
	Suffixes:      []string{"*/_services/token"},
	Audiences:     gitHubAudiences,
	DefaultClaims: usualClaims,
	Form:          gitHubForm,
	Grammars:      gitHubGrammars,
	Phrases:       gitHubPhrases,
	SubjectClaims: gitHubSubjectClaims,
	Looks:         []Look{gitHubStep},
}

// gitHubEnterprises is a prefix for which AWS lists GitHub's keys; no public policy
// that uses it was seen.
var gitHubEnterprises = Issuer{
	Name:          "GitHub enterprise (github.com/enterprises)",
	Known:         true,
	Suffixes:      []string{"github.com/enterprises/*"},
	DefaultClaims: usualClaims,
	Claims:        gitHubClaims,
	NoGrammar:     "no subject of this issuer was seen",
}

// gitHubFormer is the host that GitHub Actions signed for until 2021.
var gitHubFormer = Issuer{
	Name:          "GitHub Actions (former host)",
	Known:         true,
	Suffixes:      []string{"vstoken.actions.githubusercontent.com"},
	DefaultClaims: usualClaims,
	RequiredClaim: "sub",
	Form:          gitHubForm,
	Grammars:      gitHubGrammars,
	Phrases:       gitHubPhrases,
}

var gitHubAuditLog = Issuer{
	Name:          "GitHub audit log streaming",
	Known:         true,
	AZP:           AZPNever,
	Suffixes:      []string{"oidc-configuration.audit-log.githubusercontent.com"},
	Audiences:     []string{"sts.amazonaws.com"},
	DefaultClaims: usualClaims,
	RequiredClaim: "sub",
	Form:          "GitHub's audit log subjects read https://github.com/<enterprise>",
	Grammars:      []Grammar{{Kind: "enterprise", Text: "https://github.com/<enterprise tenant name>"}},
}
