package oidc

// hcpTerraform is the one issuer for which STS refuses at request time where the
// trust policy does not test the subject (IAM User Guide, "Available keys for AWS
// OIDC federation"). Names of projects may hold spaces.
var hcpTerraform = Issuer{
	Name:           "HCP Terraform",
	Known:          true,
	AZP:            AZPNever,
	Suffixes:       []string{"app.terraform.io"},
	Audiences:      []string{"aws.workload.identity"},
	DefaultClaims:  usualClaims,
	RequiredClaim:  "sub",
	RefusedWithout: "sub",
	Form:           "HCP Terraform's subjects read organization:<organization>:project:<project>:workspace:<workspace>:run_phase:<plan or apply>",
	Grammars: []Grammar{{
		Kind: "run phase",
		Text: "organization:<organization tenant>:project:<project resource>:workspace:<workspace resource>:run_phase:<run_phase context>",
	}},
	Looks: hcpTerraformLooks,
}
