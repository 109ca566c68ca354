package oidc

// codefresh appends what the pipeline's trigger knows, as key:value, with URLs in it.
var codefresh = Issuer{
	Name:          "Codefresh",
	Known:         true,
	AZP:           AZPNever,
	Suffixes:      []string{"oidc.codefresh.io"},
	Audiences:     []string{"https://g.codefresh.io"},
	DefaultClaims: usualClaims,
	RequiredClaim: "sub",
	Form:          "Codefresh's subjects read account:<account id>:pipeline:<pipeline id>: and then what the trigger adds",
	Grammars: []Grammar{
		{Kind: "pipeline", Text: "account:<account tenant>:pipeline:<pipeline resource>"},
		{Kind: "pipeline", Text: "account:<account tenant>:pipeline:<pipeline resource>:<trigger context text>"},
	},
}

var harness = Issuer{
	Name:          "Harness",
	Known:         true,
	AZP:           AZPNever,
	Suffixes:      []string{"app.harness.io/ng/api/oidc/account/*"},
	Audiences:     []string{"sts.amazonaws.com"},
	DefaultClaims: usualClaims,
	Form:          "Harness subjects read account/<account>:org/<organization>:project/<project>",
	Grammars:      []Grammar{{Kind: "project", Text: "account/<account tenant>:org/<organization resource>:project/<project resource>"}},
}

// octopus lets the account's owner select the parts; its tenants are those of a
// deployment, the instance in the URL is the tenant in the sense of RoleTenant.
var octopus = Issuer{
	Name:          "Octopus Deploy",
	Known:         true,
	AZP:           AZPNever,
	Suffixes:      []string{"*.octopus.app"},
	Audiences:     []string{"<instance>.octopus.app"},
	DefaultClaims: usualClaims,
	Form:          "Octopus subjects read space:<space>:project:<project>:tenant:<tenant>:environment:<environment>, or space:<space>:feed:<feed>, of which the owner selects the parts",
	Grammars: []Grammar{
		{Kind: "feed", Text: "space:<space resource>:feed:<feed resource>"},
		{Kind: KindCustom, Parts: []string{
			"space:<space resource>", "project:<project resource>", "runbook:<runbook resource>",
			"tenant:<tenant context>", "environment:<environment context>",
			"account:<account context>", "target:<target context>", "type:<type context>", "feed:<feed resource>",
		}},
	},
}
