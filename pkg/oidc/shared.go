package oidc

// Issuers that many customers share and for which IAM therefore wants a claim tested
// when a trust policy is written (IAM User Guide, "Identity-provider controls for
// shared OIDC providers"). Nothing else about them is sourced.

const notSourced = "the form of its subjects is not sourced"

var dvcStudio = Issuer{
	Name:          "DVC Studio",
	Known:         true,
	Suffixes:      []string{"studio.datachain.ai/api"},
	DefaultClaims: usualClaims,
	RequiredClaim: "sub",
	NoGrammar:     notSourced,
}

var shisho = Issuer{
	Name:          "Shisho Cloud",
	Known:         true,
	Suffixes:      []string{"tokens.cloud.shisho.dev"},
	DefaultClaims: usualClaims,
	RequiredClaim: "sub",
	NoGrammar:     notSourced,
}

var upbound = Issuer{
	Name:          "Upbound",
	Known:         true,
	Suffixes:      []string{"proidc.upbound.io"},
	DefaultClaims: usualClaims,
	RequiredClaim: "sub",
	NoGrammar:     notSourced,
}

var sandboxes = Issuer{
	Name:          "sandboxes.cloud",
	Known:         true,
	Suffixes:      []string{"sandboxes.cloud"},
	DefaultClaims: usualClaims,
	RequiredClaim: "aud",
	NoGrammar:     notSourced,
}

var turbonomic = Issuer{
	Name:  "IBM Turbonomic",
	Known: true,
	Suffixes: []string{
		"oidc.op1.openshiftapps.com/2f785sojlpb85i7402pk3qogugim5nfb",
		"oidc.op1.openshiftapps.com/2c51blsaqa9gkjt0o9rt11mle8mmropu",
		"rh-oidc.s3.us-east-1.amazonaws.com/22ejnvnnturfmt6km08idd0nt4hekbn7",
		"rh-oidc.s3.us-east-1.amazonaws.com/23e3sd27sju1hoou6ohfs68vbno607tr",
		"rh-oidc.s3.us-east-1.amazonaws.com/23ne21h005qjl3n33d8dui5dlrmv2tmg",
		"rh-oidc.s3.us-east-1.amazonaws.com/24jrf12m5dj7ljlfb4ta2frhrcoadm26",
	},
	DefaultClaims: usualClaims,
	RequiredClaim: "sub",
	// The hosts are OpenShift clusters.
	Form:     serviceAccountForm,
	Grammars: serviceAccountGrammars,
	Phrases:  serviceAccountPhrases,
}
