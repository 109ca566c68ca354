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
	"fmt"
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
	// Since: what was read before does not do, as it may be of before a change
	// that is known of. Zero for none.
	Since time.Time
}

// Account is what was read of an account. The zero Account says that nothing
// was.
type Account struct {
	ID string // twelve digits; "" where nothing was read
	// Alias is what its administrators call it, by IAM's rule for aliases; ""
	// where it has none, or none was read. It is for people: no cause rests on it.
	Alias     string
	Roles     []Role
	RolesRead bool // all roles were read, so that one that is missing does not exist
	// Absent is the ARN of a role of which IAM said that it does not exist; it
	// tells so where not all roles were read.
	Absent        string
	Providers     []Provider
	ProvidersRead bool
	Changes       []Change // successful ones, oldest first
	ChangesRead   bool     // CloudTrail was read for changes up to the reading, each record of it: none is missing between the oldest of Changes and then
	// TakenAt is when the account was read; zero means at the event's moment.
	TakenAt time.Time
	// ChangesAt is when CloudTrail was read, if that was not at TakenAt.
	ChangesAt time.Time
	Notes     []string // what could not be read, and why
	// Partial: something that was asked for could not be read, though it may
	// be there. Notes say what.
	Partial bool
}

// Role is an IAM role.
type Role struct {
	ARN, Name          string
	MaxSessionDuration int       // seconds; 0 where not known
	Created            time.Time // zero where not known
	Tags               map[string]string
	TagsRead           bool
	// Document reads the trust policy, or says why it cannot be evaluated. An
	// account has many roles and a diagnosis needs few of them, so a policy is
	// parsed when it is asked for, once.
	Document func() (*policy.Document, error)
}

// TrustPolicy is the role's trust policy, or why it cannot be evaluated.
func (r *Role) TrustPolicy() (*policy.Document, error) {
	if r.Document == nil {
		return nil, fmt.Errorf("the trust policy of %q was not read", r.ARN)
	}
	return r.Document()
}

// Provider is an IAM OIDC identity provider.
type Provider struct {
	ARN       string
	ClientIDs []string // the audiences that it accepts; nil where they were not read
	Created   time.Time
}

// Held is the Document of a role whose trust policy is at hand.
func Held(doc *policy.Document, err error) func() (*policy.Document, error) {
	return func() (*policy.Document, error) { return doc, err }
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

// missing tells whether it is known that there is no role of this ARN.
func (a *Account) missing(arn string) bool {
	return a.Role(arn) == nil && (a.RolesRead || a.Absent == arn && arn != "")
}

// RoleName is the last part of a role ARN: "deploy" of
// "arn:aws:iam::111122223333:role/ci/deploy". Names are unique in an account,
// whatever the path.
func RoleName(arn string) string {
	return arn[strings.LastIndexByte(arn, '/')+1:]
}

// AccountOf is the account in an ARN: "111122223333" of
// "arn:aws:iam::111122223333:role/ci/deploy"; "" where the text is no ARN.
func AccountOf(arn string) string {
	if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 {
		return parts[4]
	}
	return ""
}
