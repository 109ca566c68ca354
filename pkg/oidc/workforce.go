package oidc

// Identity providers of people; their tenant stands in the URL.

var userGrammars = []Grammar{{Kind: "user", Text: "<user resource>"}}

var auth0 = Issuer{
	Name:          "Auth0",
	Known:         true,
	AZP:           AZPMaybe,
	Suffixes:      []string{"*.auth0.com"}, // registered with a trailing slash
	Audiences:     []string{"<client id>"},
	DefaultClaims: usualClaims,
	Form:          "Auth0's subjects read <connection>|<user id>, or <client id>@clients for an application",
	Grammars: []Grammar{
		{Kind: "user", Text: "<connection resource>|<user resource text>"},
		{Kind: "application", Text: "<client resource name>@clients"}, // docs, "Access Token Profiles"
	},
}

var okta = Issuer{
	Name:          "Okta",
	Known:         true,
	AZP:           AZPMaybe,
	Suffixes:      []string{"*.okta.com", "*.okta.com/oauth2/*"},
	Audiences:     []string{"<client id>", "<API audience>"},
	DefaultClaims: usualClaims,
	Form:          "Okta's subjects are the id of a user or of a client",
	Grammars:      userGrammars,
}

var keycloak = Issuer{
	Name:          "Keycloak",
	Known:         true,
	AZP:           AZPMaybe,
	Suffixes:      []string{"*/realms/*", "*/auth/realms/*"},
	DefaultClaims: usualClaims,
	Form:          "Keycloak's subjects are the id of a user, or of a client's service account",
	Grammars:      userGrammars,
}

var oracle = Issuer{
	Name:          "Oracle Cloud identity domain",
	Known:         true,
	Suffixes:      []string{"idcs-*.identity.oraclecloud.com"},
	DefaultClaims: usualClaims,
	Claims:        []string{"rpst_id"},
	NoGrammar:     "the form of its subjects is not sourced",
}

// amazon and facebook are built-in providers of OAuth 2.0 with keys of their own.

var amazon = Issuer{
	Name:          "Login with Amazon",
	Known:         true,
	Suffixes:      []string{"www.amazon.com"},
	DefaultClaims: []string{"app_id", "user_id"},
	NoGrammar:     "its keys are app_id and user_id; it has no sub",
}

var facebook = Issuer{
	Name:          "Facebook",
	Known:         true,
	Suffixes:      []string{"graph.facebook.com"},
	DefaultClaims: []string{"app_id", "id"},
	NoGrammar:     "its keys are app_id and id; it has no sub",
}
