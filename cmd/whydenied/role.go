package main

import (
	"strings"

	"whydenied/pkg/evidence"
)

// checkRole refuses what is neither the ARN nor the name of a role.
func checkRole(role string) error {
	if !strings.HasPrefix(role, "arn:") {
		if strings.ContainsAny(role, ": ") {
			return usage("--role %q is neither the ARN nor the name of a role", role)
		}
		return nil
	}
	parts := strings.SplitN(role, ":", 6)
	if len(parts) != 6 || parts[2] != "iam" || !strings.HasPrefix(parts[5], "role/") {
		return usage(`--role %q is not a role's ARN, expected "arn:aws:iam::<account>:role/<name>"`, role)
	}
	return nil
}

// roleARN makes an ARN of a role's name: that of the account's role with this
// name, whatever its path; where there is none, the ARN without a path, which
// the account then does not hold either.
func (s *source) roleARN(role, provider string) string {
	if strings.HasPrefix(role, "arn:") {
		return role
	}
	for _, r := range s.roles() {
		if r.Name == evidence.RoleName(role) {
			return r.ARN
		}
	}
	partition := "aws"
	if parts := strings.SplitN(provider, ":", 3); len(parts) == 3 {
		partition = parts[1]
	}
	return "arn:" + partition + ":iam::" + s.snapshot.ID() + ":role/" + strings.TrimPrefix(role, "/")
}
