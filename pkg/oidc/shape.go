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
