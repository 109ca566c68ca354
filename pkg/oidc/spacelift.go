package oidc

const (
	spaceliftStack  = "space:<space resource>:stack:<stack resource>:run_type:<run_type context>:scope:<scope context>"
	spaceliftModule = "space:<space resource>:module:<module resource>:run_type:<run_type context>:scope:<scope context>"
	spaceliftPath   = ":space_path:<space_path context path>"
)

// spacelift has its tenant in the host. The account chooses whether the path of the
// space is appended.
var spacelift = Issuer{
	Name:          "Spacelift",
	Known:         true,
	AZP:           AZPNever,
	Suffixes:      []string{"*.app.spacelift.io"},
	Audiences:     []string{"<account>.app.spacelift.io"},
	DefaultClaims: usualClaims,
	Form:          "Spacelift's subjects read space:<space id>:stack:<stack>:run_type:<run type>:scope:<read or write>, with module in place of stack for a module",
	Grammars: []Grammar{
		{Kind: "stack", Text: spaceliftStack},
		{Kind: "module", Text: spaceliftModule},
		{Kind: "stack", Text: spaceliftStack + spaceliftPath},
		{Kind: "module", Text: spaceliftModule + spaceliftPath},
	},
	Looks: spaceliftLooks,
}
