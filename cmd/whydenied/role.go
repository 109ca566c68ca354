package main

import (
	"strings"

	"whydenied/pkg/evidence"
	"whydenied/pkg/trail"
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

// isRole tells whether an ARN is that of the role that was asked for, by ARN
// or by name.
func isRole(arn, role string) bool {
	if strings.HasPrefix(role, "arn:") {
		return arn == role
	}
	return evidence.RoleName(arn) == evidence.RoleName(role)
}

// namedLike is the ARN of the role with this name, or "". Names are unique in
// an account.
func namedLike(roles []evidence.Role, role string) string {
	for i := range roles {
		if roles[i].Name == evidence.RoleName(role) {
			return roles[i].ARN
		}
	}
	return ""
}

func newRoleARN(partition, account, role string) string {
	return "arn:" + partition + ":iam::" + account + ":role/" + strings.TrimPrefix(role, "/")
}

// partitionOf is the partition of the call's provider, where that has one.
func partitionOf(call *trail.Denial, otherwise string) string {
	if parts := strings.SplitN(call.Provider.Value, ":", 3); len(parts) == 3 {
		return parts[1]
	}
	return otherwise
}
