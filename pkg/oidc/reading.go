package oidc

import (
	"slices"
	"strings"
)

// Kinds of context that several issuers share; other grammars name their own.
const (
	KindBranch      = "branch"
	KindTag         = "tag"
	KindRef         = "ref" // neither a branch nor a tag
	KindEnvironment = "environment"
	KindPullRequest = "pull request"
	KindCustom      = "custom" // parts selected by the subject's owner
)

// Role is what a field of a subject says about the caller.
type Role uint8

// The zero Role is unset and stands in no grammar.
const (
	RoleUnset    Role = iota
	RoleTenant        // organization, account, workspace: whose it is
	RoleResource      // repository, project, service account: what it is
	RoleContext       // branch, environment, run phase: in which circumstances
	RoleVolatile      // changes on each run: commit, container
	RoleID            // the issuer's immutable id of a tenant or a resource
)

// roleNames are the roles as templates write them.
var roleNames = [...]string{"unset", "tenant", "resource", "context", "volatile", "id"}

// String returns the role's name, as in "tenant".
func (r Role) String() string {
	if int(r) < len(roleNames) {
		return roleNames[r]
	}
	return roleNames[RoleUnset]
}

func roleNamed(name string) Role {
	for i, known := range roleNames {
		if name == known {
			return Role(i)
		}
	}
	return RoleUnset
}

// Field is one value of a subject; Start and End are byte offsets in the subject.
type Field struct {
	Name       string
	Role       Role
	Value      string
	Start, End int
}

// Reading is a subject, or a pattern for subjects, read by a grammar.
type Reading struct {
	Issuer    *Issuer
	Kind      string // which form, as in "branch"; empty where what was read of a pattern leaves it open
	Form      string // "repo:<owner>/<repository>:environment:<environment>", as far as it was read
	Fields    []Field
	Immutable bool   // GitHub's form, in which ids follow the names of owner and repository
	Pattern   bool   // read as a pattern: "*" and "?" in values are wildcards
	Complete  bool   // text and grammar were both read to their end
	Any       bool   // a trailing "*" of the pattern covers what follows the last field
	Rest      string // what could not be read
}

// Get returns the value of the first field with the name.
func (r Reading) Get(name string) (string, bool) {
	if i := r.index(name); i >= 0 {
		return r.Fields[i].Value, true
	}
	return "", false
}

func (r Reading) index(name string) int {
	for i, f := range r.Fields {
		if f.Name == name {
			return i
		}
	}
	return -1
}

// Tenant returns the tenant's fields joined by "/", ids aside; empty where none was
// read, as for issuers whose tenant stands in the issuer's URL.
func (r Reading) Tenant() string { return r.join(RoleTenant) }

// Resource returns the resource's fields joined by "/", ids aside.
func (r Reading) Resource() string { return r.join(RoleResource) }

// Context returns the context's fields joined by "/"; Kind says what they are.
func (r Reading) Context() string { return r.join(RoleContext) }

func (r Reading) join(role Role) string {
	var values []string
	for i, f := range r.Fields {
		// A custom template may name the owner twice: in repo and in repository_owner.
		same := func(g Field) bool { return g.Name == f.Name && g.Value == f.Value }
		if f.Role == role && !slices.ContainsFunc(r.Fields[:i], same) {
			values = append(values, f.Value)
		}
	}
	return strings.Join(values, "/")
}
