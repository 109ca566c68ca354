package evidence

// Step is one change of a role, with the versions on either side of it.
type Step struct {
	Change Change
	// From is the version before: not held where no record holds it, Missing
	// where there was no role. Of a role that was deleted and made again, it
	// is the version before the deletion.
	From Version
	To   Version
}

// steps are the changes up to a moment, the last one first.
func (a *Account) steps(before []Change) []Step {
	list := make([]Step, 0, len(before))
	for i := len(before) - 1; i >= 0; i-- {
		list = append(list, Step{Change: before[i], From: a.replaced(before[:i+1]), To: version(&before[i])})
	}
	return list
}

// replaced is the version that the last of these changes replaced. That it is
// the one of the change before is known only where none is missing between.
func (a *Account) replaced(changes []Change) Version {
	last := len(changes) - 1
	if changes[last].Kind == RoleCreated {
		if last == 0 || changes[last-1].Kind != RoleDeleted {
			return Version{Missing: true}
		}
		last-- // Terraform, say, deletes a role to make it anew
	}
	if !a.ChangesRead || last == 0 || changes[last-1].Kind == RoleDeleted {
		return Version{}
	}
	return version(&changes[last-1])
}
