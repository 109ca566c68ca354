package slacktest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Config says what the server accepts.
type Config struct {
	Token       string   // the bot token
	Scopes      string   // the token's; "" for chat:write alone
	Channels    []string // IDs; the app is in each of them
	WebhookPath string   // path of the webhook, as in /services/T0/B0/x; it posts into the first channel

	// EachSecond lets a channel have one message in a second, as Slack does,
	// and answers 429 to what comes too early.
	EachSecond bool
	Now        func() time.Time // nil for the real clock
}

// Server is an http.Handler. Its methods may be called while it serves.
type Server struct {
	config Config

	mu       sync.Mutex
	messages []*Message
	faults   []Fault
	serial   int
	last     map[string]time.Time // when a channel got its last message
	requests int
}

// New makes a server.
func New(c Config) *Server {
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Server{config: c, last: map[string]time.Time{}}
}

// Message is one message, as it stands now.
type Message struct {
	Channel  string          `json:"channel"`
	TS       string          `json:"ts"`
	ThreadTS string          `json:"thread_ts,omitempty"`
	Text     string          `json:"text"`
	Blocks   json.RawMessage `json:"blocks,omitempty"`
	Webhook  bool            `json:"webhook,omitempty"`
	Mrkdwn   bool            `json:"mrkdwn"` // Text is taken for markup
	Unfurl   bool            `json:"unfurl"` // links would be unfurled
	Edits    []Version       `json:"edits,omitempty"`
}

// Version is what a message said before it was edited.
type Version struct {
	Text   string          `json:"text"`
	Blocks json.RawMessage `json:"blocks,omitempty"`
}

// Fault is an answer other than the usual one.
type Fault struct {
	Path       string        `json:"path,omitempty"` // end of the path, as in chat.update; "" for any call
	Status     int           `json:"status,omitempty"`
	Error      string        `json:"error,omitempty"`       // Slack's code, with status 200 if there is no other
	RetryAfter int           `json:"retry_after,omitempty"` // seconds
	Hang       time.Duration `json:"hang,omitempty"`        // nanoseconds; until the caller goes away, if it is longer
	After      bool          `json:"after,omitempty"`       // the message is posted, and then this is answered
}

// Fail makes the next n calls that fit fail.
func (s *Server) Fail(n int, f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range n {
		s.faults = append(s.faults, f)
	}
}

// Messages are all messages, in the order in which they were posted.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Message, 0, len(s.messages))
	for _, m := range s.messages {
		c := *m
		c.Edits = slices.Clone(m.Edits)
		all = append(all, c)
	}
	return all
}

// Requests is how many calls there were, those that failed among them.
func (s *Server) Requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests
}

// Delete removes a message, as a person can.
func (s *Server) Delete(ts string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.messages = slices.DeleteFunc(s.messages, func(m *Message) bool { return m.TS == ts })
}

// Thread are the replies to a message.
func Thread(all []Message, ts string) []Message {
	return slices.DeleteFunc(slices.Clone(all), func(m Message) bool { return m.ThreadTS != ts })
}

// ServeHTTP answers Slack's calls, and those of a test's programs.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/_messages":
		answer(w, s.Messages())
		return
	case r.URL.Path == "/_fail" && r.Method == http.MethodPost:
		s.failByRequest(w, r)
		return
	}
	s.mu.Lock()
	s.requests++
	s.mu.Unlock()
	f, failing := s.fault(r.URL.Path)
	if failing && f.Hang > 0 {
		select {
		case <-r.Context().Done():
			return
		case <-time.After(f.Hang):
		}
	}
	if failing && !f.After && (f.Status != 0 || f.Error != "" || f.RetryAfter > 0) {
		f.answer(w, strings.Contains(r.URL.Path, "/api/"))
		return
	}
	if failing && f.After {
		s.serve(nowhere{http.Header{}}, r)
		f.answer(w, strings.Contains(r.URL.Path, "/api/"))
		return
	}
	s.serve(w, r)
}

// nowhere takes an answer that the caller does not get.
type nowhere struct{ header http.Header }

func (d nowhere) Header() http.Header         { return d.header }
func (d nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (d nowhere) WriteHeader(int)             {}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	_, method, ok := strings.Cut(r.URL.Path, "/api/")
	switch {
	case s.config.WebhookPath != "" && r.URL.Path == s.config.WebhookPath:
		s.webhook(w, r)
	case !ok && strings.HasPrefix(r.URL.Path, "/services/"):
		http.Error(w, "no_service", http.StatusNotFound)
	case ok:
		s.api(w, r, method)
	default:
		http.NotFound(w, r)
	}
}

func (s *Server) fault(path string) (Fault, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, f := range s.faults {
		if strings.HasSuffix(path, f.Path) {
			s.faults = slices.Delete(s.faults, i, i+1)
			return f, true
		}
	}
	return Fault{}, false
}

func (f Fault) answer(w http.ResponseWriter, api bool) {
	status := f.Status
	if f.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(f.RetryAfter))
		status = http.StatusTooManyRequests
	}
	switch {
	case status == 0 && api, status == http.StatusOK && api:
		answer(w, map[string]any{"ok": false, "error": f.Error})
	case status == 0:
		http.Error(w, f.Error, http.StatusBadRequest)
	default:
		http.Error(w, f.Error, status)
	}
}

func (s *Server) failByRequest(w http.ResponseWriter, r *http.Request) {
	var f Fault
	n, err := strconv.Atoi(r.URL.Query().Get("n"))
	if err == nil {
		err = json.NewDecoder(r.Body).Decode(&f)
	}
	if err != nil {
		http.Error(w, fmt.Sprintf("want ?n=N and a fault as JSON: %v", err), http.StatusBadRequest)
		return
	}
	s.Fail(n, f)
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}
