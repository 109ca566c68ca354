package oidc

const scalrForm = "Scalr's subjects read account:<account>:environment:<environment>:workspace:<workspace>"

var scalrGrammars = []Grammar{{
	Kind: "workspace",
	Text: "account:<account tenant>:environment:<environment resource>:workspace:<workspace resource>",
}}

var scalr = Issuer{
	Name:          "Scalr",
	Known:         true,
	AZP:           AZPNever,
	Suffixes:      []string{"scalr.io"},
	DefaultClaims: usualClaims,
	RequiredClaim: "sub",
	Form:          scalrForm,
	Grammars:      scalrGrammars,
}

// scalrAccount is shared by nobody, so IAM asks for no claim.
var scalrAccount = Issuer{
	Name:          "Scalr with an account's own host",
	Known:         true,
	AZP:           AZPNever,
	Suffixes:      []string{"*.scalr.io"},
	DefaultClaims: usualClaims,
	Form:          scalrForm,
	Grammars:      scalrGrammars,
}
