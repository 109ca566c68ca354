package oidc

// Hosts of applications: the machine or container that asks changes with each start.

var fly = Issuer{
	Name:          "Fly.io",
	Known:         true,
	AZP:           AZPNever,
	Suffixes:      []string{"oidc.fly.io/*"},
	Audiences:     []string{"sts.amazonaws.com"},
	DefaultClaims: usualClaims,
	Form:          "Fly.io's subjects read <organization>:<app>:<machine>",
	Grammars:      []Grammar{{Kind: "machine", Text: "<organization tenant>:<app resource>:<machine volatile>"}},
	Looks:         flyLooks,
}

var modal = Issuer{
	Name:          "Modal",
	Known:         true,
	AZP:           AZPNever,
	Suffixes:      []string{"oidc.modal.com"},
	Audiences:     []string{"oidc.modal.com"},
	DefaultClaims: usualClaims,
	Form:          "Modal's subjects read modal:workspace_id:<workspace id>:environment_name:<environment>:app_name:<app>:function_name:<function>:container_id:<container>",
	Grammars: []Grammar{{
		Kind: "function",
		Text: "modal:workspace_id:<workspace tenant>:environment_name:<environment context>:app_name:<app resource>:function_name:<function resource>:container_id:<container volatile>",
	}},
}

var deno = Issuer{
	Name:          "Deno Deploy",
	Known:         true,
	AZP:           AZPNever,
	Suffixes:      []string{"oidc.deno.com"},
	Audiences:     []string{"sts.amazonaws.com"},
	DefaultClaims: usualClaims,
	Form:          "Deno Deploy's subjects read deployment:<organization>/<app>/<context>",
	Grammars:      []Grammar{{Kind: "deployment", Text: "deployment:<organization tenant>/<app resource>/<context context path>"}},
}
