package live_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/evidence"
	"whydenied/pkg/evidence/live"
)

func TestOneRole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		until("10:00:00")
		s := newStub()
		s.set(func(a *stubAccount) {
			a.roles = []stubRole{{name: "deploy", policy: trust(wanted), tags: map[string]string{"team": "a&b"}}}
			a.providers = []stubProvider{gitHubProvider(), {host: "oidc.example.com/x/", scheme: "https://", clientIDs: []string{"a", "b"}}}
		})
		a, err := live.New(s.config()).Account(context.Background(), evidence.Query{Account: hub, Role: deploy, Time: at("09:58:00")})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[string]string{deploy: wanted}, admits(a)); diff != "" {
			t.Errorf("a document comes percent-encoded (-want +got):\n%s", diff)
		}
		r := a.Roles[0]
		r.Document = nil
		want := evidence.Role{ARN: deploy, Name: "deploy", MaxSessionDuration: 3600, Created: time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC), Tags: map[string]string{"team": "a&b"}, TagsRead: true}
		if diff := cmp.Diff(want, r); diff != "" {
			t.Errorf("role (-want +got):\n%s", diff)
		}
		made := time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC)
		providers := []evidence.Provider{
			{ARN: "arn:aws:iam::" + hub + ":oidc-provider/" + gitHub, ClientIDs: []string{"sts.amazonaws.com"}, Created: made},
			{ARN: "arn:aws:iam::" + hub + ":oidc-provider/oidc.example.com/x/", ClientIDs: []string{"a", "b"}, Created: made},
		}
		if diff := cmp.Diff(providers, a.Providers); diff != "" {
			t.Errorf("the ARN tells the provider, however its URL is written (-want +got):\n%s", diff)
		}
		a.Roles, a.Providers = nil, nil
		rest := evidence.Account{ID: hub, ProvidersRead: true, ChangesRead: true, TakenAt: at("10:00:00"), ChangesAt: at("10:00:00")}
		if diff := cmp.Diff(rest, a); diff != "" {
			t.Errorf("not all roles were read, and nothing failed (-want +got):\n%s", diff)
		}
	})
}

func TestAllRolesInPages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStub()
		s.page = 2
		want := make(map[string]string)
		s.set(func(a *stubAccount) {
			for i := range 5 {
				r := stubRole{path: "/ci/x", name: fmt.Sprintf("r%d", i), policy: trust(fmt.Sprintf("sub + %d%%", i))}
				a.roles = append(a.roles, r)
				want[r.arn(hub)] = fmt.Sprintf("sub + %d%%", i)
			}
			a.roles[4].policy = `{"Statement":"nonsense"}`
		})
		want["arn:aws:iam::111122223333:role/ci/x/r4"] = `trust policy of "arn:aws:iam::111122223333:role/ci/x/r4": 2:18: found a string, expected a statement or a list of statements`
		a, err := live.New(s.config()).Account(context.Background(), evidence.Query{Account: hub, Time: time.Now()})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, admits(a)); diff != "" {
			t.Errorf("every page; what cannot be parsed costs one role (-want +got):\n%s", diff)
		}
		if !a.RolesRead || a.Roles[0].TagsRead {
			t.Errorf("roles read %t, want true; tags read %t, want false, since ListRoles has none", a.RolesRead, a.Roles[0].TagsRead)
		}
		got := s.made()
		if diff := cmp.Diff([]string{"GetCallerIdentity", "ListAccountAliases", "ListOpenIDConnectProviders", "ListRoles", "ListRoles 2", "ListRoles 4"}, got); diff != "" {
			t.Errorf("calls (-want +got):\n%s", diff)
		}
	})
}

func TestRoleThatDoesNotExist(t *testing.T) {
	tests := []struct {
		label, role  string
		fault        string // of ListRoles
		want         []string
		absent       bool
		notes        []string
		reason       string
		partial      bool
		deletedSince bool
	}{
		{label: "none of that name", role: "deplyo", want: []string{deploy, "arn:aws:iam::111122223333:role/ci/build"}, absent: true, reason: "the others are there to find the one that was meant"},
		{label: "list denied", role: "deplyo", fault: "denied", absent: true, partial: true,
			notes: []string{"the other roles were not read: iam:ListRoles: access denied: the permission iam:ListRoles is missing"}, reason: "GetRole has said it already"},
		{label: "under a path", role: "build", want: []string{"arn:aws:iam::111122223333:role/ci/build"}, absent: true, reason: "a name is unique in an account: this path has no such role"},
		{label: "other letters", role: "Deploy", want: []string{deploy}, absent: true, reason: "ARNs are compared to the letter"},
		{label: "there", role: "deploy", want: []string{deploy}, reason: "the one that was asked for"},
		{label: "deleted after the list was made", role: "deploy", deletedSince: true, want: []string{"arn:aws:iam::111122223333:role/ci/build"}, absent: true, reason: "GetRole knows more than an older list"},
	}
	for _, tt := range tests {
		t.Run(tt.label, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStub()
				s.set(func(a *stubAccount) {
					a.roles = []stubRole{{name: "deploy", policy: trust(wanted)}, {path: "/ci", name: "build", policy: trust(wanted)}}
				})
				s.fault("ListRoles", tt.fault)
				source := live.New(s.config())
				if tt.deletedSince {
					if _, err := source.Account(context.Background(), evidence.Query{Account: hub, Time: time.Now()}); err != nil {
						t.Fatal(err)
					}
					s.set(func(a *stubAccount) { a.roles = a.roles[1:] })
				}
				arn := "arn:aws:iam::111122223333:role/" + tt.role
				a, err := source.Account(context.Background(), evidence.Query{Account: hub, Role: arn, Time: time.Now()})
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, r := range a.Roles {
					got = append(got, r.ARN)
				}
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
				}
				if missing := a.RoleAt(arn, time.Time{}).Present.Missing; missing != tt.absent {
					t.Errorf("known to be missing: %t, want %t: %s", missing, tt.absent, tt.reason)
				}
				if diff := cmp.Diff(tt.notes, a.Notes); diff != "" || a.Partial != tt.partial {
					t.Errorf("partial %t, want %t; notes (-want +got):\n%s", a.Partial, tt.partial, diff)
				}
			})
		})
	}
}

// A storm of retries is the normal case.
func TestTwelveAtOnceAndAfterAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStub()
		s.set(func(a *stubAccount) { a.roles = []stubRole{{name: "deploy", policy: trust(wanted)}} })
		source := live.New(s.config())
		until("10:00:00")
		event := at("09:55:00")
		var wait sync.WaitGroup
		for range 12 {
			wait.Go(func() {
				if _, err := source.Account(context.Background(), evidence.Query{Account: hub, Role: deploy, Time: event}); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		want := []string{"GetCallerIdentity", "GetRole deploy", "ListAccountAliases", "ListOpenIDConnectProviders"}
		if diff := cmp.Diff(want, s.made()); diff != "" {
			t.Errorf("who waits gets what the first one got (-want +got):\n%s", diff)
		}
		if n := len(s.trail.Calls()); n != 7 {
			t.Errorf("%d calls of LookupEvents, want one for each kind of change", n)
		}
		pass(10 * time.Second)
		if _, err := source.Account(context.Background(), evidence.Query{Account: hub, Role: deploy, Time: event.Add(time.Minute)}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"GetRole deploy", "ListOpenIDConnectProviders"}, s.made()); diff != "" {
			t.Errorf("a trust policy is used again for seconds only (-want +got):\n%s", diff)
		}
		if n := len(s.trail.Calls()); n != 7 {
			t.Errorf("%d calls of LookupEvents, want no more within a minute", n)
		}
	})
}

// A change is judged by what was read after it, however fresh the rest is.
func TestNothingOfBeforeAChange(t *testing.T) {
	for _, tt := range []struct{ label, role string }{{"one role", deploy}, {"all roles", ""}, {"none of that name", "arn:aws:iam::111122223333:role/gone"}} {
		t.Run(tt.label, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStub()
				s.set(func(a *stubAccount) {
					a.roles, a.providers = []stubRole{{name: "deploy", policy: trust(wanted)}}, []stubProvider{gitHubProvider()}
				})
				source := live.New(s.config())
				until("10:00:00")
				read := func(since time.Time) evidence.Account {
					t.Helper()
					a, err := source.Account(context.Background(), evidence.Query{Account: hub, Role: tt.role, Since: since})
					if err != nil {
						t.Fatal(err)
					}
					return a
				}
				read(time.Time{})
				pass(time.Second)
				s.set(func(a *stubAccount) { a.roles[0].policy, a.providers[0].clientIDs = trust(other), []string{"another"} })
				pass(time.Second)
				got := read(at("10:00:01"))
				if diff := cmp.Diff(map[string]string{deploy: other}, admits(got)); diff != "" {
					t.Errorf("roles (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff([]string{"another"}, got.Providers[0].ClientIDs); diff != "" {
					t.Errorf("client IDs (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// A list of before the call tells nothing of what STS found: a provider that it
// lacks may have been registered since, and would pass for one that was removed.
func TestNoProvidersOfBeforeTheCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStub()
		source := live.New(s.config())
		until("10:00:00")
		for _, tt := range []struct {
			event string
			want  int
		}{{"09:55:00", 0}, {"09:56:00", 0}, {"10:04:00", 1}} {
			a, err := source.Account(context.Background(), evidence.Query{Account: hub, Time: at(tt.event)})
			if err != nil {
				t.Fatal(err)
			}
			if !a.ProvidersRead || len(a.Providers) != tt.want {
				t.Errorf("call at %s: providers read %t, %d of them; want %d", tt.event, a.ProvidersRead, len(a.Providers), tt.want)
			}
			s.set(func(a *stubAccount) { a.providers = []stubProvider{gitHubProvider()} })
			pass(3 * time.Minute)
		}
		want := []string{"GetCallerIdentity", "GetOpenIDConnectProvider arn:aws:iam::111122223333:oidc-provider/" + gitHub, "ListAccountAliases", "ListOpenIDConnectProviders", "ListOpenIDConnectProviders", "ListRoles", "ListRoles"}
		if diff := cmp.Diff(want, s.made()); diff != "" {
			t.Errorf("a list of after the call is used again (-want +got):\n%s", diff)
		}
	})
}

func TestOverHTTP(t *testing.T) {
	s := newStub()
	s.trail.Deny(true)
	s.set(func(a *stubAccount) { a.roles = []stubRole{{name: "deploy", policy: trust(wanted)}} })
	server := httptest.NewServer(s)
	defer server.Close()
	c := s.config()
	c.Load = func(context.Context) (aws.Config, error) {
		cfg := s.aws("eu-west-1")
		cfg.HTTPClient, cfg.BaseEndpoint = nil, aws.String(server.URL)
		return cfg, nil
	}
	a, err := live.New(c).Account(context.Background(), evidence.Query{Role: deploy})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{deploy: wanted}, admits(a)); diff != "" {
		t.Errorf("roles (-want +got):\n%s", diff)
	}
	want := []string{"changes of roles and identity providers were not read: cloudtrail:LookupEvents in us-east-1: access denied: the permission cloudtrail:LookupEvents is missing"}
	if diff := cmp.Diff(want, a.Notes); diff != "" {
		t.Errorf("what is refused for one kind of change is not asked for the others (-want +got):\n%s", diff)
	}
	if n := len(s.trail.Calls()); n != 1 {
		t.Errorf("%d calls of LookupEvents, want 1", n)
	}
}
