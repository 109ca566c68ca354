package github_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"whydenied/internal/githubtest"
	"whydenied/pkg/alert"
	"whydenied/pkg/alert/github"
	"whydenied/pkg/report"
)

const (
	mainSHA = "1111111111111111111111111111111111111111"
	workSHA = "2222222222222222222222222222222222222222"
)

// known are the repositories of the tests.
func known() map[string]githubtest.Repository {
	api := githubtest.Repository{Default: "trunk", Installed: true, Branches: map[string]string{"trunk": mainSHA, "main": workSHA, "feature/a b#c?d": workSHA}}
	elsewhere, renamed, empty := api, api, api
	elsewhere.Installed, renamed.Moved, empty.Branches = false, true, nil
	return map[string]githubtest.Repository{
		"octo-org/api": api, "octo-org/web": api, "octo-org/elsewhere": elsewhere, "octo-org/renamed": renamed, "octo-org/empty": empty, "someone-else/api": api,
	}
}

func newServer(t testing.TB) *githubtest.Server {
	t.Helper()
	s, err := githubtest.New(githubtest.Config{App: "12345", Repositories: known()})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// newNotifier is one for the repositories of octo-org.
func newNotifier(t testing.TB, s *githubtest.Server) *github.Notifier {
	t.Helper()
	return github.New(config(t, s, func(context.Context) (string, error) { return s.Secret(), nil }))
}

func config(t testing.TB, s *githubtest.Server, app github.Secret) github.Config {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	listed, err := github.ParseRepositories("Octo-Org/*")
	if err != nil {
		t.Fatal(err)
	}
	return github.Config{App: app, Repositories: listed, APIURL: server.URL, Docs: "https://docs.example.com/causes", HTTP: http.DefaultTransport}
}

// keeper is the state that an incident keeps of one notifier.
type keeper struct {
	ref   alert.Ref
	calls int
	fail  int // the call that fails, counted from 1
}

var errAway = errors.New("the table is away")

func (k *keeper) keep(r alert.Ref) error {
	k.calls++
	if k.calls == k.fail {
		return errAway
	}
	k.ref = r
	return nil
}

func deliver(t *testing.T, n alert.Notifier, m *alert.Message, k *keeper) {
	t.Helper()
	if err := n.Deliver(t.Context(), m, k.ref, k.keep); err != nil {
		t.Fatal(err)
	}
}

// stored is one of the messages that all notifiers are tested with.
func stored(t testing.TB, name string) *alert.Message {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "testdata", "messages", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var s struct {
		Kind     alert.Kind      `json:"kind"`
		Incident alert.Incident  `json:"incident"`
		Report   json.RawMessage `json:"report"`
		Growing  bool            `json:"growing"`
	}
	if err := json.Unmarshal(data, &s); err != nil {
		t.Fatal(err)
	}
	m := &alert.Message{Kind: s.Kind, Incident: s.Incident, Growing: s.Growing}
	if len(s.Report) > 0 {
		m.Report = &report.Report{}
		if err := json.Unmarshal(s.Report, m.Report); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

// about is the message on an environment with another subject.
func about(t testing.TB, sub string) *alert.Message {
	t.Helper()
	m := stored(t, "2-environment")
	m.Report.Denial.Sub, m.Incident.Shape = &sub, sub
	return m
}

// from is the same with another issuer.
func from(t testing.TB, host string) *alert.Message {
	t.Helper()
	m := stored(t, "2-environment")
	arn := strings.Replace(m.Incident.Provider, "token.actions.githubusercontent.com", host, 1)
	m.Incident.Provider, m.Report.Denial.ProviderARN = arn, &arn
	return m
}
