package form

// Forms are one trust policy in every form that can hold it; the others are "".
type Forms struct {
	PolicyDocument string // Terraform, as a data source
	JSONEncode     string // Terraform, by jsonencode
	CloudFormation string // YAML
}

// Of writes a trust policy in each form. The name is that of the role. What is
// no trust policy has no form at all.
func Of(name string, text []byte) Forms {
	var f Forms
	for _, one := range []struct {
		to    *string
		write func() (string, error)
	}{
		{&f.PolicyDocument, func() (string, error) { return PolicyDocument(name, text) }},
		{&f.JSONEncode, func() (string, error) { return JSONEncode(text) }},
		{&f.CloudFormation, func() (string, error) { return CloudFormation(text) }},
	} {
		if made, err := one.write(); err == nil {
			*one.to = made
		}
	}
	return f
}
