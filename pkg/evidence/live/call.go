package live

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"golang.org/x/time/rate"

	"whydenied/pkg/internal/wait"
)

// A call that AWS throttles is repeated after a growing wait, as long as the
// deadline lets it, but not for ever.
const (
	maxTries = 20
	minWait  = 500 * time.Millisecond
	maxWait  = 2 * time.Second
)

// limits are those of a call: its time, and how often its kind may be called.
type limits struct {
	call time.Duration
	pace *rate.Limiter // nil where AWS names no number
}

// turn waits until the next call may be made, and fails at once where that
// would be after the deadline.
func (l limits) turn(ctx context.Context) error {
	if l.pace == nil {
		return nil
	}
	return l.pace.Wait(ctx)
}

// call makes one call. Each try has the time of one call, all of them have the
// context's; the error is a [*failure].
func call[T any](ctx context.Context, l limits, name, object string, try func(context.Context) (T, error)) (out T, err error) {
	wait := minWait
	var f *failure
	for n := 1; ; n++ {
		if err := l.turn(ctx); err != nil {
			if f == nil {
				f = ended(ctx, name, object, err)
			}
			return out, f
		}
		out, err = within(ctx, l.call, try)
		if err == nil {
			return out, nil
		}
		f = failed(ctx, name, object, l.call, err)
		if f.kind != throttled || n >= maxTries || !pause(ctx, wait) {
			return out, f
		}
		wait = min(2*wait, maxWait)
	}
}

func within[T any](ctx context.Context, limit time.Duration, try func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return try(ctx)
}

// pause waits, unless the deadline comes first: what failed is then told at
// once, and as what it was.
func pause(ctx context.Context, d time.Duration) bool {
	if end, ok := ctx.Deadline(); ok && time.Until(end) <= d {
		return false
	}
	return wait.For(ctx, d)
}

// retryer is the SDK's own for what fails by chance. Throttling is left to
// [call], which knows the deadline.
func retryer() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		unlessThrottled := retry.IsErrorRetryableFunc(func(err error) aws.Ternary {
			if throttling(err) {
				return aws.FalseTernary
			}
			return aws.UnknownTernary
		})
		o.MaxBackoff = minWait // the tries share the time of one call
		o.Retryables = append([]retry.IsErrorRetryable{unlessThrottled}, o.Retryables...)
	})
}
