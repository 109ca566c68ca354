package githubtest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Repository is one that the server knows.
type Repository struct {
	Default   string            // name of the default branch
	Branches  map[string]string // name of the last commit, by branch; none for an empty repository
	Installed bool              // the app is
	Moved     bool              // it was renamed: the old name redirects
}

// Config says what the server knows.
type Config struct {
	App          string                // its id, as in "12345"
	Granted      map[string]string     // permissions of the app; nil for checks (write), contents and metadata (read)
	Repositories map[string]Repository // by "owner/name"
	Now          func() time.Time      // nil for the real clock
}

// Server is an http.Handler. Its methods may be called while it serves.
type Server struct {
	config Config

	mu       sync.Mutex
	key      *rsa.PrivateKey
	tokens   map[string]grant
	runs     []*Run
	faults   []Fault
	requests []string
}

// grant is what a token is good for.
type grant struct {
	repositories []string // names without their owner
	permissions  map[string]string
	expires      time.Time
}

// Run is a check run, as it stands now.
type Run struct {
	ID         int64
	Repository string
	Edits      int
	Body
}

// Body is what a caller says of a check run.
type Body struct {
	Name       string `json:"name"`
	SHA        string `json:"head_sha"`
	External   string `json:"external_id"`
	Details    string `json:"details_url"`
	Status     string `json:"status"`
	Conclusion string `json:"conclusion"`
	Output     struct {
		Title   string `json:"title"`
		Summary string `json:"summary"`
	} `json:"output"`
}

// Fault is an answer other than the usual one.
type Fault struct {
	Call    string            // how the request begins, as in "POST /repos/"; "" for any
	Status  int               // of the answer
	Header  map[string]string // of the answer
	Message string            // GitHub's
	After   bool              // the request is served, and then this is answered
}

// New makes a server, with a private key for the app.
func New(c Config) (*Server, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Granted == nil {
		c.Granted = map[string]string{"checks": "write", "contents": "read", "metadata": "read"}
	}
	s := &Server{config: c, tokens: map[string]grant{}}
	return s, s.Rotate()
}

// Rotate gives the app another private key, and forgets all tokens.
func (s *Server) Rotate() error {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.key, s.tokens = key, map[string]grant{}
	return nil
}

// Secret is what the operator keeps: the app's id and its private key, in the
// form in which GitHub hands it out.
func (s *Server) Secret() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	block := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(s.key)})
	return secret(s.config.App, string(block))
}

// SecretPKCS8 is the same with the key in its newer form.
func (s *Server) SecretPKCS8() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	der, err := x509.MarshalPKCS8PrivateKey(s.key)
	if err != nil {
		return ""
	}
	return secret(s.config.App, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
}

func secret(app, key string) string {
	text, err := json.Marshal(map[string]string{"app_id": app, "private_key": key})
	if err != nil {
		return ""
	}
	return string(text)
}

// Fail makes the next n calls that fit fail.
func (s *Server) Fail(n int, f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range n {
		s.faults = append(s.faults, f)
	}
}

// Runs are all check runs, in the order in which they were made.
func (s *Server) Runs() []Run {
	s.mu.Lock()
	defer s.mu.Unlock()
	runs := make([]Run, 0, len(s.runs))
	for _, r := range s.runs {
		runs = append(runs, *r)
	}
	return runs
}

// Delete removes all check runs.
func (s *Server) Delete() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.runs = nil
}

// Requests are all calls, as in "GET /app", those that failed among them.
func (s *Server) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// ServeHTTP answers GitHub's calls.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	line := r.Method + " " + r.URL.EscapedPath()
	s.requests = append(s.requests, line)
	at := slices.IndexFunc(s.faults, func(f Fault) bool { return strings.HasPrefix(line, f.Call) })
	if at < 0 {
		s.serve(w, r)
		return
	}
	f := s.faults[at]
	s.faults = slices.Delete(s.faults, at, at+1)
	if f.After {
		s.serve(nowhere{http.Header{}}, r)
	}
	for name, value := range f.Header {
		w.Header().Set(name, value)
	}
	refuse(w, f.Status, f.Message)
}

// nowhere takes an answer that the caller does not get.
type nowhere struct{ header http.Header }

func (d nowhere) Header() http.Header         { return d.header }
func (d nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (d nowhere) WriteHeader(int)             {}

func refuse(w http.ResponseWriter, status int, message string) {
	answer(w, status, map[string]string{"message": message, "documentation_url": "https://docs.github.com/rest"})
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the caller may be gone
}
