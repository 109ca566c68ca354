package github_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"whydenied/internal/githubtest"
	"whydenied/pkg/alert"
	"whydenied/pkg/alert/github"
)

func TestErrors(t *testing.T) {
	const page = "<html>ghs_1 and -----BEGIN are not repeated</html>"
	for _, tt := range []struct {
		label, reason string
		fault         githubtest.Fault
		want          string
	}{
		{"key", "it was replaced", githubtest.Fault{Call: "GET /repos/octo-org/api/installation", Status: 401, Message: page},
			"github installation for octo-org/api: GitHub does not take the app's credentials: put its present id and private key into the secret (HTTP status 401)"},
		{"permissions", "nobody accepted the new ones", githubtest.Fault{Call: "POST /app/", Status: 422, Message: page},
			"github token for octo-org/api: the app was not granted what it needs: give it checks (write), contents (read) and metadata (read), and have its owner accept them where it is installed (HTTP status 422)"},
		{"suspended", "the owner did", githubtest.Fault{Call: "POST /repos/", Status: 403, Message: "This installation has been suspended"},
			"github check run in octo-org/api: the app may not do this: give it checks (write), contents (read) and metadata (read), and have its owner accept them where it is installed (HTTP status 403)"},
		{"form", "a mistake of this program", githubtest.Fault{Call: "POST /repos/", Status: 422, Message: page},
			"github check run in octo-org/api: GitHub does not take the form of the request (HTTP status 422)"},
		{"down", "a page instead of an answer", githubtest.Fault{Call: "POST /repos/", Status: 503, Message: page},
			"github check run in octo-org/api: GitHub has trouble of its own (HTTP status 503)"},
		{"teapot", "the status is said in any case", githubtest.Fault{Call: "POST /repos/", Status: 418}, "github check run in octo-org/api: GitHub refused it (HTTP status 418)"},
		{"no repository any more", "it went between two calls", githubtest.Fault{Call: "POST /repos/", Status: 404}, "github check run in octo-org/api: there is no such thing, or the app may not see it (HTTP status 404)"},
	} {
		t.Run(tt.label, func(t *testing.T) {
			s := newServer(t)
			s.Fail(2, tt.fault)
			err := newNotifier(t, s).Deliver(t.Context(), stored(t, "2-environment"), "", func(alert.Ref) error { return nil })
			if err == nil || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s (%s)", err, tt.want, tt.reason)
			}
		})
	}
}

func TestRateLimits(t *testing.T) {
	soon := fmt.Sprint(time.Now().Add(20 * time.Minute).Unix())
	for _, tt := range []struct {
		label, reason  string
		fault          githubtest.Fault
		atLeast, below time.Duration
	}{
		{"said", "the secondary limit has a status of its own", githubtest.Fault{Status: 429, Header: map[string]string{"Retry-After": "7"}}, 7 * time.Second, 8 * time.Second},
		{"forbidden", "or that of a refusal", githubtest.Fault{Status: 403, Header: map[string]string{"Retry-After": "7"}}, 7 * time.Second, 8 * time.Second},
		{"used up", "the hour's calls are spent", githubtest.Fault{Status: 403, Header: map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": soon}}, 19 * time.Minute, 21 * time.Minute},
		{"by words", "no header says it", githubtest.Fault{Status: 403, Message: "You have exceeded a secondary rate limit."}, time.Minute, time.Minute + 1},
		{"nothing said", "at least a minute", githubtest.Fault{Status: 429}, time.Minute, time.Minute + 1},
		{"endless", "nobody waits for years", githubtest.Fault{Status: 429, Header: map[string]string{"Retry-After": "9223372036854775807"}}, time.Hour, time.Hour + 1},
	} {
		t.Run(tt.label, func(t *testing.T) {
			s := newServer(t)
			tt.fault.Call = "POST /repos/"
			s.Fail(1, tt.fault)
			err := newNotifier(t, s).Deliver(t.Context(), stored(t, "2-environment"), "", func(alert.Ref) error { return nil })
			var limited *alert.RateLimitedError
			if !errors.As(err, &limited) || limited.Place != "GitHub" || limited.After < tt.atLeast || limited.After >= tt.below {
				t.Errorf("got %v: %s", err, tt.reason)
			}
		})
	}
}

// A secret is fetched when it is needed, kept, and fetched once more when it
// is no longer good. A token is asked for again when it is over.
func TestRotation(t *testing.T) {
	s, k, fetched, now := newServer(t), &keeper{}, 0, time.Now()
	c := config(t, s, func(context.Context) (string, error) { fetched++; return s.Secret(), nil })
	n, m := github.New(c), stored(t, "2-environment")
	again := func() {
		t.Helper()
		m.Incident.Attempts++
		deliver(t, n, m, k)
	}
	deliver(t, n, m, k)
	again()
	if fetched != 1 {
		t.Errorf("fetched %d times, want once", fetched)
	}
	if err := s.Rotate(); err != nil {
		t.Fatal(err)
	}
	again()
	if fetched != 2 || len(s.Runs()) != 1 || s.Runs()[0].Edits != 2 {
		t.Errorf("fetched %d times: %+v", fetched, s.Runs())
	}
	clock := githubtest.Config{App: "12345", Repositories: known(), Now: func() time.Time { return now }}
	s, err := githubtest.New(clock)
	if err != nil {
		t.Fatal(err)
	}
	c = config(t, s, func(context.Context) (string, error) { return s.SecretPKCS8(), nil })
	c.Now, k = clock.Now, &keeper{}
	n = github.New(c)
	deliver(t, n, m, k)
	now = now.Add(59*time.Minute + time.Second)
	again()
	tokens := 0
	for _, r := range s.Requests() {
		if strings.HasSuffix(r, "/access_tokens") {
			tokens++
		}
	}
	if tokens != 2 {
		t.Errorf("asked for %d tokens, want another before the first is over: %q", tokens, s.Requests())
	}
}

func TestSecrets(t *testing.T) {
	const (
		object = `github credential: the secret is no JSON object with the strings "app_id" and "private_key"; in JSON, each line of the key ends in \n`
		key    = `github credential: "private_key" of the secret is no RSA key as GitHub makes it, which begins with -----BEGIN RSA PRIVATE KEY-----`
		id     = `github credential: "app_id" of the secret is neither the number nor the client ID of an app`
	)
	s := newServer(t)
	good := s.Secret()
	for _, tt := range []struct{ label, text, want string }{
		{"a number", strings.Replace(good, `"12345"`, "12345", 1), ""},
		{"the key alone", "-----BEGIN hidden", object},
		{"line ends as they are", strings.ReplaceAll(good, `\n`, "\n"), object},
		{"no id", `{"private_key":"hidden"}`, id},
		{"null", `{"app_id":null,"private_key":"hidden"}`, id},
		{"an object for an id", `{"app_id":{"hidden":1},"private_key":"hidden"}`, id},
		{"no key", `{"app_id":1,"private_key":"hidden"}`, key},
		{"another block", `{"app_id":1,"private_key":"-----BEGIN X-----\naGlkZGVu\n-----END X-----\n"}`, key},
	} {
		n := github.New(config(t, s, func(context.Context) (string, error) { return tt.text, nil }))
		got := ""
		if err := n.Deliver(t.Context(), stored(t, "2-environment"), "", func(alert.Ref) error { return nil }); err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%s:\ngot  %s\nwant %s", tt.label, got, tt.want)
		}
	}
	n := github.New(config(t, s, nil))
	if err := n.Deliver(t.Context(), stored(t, "2-environment"), "", nil); err == nil || err.Error() != "github credential: none is configured" {
		t.Errorf("got %v", err)
	}
}

func TestUnreachable(t *testing.T) {
	s := newServer(t)
	c := config(t, s, func(context.Context) (string, error) { return s.Secret(), nil })
	gone := httptest.NewServer(s)
	gone.Close()
	c.APIURL = gone.URL
	err := github.New(c).Deliver(t.Context(), stored(t, "2-environment"), "", nil)
	if err == nil || !strings.HasPrefix(err.Error(), "github installation for octo-org/api: cannot dial the host: ") || strings.Contains(err.Error(), "http://") {
		t.Errorf("got %v", err)
	}
	late, cancel := context.WithDeadline(t.Context(), time.Now().Add(time.Second/2))
	defer cancel()
	if err := newNotifier(t, s).Deliver(late, stored(t, "2-environment"), "", nil); !errors.Is(err, alert.ErrTooLate) {
		t.Errorf("got %v, want that no time is left", err)
	}
	if err := newNotifier(t, s).Deliver(t.Context(), stored(t, "2-environment"), "{", nil); err == nil {
		t.Error("what was kept cannot be read, and nobody says so")
	}
}

func TestProbe(t *testing.T) {
	s := newServer(t)
	got, err := newNotifier(t, s).Probe(t.Context())
	if want := `GitHub knows the key: app "whydenied"`; err != nil || got != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	s.Fail(2, githubtest.Fault{Status: 401})
	if _, err := newNotifier(t, s).Probe(t.Context()); err == nil {
		t.Error("a key that is no longer good is not told of")
	}
}
