package oidc

const circleCIProject = "org/<organization tenant>/project/<project resource>/user/<user context>"

// circleCI sends the second form with CIRCLE_OIDC_TOKEN_V2 (circleci.com/docs,
// "OpenID Connect tokens"): <vcs> is <host>/<path>/vcs-ref/<ref>, kept as one field
// because its parts are set apart by the "/" that they also hold.
var circleCI = Issuer{
	Name:          "CircleCI",
	Known:         true,
	AZP:           AZPNever,
	Suffixes:      []string{"oidc.circleci.com/org/*"},
	Audiences:     []string{"<organization id>"},
	DefaultClaims: usualClaims,
	Claims:        []string{"oidc.circleci.com/project-id"},
	Form:          "CircleCI's subjects read org/<organization id>/project/<project id>/user/<user id>",
	Grammars: []Grammar{
		{Kind: "project", Text: circleCIProject},
		{Kind: "project", Text: circleCIProject + "/vcs-origin/<vcs context text>"},
	},
	Looks: circleCILooks,
}
