package github

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"whydenied/pkg/alert"
	"whydenied/pkg/alert/internal/away"
)

// What GitHub asks of each request ("Getting started with the REST API").
const (
	apiVersion = "2022-11-28"
	product    = "whydenied"
	asJSON     = "application/vnd.github+json"
	asSHA      = "application/vnd.github.sha" // a commit as its name alone, without its files
)

const (
	// callTimeout bounds one call, so that a GitHub that hangs leaves time for
	// other places. leastTime is what a call is begun with.
	callTimeout = 10 * time.Second
	leastTime   = time.Second
	mostAnswer  = 16 << 20 // bytes; a page of check runs repeats what they say
)

// call is one of GitHub's API.
type call struct {
	name   string // for people, as in "check run of octo-org/api"
	method string
	path   string // escaped, without a slash before it
	accept string // "" for JSON
	body   any    // nil for none
	into   any    // where the answer goes: a *string takes it as it is
}

// httpClient follows no redirect: that of a renamed repository would lead to
// one that may not be on the list.
func httpClient(transport http.RoundTripper) *http.Client {
	return &http.Client{
		Transport: transport, Timeout: callTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// do makes a call with a JWT or a token.
func (n *Notifier) do(ctx context.Context, bearer string, c *call) error {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < leastTime {
		return alert.ErrTooLate
	}
	request, err := n.request(ctx, bearer, c)
	if err != nil {
		return fmt.Errorf("github %s: the request cannot be made", c.name)
	}
	response, err := n.http.Do(request)
	if err != nil {
		return fmt.Errorf("github %s: %w", c.name, away.Reason(err))
	}
	defer func() { _ = response.Body.Close() }() // all that is wanted of it was read
	body, err := io.ReadAll(io.LimitReader(response.Body, mostAnswer))
	if err != nil {
		return fmt.Errorf("github %s: %w", c.name, away.Reason(err))
	}
	if response.StatusCode/100 != 2 {
		return n.refused(c, response, body)
	}
	if text, raw := c.into.(*string); raw {
		*text = string(body)
		return nil
	}
	if c.into != nil && json.Unmarshal(body, c.into) != nil {
		return fmt.Errorf("github %s: %w", c.name, errUnreadable)
	}
	return nil
}

var errUnreadable = errors.New("the answer cannot be read")

func (n *Notifier) request(ctx context.Context, bearer string, c *call) (*http.Request, error) {
	var body io.Reader = http.NoBody
	if c.body != nil {
		data, err := json.Marshal(c.body)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(data)
	}
	request, err := http.NewRequestWithContext(ctx, c.method, n.api+c.path, body)
	if err != nil {
		return nil, err
	}
	accept := c.accept
	if accept == "" {
		accept = asJSON
	}
	for name, value := range map[string]string{"Accept": accept, "Authorization": "Bearer " + bearer, "User-Agent": product, "X-GitHub-Api-Version": apiVersion} {
		request.Header.Set(name, value)
	}
	if c.body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	return request, nil
}

// address is that of the API, with a slash behind it.
func address(configured string) string {
	if configured == "" {
		return "https://api.github.com/"
	}
	return strings.TrimSuffix(configured, "/") + "/"
}
