package oidc

import "strings"

// Subjects are subjects of this issuer, one for each of its forms, with the
// values that fill gives for their fields. The form whose parts the subject's
// owner selects is left out.
func (i *Issuer) Subjects(fill func(name string, role Role) string) []string {
	var subjects []string
	for _, grammar := range i.Grammars {
		if grammar.Text == "" {
			continue
		}
		var b strings.Builder
		for template := grammar.Text; template != ""; {
			var p piece
			if p, template = nextPiece(template); p.literal != "" {
				b.WriteString(p.literal)
			} else {
				b.WriteString(fill(p.field, p.role))
			}
		}
		subjects = append(subjects, b.String())
	}
	return subjects
}

// Shared tells whether the issuer signs for many tenants, so that a subject has
// to say whose it is: some form of its subjects names one.
func (i *Issuer) Shared() bool {
	for _, grammar := range i.Grammars {
		for _, template := range append([]string{grammar.Text}, grammar.Parts...) {
			for template != "" {
				var p piece
				if p, template = nextPiece(template); p.role == RoleTenant {
					return true
				}
			}
		}
	}
	return false
}
