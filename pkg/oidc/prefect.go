package oidc

var prefect = Issuer{
	Name:          "Prefect Cloud",
	Known:         true,
	AZP:           AZPNever,
	Suffixes:      []string{"api.prefect.cloud/oidc-provider"},
	Audiences:     []string{"prefect-cloud"},
	DefaultClaims: usualClaims,
	Form:          "Prefect Cloud's subjects read prefect:account:<account id>",
	Grammars:      []Grammar{{Kind: "account", Text: "prefect:account:<account tenant>"}},
	Looks:         prefectLooks,
}
