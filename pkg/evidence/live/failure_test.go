package live_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/evidence"
	"whydenied/pkg/evidence/live"
)

const providerKinds = "DeleteOpenIDConnectProvider, CreateOpenIDConnectProvider, RemoveClientIDFromOpenIDConnectProvider, AddClientIDToOpenIDConnectProvider"

// of begins a note about some kinds of change.
func of(kinds string) string {
	return "changes of roles and identity providers (" + kinds + ") were not read: cloudtrail:LookupEvents in us-east-1: "
}

func TestWhatFailsCostsOnlyItself(t *testing.T) {
	const (
		role      = `the role was not read: iam:GetRole "deploy": `
		providers = "the identity providers were not read: iam:ListOpenIDConnectProviders: "
		changes   = "changes of roles and identity providers were not read: cloudtrail:LookupEvents in us-east-1: "
		throttled = "throttled by AWS, which limits how often this may be called"
		one       = `one of the identity providers was not read: iam:GetOpenIDConnectProvider "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com": `
	)
	tests := []struct {
		call, fault string
		want        []string
		reason      string
	}{
		{"GetRole", "denied", []string{role + "access denied: the permission iam:GetRole is missing"}, "which permission"},
		{"GetRole", "denied by SCP", []string{role + "access denied: iam:GetRole is denied explicitly in a service control policy: arn:aws:organizations::1:policy/p-1"}, "granting it would not help"},
		{"GetRole", "throttled", []string{role + throttled}, "tried until the deadline, and told as what it was"},
		{"GetRole", "throttled once", nil, "tried again"},
		{"GetRole", "unreachable", []string{role + "unreachable: dial tcp: connect: connection refused"}, "without the request's URL"},
		{"GetRole", "unknown host", []string{role + "unreachable: the host iam.amazonaws.com is not known"}, "an endpoint that does not exist"},
		{"GetRole", "hangs", []string{role + "no answer within 3s"}, "the time of one call"},
		{"GetRole", "expired", []string{role + "the AWS credentials have expired"}, "in the middle"},
		{"GetRole", "broken", []string{role + "ServiceFailure: first line second line"}, "anything else, on one line"},
		{"GetRole", "garbled", []string{role + "the answer cannot be read: XML syntax error on line 2: unexpected EOF"}, "such as a proxy's page"},
		{"LookupEvents", "garbled", []string{changes + "the answer cannot be read: invalid character '<' looking for beginning of value"}, "the same in JSON"},
		{"ListOpenIDConnectProviders", "denied", []string{providers + "access denied: the permission iam:ListOpenIDConnectProviders is missing"}, "the role is there"},
		{"GetOpenIDConnectProvider", "denied", []string{one + "access denied: the permission iam:GetOpenIDConnectProvider is missing"}, "the list alone has no client IDs"},
		{"GetOpenIDConnectProvider", "hangs", []string{one + "no answer within 3s"}, "one of several"},
		{"LookupEvents", "denied", []string{changes + "access denied: the permission cloudtrail:LookupEvents is missing"}, "once, not for each kind of change"},
		{"LookupEvents", "throttled", []string{changes + throttled}, "somebody else looks, too"},
		{"LookupEvents", "throttled once", nil, "tried again"},
		{"LookupEvents", "hangs", []string{changes + "no answer within 3s"}, "the time of one call, for each kind of change"},
	}
	for _, tt := range tests {
		t.Run(tt.call+" "+tt.fault, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStub()
				s.set(func(a *stubAccount) {
					a.roles, a.providers = []stubRole{{name: "deploy", policy: trust(wanted)}}, []stubProvider{gitHubProvider()}
				})
				s.fault(tt.call, tt.fault)
				a, err := live.New(s.config()).Account(context.Background(), evidence.Query{Account: hub, Role: deploy, Time: time.Now()})
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(tt.want, a.Notes); diff != "" {
					t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
				}
				failed := tt.want != nil
				read := map[string]bool{"GetRole": len(a.Roles) == 1, "ListOpenIDConnectProviders": a.ProvidersRead, "GetOpenIDConnectProvider": a.ProvidersRead, "LookupEvents": a.ChangesRead}
				wantRead := map[string]bool{"GetRole": true, "ListOpenIDConnectProviders": true, "GetOpenIDConnectProvider": true, "LookupEvents": true}
				if failed {
					wantRead[tt.call] = false
					wantRead["ListOpenIDConnectProviders"] = !strings.HasSuffix(tt.call, "Provider") && !strings.HasSuffix(tt.call, "Providers")
					wantRead["GetOpenIDConnectProvider"] = wantRead["ListOpenIDConnectProviders"]
				}
				if diff := cmp.Diff(wantRead, read); diff != "" || a.Partial != failed {
					t.Errorf("partial %t, want %t; read (-want +got):\n%s", a.Partial, failed, diff)
				}
				if a.RolesRead || a.RoleAt(deploy, time.Now()).Present.Missing {
					t.Error("a role that was not read does not count as one that does not exist")
				}
			})
		})
	}
}

func TestNothingCouldBeRead(t *testing.T) {
	all := []string{"GetRole", "ListRoles", "ListOpenIDConnectProviders", "LookupEvents"}
	tests := []struct {
		label, want, reason string
		faults              map[string]string
		change              func(*live.Config)
		missing             bool // credentials
	}{
		{label: "everything denied", reason: "the role's reason stands for all", faults: each(all, "denied"),
			want: `iam:GetRole "deploy": access denied: the permission iam:GetRole is missing`},
		{label: "everything unreachable", reason: "no network", faults: each(all, "unreachable"),
			want: `iam:GetRole "deploy": unreachable: dial tcp: connect: connection refused`},
		{label: "STS away", reason: "whose the credentials are is asked first", faults: map[string]string{"GetCallerIdentity": "unreachable"},
			want: "sts:GetCallerIdentity: unreachable: dial tcp: connect: connection refused"},
		{label: "STS hangs", reason: "the time of one call", faults: map[string]string{"GetCallerIdentity": "hangs"},
			want: "sts:GetCallerIdentity: no answer within 3s"},
		{label: "unknown key", reason: "AWS knows nothing of them", faults: map[string]string{"GetCallerIdentity": "unknown key"}, missing: true,
			want: "sts:GetCallerIdentity: AWS does not accept the credentials (InvalidClientTokenId)"},
		{label: "expired", reason: "they were usable once", faults: map[string]string{"GetCallerIdentity": "expired"}, missing: true,
			want: "sts:GetCallerIdentity: the AWS credentials have expired"},
		{label: "no credentials", reason: "the SDK's chain came to its end", missing: true, change: credentialsFail("failed to refresh cached credentials, no EC2 IMDS role found, operation error ec2imds: GetMetadata,\nrequest"),
			want: "AWS credentials: none in the environment, in the shared files, or of an instance"},
		{label: "single sign-on is over", reason: "what the SDK says, on one line", missing: true, change: credentialsFail("failed to refresh cached credentials, the SSO session has expired\nor is invalid"),
			want: "AWS credentials: the SSO session has expired or is invalid"},
		{label: "no configuration", reason: "such as a profile that does not exist", change: func(c *live.Config) {
			c.Load = func(context.Context) (aws.Config, error) {
				return aws.Config{}, errors.New("failed to get shared config profile, nope")
			}
		}, want: "AWS configuration: failed to get shared config profile, nope"},
	}
	for _, tt := range tests {
		t.Run(tt.label, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStub()
				for call, fault := range tt.faults {
					s.fault(call, fault)
				}
				c := s.config()
				if tt.change != nil {
					tt.change(&c)
				}
				a, err := live.New(c).Account(context.Background(), evidence.Query{Account: hub, Role: deploy, Time: time.Now()})
				if err == nil {
					t.Fatalf("%s: %+v", tt.reason, a)
				}
				if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
					t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
				}
				if got := live.MissingCredentials(err); got != tt.missing {
					t.Errorf("missing credentials: %t, want %t", got, tt.missing)
				}
			})
		})
	}
}

func each(calls []string, fault string) map[string]string {
	faults := make(map[string]string)
	for _, call := range calls {
		faults[call] = fault
	}
	return faults
}

func credentialsFail(text string) func(*live.Config) {
	return func(c *live.Config) {
		load := c.Load
		c.Load = func(ctx context.Context) (aws.Config, error) {
			cfg, err := load(ctx)
			cfg.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
				return aws.Credentials{}, errors.New(text)
			})
			return cfg, err
		}
	}
}

// The caller's own deadline may be nearer than the source's.
func TestCallersDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStub()
		s.set(func(a *stubAccount) { a.roles = []stubRole{{name: "deploy", policy: trust(wanted)}} })
		s.fault("ListOpenIDConnectProviders", "hangs")
		ctx, cancel := context.WithTimeout(context.Background(), 1200*time.Millisecond)
		defer cancel()
		start := time.Now()
		a, err := live.New(s.config()).Account(ctx, evidence.Query{Account: hub, Role: deploy, Time: start})
		if err != nil {
			t.Fatal(err)
		}
		want := []string{
			"the identity providers were not read: iam:ListOpenIDConnectProviders: no answer before the deadline",
			of(providerKinds) + "no answer before the deadline",
		}
		if diff := cmp.Diff(want, a.Notes); diff != "" {
			t.Errorf("notes (-want +got):\n%s", diff)
		}
		if took := time.Since(start); took != 1200*time.Millisecond || len(a.Roles) != 1 {
			t.Errorf("took %s with %d roles, want 1.2s and the role that was read", took, len(a.Roles))
		}
	})
}
