package live_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/evidence"
	"whydenied/pkg/evidence/live"
	"whydenied/pkg/explain"
	"whydenied/pkg/report"
)

// byTag is a trust policy that also looks at the role's own tags.
func byTag(sub string) string {
	return strings.Replace(trust(sub), `"StringEquals":{`, `"StringEquals":{"aws:ResourceTag/env":"prod",`, 1)
}

func TestSnapshotGivesTheSameDiagnosis(t *testing.T) {
	for _, role := range []string{deploy, ""} {
		policy := byTag
		if role == "" {
			policy = trust // ListRoles has no tags
		}
		synctest.Test(t, func(t *testing.T) {
			s := newStub()
			s.page = 1
			s.set(func(a *stubAccount) {
				a.roles = []stubRole{{name: "deploy", policy: policy(wanted), tags: map[string]string{"env": "test"}}, {path: "/ci", name: "build", policy: trust("a")}, {name: "bad", policy: "<&>"}}
				a.providers, a.alias = []stubProvider{gitHubProvider(), {host: "example.com"}}, "octo-tools"
			})
			s.add(t, updated("deploy", "1999-11-20T10:00:00Z", policy(other)), 0)
			s.add(t, deleted("gone", "13:00:00"), 0)
			s.add(t, created("gone", "13:00:00", trust("x")), 0)
			s.add(t, updated("deploy", "14:05:00", policy(wanted)), 0)
			until("14:20:00")
			source := live.New(s.config())
			var file bytes.Buffer
			if err := source.Snapshot(context.Background(), &file); err != nil {
				t.Fatal(err)
			}
			snapshot, err := evidence.ParseSnapshot("account.json", file.Bytes())
			if err != nil {
				t.Fatalf("%v\n%s", err, file.String())
			}
			d := denial(t, "14:02:00", role)
			want := explain.Call(context.Background(), d, false, source)
			got := explain.Call(context.Background(), d, false, snapshot)
			if diff := cmp.Diff(essence(want), essence(got)); diff != "" {
				t.Errorf("role %q: live and from the file (-live +file):\n%s", role, diff)
			}
			if got.AccountAlias != "octo-tools" {
				t.Errorf("role %q: the account is called %q, want octo-tools", role, got.AccountAlias)
			}
			if role != "" && outcome(want) != "explained sub_mismatch certain condition_mismatch likely then refuses since 14:05 by "+operator {
				t.Errorf("%s: the case does not show what it should", outcome(want))
			}
		})
	}
}

// essence is what a report says, but for which changes of other times it lists.
func essence(r report.Report) report.Report {
	r.Notes = nil
	return r
}

func TestSnapshotOfWhatCouldBeRead(t *testing.T) {
	const anything = `"AccountId" "AccountAliases" "TakenAt"`
	tests := []struct {
		label, reason string
		faults        map[string]string
		pages         int
		keys          string
		missing       []string
		err           string
	}{
		{label: "everything", reason: "an empty list says that there are none", keys: anything + ` "Roles" "OpenIDConnectProviders" "Events"`},
		{label: "no alias", reason: "it is decoration: the snapshot is whole without", faults: map[string]string{"ListAccountAliases": "denied"}, keys: `"AccountId" "TakenAt" "Roles" "OpenIDConnectProviders" "Events"`},
		{label: "no roles", reason: "the key is left out", faults: map[string]string{"ListRoles": "denied"}, keys: anything + ` "OpenIDConnectProviders" "Events"`,
			missing: []string{"the roles were not read: iam:ListRoles: access denied: the permission iam:ListRoles is missing"}},
		{label: "no providers", reason: "one of them is not enough to say that there are no others", faults: map[string]string{"GetOpenIDConnectProvider": "denied"}, keys: anything + ` "Roles" "Events"`,
			missing: []string{`the identity providers were not read: iam:GetOpenIDConnectProvider "arn:aws:iam::111122223333:oidc-provider/` + gitHub + `": access denied: the permission iam:GetOpenIDConnectProvider is missing`}},
		{label: "no changes", reason: "once, not for each kind", faults: map[string]string{"LookupEvents": "denied"}, keys: anything + ` "Roles" "OpenIDConnectProviders"`,
			missing: []string{"changes before 2000-01-01 14:20 UTC were not read: cloudtrail:LookupEvents in us-east-1: access denied: the permission cloudtrail:LookupEvents is missing"}},
		{label: "too many changes", reason: "what there is has no gap", pages: 1, keys: anything + ` "Roles" "OpenIDConnectProviders" "Events"`,
			missing: []string{"changes before 2000-01-01 13:00 UTC were not read: there are more than 1 pages of UpdateAssumeRolePolicy"}},
		{label: "no tags", reason: "they may decide", faults: map[string]string{"GetRole": "denied"}, keys: anything + ` "Roles" "OpenIDConnectProviders" "Events"`,
			missing: []string{`the tags of a role were not read: iam:GetRole "tagged": access denied: the permission iam:GetRole is missing`}},
		{label: "neither tags nor providers", reason: "the roles are there", faults: map[string]string{"GetRole": "denied", "GetOpenIDConnectProvider": "denied"}, keys: anything + ` "Roles" "Events"`,
			missing: []string{`the tags of a role were not read: iam:GetRole "tagged": access denied: the permission iam:GetRole is missing`,
				`the identity providers were not read: iam:GetOpenIDConnectProvider "arn:aws:iam::111122223333:oidc-provider/` + gitHub + `": access denied: the permission iam:GetOpenIDConnectProvider is missing`}},
		{label: "nothing", reason: "no file", faults: map[string]string{"ListRoles": "denied", "ListOpenIDConnectProviders": "denied"},
			err: "account 111122223333 could not be read: the roles were not read: iam:ListRoles: access denied: the permission iam:ListRoles is missing"},
	}
	for _, tt := range tests {
		t.Run(tt.label, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStub()
				s.set(func(a *stubAccount) {
					a.roles, a.providers = []stubRole{{name: "tagged", policy: byTag("a")}}, []stubProvider{gitHubProvider()}
				})
				for _, record := range busy(60, "13:00:00") {
					s.add(t, record, 0)
				}
				s.add(t, deleted("x", "12:00:00"), 0)
				for call, fault := range tt.faults {
					s.fault(call, fault)
				}
				until("14:20:00")
				c := s.config()
				c.MaxPages = tt.pages
				var told []string
				c.Progress = func(line string) { told = append(told, line) }
				var file bytes.Buffer
				err := live.New(c).Snapshot(context.Background(), &file)
				var partial *live.PartialError
				var missing []string
				if errors.As(err, &partial) {
					if want := "the snapshot is not whole: " + strings.Join(tt.missing, "; "); err.Error() != want {
						t.Errorf("error %q, want %q", err, want)
					}
					missing, err = partial.Missing, nil
				}
				if got := said(err); got != tt.err {
					t.Fatalf("%s: error %q, want %q", tt.reason, got, tt.err)
				}
				if diff := cmp.Diff(tt.missing, missing); diff != "" {
					t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
				}
				for _, line := range missing {
					if !strings.Contains(strings.Join(told, "\n"), line) {
						t.Errorf("progress does not tell %q", line)
					}
				}
				if diff := cmp.Diff(tt.keys, keys(file.String())); diff != "" {
					t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
				}
				if file.Len() == 0 {
					return
				}
				if _, err := evidence.ParseSnapshot("", file.Bytes()); err != nil {
					t.Error(err)
				}
				if strings.Contains(file.String(), "DeleteRole-") != (tt.pages == 0 && strings.Contains(tt.keys, "Events")) {
					t.Error("the older change stands beyond a gap, or is missing")
				}
			})
		})
	}
}

// said is what an error says, "" for none.
func said(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// keys are those of the file's own object, in their order.
func keys(file string) string {
	var names []string
	for line := range strings.Lines(file) {
		if name, _, ok := strings.Cut(line, ":"); ok && strings.HasPrefix(line, `  "`) {
			names = append(names, strings.TrimSpace(name))
		}
	}
	return strings.Join(names, " ")
}

func TestSnapshotIsDated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStub()
		until("14:20:00")
		pass(300 * time.Millisecond)
		var file bytes.Buffer
		if err := live.New(s.config()).Snapshot(context.Background(), &file); err != nil {
			t.Fatal(err)
		}
		want := `{
  "AccountId": "111122223333",
  "AccountAliases": [],
  "TakenAt": "2000-01-01T14:20:00Z",
  "Roles": [],
  "OpenIDConnectProviders": [],
  "Events": []
}
`
		if diff := cmp.Diff(want, file.String()); diff != "" {
			t.Errorf("file (-want +got):\n%s", diff)
		}
	})
}
