// Package wait waits, as long as somebody waits for it.
package wait

import (
	"context"
	"time"
)

// For waits, and says whether the time passed: false means that the context
// ended first.
func For(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
