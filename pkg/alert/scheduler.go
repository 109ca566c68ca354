package alert

import (
	"context"
	"time"
)

// Scheduler has an incident looked at again ([Alerter.Flush]). The
// implementation is package queue.
type Scheduler interface {
	// Later asks for it after so long, or somewhat earlier where the means
	// allow no longer delay. Asking twice does no harm.
	Later(ctx context.Context, incident string, after time.Duration) error
}
