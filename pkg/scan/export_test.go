package scan

import (
	"context"

	"whydenied/pkg/evidence"
	"whydenied/pkg/trail"
)

// KeyOf is what decides whether two denials are one to the collector.
func (c *Collector) KeyOf(ctx context.Context, d trail.Denial) (any, error) {
	if d.Account == "" {
		d.Account = evidence.AccountOf(d.RoleARN.Value)
	}
	h, err := c.accounts.get(ctx, placeOf(&d), func(ctx context.Context) *held { return c.read(ctx, placeOf(&d)) })
	if err != nil {
		return nil, err
	}
	return h.key(&d), nil
}
