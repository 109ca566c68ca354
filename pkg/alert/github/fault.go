package github

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"whydenied/pkg/alert"
)

// fault is what GitHub answered, in people's words.
type fault struct {
	call   string
	status int
	says   string
}

func (f *fault) Error() string {
	return fmt.Sprintf("github %s: %s (HTTP status %d)", f.call, f.says, f.status)
}

// errNotHere ends a delivery for good: the place has no room for check runs.
var errNotHere = errors.New("the app is not installed there")

// words are for the statuses that somebody can do something about.
var words = map[int]string{
	http.StatusUnauthorized: "GitHub does not take the app's credentials: put its present id and private key into the secret",
	http.StatusForbidden:    "the app may not do this: give it checks (write), contents (read) and metadata (read), and have its owner accept them where it is installed",
	http.StatusNotFound:     "there is no such thing, or the app may not see it",
}

// ungranted is the same for the call that asks for a token.
const ungranted = "the app was not granted what it needs: give it checks (write), contents (read) and metadata (read), and have its owner accept them where it is installed"

// moved are the answers for a repository that was renamed or given away.
var moved = []int{http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect}

func hasStatus(err error, statuses ...int) bool {
	var f *fault
	return errors.As(err, &f) && slices.Contains(statuses, f.status)
}

// refused turns an answer into an error. Nothing of the body gets into it.
func (n *Notifier) refused(c *call, response *http.Response, body []byte) error {
	if after, limited := n.limited(response, body); limited {
		return &alert.RateLimitedError{Place: "GitHub", After: after}
	}
	says := words[response.StatusCode]
	switch {
	case says != "":
	case response.StatusCode >= http.StatusInternalServerError:
		says = "GitHub has trouble of its own"
	case response.StatusCode == http.StatusUnprocessableEntity:
		says = "GitHub does not take the form of the request"
	default:
		says = "GitHub refused it"
	}
	return &fault{call: c.name, status: response.StatusCode, says: says}
}

// unsaid is how long to wait where GitHub does not say ("Best practices for
// using the REST API": at least a minute); longest bounds what it says.
const (
	unsaid  = time.Minute
	longest = time.Hour
)

// limited tells a limit of calls from a refusal, which has the same status.
func (n *Notifier) limited(response *http.Response, body []byte) (after time.Duration, limited bool) {
	if response.StatusCode != http.StatusForbidden && response.StatusCode != http.StatusTooManyRequests {
		return 0, false
	}
	number := func(name string) (int64, bool) {
		v, err := strconv.ParseInt(response.Header.Get(name), 10, 64)
		return v, err == nil && v >= 0
	}
	bounded := func(d time.Duration) (time.Duration, bool) { return min(max(d, time.Second), longest), true }
	if seconds, ok := number("Retry-After"); ok {
		return bounded(time.Duration(min(seconds, int64(longest/time.Second))) * time.Second)
	}
	if left, ok := number("X-RateLimit-Remaining"); ok && left == 0 {
		if at, ok := number("X-RateLimit-Reset"); ok {
			return bounded(time.Unix(at, 0).Sub(n.config.Now()))
		}
		return unsaid, true
	}
	var answer struct{ Message string }
	_ = json.Unmarshal(body, &answer) // a proxy's page has no message
	return unsaid, response.StatusCode == http.StatusTooManyRequests || strings.Contains(strings.ToLower(answer.Message), "rate limit")
}
