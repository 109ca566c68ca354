package oidc

const vercelForm = "Vercel's subjects read owner:<team>:project:<project>:environment:<production, preview or development>"

var vercelGrammars = []Grammar{{
	Kind: KindEnvironment,
	Text: "owner:<team tenant>:project:<project resource>:environment:<environment context>",
}}

// vercel is the issuer that all teams share, so IAM wants the audience tested.
var vercel = Issuer{
	Name:          "Vercel (global issuer)",
	Known:         true,
	AZP:           AZPNever,
	Suffixes:      []string{"oidc.vercel.com"},
	Audiences:     []string{"https://vercel.com/<team>"},
	DefaultClaims: usualClaims,
	RequiredClaim: "aud",
	Form:          vercelForm,
	Grammars:      vercelGrammars,
	Looks:         vercelLooks,
}

var vercelTeam = Issuer{
	Name:          "Vercel (team issuer)",
	Known:         true,
	AZP:           AZPNever,
	Suffixes:      []string{"oidc.vercel.com/*"},
	Audiences:     []string{"https://vercel.com/<team>"},
	DefaultClaims: usualClaims,
	Form:          vercelForm,
	Grammars:      vercelGrammars,
	Looks:         vercelLooks,
}
