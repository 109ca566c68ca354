package oidc

// bitbucket has its tenant in the URL. The step's uuid changes on each run, so a
// trust policy can only test the subject with StringLike.
var bitbucket = Issuer{
	Name:          "Bitbucket Pipelines",
	Known:         true,
	AZP:           AZPNever,
	Suffixes:      []string{"api.bitbucket.org/2.0/workspaces/*/pipelines-config/identity/oidc"},
	Audiences:     []string{"ari:cloud:bitbucket::workspace/<workspace uuid>"},
	DefaultClaims: usualClaims,
	Form:          "Bitbucket's subjects read {<repository uuid>}:{<step uuid>}, or {<repository uuid>}:{<environment uuid>}:{<step uuid>} in a deployment, braces included",
	Grammars: []Grammar{
		{Kind: "step", Text: "{<repository resource>}:{<step volatile>}"},
		{Kind: KindEnvironment, Text: "{<repository resource>}:{<environment context>}:{<step volatile>}"},
	},
	Looks: bitbucketLooks,
}
