package live

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"whydenied/pkg/evidence"
)

// Account reads what a diagnosis needs of an account. What cannot be read costs
// only itself: a note says so. An error, one line, means that nothing could be
// read at all.
func (s *Source) Account(ctx context.Context, q evidence.Query) (evidence.Account, error) {
	ctx, cancel := context.WithTimeout(ctx, s.c.Timeout)
	defer cancel()
	a, err := s.reach(ctx, q.Account)
	if out := (*noReaderError)(nil); errors.As(err, &out) {
		return evidence.Account{Notes: []string{out.Error()}, Partial: true}, nil
	}
	if err != nil {
		return evidence.Account{Partial: true}, err
	}
	r := &reading{s: s, a: a, q: q, into: evidence.Account{ID: a.id}}
	r.all(ctx)
	if r.nothing {
		return evidence.Account{Partial: true}, r.err
	}
	return r.into, nil
}

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

// all reads roles, providers and changes at once. The roles come first in what
// is told, the changes last.
func (r *reading) all(ctx context.Context) {
	var providers, changes evidence.Account
	var wait sync.WaitGroup
	wait.Go(func() { r.providers(ctx, &providers) })
	wait.Go(func() { r.history = r.s.changes(ctx, r.a, r.q.Time) })
	roles := r.roles(ctx)
	wait.Wait()
	name := ""
	if r.q.Role == "" {
		roles = r.rolesAgain(ctx) || roles
	} else if name = evidence.RoleName(r.q.Role); r.a.isRole(r.q.Role) && !r.q.Time.IsZero() {
		r.history.lookBack(ctx, name, r.role, r.q.Time)
	}
	r.history.fill(&changes, name)
	r.into.Providers, r.into.ProvidersRead = providers.Providers, providers.ProvidersRead
	r.into.Changes, r.into.ChangesRead, r.into.ChangesAt = changes.Changes, changes.ChangesRead, changes.ChangesAt
	r.into.Notes = append(append(r.into.Notes, providers.Notes...), changes.Notes...)
	r.into.Partial = r.into.Partial || providers.Partial || changes.Partial
	if r.into.TakenAt.IsZero() {
		r.into.TakenAt = r.s.c.Now()
	}
	r.nothing = r.err != nil && !roles && !providers.ProvidersRead && len(providers.Providers) == 0 && !r.history.read()
}

// roles reads the role that was asked for, or all of them, and tells whether
// anything was read.
func (r *reading) roles(ctx context.Context) bool {
	if r.q.Role == "" {
		return r.list(ctx, func(at time.Time) bool {
			return younger(r.s.c.Now, r.s.c.RolesAge)(at) && !at.Before(r.q.Time)
		})
	}
	if !r.a.isRole(r.q.Role) {
		r.lack("the role %s was not read: that is no ARN of a role of account %s", quote(r.q.Role), r.a.id)
		return false
	}
	found, at, err := r.s.role(ctx, r.a, evidence.RoleName(r.q.Role), r.q.Time)
	if err != nil {
		r.err = err
		r.lack("the role was not read: %v", err)
		return false
	}
	r.into.TakenAt = at
	if found.exists {
		r.role = &found.role
		r.into.Roles = []evidence.Role{found.role}
	}
	if !found.exists || found.role.ARN != r.q.Role {
		r.into.Absent = r.q.Role
	}
	if !found.exists {
		r.neighbors(ctx)
	}
	return true
}

// neighbors reads the other roles where the one that was asked for does not
// exist: one of them may have been meant. A list that is older still has it,
// if it was deleted since.
func (r *reading) neighbors(ctx context.Context) {
	all, _, err := r.s.listRoles(ctx, r.a, younger(r.s.c.Now, r.s.c.RolesAge))
	if err != nil {
		r.lack("the other roles were not read: %v", err)
		return
	}
	name := evidence.RoleName(r.q.Role)
	for i := range all {
		if all[i].Name != name {
			r.into.Roles = append(r.into.Roles, all[i])
		}
	}
}

// list reads all roles.
func (r *reading) list(ctx context.Context, good func(time.Time) bool) bool {
	all, at, err := r.s.listRoles(ctx, r.a, good)
	if err != nil {
		r.err = err
		r.lack("the roles were not read: %v", err)
		return false
	}
	r.into.Roles, r.into.RolesRead, r.into.TakenAt = all, true, at
	return true
}

// rolesAgain reads the list of roles anew where CloudTrail shows that it is
// out of date, and says how old it is where that is not seconds.
func (r *reading) rolesAgain(ctx context.Context) bool {
	at := r.into.TakenAt
	if at.IsZero() {
		return false
	}
	if r.history.changedAfter(at) {
		fresh := *r
		fresh.into = evidence.Account{ID: r.a.id}
		if fresh.list(ctx, func(t time.Time) bool { return t.After(at) }) {
			r.into = fresh.into
			return true
		}
		r.into.Notes, r.into.Partial = append(r.into.Notes, fresh.into.Notes...), true
	}
	r.age("roles", at)
	return true
}

func (r *reading) age(of string, at time.Time) {
	if age := r.s.c.Now().Sub(at); age >= time.Minute {
		r.into.Notes = append(r.into.Notes, fmt.Sprintf("the list of %s is %s old", of, minutes(age)))
	}
}

func minutes(d time.Duration) string {
	if n := int(d.Minutes()); n != 1 {
		return fmt.Sprintf("%d minutes", n)
	}
	return "1 minute"
}

func (r *reading) lack(format string, args ...any) {
	r.into.Partial = true
	r.into.Notes = append(r.into.Notes, fmt.Sprintf(format, args...))
}

// providers reads the identity providers. Client IDs decide what "check" says
// of now, so those are read again within seconds; beside the list of roles,
// that of the providers may be as old.
func (r *reading) providers(ctx context.Context, into *evidence.Account) {
	age := r.s.c.PolicyAge
	if r.q.Role == "" && !r.q.Time.IsZero() {
		age = r.s.c.RolesAge
	}
	p, at, err := r.s.listProviders(ctx, r.a, age)
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

// changedAfter tells whether a role changed after a moment.
func (h *history) changedAfter(at time.Time) bool {
	for _, name := range roleEvents() {
		for i := range h.views[name].changes {
			if !h.views[name].changes[i].Time.Before(at.Truncate(time.Second)) {
				return true
			}
		}
	}
	return false
}
