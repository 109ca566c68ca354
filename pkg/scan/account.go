package scan

import (
	"context"
	"fmt"
	"slices"
	"time"

	"whydenied/pkg/evidence"
	"whydenied/pkg/policy"
	"whydenied/pkg/trail"
)

// maxRole is the length of the longest ARN of a role, in characters (STS API
// Reference, AssumeRoleWithWebIdentity, RoleArn).
const maxRole = 2048

// place is what the source is asked about once.
type place struct{ account, role string }

func placeOf(d *trail.Denial) place { return place{d.Account, d.RoleARN.Value} }

// held is an account as it was read for a role, with what tells which calls
// have the same answer there. It is an [evidence.Source].
type held struct {
	account evidence.Account
	err     error
	moments []time.Time // see [evidence.Account.Moments]
	reads   reads       // what its policies ask of a call
}

// Account is what was read, whatever the moment: an account as it stands holds
// the versions of its roles.
func (h *held) Account(context.Context, evidence.Query) (evidence.Account, error) {
	return h.account, h.err
}

// heldFor is what is known of a place. One that cannot be is not asked for:
// places are kept, and the length of their names is the only bound to that.
func (c *Collector) heldFor(ctx context.Context, p place) (*held, error) {
	if len(p.role) > maxRole || len(p.account) > maxRole {
		return &held{account: evidence.Account{Partial: true, Notes: []string{"the role was not read: no ARN is as long as the one on record"}}}, nil
	}
	return c.accounts.get(ctx, p, func(ctx context.Context) *held { return c.read(ctx, p) })
}

// read asks the source. Changes are asked for back to one moment, the same for
// all calls, so that the answer does not depend on which of them came first.
func (c *Collector) read(ctx context.Context, p place) *held {
	h := &held{}
	h.account, h.err = c.source.Account(ctx, evidence.Query{Account: p.account, Role: p.role, Time: c.since})
	if p.role != "" {
		h.account.Changes = changesOf(p.role, h.account.Changes)
	}
	h.moments, h.reads = h.account.Moments(p.role), readsOf(&h.account, p.role)
	return h
}

// changesOf leaves out what other roles went through: an account may have very
// many of those, and each of its roles would hold them.
func changesOf(role string, all []evidence.Change) []evidence.Change {
	name := evidence.RoleName(role)
	return slices.DeleteFunc(slices.Clone(all), func(c evidence.Change) bool {
		return c.Kind <= evidence.TrustPolicyUpdated && c.Role != name
	})
}

// unasked stands for the accounts and roles beyond the most that are asked for.
func unasked(most int) func() *held {
	return func() *held {
		return &held{account: evidence.Account{Partial: true, Notes: []string{
			fmt.Sprintf("the role was not read: the records name more than %d different ones", most)}}}
	}
}

// class is a number that two moments share only if the same is known of them.
func (h *held) class(t time.Time) int {
	if t.IsZero() {
		return -1
	}
	i, found := slices.BinarySearchFunc(h.moments, t, time.Time.Compare)
	if found {
		return 2*i + 1
	}
	return 2 * i
}

// policies calls f for each trust policy that a call to the role may be judged
// by: of the role itself, now and earlier, or where it is not known, of all.
func policies(a *evidence.Account, role string, f func(*policy.Document)) {
	for i := range a.Roles {
		if role != "" && a.Roles[i].ARN != role {
			continue
		}
		if doc, err := a.Roles[i].TrustPolicy(); err == nil {
			f(doc)
		}
	}
	for i := range a.Changes {
		if doc := a.Changes[i].Policy; doc != nil {
			f(doc)
		}
	}
}
