package oidc

// pulumi signs deployments and Pulumi ESC environments from one issuer; an
// environment's name may have its project in front.
var pulumi = Issuer{
	Name:          "Pulumi Cloud",
	Known:         true,
	AZP:           AZPNever,
	Suffixes:      []string{"api.pulumi.com/oidc"},
	Audiences:     []string{"<organization>", "aws:<organization>"},
	DefaultClaims: usualClaims,
	RequiredClaim: "aud",
	Form:          "Pulumi's subjects read pulumi:deploy:org:<organization>:project:<project>:stack:<stack>:operation:<operation>:scope:<scope> or pulumi:environments:org:<organization>:env:<environment>",
	Grammars: []Grammar{
		{Kind: "deployment", Text: "pulumi:deploy:org:<organization tenant>:project:<project resource>:stack:<stack resource>:operation:<operation context>:scope:<scope context>"},
		{Kind: KindEnvironment, Text: "pulumi:environments:org:<organization tenant>:env:<environment resource path>"},
	},
}
