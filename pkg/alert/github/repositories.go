package github

import (
	"fmt"
	"regexp"
	"strings"
)

// Repositories are those that may get check runs, as "owner/name" or, for all
// of an owner, "owner/*". The zero Repositories is none.
type Repositories struct{ listed []repository }

// repository names one by what its subject says, or all of an owner by "*".
type repository struct{ owner, name string }

// String is "owner/name".
func (r repository) String() string { return r.owner + "/" + r.name }

const (
	mostRepositories = 500
	all              = "*"
)

// GitHub takes letters, digits and hyphens for an owner, up to 39 of them, and
// an underscore in the names of managed users; for a repository dots as well,
// up to 100.
var (
	ownerForm = regexp.MustCompile(`^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,38})$`)
	nameForm  = regexp.MustCompile(`^[A-Za-z0-9._-]{1,100}$`)
)

// ParseRepositories reads a list such as "octo-org/api,octo-labs/*". The error
// names what is wrong in it.
func ParseRepositories(text string) (Repositories, error) {
	var r Repositories
	for item := range strings.SplitSeq(text, ",") {
		owner, name, _ := strings.Cut(strings.TrimSpace(item), "/")
		one := repository{owner, name}
		if !ownerForm.MatchString(owner) || name != all && !one.valid() {
			return Repositories{}, fmt.Errorf("%q is no repository, expected owner/name, or owner/* for all of an owner", strings.TrimSpace(item))
		}
		r.listed = append(r.listed, one)
	}
	if len(r.listed) > mostRepositories {
		return Repositories{}, fmt.Errorf("%d repositories, expected %d at most; owner/* stands for all of an owner", len(r.listed), mostRepositories)
	}
	return r, nil
}

// None tells whether no repository is listed.
func (r Repositories) None() bool { return len(r.listed) == 0 }

// has tells whether a repository is listed. GitHub tells no names apart by
// their case.
func (r Repositories) has(one repository) bool {
	for _, l := range r.listed {
		if strings.EqualFold(l.owner, one.owner) && (l.name == all || strings.EqualFold(l.name, one.name)) {
			return true
		}
	}
	return false
}

// valid tells whether the names are such as GitHub gives. What is not would
// lead to another place of its API.
func (r repository) valid() bool {
	return ownerForm.MatchString(r.owner) && nameForm.MatchString(r.name) && r.name != "." && r.name != ".."
}
