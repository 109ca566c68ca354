package live

import (
	"context"
	"fmt"
	"time"

	"whydenied/pkg/evidence"
)

// roles reads the role that was asked for, or all of them, and tells whether
// anything was read.
func (r *reading) roles(ctx context.Context) bool {
	if r.q.Role == "" {
		return r.list(ctx, func(at time.Time) bool {
			return younger(r.s.c.Now, r.s.c.RolesAge)(at) && !at.Before(r.q.Time) && !at.Before(r.q.Since)
		})
	}
	if !r.a.isRole(r.q.Role) {
		r.lack("the role %s was not read: that is no ARN of a role of account %s", quote(r.q.Role), r.a.id)
		return false
	}
	found, at, err := r.s.role(ctx, r.a, evidence.RoleName(r.q.Role), later(r.q.Time, r.q.Since))
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
	all, _, err := r.s.listRoles(ctx, r.a, func(at time.Time) bool {
		return younger(r.s.c.Now, r.s.c.RolesAge)(at) && !at.Before(r.q.Since)
	})
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
