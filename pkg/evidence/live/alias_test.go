package live_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/evidence"
	"whydenied/pkg/evidence/live"
)

// An alias is for people. Whatever becomes of it, what a diagnosis rests on is
// the same, and comes as soon.
func TestAlias(t *testing.T) {
	const paced = 3 * time.Second // seven kinds of changes, two in a second
	tests := []struct {
		label, alias, fault string
		want                string
		more                time.Duration
		reason              string
	}{
		{label: "there", alias: "octo-prod", want: "octo-prod", reason: "as IAM lists it"},
		{label: "none", reason: "most accounts have none"},
		{label: "no alias of IAM's", alias: "<!channel> prod (222233334444)", reason: "no place shows what IAM takes for none"},
		{label: "denied", alias: "octo-prod", fault: "denied", reason: "a stack that was deployed earlier may not ask"},
		{label: "throttled", alias: "octo-prod", fault: "throttled", more: time.Second, reason: "it is not tried for long"},
		{label: "throttled once", alias: "octo-prod", fault: "throttled once", want: "octo-prod", reason: "all else takes longer"},
		{label: "hangs", alias: "octo-prod", fault: "hangs", more: time.Second, reason: "the rest is there"},
		{label: "garbled", fault: "garbled", reason: "such as a proxy's page"},
		{label: "unreachable", fault: "unreachable", reason: "the SDK tries again by itself"},
	}
	for _, tt := range tests {
		t.Run(tt.label, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStub()
				s.set(func(a *stubAccount) {
					a.roles, a.providers, a.alias = []stubRole{{name: "deploy", policy: trust(wanted)}}, []stubProvider{gitHubProvider()}, tt.alias
				})
				s.fault("ListAccountAliases", tt.fault)
				source := live.New(s.config())
				begin := time.Now()
				for range 2 {
					a, err := source.Account(context.Background(), evidence.Query{Account: hub, Role: deploy, Time: begin})
					if err != nil {
						t.Fatal(err)
					}
					got := []any{a.Alias, a.Partial, len(a.Notes), len(a.Roles), a.ProvidersRead, a.ChangesRead}
					if diff := cmp.Diff([]any{tt.want, false, 0, 1, true, true}, got); diff != "" {
						t.Errorf("%s: alias, partial, notes, roles, providers, changes (-want +got):\n%s", tt.reason, diff)
					}
				}
				if took := time.Since(begin); took > paced+tt.more {
					t.Errorf("%s: two answers took %s, want at most %s", tt.reason, took, paced+tt.more)
				}
			})
		})
	}
}

// What is known of an alias, and that it could not be read, holds for an hour.
func TestAliasIsKept(t *testing.T) {
	for _, fault := range []string{"", "denied"} {
		synctest.Test(t, func(t *testing.T) {
			s := newStub()
			s.set(func(a *stubAccount) { a.alias = "octo-prod" })
			s.fault("ListAccountAliases", fault)
			source := live.New(s.config())
			read := func() string {
				t.Helper()
				a, err := source.Account(context.Background(), evidence.Query{Account: hub, Role: deploy, Time: time.Now()})
				if err != nil {
					t.Fatal(err)
				}
				return a.Alias
			}
			first := read()
			s.set(func(a *stubAccount) { a.alias = "octo-live" })
			s.fault("ListAccountAliases", "")
			pass(50 * time.Minute)
			second := read()
			pass(11 * time.Minute)
			want := []string{"octo-prod", "octo-prod", "octo-live"}
			if fault != "" {
				want = []string{"", "", "octo-live"}
			}
			if diff := cmp.Diff(want, []string{first, second, read()}); diff != "" {
				t.Errorf("fault %q: at first, before the hour is over, and after (-want +got):\n%s", fault, diff)
			}
		})
	}
}

// That somebody gave up says nothing to the next one.
func TestAliasOfWhoGaveUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStub()
		s.set(func(a *stubAccount) { a.alias = "octo-prod" })
		s.fault("ListAccountAliases", "hangs")
		source := live.New(s.config())
		for _, gone := range []func() (context.Context, context.CancelFunc){
			func() (context.Context, context.CancelFunc) {
				return context.WithTimeout(context.Background(), 100*time.Millisecond)
			},
			func() (context.Context, context.CancelFunc) {
				ctx, giveUp := context.WithCancel(context.Background())
				time.AfterFunc(100*time.Millisecond, giveUp)
				return ctx, giveUp
			},
		} {
			ctx, cancel := gone()
			if _, err := source.Alias(ctx, hub); err == nil {
				t.Error("want an error")
			}
			cancel()
		}
		s.fault("ListAccountAliases", "")
		got, err := source.Alias(context.Background(), hub)
		if err != nil || got != "octo-prod" {
			t.Errorf("got %q, error %v, want octo-prod", got, err)
		}
	})
}

// Whoever asks for the alias alone is told why there is none.
func TestAliasAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStub()
		s.fault("ListAccountAliases", "denied")
		c := s.config()
		c.ReaderRole = "whydenied-reader"
		source := live.New(c)
		if _, err := source.Alias(context.Background(), spoke); err == nil || !strings.Contains(err.Error(), "the permission iam:ListAccountAliases is missing") {
			t.Errorf("got %v, want an error that names the permission", err)
		}
		s.assume = false
		if _, err := live.New(c).Alias(context.Background(), spoke); err == nil || !strings.HasPrefix(err.Error(), "sts:AssumeRole ") {
			t.Errorf("got %v, want an error that names the call that failed", err)
		}
	})
}
