package source

import (
	"fmt"
	"strings"
)

// maxNamed bounds how many policies an error names.
const maxNamed = 10

// Choose is the policy of a role, which may be said by its name, by its ARN or
// by what its file calls it; "" means the only one. The error names those that
// there are.
func Choose(policies []Policy, role string) (Policy, error) {
	var found []Policy
	for _, p := range policies {
		if role == "" || role == p.RoleName || role == p.RoleARN || role == p.Name || p.RoleName != "" && strings.HasSuffix(role, "/"+p.RoleName) {
			found = append(found, p)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return Policy{}, fmt.Errorf("found %d trust policies, expected one: say which role is meant (%s)", len(found), names(found))
	case len(policies) == 0:
		return Policy{}, ErrNoPolicy
	}
	return Policy{}, fmt.Errorf("no trust policy of a role %q (there are %s)", role, names(policies))
}

// names are what the file calls its policies, or their places.
func names(policies []Policy) string {
	var all []string
	for i, p := range policies {
		if i == maxNamed {
			all = append(all, "…")
			break
		}
		name := p.Name
		if name == "" {
			name = p.RoleName
		}
		if name == "" {
			name = p.At.String()
		}
		all = append(all, fmt.Sprintf("%q", name))
	}
	return strings.Join(all, ", ")
}
