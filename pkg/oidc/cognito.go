package oidc

// cognitoIdentity has its own list of keys: no oaud and no email. A trust policy for
// it must have a condition, on aud, the identity pool.
var cognitoIdentity = Issuer{
	Name:          "Amazon Cognito identity pool",
	Known:         true,
	AZP:           AZPNever,
	Suffixes:      []string{"cognito-identity.amazonaws.com"},
	Audiences:     []string{"<identity pool id>"},
	DefaultClaims: []string{"amr", "aud", "sub"},
	RequiredClaim: "aud",
	Form:          "a Cognito identity pool's subjects read <region>:<identity uuid>",
	Grammars:      []Grammar{{Kind: "identity", Text: "<region resource>:<identity resource>"}},
}

// cognitoUserPool means ID tokens: access tokens have no aud.
var cognitoUserPool = Issuer{
	Name:          "Amazon Cognito user pool",
	Known:         true,
	AZP:           AZPMaybe,
	Suffixes:      []string{"cognito-idp.*.amazonaws.com/*"},
	Audiences:     []string{"<app client id>"},
	DefaultClaims: usualClaims,
	Form:          "a user pool's subjects are the id of a user",
	Grammars:      userGrammars,
}
