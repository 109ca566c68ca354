package alert

import (
	"context"
	"time"
)

// Scheduler has an incident looked at again later, by whichever instance is
// there then. The implementation is queue, a package of its own.
type Scheduler interface {
	// Later asks for a look at the incident once the time has passed. It may
	// come earlier, where the place that keeps it waits no longer than that,
	// and more than once: whoever looks finds in the Store what is due, and
	// asks again where that is nothing yet.
	Later(ctx context.Context, incident string, after time.Duration) error
}
