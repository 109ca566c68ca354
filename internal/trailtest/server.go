// Package trailtest behaves as the LookupEvents API of CloudTrail, for tests
// and for the end-to-end run: records are put in, also while it runs, and come
// out in pages, the newest first.
//
// It can throttle as AWS does, refuse, and let records show only later, as
// CloudTrail is late. It looks at no signature.
package trailtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Server is the API. Its methods may be called at any time, from anywhere.
type Server struct {
	mu       sync.Mutex
	now      func() time.Time
	events   []event // in the order in which they were added
	throttle bool
	denied   bool
	accounts map[string]string
	served   map[string][]time.Time // by account key and region: the calls of the last second
	calls    []Call
}

// Call is one call as it was made, whether it was answered or refused.
type Call struct {
	AccessKey, Region string // of its signature
	Attribute, Value  string // what was looked up
	Start, End        time.Time
	MaxResults        int
	Token             bool // it asked for a further page
	Refused           string
}

// event is one record, with what the API shows beside it.
type event struct {
	id, name, source, user, region, account string
	readOnly                                bool
	at, visible                             time.Time
	record                                  string
}

// New makes a server that holds nothing. A nil clock is the real one.
func New(now func() time.Time) *Server {
	if now == nil {
		now = time.Now
	}
	return &Server{now: now, served: make(map[string][]time.Time)}
}

// Add puts a record of CloudTrail in, which shows at once.
func (s *Server) Add(record []byte) error { return s.AddLate(record, time.Time{}) }

// AddLate puts a record in that shows from a moment on. The error says what
// the record lacks.
func (s *Server) AddLate(record []byte, visible time.Time) error {
	var r struct {
		EventID      string    `json:"eventID"`
		EventName    string    `json:"eventName"`
		EventSource  string    `json:"eventSource"`
		EventTime    time.Time `json:"eventTime"`
		Region       string    `json:"awsRegion"`
		Account      string    `json:"recipientAccountId"`
		ReadOnly     bool      `json:"readOnly"`
		UserIdentity struct {
			UserName string `json:"userName"`
		} `json:"userIdentity"`
	}
	if err := json.Unmarshal(record, &r); err != nil {
		return fmt.Errorf("record: %w", err)
	}
	if r.EventID == "" || r.EventName == "" || r.Region == "" || r.EventTime.IsZero() {
		return fmt.Errorf("record %q: eventID, eventName, awsRegion or eventTime is missing", r.EventID)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events = append(s.events, event{
		id: r.EventID, name: r.EventName, source: r.EventSource, user: r.UserIdentity.UserName, region: r.Region, account: r.Account,
		readOnly: r.ReadOnly, at: r.EventTime, visible: visible, record: string(record),
	})
	return nil
}

// Throttle sets whether more than two calls a second, of one access key in one
// region, are refused.
func (s *Server) Throttle(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.throttle = on
}

// Deny sets whether every call is refused.
func (s *Server) Deny(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.denied = on
}

// Belongs says which account an access key is of. Calls with other keys see
// the records of all accounts.
func (s *Server) Belongs(accessKey, account string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.accounts == nil {
		s.accounts = make(map[string]string)
	}
	s.accounts[accessKey] = account
}

// Calls are the calls so far.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// ServeHTTP answers in the protocol that the SDKs speak, AWS JSON 1.1.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out, err := s.answer(r)
	status := http.StatusOK
	if err != nil {
		status = http.StatusBadRequest
		out = map[string]string{"__type": err.code, "message": err.message}
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(out) // whoever asked may have gone away
}

// refusal is an error of the API.
type refusal struct{ code, message string }

// scope is the access key and the region of a signature: "AWS4-HMAC-SHA256
// Credential=key/date/region/cloudtrail/aws4_request, …".
func scope(r *http.Request) (accessKey, region string) {
	_, after, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
	parts := strings.Split(after, "/")
	if len(parts) < 5 {
		return "", ""
	}
	return parts[0], parts[2]
}
