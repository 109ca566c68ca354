package scan

import (
	"context"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/oidc"
	"whydenied/pkg/trail"
)

// finding is what was found out about a call, and about each that has the same
// key.
type finding struct {
	held     *held
	shape    string
	cause    string // code of the primary cause, "" where none is known
	stranger bool
	rank     int    // of the primary cause's confidence, 0 where there is none
	group    digest // the group that it falls into
	caller   digest // role, provider and shape, which a call that was allowed has as well
}

// find diagnoses a call, or finds what was found out about one like it. The
// error is that of a context that ended.
func (c *Collector) find(ctx context.Context, d *trail.Denial) (*finding, error) {
	h, err := c.heldFor(ctx, placeOf(d))
	if err != nil {
		return nil, err
	}
	return c.findings.get(ctx, h.key(d), func(context.Context) *finding { return h.find(d) })
}

// find is the diagnosis that [explain.Call] makes of the same evidence, without
// what it would take to write a report of it.
func (h *held) find(d *trail.Denial) *finding {
	found := diagnosis.Diagnose(diagnosis.Input{Denial: *d, Account: h.account})
	f := &finding{held: h, stranger: found.Stranger, shape: oidc.ShapeOf(d.Provider.Value, d.Subject.Value)}
	if len(found.Causes) > 0 {
		f.cause, f.rank = string(found.Causes[0].Code), rank(found.Causes[0].Confidence)
	}
	kind := "caller"
	if f.stranger {
		kind = "stranger"
	}
	f.caller = digestOf(d.RoleARN.Value, d.Provider.Value, f.shape)
	f.group = digestOf(d.Account, d.RoleARN.Value, d.Provider.Value, f.shape, f.cause, kind)
	f.shape = bounded(f.shape)
	return f
}

// rank is the higher the surer a cause is.
func rank(c diagnosis.Confidence) int {
	switch c {
	case diagnosis.Certain:
		return 3
	case diagnosis.Likely:
		return 2
	case diagnosis.Possible:
		return 1
	}
	return 0
}
