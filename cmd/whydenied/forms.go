package main

import (
	"encoding/json"

	"whydenied/pkg/evidence"
	"whydenied/pkg/oidc"
	"whydenied/pkg/remedy/form"
	"whydenied/pkg/report"
)

// inEachForm writes what each fix makes of a trust policy, or of an identity
// provider, in the languages in which people keep them. The Lambda goes without:
// their libraries would be paid for at each cold start. A form that cannot hold
// it is left out.
func inEachForm(r *report.Report) {
	name := "role"
	if r.Denial.RoleARN != nil {
		name = evidence.RoleName(*r.Denial.RoleARN)
	}
	for i := range r.Fixes {
		f := &r.Fixes[i]
		if f.Policy != nil {
			text, err := json.Marshal(f.Policy)
			if err != nil {
				continue
			}
			forms := form.Of(name, text)
			f.Terraform, f.TerraformJSON, f.CloudFormation = forms.PolicyDocument, forms.JSONEncode, forms.CloudFormation
		}
		if p := f.Register; p != nil {
			if made, err := form.OIDCProvider(oidc.SuffixOf(p.URL), p.URL, p.ClientIDs); err == nil {
				f.Terraform = made
			}
		}
	}
}
