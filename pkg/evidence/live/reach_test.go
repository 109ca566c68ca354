package live_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/evidence"
	"whydenied/pkg/evidence/live"
)

const reader = "arn:aws:iam::444455556666:role/security/whydenied-reader"

func TestOtherAccount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStub()
		s.accounts[spoke].roles, s.accounts[spoke].alias = []stubRole{{name: "deploy", policy: trust(wanted)}}, "octo-prod"
		c := s.config()
		c.ReaderRole, c.ExternalID = "security/whydenied-reader", "e-1"
		source := live.New(c)
		arn := "arn:aws:iam::" + spoke + ":role/deploy"
		for range 2 {
			a, err := source.Account(context.Background(), evidence.Query{Account: spoke, Role: arn, Time: time.Now()})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(map[string]string{arn: wanted}, admits(a)); diff != "" || a.ID != spoke || a.Alias != "octo-prod" {
				t.Errorf("account %s, alias %q; roles (-want +got):\n%s", a.ID, a.Alias, diff)
			}
			pass(2 * time.Minute)
		}
		want := []string{"AssumeRole " + reader + " e-1 whydenied", "GetCallerIdentity", "GetRole deploy", "GetRole deploy", "ListAccountAliases", "ListOpenIDConnectProviders", "ListOpenIDConnectProviders"}
		if diff := cmp.Diff(want, s.made()); diff != "" {
			t.Errorf("credentials are kept; the own ones were asked for once (-want +got):\n%s", diff)
		}
		for _, call := range s.trail.Calls() {
			if call.AccessKey != "AKID"+spoke {
				t.Errorf("CloudTrail was asked as %s", call.AccessKey)
			}
		}
	})
}

func TestOtherAccountThatCannotBeRead(t *testing.T) {
	tests := []struct {
		label, reason string
		change        func(*stub, *live.Config)
		account       string
		notes         []string
		err           string
	}{
		{label: "no reader role", reason: "a note, for the diagnosis goes on", account: spoke,
			change: func(_ *stub, c *live.Config) { c.ReaderRole = "" },
			notes:  []string{"account 444455556666 was not read: these credentials are of account 111122223333, and no role to assume in other accounts is configured"}},
		{label: "refused", reason: "what may be missing, on either side", account: spoke, change: func(s *stub, _ *live.Config) { s.assume = false },
			err: `sts:AssumeRole "` + reader + `": access denied: the role does not exist, does not trust these credentials with this external id, or the permission sts:AssumeRole is missing`},
		{label: "STS hangs", reason: "the time of one call", account: spoke, change: func(s *stub, _ *live.Config) { s.fault("AssumeRole", "hangs") },
			err: `sts:AssumeRole "` + reader + `": no answer within 3s`},
		{label: "throttled once", reason: "tried again", account: spoke, change: func(s *stub, _ *live.Config) { s.fault("AssumeRole", "throttled once") }},
		{label: "own account", reason: "nothing is assumed", account: hub, change: func(s *stub, _ *live.Config) { s.assume = false }},
		{label: "own account by configuration", reason: "STS is not asked", account: hub, change: func(s *stub, c *live.Config) {
			c.Own = hub
			s.fault("GetCallerIdentity", "denied")
		}},
		{label: "no account", reason: "the record names none: the own one", change: func(*stub, *live.Config) {}},
		{label: "no account id", reason: "it gets into an ARN", account: "1:role/x\n", change: func(*stub, *live.Config) {},
			err: `account "1:role/x": found no account, expected twelve digits`},
	}
	for _, tt := range tests {
		t.Run(tt.label, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStub()
				c := s.config()
				c.ReaderRole = "/security/whydenied-reader"
				tt.change(s, &c)
				a, err := live.New(c).Account(context.Background(), evidence.Query{Account: tt.account, Time: time.Now()})
				if diff := cmp.Diff(tt.err, said(err)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
				}
				if diff := cmp.Diff(tt.notes, a.Notes); diff != "" || a.Partial != (tt.err != "" || tt.notes != nil) {
					t.Errorf("%s: partial %t; notes (-want +got):\n%s", tt.reason, a.Partial, diff)
				}
			})
		})
	}
}

// A role ARN comes from a record, where a caller may have put anything.
func TestRoleOfElsewhere(t *testing.T) {
	for _, role := range []string{"arn:aws:iam::" + spoke + ":role/deploy", "deploy", "arn:aws:iam::" + hub + ":role/a b", "arn:aws:iam::" + hub + ":user/deploy",
		"arn:aws:iam::" + hub + ":role/" + strings.Repeat("x", 65)} {
		synctest.Test(t, func(t *testing.T) {
			s := newStub()
			a, err := live.New(s.config()).Account(context.Background(), evidence.Query{Account: hub, Role: role, Time: time.Now()})
			if err != nil {
				t.Fatal(err)
			}
			if len(a.Notes) != 1 || !strings.Contains(a.Notes[0], "that is no ARN of a role of account 111122223333") || a.RoleAt(role, time.Now()).Present.Missing {
				t.Errorf("%s: notes %q; want one that says why it was not asked for, and nothing known of it", role, a.Notes)
			}
			if diff := cmp.Diff([]string{"GetCallerIdentity", "ListAccountAliases", "ListOpenIDConnectProviders"}, s.made()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", role, diff)
			}
		})
	}
}

func TestCaller(t *testing.T) {
	s := newStub()
	loads := 0
	c := s.config()
	load := c.Load
	c.Load = func(ctx context.Context) (aws.Config, error) {
		loads++
		return load(ctx)
	}
	source := live.New(c)
	for range 2 {
		got, err := source.Caller(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		want := live.Caller{Account: hub, Partition: "aws", ARN: "arn:aws:sts::111122223333:assumed-role/whydenied/fn"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("caller (-want +got):\n%s", diff)
		}
	}
	if diff := cmp.Diff([]string{"GetCallerIdentity"}, s.made()); diff != "" || loads != 1 {
		t.Errorf("loaded %d times, want once; calls (-want +got):\n%s", loads, diff)
	}
}

// The home region is where CloudTrail records what IAM did.
func TestPartitions(t *testing.T) {
	tests := []struct{ region, home, arn string }{
		{"eu-west-1", "us-east-1", "arn:aws:"},
		{"", "us-east-1", "arn:aws:"},
		{"cn-northwest-1", "cn-north-1", "arn:aws-cn:"},
		{"us-gov-east-1", "us-gov-west-1", "arn:aws-us-gov:"},
		{"us-iso-west-1", "us-iso-east-1", "arn:aws-iso:"},
		{"us-isob-west-1", "us-isob-east-1", "arn:aws-iso-b:"},
		{"eu-isoe-west-1", "eu-isoe-west-1", "arn:aws-iso-e:"},
		{"us-isof-east-1", "us-isof-south-1", "arn:aws-iso-f:"},
		{"eusc-de-east-1", "eusc-de-east-1", "arn:aws-eusc:"},
		{"il-central-1", "us-east-1", "arn:aws:"},
	}
	for _, tt := range tests {
		synctest.Test(t, func(t *testing.T) {
			s := newStub()
			c := s.config()
			c.Own, c.ReaderRole = hub, "reader"
			c.Load = func(context.Context) (aws.Config, error) { return s.aws(tt.region), nil }
			if _, err := live.New(c).Account(context.Background(), evidence.Query{Account: spoke, Time: time.Now()}); err != nil {
				t.Fatal(err)
			}
			for _, call := range s.trail.Calls() {
				if call.Region != tt.home {
					t.Errorf("%s: changes were looked up in %s, want %s", tt.region, call.Region, tt.home)
				}
			}
			if calls := s.made(); !strings.HasPrefix(calls[0], "AssumeRole "+tt.arn+"iam::"+spoke+":role/reader ") {
				t.Errorf("%s: %s, want an ARN that begins with %s", tt.region, calls[0], tt.arn)
			}
		})
	}
}
