package e2e_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
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
}

// trap is what a gate waits for.
type trap struct {
	match  func(r *http.Request, body []byte) bool
	after  bool          // the server has done what it was asked for
	caught chan struct{} // closed when a request is held
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
func (g *gate) set(after bool, match func(r *http.Request, body []byte) bool) *trap {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.trap = &trap{match: match, after: after, caught: make(chan struct{})}
	return g.trap
}

// takes is the trap, if it is one for this request. It is gone then.
func (g *gate) takes(r *http.Request, body []byte) *trap {
	g.mu.Lock()
	defer g.mu.Unlock()
	t := g.trap
	if t == nil || !t.match(r, body) {
		return nil
	}
	g.trap = nil
	return t
}

// ServeHTTP passes a request on, or holds it.
func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	t := g.takes(r, body)
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
