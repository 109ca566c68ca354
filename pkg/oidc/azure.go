package oidc

const entraForm = "Entra's subjects are the object id of a user or service principal, or an id for the pair of user and application"

var entraGrammars = []Grammar{{Kind: "object", Text: "<object_id resource>"}}

var entraV1 = Issuer{
	Name:          "Microsoft Entra ID (v1 tokens)",
	Known:         true,
	AZP:           AZPNever,
	Suffixes:      []string{"sts.windows.net/*"},
	Audiences:     []string{"api://<application>", "<application id>"},
	DefaultClaims: usualClaims,
	Form:          entraForm,
	Grammars:      entraGrammars,
}

var entraV2 = Issuer{
	Name:          "Microsoft Entra ID (v2 tokens)",
	Known:         true,
	AZP:           AZPMaybe,
	Suffixes:      []string{"login.microsoftonline.com/*/v2.0"},
	Audiences:     []string{"<application id>"},
	DefaultClaims: usualClaims,
	Form:          entraForm,
	Grammars:      entraGrammars,
}

// sentinel is one tenant for all customers, so IAM wants the session name tested,
// which holds the customer's workspace.
var sentinel = Issuer{
	Name:          "Microsoft Sentinel connector",
	Known:         true,
	AZP:           AZPNever,
	Suffixes:      []string{"sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d"},
	Audiences:     []string{"api://1462b192-27f7-4cb9-8523-0f4ecb54b47e"},
	DefaultClaims: usualClaims,
	RequiredClaim: "sts:RoleSessionName",
	Form:          entraForm,
	Grammars:      entraGrammars,
}

var azureDevOps = Issuer{
	Name:          "Azure DevOps",
	Known:         true,
	AZP:           AZPNever,
	Suffixes:      []string{"vstoken.dev.azure.com/*"},
	Audiences:     []string{"api://AzureADTokenExchange"},
	DefaultClaims: usualClaims,
	Form:          "Azure DevOps' subjects read sc://<organization>/<project>/<service connection>",
	Grammars:      []Grammar{{Kind: "service connection", Text: "sc://<organization tenant>/<project resource>/<service_connection resource>"}},
}
