package slack

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
)

// Secret fetches a credential. Its errors must not hold the credential.
type Secret func(context.Context) (string, error)

// credential is a secret that was fetched, or will be when it is needed.
type credential struct {
	fetch Secret
	check func(string) error // says what is wrong with its form, without it

	mu    sync.Mutex
	value string
}

func (c *credential) get(ctx context.Context) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.value != "" {
		return c.value, nil
	}
	if c.fetch == nil {
		return "", errors.New("slack credential: none is configured")
	}
	value, err := c.fetch(ctx)
	if err != nil {
		return "", fmt.Errorf("slack credential: %w", err)
	}
	value = strings.TrimSpace(value) // files and consoles add a line's end
	if err := c.check(value); err != nil {
		return "", fmt.Errorf("slack credential: %w", err)
	}
	c.value = value
	return value, nil
}

// forget drops a value that Slack no longer takes, unless it was replaced
// already.
func (c *credential) forget(value string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.value == value {
		c.value = ""
	}
}

// with makes a call with the credential, and once more with a fresh one if
// Slack did not take it: tokens are rotated while the process lives.
func (c *credential) with(ctx context.Context, call func(value string) error) error {
	value, err := c.get(ctx)
	if err != nil {
		return err
	}
	err = call(value)
	if !isRejected(err) {
		return err
	}
	c.forget(value)
	fresh, fetching := c.get(ctx)
	if fetching != nil {
		return fetching
	}
	if fresh == value {
		return err
	}
	return call(fresh)
}

// isToken says what is wrong with a bot token. A token that is rotated begins
// with "xoxe.xoxb-" (Slack, "Using token rotation").
func isToken(value string) error {
	if !strings.HasPrefix(value, "xoxb-") && !strings.HasPrefix(value, "xoxe.xoxb-") {
		return errors.New("the secret does not hold a bot token, which begins with xoxb-")
	}
	return nil
}
