package githubtest_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"whydenied/internal/githubtest"
)

const sha = "1111111111111111111111111111111111111111"

func newServer(t *testing.T) *githubtest.Server {
	t.Helper()
	r := githubtest.Repository{Default: "main", Installed: true, Branches: map[string]string{"main": sha}}
	s, err := githubtest.New(githubtest.Config{App: "1", Repositories: map[string]githubtest.Repository{"o/r": r, "o/other": r}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// call makes a request as it should be, but for what change does to it.
func call(t *testing.T, s *githubtest.Server, bearer, method, path, body string, change func(*http.Request)) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	for name, value := range map[string]string{"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28", "User-Agent": "test",
		"Content-Type": "application/json", "Authorization": "Bearer " + bearer} {
		r.Header.Set(name, value)
	}
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// jwt signs claims with the app's key.
func jwt(t *testing.T, s *githubtest.Server, header string, claims map[string]any) string {
	t.Helper()
	var kept struct {
		Key string `json:"private_key"`
	}
	if err := json.Unmarshal([]byte(s.Secret()), &kept); err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode([]byte(kept.Key))
	key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	signed := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString(data)
	sum := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature)
}

const rs256 = `{"alg":"RS256","typ":"JWT"}`

func claims(iss string, iat, exp time.Duration) map[string]any {
	return map[string]any{"iss": iss, "iat": time.Now().Add(iat).Unix(), "exp": time.Now().Add(exp).Unix()}
}

func TestJWT(t *testing.T) {
	s, other := newServer(t), newServer(t)
	for _, tt := range []struct {
		label, bearer string
		want          int
	}{
		{"good", jwt(t, s, rs256, claims("1", -time.Minute, 8*time.Minute)), 200},
		{"another key", jwt(t, other, rs256, claims("1", -time.Minute, 8*time.Minute)), 401},
		{"another app", jwt(t, s, rs256, claims("2", -time.Minute, 8*time.Minute)), 401},
		{"another algorithm", jwt(t, s, `{"alg":"none"}`, claims("1", -time.Minute, 8*time.Minute)), 401},
		{"issued later", jwt(t, s, rs256, claims("1", time.Minute, 8*time.Minute)), 401},
		{"over", jwt(t, s, rs256, claims("1", -9*time.Minute, -time.Minute)), 401},
		{"too long", jwt(t, s, rs256, claims("1", -time.Minute, 11*time.Minute)), 401},
		{"none", "x", 401},
	} {
		if got := call(t, s, tt.bearer, "GET", "/app", "", nil); got.Code != tt.want {
			t.Errorf("%s: got %d %s, want %d", tt.label, got.Code, got.Body, tt.want)
		}
	}
}

func TestRefuses(t *testing.T) {
	s := newServer(t)
	app := jwt(t, s, rs256, claims("1", -time.Minute, 8*time.Minute))
	ask := func(body string) *httptest.ResponseRecorder {
		return call(t, s, app, "POST", "/app/installations/77/access_tokens", body, nil)
	}
	if got := ask(`{"repositories":["r"],"permissions":{"issues":"write"}}`); got.Code != 422 {
		t.Errorf("a permission that was not granted: %d", got.Code)
	}
	if got := ask(`{}`); got.Code != 400 {
		t.Errorf("all repositories and permissions at once: %d", got.Code)
	}
	var granted struct{ Token string }
	if err := json.Unmarshal(ask(`{"repositories":["r"],"permissions":{"checks":"write","metadata":"read"}}`).Body.Bytes(), &granted); err != nil {
		t.Fatal(err)
	}
	run := func(title, summary string) string {
		return fmt.Sprintf(`{"name":"n","head_sha":%q,"status":"completed","conclusion":"neutral","output":{"title":%q,"summary":%q}}`, sha, title, summary)
	}
	without := func(name string) func(*http.Request) { return func(r *http.Request) { r.Header.Del(name) } }
	for _, tt := range []struct {
		label, method, path, body string
		change                    func(*http.Request)
		want                      int
	}{
		{"good", "POST", "/repos/o/r/check-runs", run("t", strings.Repeat("s", 65_535)), nil, 201},
		{"edit", "PATCH", "/repos/o/r/check-runs/1000", strings.Replace(run("t", "s"), `"head_sha":"`+sha+`",`, "", 1), nil, 200},
		{"edit of another", "PATCH", "/repos/o/r/check-runs/1001", run("t", "s"), nil, 404},
		{"another repository", "POST", "/repos/o/other/check-runs", run("t", "s"), nil, 404},
		{"no permission for contents", "GET", "/repos/o/r/commits/heads%2Fmain", "", nil, 403},
		{"long summary", "POST", "/repos/o/r/check-runs", run("t", strings.Repeat("s", 65_536)), nil, 422},
		{"long summary in bytes", "POST", "/repos/o/r/check-runs", run("t", strings.Repeat("ü", 40_000)), nil, 422},
		{"long title", "POST", "/repos/o/r/check-runs", run(strings.Repeat("t", 256), "s"), nil, 422},
		{"no title", "POST", "/repos/o/r/check-runs", run("", "s"), nil, 422},
		{"unknown commit", "POST", "/repos/o/r/check-runs", strings.Replace(run("t", "s"), "111", "222", 1), nil, 422},
		{"unknown conclusion", "POST", "/repos/o/r/check-runs", strings.Replace(run("t", "s"), "neutral", "bad", 1), nil, 422},
		{"no version", "GET", "/repos/o/r", "", without("X-GitHub-Api-Version"), 400},
		{"no agent", "GET", "/repos/o/r", "", without("User-Agent"), 400},
		{"no token", "GET", "/repos/o/r", "", without("Authorization"), 401},
		{"unknown call", "GET", "/user", "", nil, 404},
	} {
		if got := call(t, s, granted.Token, tt.method, tt.path, tt.body, tt.change); got.Code != tt.want {
			t.Errorf("%s: got %d %s, want %d", tt.label, got.Code, got.Body, tt.want)
		}
	}
	if runs := s.Runs(); len(runs) != 1 || runs[0].Edits != 1 || runs[0].Output.Summary != "s" {
		t.Errorf("%+v", runs)
	}
}
