package evidence

import "time"

// roleChanges are the changes of one role up to t, and those after it. CloudTrail
// names roles without their path; a name is unique in an account, so where it
// stands under another path, its changes are none of this ARN's, unless a role
// of the name was deleted since.
func (a *Account) roleChanges(arn string, t time.Time) (before, after []Change) {
	name := RoleName(arn)
	before, after = a.split(t, func(c *Change) bool { return c.Role == name && c.Kind <= TrustPolicyUpdated })
	if a.Role(arn) == nil && !deletedFirst(after) {
		for i := range a.Roles {
			if RoleName(a.Roles[i].ARN) == name {
				return nil, nil
			}
		}
	}
	return before, after
}

// ProviderChanges are the changes of one provider up to t, and those after it.
// A zero t means now.
func (a *Account) ProviderChanges(arn string, t time.Time) (before, after []Change) {
	return a.split(t, func(c *Change) bool { return c.Provider == arn && arn != "" })
}

// split divides the changes that are wanted into those up to t and those after.
func (a *Account) split(t time.Time, wanted func(*Change) bool) (before, after []Change) {
	for i := range a.Changes {
		switch c := &a.Changes[i]; {
		case !wanted(c):
		case t.IsZero() || !c.Time.After(t):
			before = append(before, *c)
		default:
			after = append(after, *c)
		}
	}
	return before, after
}

// ofRole drops changes which all came before the role was created: they are
// those of an earlier role of its name.
func ofRole(role *Role, before []Change) []Change {
	if n := len(before); role != nil && n > 0 && role.Created.Sub(before[n-1].Time) > skew {
		return nil
	}
	return before
}

func created(changes []Change) bool {
	for i := range changes {
		if changes[i].Kind == RoleCreated {
			return true
		}
	}
	return false
}

// deletedFirst tells whether a deletion comes before any creation, so that
// there was a role of the name before these changes.
func deletedFirst(changes []Change) bool {
	for i := range changes {
		switch changes[i].Kind {
		case RoleCreated:
			return false
		case RoleDeleted:
			return true
		default:
		}
	}
	return false
}
