package slack

import (
	"context"
	"errors"
	"time"

	"whydenied/pkg/alert"
	"whydenied/pkg/internal/wait"
)

const (
	longestWait = 5 * time.Second // that a delivery waits for Slack by itself
	leastTime   = time.Second     // that a call is begun with
	mostWaits   = 2
)

// patient makes a call, and again after the time that Slack asks for, if that
// is short and the deadline leaves room. Otherwise it says how long to wait:
// then the queue waits, which costs nothing.
func patient(ctx context.Context, call func() error) error {
	for waits := 0; ; waits++ {
		if left, ok := timeLeft(ctx); ok && left < leastTime {
			return alert.ErrTooLate
		}
		err := call()
		var limited *alert.RateLimitedError
		if !errors.As(err, &limited) || waits == mostWaits || limited.After > longestWait {
			return err
		}
		if left, ok := timeLeft(ctx); ok && left < limited.After+2*leastTime {
			return err
		}
		if !wait.For(ctx, limited.After) {
			return err
		}
	}
}

func timeLeft(ctx context.Context) (time.Duration, bool) {
	deadline, ok := ctx.Deadline()
	return time.Until(deadline), ok
}
