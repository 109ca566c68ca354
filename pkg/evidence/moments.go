package evidence

import (
	"slices"
	"time"
)

// Moments are the times at which what is known of a role may change, in order
// and each once: between two of them, [Account.RoleAt] and
// [Account.ProviderChanges] answer alike, whatever the moment. Where arn is "",
// they are those of all roles.
//
// They are every time that an answer compares with, and every time that lies
// from one of these as far as a comparison allows.
func (a *Account) Moments(arn string) []time.Time {
	var list []time.Time
	near := func(t time.Time, within ...time.Duration) {
		if t.IsZero() {
			return
		}
		list = append(list, t)
		for _, d := range within {
			list = append(list, t.Add(d))
		}
	}
	for _, read := range []time.Time{a.TakenAt, a.ChangesAt} {
		near(read, -freshness, freshness)
	}
	for i := range a.Roles {
		if arn == "" || a.Roles[i].ARN == arn {
			near(a.Roles[i].Created, propagation)
		}
	}
	for i := range a.Providers {
		near(a.Providers[i].Created)
	}
	for i := range a.Changes {
		c := &a.Changes[i]
		if arn == "" || c.Kind > TrustPolicyUpdated || c.Role == RoleName(arn) {
			near(c.Time, propagation)
		}
	}
	slices.SortFunc(list, time.Time.Compare)
	return slices.CompactFunc(list, time.Time.Equal)
}
