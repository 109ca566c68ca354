// Package evidence is what an account held: its roles with their trust
// policies, its identity providers, and the changes of both that CloudTrail
// recorded. [ParseSnapshot] reads them from a file; a [Source] answers for an
// account and a moment. [Account.RoleAt] says which version of a trust policy
// was in force at a moment, and how much that can be relied on.
//
// What was not read is kept apart from what does not exist: the first is
// never evidence of anything.
package evidence

import (
	"context"
	"strings"
	"time"

	"whydenied/pkg/policy"
)

// Source answers for an account and a moment. An error means that nothing
// could be read at all; what could be read in part comes back with notes.
type Source interface {
	Account(ctx context.Context, q Query) (Account, error)
}

// Query is what a diagnosis needs to know of an account.
type Query struct {
	Account string    // twelve digits
	Role    string    // role ARN; "" where the record names none, and all roles are needed
	Time    time.Time // the event's moment; zero for now
}

// Account is what was read of an account. The zero Account says that nothing
// was.
type Account struct {
	ID            string // twelve digits; "" where nothing was read
	Roles         []Role
	RolesRead     bool // all roles were read, so that one that is missing does not exist
	Providers     []Provider
	ProvidersRead bool
	Changes       []Change // successful ones, oldest first
	ChangesRead   bool     // CloudTrail was read for changes up to TakenAt, each record of it
	// TakenAt is when the account was read; zero means at the event's moment.
	TakenAt time.Time
	Notes   []string // what could not be read, and why
}

// Role is an IAM role.
type Role struct {
	ARN, Name          string
	MaxSessionDuration int       // seconds; 0 where not known
	Created            time.Time // zero where not known
	Tags               map[string]string
	TagsRead           bool
	Policy             *policy.Document // nil where PolicyErr is set
	PolicyErr          error            // why the trust policy cannot be evaluated
}

// Provider is an IAM OIDC identity provider.
type Provider struct {
	ARN       string
	ClientIDs []string // the audiences that it accepts
	Created   time.Time
}

// Role finds a role by its ARN, to the letter.
func (a *Account) Role(arn string) *Role {
	for i := range a.Roles {
		if a.Roles[i].ARN == arn {
			return &a.Roles[i]
		}
	}
	return nil
}

// Provider finds a provider by its ARN, to the letter.
func (a *Account) Provider(arn string) *Provider {
	for i := range a.Providers {
		if a.Providers[i].ARN == arn {
			return &a.Providers[i]
		}
	}
	return nil
}

// RoleName is the last part of a role ARN: "deploy" of
// "arn:aws:iam::111122223333:role/ci/deploy". Names are unique in an account,
// whatever the path.
func RoleName(arn string) string {
	return arn[strings.LastIndexByte(arn, '/')+1:]
}
