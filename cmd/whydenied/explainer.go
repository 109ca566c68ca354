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
}

func (a *app) explainer(s source) explainer { return explainer{app: a, out: a.printer(), source: s} }

// explain reports on one call. The error is one of writing, or ends the run.
func (e *explainer) explain(ctx context.Context, d trail.Denial, succeeded bool) error {
	if err := e.source.ready(ctx); err != nil {
		return err
	}
	r := explain.Call(ctx, d, succeeded, e.source)
	if ctx.Err() != nil {
		return interrupted()
	}
	return e.out.print(&r)
}
