package enginetest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// Answer is what a query finds. A nil value is NULL.
type Answer struct {
	Columns []string
	Rows    [][]*string
	Scanned int64
}

// Query runs SQL. An error is the reason for which the query failed.
type Query func(sql string) (Answer, error)

// Fault is an error that a call is answered with.
type Fault struct{ Code, Message string }

// Call is one that was made.
type Call struct {
	Action string
	Input  map[string]any
}

// Service is what both APIs have in common.
type Service struct {
	// Run runs the queries.
	Run Query
	// Polls is how often a query is found running before it ends; below zero it
	// never ends.
	Polls int
	// Page is how many rows are on a page, zero for as many as AWS gives.
	Page int
	// Faults are the answers to the next calls of an action.
	Faults map[string][]Fault

	mu      sync.Mutex
	calls   []Call
	queries map[string]*query
}

type query struct {
	sql    string
	answer Answer
	err    error
	asked  int
	ended  bool // by a call
}

// Calls are the calls made up to now, by action.
func (s *Service) Calls(action string) []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Call
	for _, c := range s.calls {
		if c.Action == action {
			out = append(out, c)
		}
	}
	return out
}

// serve notes the call and answers it: with the next fault, or with what answer
// makes of it.
func (s *Service) serve(w http.ResponseWriter, r *http.Request, answer func(action string, in map[string]any) any) {
	target := r.Header.Get("X-Amz-Target")
	action := target[strings.LastIndex(target, ".")+1:]
	var in map[string]any
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, Call{action, in})
	var out any
	if faults := s.Faults[action]; len(faults) > 0 {
		s.Faults[action] = faults[1:]
		out = faults[0]
	} else {
		out = answer(action, in)
	}
	status := http.StatusOK
	if fault, failed := out.(Fault); failed {
		status = http.StatusBadRequest
		out = map[string]any{"__type": fault.Code, "Message": fault.Message, "message": fault.Message}
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(out)
}

// start runs a query at once; how long it seems to run is up to Polls.
func (s *Service) start(sql string) string {
	if s.queries == nil {
		s.queries = map[string]*query{}
	}
	id := fmt.Sprintf("00000000-0000-4000-8000-%012d", len(s.queries)+1)
	q := &query{sql: sql}
	q.answer, q.err = s.Run(sql)
	s.queries[id] = q
	return id
}

// running counts a question about a query, and says whether it still runs.
func (s *Service) running(q *query) bool {
	q.asked++
	return !q.ended && (s.Polls < 0 || q.asked <= s.Polls)
}

// page cuts rows; the token is where the next page begins.
func (s *Service) page(rows int, in map[string]any, key string) (first, end int, next any) {
	size := s.Page
	if limit, ok := in[key].(float64); ok && (size == 0 || int(limit) < size) {
		size = int(limit)
	}
	if token, ok := in["NextToken"].(string); ok {
		_, _ = fmt.Sscanf(token, "from-%d", &first)
	}
	end = min(first+size, rows)
	if end < rows {
		next = fmt.Sprintf("from-%d", end)
	}
	return first, end, next
}

// config is what reaches a handler without a network, so that a test's clock may
// run ahead.
func config(h http.Handler) aws.Config {
	return aws.Config{
		Region: "eu-west-1", HTTPClient: direct{h}, BaseEndpoint: aws.String("http://aws.test"),
		Credentials: credentials.NewStaticCredentialsProvider("AKID", "secret", ""),
	}
}

type direct struct{ h http.Handler }

// Do answers a request.
func (d direct) Do(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	w := httptest.NewRecorder()
	d.h.ServeHTTP(w, r)
	return w.Result(), nil
}
