package main

import (
	"context"

	"whydenied/pkg/explain"
	"whydenied/pkg/trail"
)

// explainer prints a report on one call after the other.
type explainer struct {
	app    *app
	out    *printer
	source source
	role   string // ARN or name; settles calls whose record names none
	named  int    // records that name another role
}

func (a *app) explainer(s source, role string) explainer {
	return explainer{app: a, out: a.printer(), source: s, role: role}
}

// call reports on one call. The error is one of writing, or ends the run.
func (e *explainer) call(ctx context.Context, d trail.Denial, succeeded bool) error {
	if err := e.source.ready(ctx); err != nil {
		return err
	}
	if err := e.settle(ctx, &d); err != nil {
		return err
	}
	r := explain.Call(ctx, d, succeeded, e.source)
	if ctx.Err() != nil {
		return interrupted()
	}
	return e.out.print(&r)
}

// settle says which role a call was for, unless its record does.
func (e *explainer) settle(ctx context.Context, d *trail.Denial) error {
	if e.role == "" {
		return nil
	}
	role, err := e.source.roleARN(ctx, e.role, d)
	switch {
	case err != nil:
		return err
	case !d.RoleARN.Known:
		d.RoleARN = trail.Known(role)
	case d.RoleARN.Value != role:
		e.named++
	}
	return nil
}

// tellNamed tells of records that --role did not overrule.
func (e *explainer) tellNamed() {
	if e.named > 0 {
		e.app.say(count(e.named, "record names another role", "records name another role") + " than --role: the record decides")
	}
}
