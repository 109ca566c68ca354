package github_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"whydenied/internal/githubtest"
	"whydenied/internal/golden"
	"whydenied/pkg/alert"
	"whydenied/pkg/alert/github"
)

// One check run, whose count goes up in place; the token is asked for once.
func TestEdits(t *testing.T) {
	s, k := newServer(t), &keeper{}
	n := newNotifier(t, s)
	m := stored(t, "2-environment")
	deliver(t, n, m, k)
	m.Incident.Attempts = 31
	deliver(t, n, m, k)
	deliver(t, n, m, k) // nothing new
	runs := s.Runs()
	if len(runs) != 1 {
		t.Fatalf("want one check run, got %+v", runs)
	}
	r := runs[0]
	if r.Edits != 1 || r.SHA != mainSHA || r.External != m.Incident.ID || r.Conclusion != "neutral" || !strings.Contains(r.Output.Summary, "Refused 31 times") {
		t.Errorf("got %+v", r)
	}
	if r.Details != "https://docs.example.com/causes/sub_mismatch.md" {
		t.Errorf("it leads to %q", r.Details)
	}
	want := []string{
		"GET /repos/octo-org/api/installation", "POST /app/installations/77/access_tokens",
		"GET /repos/octo-org/api", "GET /repos/octo-org/api/commits/heads%2Ftrunk", "POST /repos/octo-org/api/check-runs", "PATCH /repos/octo-org/api/check-runs/1000",
	}
	if diff := cmp.Diff(want, s.Requests()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	if !n.Edits() || n.Name() != "github" {
		t.Error("the name is kept with incidents")
	}
}

func TestPlace(t *testing.T) {
	for _, tt := range []struct{ label, sub, want, reason string }{
		{"branch", "repo:octo-org/api:ref:refs/heads/main", workSHA, "the head of the branch"},
		{"immutable", "repo:octo-org@1234567/api@456789012:ref:refs/heads/main", workSHA, "the names stand before the ids"},
		{"odd branch", "repo:octo-org/api:ref:refs/heads/feature/a b#c?d", mainSHA, "git takes neither a space nor a question mark: nothing is asked for"},
		{"branch that is gone", "repo:octo-org/api:ref:refs/heads/gone", mainSHA, "the default branch stands in"},
		{"climbing", "repo:octo-org/api:ref:refs/heads/../../../user", mainSHA, "it leads nowhere else"},
		{"pull request", "repo:octo-org/api:pull_request", mainSHA, "the subject has no number"},
		{"environment", "repo:octo-org/api:environment:production", mainSHA, "nor has it a branch here"},
		{"tag", "repo:octo-org/api:ref:refs/tags/v1", mainSHA, "a release is made of some commit, the default branch is where it is read"},
		{"other case", "repo:OCTO-org/api:pull_request", "", "the server knows one spelling only; GitHub knows all"},
	} {
		t.Run(tt.label, func(t *testing.T) {
			s := newServer(t)
			deliver(t, newNotifier(t, s), about(t, tt.sub), &keeper{})
			got := ""
			for _, r := range s.Runs() {
				got += r.SHA
			}
			if got != tt.want {
				t.Errorf("got %q, want %q: %s; %q", got, tt.want, tt.reason, s.Requests())
			}
		})
	}
}

// What is not for GitHub is taken for sent, and nobody is asked anything.
func TestNotForIt(t *testing.T) {
	stranger := stored(t, "2-environment")
	stranger.Incident.Stranger = true
	for label, m := range map[string]*alert.Message{
		"another issuer": stored(t, "1-prefect"), "a stranger": stored(t, "4-stranger"), "a stranger on the list": stranger, "an overflow": stored(t, "overflow"),
		"a wave": stored(t, "wave"), "an owner who is not listed": about(t, "repo:someone-else/api:pull_request"),
		"a custom subject": about(t, "repository:octo-org/api:environment:x"), "a custom subject with the names in it": about(t, "actor:x:repository:octo-org/api"),
		"a name that is none": about(t, "repo:octo-org/..:pull_request"), "a name with a query": about(t, "repo:octo-org/api?x=%2F:pull_request"),
		"a name that climbs": about(t, "repo:octo-org/api/../../x:pull_request"), "no subject": about(t, ""),
		"GHE.com": from(t, "token.actions.octo.ghe.com"), "an enterprise server": from(t, "github.example.com/_services/token"),
		"a host that looks like it": from(t, "token.actions.githubusercontent.com.example.com"),
	} {
		t.Run(label, func(t *testing.T) {
			s, k := newServer(t), &keeper{}
			deliver(t, newNotifier(t, s), m, k)
			if len(s.Requests()) != 0 || k.calls != 0 {
				t.Errorf("asked %q, kept %q", s.Requests(), k.ref)
			}
		})
	}
	s := newServer(t)
	deliver(t, newNotifier(t, s), from(t, "token.actions.githubusercontent.com/octo-enterprise"), &keeper{})
	if len(s.Runs()) != 1 {
		t.Errorf("an enterprise's own issuer signs for github.com as well: %q", s.Requests())
	}
}

// Where the app is not installed there is nothing to say, once and for all.
func TestNotThere(t *testing.T) {
	for _, name := range []string{"elsewhere", "renamed", "empty", "unheard-of"} {
		s, k := newServer(t), &keeper{}
		n, m := newNotifier(t, s), about(t, "repo:octo-org/"+name+":pull_request")
		deliver(t, n, m, k)
		asked := len(s.Requests())
		m.Incident.Attempts++
		deliver(t, n, m, k)
		if len(s.Runs()) != 0 || asked == 0 || len(s.Requests()) != asked {
			t.Errorf("%s: %q, kept %q", name, s.Requests(), k.ref)
		}
	}
}

// A check run that was taken away stays away.
func TestDeleted(t *testing.T) {
	s, k := newServer(t), &keeper{}
	n, m := newNotifier(t, s), stored(t, "2-environment")
	deliver(t, n, m, k)
	s.Delete()
	for range 2 {
		m.Incident.Attempts++
		deliver(t, n, m, k)
	}
	if len(s.Runs()) != 0 || len(s.Requests()) != 6 {
		t.Errorf("%+v after %q", s.Runs(), s.Requests())
	}
}

// Wherever a delivery is cut off, the next one makes no second check run.
func TestCutOff(t *testing.T) {
	cut := githubtest.Fault{Call: "POST /repos/", Status: 502, After: true}
	for _, tt := range []struct {
		label string
		fail  int
		fault *githubtest.Fault
	}{{"before", 1, nil}, {"after it was made", 2, nil}, {"while it was made", 0, &cut}} {
		t.Run(tt.label, func(t *testing.T) {
			s, k := newServer(t), &keeper{fail: tt.fail}
			n, m := newNotifier(t, s), stored(t, "2-environment")
			if tt.fault != nil {
				s.Fail(1, *tt.fault)
			}
			if err := n.Deliver(t.Context(), m, "", k.keep); err == nil || tt.fault == nil && !errors.Is(err, errAway) {
				t.Fatalf("got %v", err)
			}
			k.fail = 0
			deliver(t, n, m, k)
			m.Incident.Attempts++
			deliver(t, n, m, k)
			if runs := s.Runs(); len(runs) != 1 || !strings.Contains(runs[0].Output.Summary, "Refused 13 times") {
				t.Errorf("%+v", runs)
			}
		})
	}
}

// Two incidents on one commit are two check runs, with names of their own.
func TestTwoIncidents(t *testing.T) {
	s := newServer(t)
	n := newNotifier(t, s)
	a, b := stored(t, "2-environment"), stored(t, "2-environment")
	b.Incident.ID = "ffffffffffff"
	deliver(t, n, a, &keeper{})
	deliver(t, n, b, &keeper{})
	if runs := s.Runs(); len(runs) != 2 || runs[0].Name == runs[1].Name {
		t.Errorf("GitHub shows the latest of one name only: %+v", runs)
	}
}

// golden is what people read, with all that must not be there left out.
func TestGolden(t *testing.T) {
	for _, name := range []string{"2-environment", "3-immutable", "5-no-role", "already-fixed", "answered", "still-refused", "hostile", "partial", "several"} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			m := stored(t, name)
			if name == "hostile" { // a colon more, and the subject would be none of GitHub's default forms
				sub := "repo:octo-org/api:environment:" + strings.ReplaceAll(strings.TrimPrefix(*m.Report.Denial.Sub, "repo:octo-org/api:environment:"), ":", ";")
				m.Report.Denial.Sub, m.Report.Causes[0].Presented = &sub, []string{sub}
			}
			deliver(t, newNotifier(t, s), m, &keeper{})
			runs := s.Runs()
			if len(runs) != 1 {
				t.Fatalf("%d check runs", len(runs))
			}
			got := runs[0].Name + "\n" + runs[0].Output.Title + "\n\n" + runs[0].Output.Summary
			for _, secret := range []string{m.Incident.Account, "198.51.100.15", "api-deploy", "/ana", "/bob", "<!here>", "<script", "evil.example|x", "222233334444"} {
				if strings.Contains(got, secret) {
					t.Errorf("it tells %q:\n%s", secret, got)
				}
			}
			golden.Compare(t, filepath.Join("testdata", name+".md"), got)
		})
	}
}

// However long values are, GitHub takes the check run: the server counts.
func TestLimits(t *testing.T) {
	for _, length := range []int{1, 100, 1000} {
		s := newServer(t)
		m := stored(t, "2-environment")
		long := strings.Repeat("ü`<", length)
		for i := range m.Report.Checks {
			m.Report.Checks[i].Presented = slices.Repeat([]string{"repo:octo-org/api:environment:" + long}, 12)
		}
		m.Report.Causes = slices.Repeat(m.Report.Causes, 12)
		for i := range m.Report.Causes {
			m.Report.Causes[i].Expected = slices.Repeat([]string{"repo:octo-org/api:environment:" + long}, 12)
		}
		sub := "repo:octo-org/api:environment:" + long
		m.Report.Denial.Sub = &sub
		deliver(t, newNotifier(t, s), m, &keeper{})
		runs := s.Runs()
		if len(runs) != 1 || !utf8.ValidString(runs[0].Output.Summary) || strings.Count(runs[0].Output.Summary, "```")%2 != 0 {
			t.Errorf("%d: %q", length, s.Requests())
		}
	}
}

func TestParseRepositories(t *testing.T) {
	const form = " is no repository, expected owner/name, or owner/* for all of an owner"
	for _, tt := range []struct{ text, want, reason string }{
		{"octo-org/api", "", "one"},
		{"octo-org/api, octo-labs/*,mona_acme/.github", "", "several, with spaces, and what GitHub takes for names"},
		{"", `""` + form, "none is no list"},
		{"octo-org", `"octo-org"` + form, "an owner alone"},
		{"*/api", `"*/api"` + form, "no other wildcard"},
		{"octo-org/api-*", `"octo-org/api-*"` + form, "no other wildcard"},
		{"octo-org/a/b", `"octo-org/a/b"` + form, "no path"},
		{"octo-org/..", `"octo-org/.."` + form, "no path"},
		{"octo-org/api,", `""` + form, "something is missing"},
		{strings.Repeat("o/r,", 500) + "o/r", "501 repositories, expected 500 at most; owner/* stands for all of an owner", "bounded"},
	} {
		_, err := github.ParseRepositories(tt.text)
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%.40q: got %q, want %q: %s", tt.text, got, tt.want, tt.reason)
		}
	}
}

// Nothing is written where nothing is listed.
func TestNoList(t *testing.T) {
	s := newServer(t)
	c := config(t, s, func(context.Context) (string, error) { return s.Secret(), nil })
	c.Repositories = github.Repositories{}
	deliver(t, github.New(c), stored(t, "2-environment"), &keeper{})
	if len(s.Requests()) != 0 {
		t.Errorf("asked %q", s.Requests())
	}
}
