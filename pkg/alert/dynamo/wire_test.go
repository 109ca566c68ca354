package dynamo_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"whydenied/internal/golden"
	"whydenied/pkg/alert"
	"whydenied/pkg/alert/dynamo"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// answer is what a server says to a call; no status: it hangs up.
type answer struct {
	status int
	body   string
}

// server answers calls in turn, the last answer again and again, and keeps
// what it was sent: the call's name, then its body.
type server struct {
	answers []answer
	calls   []string
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	_, call, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	s.calls = append(s.calls, call, string(body))
	say := s.answers[min(len(s.calls)/2, len(s.answers))-1]
	if say.status == 0 {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.WriteHeader(say.status)
	_, _ = io.WriteString(w, say.body) // whoever hung up wants no answer
}

// store is one whose client talks to a server.
func store(t *testing.T, handler http.Handler) *dynamo.Store {
	t.Helper()
	srv := httptest.NewServer(handler)
	t.Cleanup(srv.Close)
	return dynamo.New(dynamo.Config{
		Table:  "incidents",
		Client: func(context.Context) (dynamo.API, error) { return client(srv.URL), nil },
		Now:    func() time.Time { return noon },
	})
}

func client(url string) *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{
		Region: "eu-central-1", BaseEndpoint: &url,
		Credentials: credentials.NewStaticCredentialsProvider("id", "secret", ""),
		Retryer: retry.NewStandard(func(o *retry.StandardOptions) {
			o.MaxAttempts = 2
			o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
		}),
	})
}

func whole() alert.Change {
	return alert.Change{
		Incident: alert.Incident{ID: "0123456789ab", Account: "111122223333", First: noon, Last: noon, Attempts: 1},
		Event:    "d23f0824-128b-4f33-8c5c-7fd0a6a3a450",
		Names:    []alert.Name{{Name: "free"}, {Name: "taken", Was: "ba9876543210"}, {Name: "free"}},
		Count:    alert.Counter{Name: "111122223333 2026-11-24T12", Limit: 50},
		Due:      noon.Add(25 * time.Hour), Lists: []string{"day#2026-11-24"},
		Expires: noon.Add(30 * 24 * time.Hour), EventExpires: noon.Add(7*24*time.Hour + time.Nanosecond),
	}
}

// The requests to the letter: what the IAM policy, and whoever looks into the
// table, can rely on.
func TestRequests(t *testing.T) {
	again := whole()
	again.Incident.Version, again.Count.Limit, again.Expires = 7, 0, time.Time{}
	for _, tt := range []struct {
		label string
		call  func(context.Context, *dynamo.Store) error
	}{
		{"new", func(ctx context.Context, s *dynamo.Store) error { return s.Save(ctx, whole()) }},
		{"again", func(ctx context.Context, s *dynamo.Store) error { return s.Save(ctx, again) }},
		{"incident", func(ctx context.Context, s *dynamo.Store) error {
			_, err := s.Incident(ctx, "0123456789ab")
			return err
		}},
		{"counted", func(ctx context.Context, s *dynamo.Store) error { _, err := s.Counted(ctx, "\xff"); return err }},
		{"named", func(ctx context.Context, s *dynamo.Store) error { _, err := s.Named(ctx, "free"); return err }},
		{"listed", func(ctx context.Context, s *dynamo.Store) error {
			_, err := s.Listed(ctx, "day#2026-11-24")
			return err
		}},
		{"due", func(ctx context.Context, s *dynamo.Store) error { _, err := s.Due(ctx, noon); return err }},
	} {
		t.Run(tt.label, func(t *testing.T) {
			srv := &server{answers: []answer{{200, "{}"}}}
			if err := tt.call(t.Context(), store(t, srv)); err != nil {
				t.Fatal(err)
			}
			if len(srv.calls) != 2 {
				t.Fatalf("got calls %q, want one", srv.calls)
			}
			golden.Compare(t, filepath.Join("testdata", tt.label+".txt"), srv.calls[0]+"\n"+indented(t, srv.calls[1]))
		})
	}
}

// indented is a request without its token, which is another one each time.
func indented(t *testing.T, body string) string {
	t.Helper()
	var request map[string]any
	if err := json.Unmarshal([]byte(body), &request); err != nil {
		t.Fatal(err)
	}
	if token, is := request["ClientRequestToken"].(string); is && len(token) >= 20 {
		request["ClientRequestToken"] = "…"
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(request); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// An answer that is lost is asked for again under the same token, so that
// DynamoDB does not hold a change against itself.
func TestLostAnswer(t *testing.T) {
	srv := &server{answers: []answer{{}, {200, "{}"}}}
	s := store(t, srv)
	if err := s.Save(t.Context(), whole()); err != nil {
		t.Fatal(err)
	}
	if len(srv.calls) != 4 || srv.calls[1] != srv.calls[3] {
		t.Errorf("got calls %q, want the same twice", srv.calls)
	}
	if err := s.Save(t.Context(), whole()); err != nil {
		t.Fatal(err)
	}
	if srv.calls[5] == srv.calls[1] {
		t.Error("got the same token in another call of Save, want another one")
	}
}

func TestPages(t *testing.T) {
	srv := &server{answers: []answer{
		{200, `{"Items":[{"sk":{"S":"a"}},{"sk":{"S":"b"},"expires":{"N":"1795521600"}}],"LastEvaluatedKey":{"pk":{"S":"due"},"sk":{"S":"b"}}}`},
		{200, `{"Items":[]  ,"LastEvaluatedKey":{"pk":{"S":"due"},"sk":{"S":"c"}}}`},
		{200, `{"Items":[{"sk":{"S":"d"},"expires":{"N":"1795521601"}}]}`},
	}}
	got, err := store(t, srv).Due(t.Context(), noon)
	if want := []string{"a", "d"}; err != nil || !slices.Equal(want, got) {
		t.Errorf("got %q, %v, want %q: pages may be empty, and b is past its time at noon", got, err, want)
	}
}

func TestLargeIncident(t *testing.T) {
	srv := &server{answers: []answer{{200, "{}"}}}
	c := whole()
	// Noise, which no compression makes shorter.
	seed := uint64(1)
	for range 500 << 10 {
		seed = seed*6364136223846793005 + 1442695040888963407
		c.Incident.Report = append(c.Incident.Report, byte(seed>>56))
	}
	err := store(t, srv).Save(t.Context(), c)
	if err == nil || !strings.Contains(err.Error(), `incident "0123456789ab" takes`) || !strings.Contains(err.Error(), "report has to be shorter") {
		t.Errorf("got error %v, want one that says what is too long", err)
	}
	if len(srv.calls) != 0 {
		t.Errorf("got calls %q, want none", srv.calls)
	}
}

func TestBrokenItem(t *testing.T) {
	for _, tt := range []struct{ label, body string }{
		{"no body", `{"S":"x"},"version":{"N":"1"}`},
		{"no JSON", `{"S":"x"},"body":{"S":"{"}`},
		{"no gzip", `{"S":"x"},"body":{"B":"AAAA"}`},
		{"cut gzip", `{"S":"x"},"body":{"B":"H4sIAAAAAAAA"}`},
		{"a number", `{"S":"x"},"body":{"N":"1"}`},
	} {
		t.Run(tt.label, func(t *testing.T) {
			srv := &server{answers: []answer{{200, `{"Item":{"pk":` + tt.body + `}}`}}}
			_, err := store(t, srv).Incident(t.Context(), "0123456789ab")
			if err == nil || !strings.HasPrefix(err.Error(), `incident "0123456789ab" of table "incidents": `) {
				t.Errorf("got error %v, want one that names the incident and the table", err)
			}
		})
	}
}

func TestClientIsMadeOnce(t *testing.T) {
	made := 0
	s := dynamo.New(dynamo.Config{Table: "incidents", Client: func(context.Context) (dynamo.API, error) {
		if made++; made == 1 {
			return nil, os.ErrNotExist
		}
		return newTable(t), nil
	}})
	if _, err := s.Named(t.Context(), "name"); err == nil || err.Error() != `table "incidents": no DynamoDB client: file does not exist` {
		t.Errorf("got error %v, want that of the client", err)
	}
	for range 2 {
		if _, err := s.Named(t.Context(), "name"); err != nil {
			t.Error(err)
		}
	}
	if made != 2 {
		t.Errorf("the client was made %d times, want once after the error", made)
	}
	if _, err := dynamo.New(dynamo.Config{}).Due(t.Context(), noon); err == nil {
		t.Error("got no error, want one: there is no client")
	}
}
