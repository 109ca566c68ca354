package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// tokens are those of installations, by repository in lower case. Each is good
// for one repository, and for no more than a check run needs.
type tokens struct {
	mu   sync.Mutex
	held map[string]token
}

type token struct {
	value   string
	expires time.Time
}

const (
	mostTokens = 200
	spare      = time.Minute // before its end a token is no longer used
)

func (t *tokens) get(r repository, now time.Time) (string, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	held, ok := t.held[key(r)]
	return held.value, ok && now.Before(held.expires.Add(-spare))
}

func (t *tokens) keep(r repository, one token) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.held == nil || len(t.held) >= mostTokens {
		t.held = make(map[string]token, 1)
	}
	t.held[key(r)] = one
}

// forget drops a token that GitHub no longer takes.
func (t *tokens) forget(r repository, value string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.held[key(r)].value == value {
		delete(t.held, key(r))
	}
}

func key(r repository) string { return strings.ToLower(r.String()) }

// asApp makes a call with a JWT, and once more with a fresh secret if GitHub
// did not take it: keys are replaced while the process lives.
func (n *Notifier) asApp(ctx context.Context, c *call) error {
	a, err := n.app.get(ctx)
	if err != nil {
		return err
	}
	err = n.signed(ctx, a, c)
	if !hasStatus(err, http.StatusUnauthorized) {
		return err
	}
	n.app.forget(a)
	fresh, fetching := n.app.get(ctx)
	if fetching != nil {
		return fetching
	}
	if fresh.equal(a) {
		return err
	}
	return n.signed(ctx, fresh, c)
}

func (n *Notifier) signed(ctx context.Context, a *app, c *call) error {
	jwt, err := a.jwt(n.config.Now())
	if err != nil {
		return err
	}
	return n.do(ctx, jwt, c)
}

// asInstallation makes a call with the token of a repository, and once more
// with a new one if GitHub did not take it.
func (n *Notifier) asInstallation(ctx context.Context, r repository, c *call) error {
	for again := false; ; again = true {
		value, held := n.tokens.get(r, n.config.Now())
		if !held {
			var err error
			if value, err = n.newToken(ctx, r); err != nil {
				return err
			}
		}
		err := n.do(ctx, value, c)
		if again || !hasStatus(err, http.StatusUnauthorized) {
			return err
		}
		n.tokens.forget(r, value)
	}
}

// newToken asks where the app is installed, and there for a token. The error
// is errNotHere where it is not.
func (n *Notifier) newToken(ctx context.Context, r repository) (string, error) {
	var installation struct {
		ID int64 `json:"id"`
	}
	find := &call{name: "installation for " + r.String(), method: http.MethodGet, path: "repos/" + r.String() + "/installation", into: &installation}
	switch err := n.asApp(ctx, find); {
	case hasStatus(err, http.StatusNotFound), hasStatus(err, moved...):
		return "", errNotHere
	case err != nil:
		return "", err
	}
	var answer struct {
		Token   string    `json:"token"`
		Expires time.Time `json:"expires_at"`
	}
	ask := &call{
		name: "token for " + r.String(), method: http.MethodPost, path: fmt.Sprintf("app/installations/%d/access_tokens", installation.ID), into: &answer,
		body: map[string]any{"repositories": []string{r.name}, "permissions": map[string]string{"checks": "write", "contents": "read", "metadata": "read"}},
	}
	err := n.asApp(ctx, ask)
	var f *fault
	if errors.As(err, &f) && f.status == http.StatusUnprocessableEntity {
		f.says = ungranted
	}
	if err == nil && answer.Token == "" {
		err = fmt.Errorf("github %s: %w", ask.name, errUnreadable)
	}
	if err != nil {
		return "", err
	}
	n.tokens.keep(r, token{answer.Token, answer.Expires})
	return answer.Token, nil
}
