package engine

import (
	"context"
	"time"

	"whydenied/pkg/internal/wait"
)

// Pauses between two questions whether a query has ended: the first is short,
// since small archives take a second, and none is so long that a person waits
// for it.
const (
	firstPause = 250 * time.Millisecond
	lastPause  = 5 * time.Second
)

// Poll asks until ask says that it is done or fails, with a growing pause in
// between. It returns the context's error where that ends first.
func Poll(ctx context.Context, ask func() (done bool, err error)) error {
	for pause := firstPause; ; pause = min(pause*3/2, lastPause) {
		done, err := ask()
		if done || err != nil {
			return err
		}
		if !wait.For(ctx, pause) {
			return ctx.Err()
		}
	}
}

// StopTime is how long one waits for AWS to take note that a query is not
// wanted any more.
const StopTime = 10 * time.Second

// Stop calls stop with a context of its own, for use when the query's has ended.
func Stop(ctx context.Context, stop func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), StopTime)
	defer cancel()
	return stop(ctx)
}
