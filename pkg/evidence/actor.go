package evidence

import (
	"strings"

	"whydenied/pkg/internal/lazy"
)

// identityCenter are the roles that IAM Identity Center makes for a permission
// set: "AWSReservedSSO_AdministratorAccess_0123456789abcdef".
var identityCenter = lazy.Regexp(`^AWSReservedSSO_(.+)_[0-9a-f]{16}$`)

// Actor is a principal's ARN as people know who it is: "alice" of a user's,
// "alice (role admin)" of a role session's, "alice (AdministratorAccess)" of
// one of IAM Identity Center. A session's name is chosen by whoever takes the
// role. What is no such ARN stays as it is.
func Actor(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" {
		return arn
	}
	kind, name, _ := strings.Cut(parts[5], "/")
	switch {
	case parts[5] == "root":
		return "the root user"
	case kind == "assumed-role":
		role, session, found := strings.Cut(name, "/")
		if !found || role == "" || session == "" {
			return arn
		}
		if set := identityCenter().FindStringSubmatch(role); set != nil {
			return session + " (" + set[1] + ")"
		}
		return session + " (role " + role + ")"
	case (kind == "user" || kind == "federated-user" || kind == "role") && RoleName(name) != "":
		return RoleName(name)
	}
	return arn
}
