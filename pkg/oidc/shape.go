package oidc

import "strings"

// Shape is a subject with what changes on each run, such as a commit or a
// container, as "*": two runs of one job have the same. A subject that no
// grammar of the issuer reads whole is its own shape, since which of its parts
// change is not known.
func (i *Issuer) Shape(subject string) string {
	r, ok := i.Read(subject)
	if !ok {
		return subject
	}
	var b strings.Builder
	from := 0
	for _, f := range r.Fields {
		if f.Role == RoleVolatile {
			b.WriteString(subject[from:f.Start] + "*")
			from = f.End
		}
	}
	return b.String() + subject[from:]
}

// ShapeOf is the shape of a subject by the name of its provider, an ARN or a
// built-in provider's host. What can be read of a provider that is none of
// IAM's is enough to look for its issuer.
func ShapeOf(provider, subject string) string {
	p, _ := ParseProvider(provider)
	return Lookup(p.Suffix, subject).Shape(subject)
}
