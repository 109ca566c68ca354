package live

import (
	"context"
	"fmt"
	"sync"
	"time"

	"whydenied/pkg/evidence"
)

// reading is one answer, while it is put together.
type reading struct {
	s    *Source
	a    *account
	q    evidence.Query
	into evidence.Account

	role    *evidence.Role // the one that was asked for, or that has its name
	history *history

	nothing bool  // nothing could be read
	err     error // the first thing that could not be
}

// all reads roles, providers, changes and the alias at once. The roles come
// first in what is told, the changes last; of the alias nothing is told.
func (r *reading) all(ctx context.Context) {
	var providers, changes evidence.Account
	var wait sync.WaitGroup
	named := r.s.naming(ctx, r.a)
	wait.Go(func() { r.providers(ctx, &providers) })
	wait.Go(func() { r.history = r.s.changes(ctx, r.a, r.q.Time) })
	roles := r.roles(ctx)
	wait.Wait()
	if r.q.Role == "" {
		roles = r.rolesAgain(ctx) || roles
	}
	r.lookBack(ctx)
	r.history.fill(&changes)
	r.into.Providers, r.into.ProvidersRead = providers.Providers, providers.ProvidersRead
	r.into.Changes, r.into.ChangesRead, r.into.ChangesAt = changes.Changes, changes.ChangesRead, changes.ChangesAt
	r.into.Notes = append(append(r.into.Notes, providers.Notes...), changes.Notes...)
	r.into.Partial = r.into.Partial || providers.Partial || changes.Partial
	if r.into.TakenAt.IsZero() {
		r.into.TakenAt = r.s.c.Now()
	}
	r.into.Alias = evidence.AliasOf(named().listed)
	r.nothing = r.err != nil && !roles && !providers.ProvidersRead && len(providers.Providers) == 0 && !r.history.read()
}

// lookBack looks for the version of the roles that was in force. Of now, what
// was read tells it.
func (r *reading) lookBack(ctx context.Context) {
	switch {
	case r.q.Time.IsZero():
	case r.q.Role == "":
		r.history.lookForRoles(ctx, r.into.Roles, r.q.Time)
	case r.a.isRole(r.q.Role):
		r.history.lookForRole(ctx, evidence.RoleName(r.q.Role), r.role, r.q.Time)
	}
}

// providers reads the identity providers. Client IDs decide what "check" says
// of now, so those are read again within seconds; beside the list of roles,
// that of the providers may be as old, if not older than the call.
func (r *reading) providers(ctx context.Context, into *evidence.Account) {
	age := r.s.c.PolicyAge
	if r.q.Role == "" && !r.q.Time.IsZero() {
		age = r.s.c.RolesAge
	}
	p, at, err := r.s.listProviders(ctx, r.a, func(at time.Time) bool { return younger(r.s.c.Now, age)(at) && !at.Before(later(r.q.Time, r.q.Since)) })
	into.Providers, into.ProvidersRead = p.all, err == nil
	switch {
	case err != nil && p.unread > 1:
		into.Notes = append(into.Notes, fmt.Sprintf("%d of the identity providers were not read: %v", p.unread, err))
	case err != nil && p.unread == 1:
		into.Notes = append(into.Notes, fmt.Sprintf("one of the identity providers was not read: %v", err))
	case err != nil:
		into.Notes = append(into.Notes, fmt.Sprintf("the identity providers were not read: %v", err))
	case r.s.c.Now().Sub(at) >= time.Minute:
		into.Notes = append(into.Notes, fmt.Sprintf("the list of identity providers is %s old", minutes(r.s.c.Now().Sub(at))))
	}
	into.Partial = err != nil
}
