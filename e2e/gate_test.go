package e2e_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path"
	"strings"
	"sync"
	"testing"
)

// gate stands between the function and a server. A test can have it hold one
// request, before the server sees it or when the server has answered, for as
// long as it takes to kill the function: the answer never arrives.
type gate struct {
	URL string

	proxy *httputil.ReverseProxy
	mu    sync.Mutex
	trap  *trap
	calls []string // the names of those that came, in their order
}

// trap is what a gate waits for.
type trap struct {
	match  func(call string) bool
	after  bool          // the server has done what it was asked for
	caught chan struct{} // closed when a request is held
}

func (t *trap) isCaught() bool {
	select {
	case <-t.caught:
		return true
	default:
		return false
	}
}

func newGate(t *testing.T, server string) *gate {
	t.Helper()
	target, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{proxy: &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Host = target.Host
	}}}
	front := httptest.NewServer(g)
	t.Cleanup(front.Close)
	g.URL = front.URL
	return g
}

// set lays a trap for the next request that matches. It catches one.
func (g *gate) set(after bool, match func(call string) bool) *trap {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.trap = &trap{match: match, after: after, caught: make(chan struct{})}
	return g.trap
}

// clear takes a trap away, if nothing is caught in it.
func (g *gate) clear(t *trap) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.trap != t {
		return false
	}
	g.trap = nil
	return true
}

// takes is the trap, if it is one for this call. It is gone then.
func (g *gate) takes(call string) *trap {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.calls = append(g.calls, call)
	t := g.trap
	if t == nil || !t.match(call) {
		return nil
	}
	g.trap = nil
	return t
}

// called are the names of the calls that came since it was last asked.
func (g *gate) called() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	calls := g.calls
	g.calls = nil
	return calls
}

// nameOf is what a call is called: by AWS's JSON protocols in a header, by its
// query protocol in the form, by Slack in the path.
func nameOf(r *http.Request, body []byte) string {
	if _, name, found := strings.Cut(r.Header.Get("X-Amz-Target"), "."); found {
		return name
	}
	if form, err := url.ParseQuery(string(body)); err == nil && form.Get("Action") != "" {
		return form.Get("Action")
	}
	return path.Base(r.URL.Path)
}

// ServeHTTP passes a request on, or holds it.
func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	t := g.takes(nameOf(r, body))
	onward := r.Clone(r.Context())
	onward.Body = io.NopCloser(bytes.NewReader(body))
	switch {
	case t == nil:
		g.proxy.ServeHTTP(w, onward)
	case t.after:
		g.proxy.ServeHTTP(httptest.NewRecorder(), onward)
		fallthrough
	default:
		close(t.caught)
		<-r.Context().Done() // the caller is gone
	}
}
