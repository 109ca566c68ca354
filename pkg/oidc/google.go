package oidc

// google sends azp: the condition key aud is then the authorized party, and oaud the
// audience that was asked for.
var google = Issuer{
	Name:          "Google",
	Known:         true,
	AZP:           AZPMaybe,
	Suffixes:      []string{"accounts.google.com"},
	Audiences:     []string{"<client id>", "<service account's unique id>"},
	DefaultClaims: usualClaims,
	Claims:        []string{"google/organization_number"},
	Form:          "Google's subjects are the numeric unique id of an account, never its e-mail address",
	Grammars:      []Grammar{{Kind: "account", Text: "<account resource digits>"}},
}
