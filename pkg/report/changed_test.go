package report_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/evidence"
	"whydenied/pkg/policy"
	"whydenied/pkg/report"
)

// changedCase is a role whose trust policy was changed 12 minutes before.
func changedCase() report.Report {
	r := refused(gitHub, "api-deploy", stsAud, onMain)
	c := subDiffers(&r, gitHub, onMain, "repo:octo-org/api:ref:refs/heads/mian")
	c.Hints, c.Reason = []string{"typo"}, `The policy says "mian", the token says "main".`
	r.Changed = &report.Changed{
		Time: *at("2026-11-24T13:50:11Z"), SecondsBefore: 720, Event: "UpdateAssumeRolePolicy", EventID: "c0ffee00-0000-4000-8000-000000000001",
		By: "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_PlatformAdmin_0123456789abcdef/alice@example.com", Who: "alice@example.com (PlatformAdmin)",
		Tool: "terraform", UserAgent: "APN/1.0 HashiCorp/1.0 Terraform/1.10.5 (+https://www.terraform.io) terraform-provider-aws/5.90.0", Role: "api-deploy",
		Before: "allows", After: "refuses", Compared: true,
		Differences: []report.Difference{{
			Part: "condition", Kind: "changed", StatementBefore: index(0), Statement: index(0), OperatorBefore: "StringEquals", Operator: "StringEquals",
			Key: gitHub + ":sub", Removed: []string{onMain}, Added: []string{"repo:octo-org/api:ref:refs/heads/mian"},
		}},
	}
	r.Changes = []report.Change{{Time: r.Changed.Time, Event: r.Changed.Event, EventID: r.Changed.EventID, By: r.Changed.By, Role: r.Changed.Role}}
	return r
}

func changedStranger() report.Report {
	r := changedCase()
	r.Stranger = true
	r.Changed.Differences[0].Added = []string{"repo:octo/api:ref:refs/heads/main"}
	c := subDiffers(&r, gitHub, onMain, "repo:octo/api:ref:refs/heads/main")
	r.Causes = []report.Cause{*c}
	return r
}

// changedMuch has a difference of every kind, and a repair since.
func changedMuch() report.Report {
	r := changedCase()
	both := func(part, kind, was, is, key string, removed, added []string) report.Difference {
		return report.Difference{Part: part, Kind: kind, StatementBefore: index(0), Statement: index(0), OperatorBefore: was, Operator: is, Key: key, Removed: removed, Added: added}
	}
	none := []string{}
	gone := both("statement", "removed", "", "", "", []string{`{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}`}, none)
	gone.Statement = nil
	unresolved := both("condition", "added", "", "StringEquals", "aws:RequestedRegion", none, []string{"var.region"})
	unresolved.Unresolved = true
	r.Changed.Differences = append([]report.Difference{
		both("effect", "changed", "", "", "", []string{"Deny"}, []string{"Allow"}),
		both("principal", "changed", "Principal", "Principal", "Federated", none, []string{arn + "oidc-provider/gitlab.com"}),
		both("action", "changed", "Action", "NotAction", "", []string{"sts:AssumeRoleWithWebIdentity"}, []string{"sts:AssumeRole", "a", "b", "c", "d"}),
		both("condition", "changed", "StringEquals", "StringLike", gitHub+":aud", []string{stsAud}, []string{"sts.*"}),
		gone, unresolved, both("principal", "not_known", "", "", "", none, none),
	}, r.Changed.Differences...)
	r.Changed.Later, r.Changed.Tool, r.Changed.Who = 2, "unknown", ""
	r.Present = &report.Present{Verdict: "allows", Since: *at("2026-11-24T14:05:40Z"), By: arn + "user/ana"}
	return r
}

func changedTried() report.Report {
	r := changedCase()
	r.Changed.Before, r.Changed.Tool, r.Changed.Who = "refuses", "console", "ana (role admin)"
	r.Changed.Differences[0].Removed = []string{}
	return r
}

func changedNotHeld() report.Report {
	r := changedCase()
	r.Changed.Before, r.Changed.Compared, r.Changed.Differences, r.Changed.SecondsBefore = "not_held", false, []report.Difference{}, 59
	r.Changed.Tool = "cloudformation"
	return r
}

func changedNoRole() report.Report {
	r := noRoleCase()
	r.Changed = changedCase().Changed
	r.Changed.Role = "web-staging"
	return r
}

func changedDeleted() report.Report {
	r := roleNotFoundCase()
	r.Changed = changedCase().Changed
	r.Changed.Event, r.Changed.Before, r.Changed.After, r.Changed.Tool = "DeleteRole", "allows", "none", "aws_cli"
	r.Changed.Compared, r.Changed.Differences, r.Changed.SecondsBefore = false, []report.Difference{}, 3*24*3600
	return r
}

func changedAudience() report.Report {
	r := expiredCase()
	r.Causes[0] = cause(diagnosis.CauseAudienceNotRegistered, "client_ids")
	r.Causes[0].Message = "the audience is not registered."
	r.Changed = changedCase().Changed
	r.Changed.Event, r.Changed.Role, r.Changed.Provider, r.Changed.ClientID = "RemoveClientIDFromOpenIDConnectProvider", "", *r.Denial.ProviderARN, stsAud
	r.Changed.Before, r.Changed.After, r.Changed.Compared, r.Changed.Differences = "none", "none", false, []report.Difference{}
	r.Changed.Tool = "pulumi"
	return r
}

// changedHostile has what callers and session names can put into a change.
func changedHostile() report.Report {
	r := hostileCase()
	r.Changed = changedCase().Changed
	nasty := "x\x1b[2J\u202e`|```\n<!channel> [a](https://evil.example) @octo-org/admins " + strings.Repeat("Terraform/1 ", 200)
	r.Changed.UserAgent, r.Changed.Tool, r.Changed.By, r.Changed.Who, r.Changed.Role = nasty, "terraform", nasty, nasty, nasty
	r.Changed.Differences[0].Key, r.Changed.Differences[0].Added = nasty, []string{nasty, nasty, nasty, nasty, nasty}
	return r
}

// brief is the short form of an incident of two runs that began with the call.
func brief(r *report.Report) string {
	t := report.Tally{Attempts: 24, Runs: 2, First: *at("2026-11-24T14:02:11Z"), Last: *at("2026-11-24T14:09:40Z")}
	return report.NewBrief(r, &t, report.DefaultMost).Plain()
}

func TestHowLongBefore(t *testing.T) {
	for _, tt := range []struct {
		label, reason string
		tally         report.Tally
		want          string
	}{
		{"no tally", "the record alone", report.Tally{}, ", 12 minutes before the call, "},
		{"one", "there is no other", report.Tally{Attempts: 1, First: *at("2026-11-24T14:02:11Z"), Last: *at("2026-11-24T14:02:11Z")}, "13:50 UTC, 12 minutes before the refusal, "},
		{"several", "from the first of them", report.Tally{Attempts: 3, First: *at("2026-11-24T13:51:11Z"), Last: *at("2026-11-24T14:02:11Z")}, ", 1 minute before the first of these refusals, "},
		{"earlier ones", "what was refused before the change is not for the change", report.Tally{Attempts: 3, First: *at("2026-11-24T13:00:00Z"), Last: *at("2026-11-24T14:02:11Z")}, ", when such calls were refused already, "},
		{"another day", "the date counts then", report.Tally{Attempts: 3, First: *at("2026-11-25T14:00:11Z"), Last: *at("2026-11-25T14:02:11Z")}, "24 Nov 13:50 UTC, 1 day before the first of these refusals, "},
	} {
		r := changedCase()
		if got := report.NewBrief(&r, &tt.tally, report.DefaultMost).Plain(); !strings.Contains(got, tt.want) {
			t.Errorf("%s: %s: no %q in\n%s", tt.label, tt.reason, tt.want, got)
		}
	}
}

// Whatever the renderings say survives being stored.
func TestChangedSurvivesJSON(t *testing.T) {
	for _, f := range fixtures() {
		if f.report.Changed == nil || f.name == "changed-hostile" { // its subject is no UTF-8, which JSON cannot hold
			continue
		}
		var again report.Report
		if err := json.Unmarshal([]byte(encoded(t, &f.report)), &again); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(brief(&f.report), brief(&again)); diff != "" {
			t.Errorf("%s (-before +after):\n%s", f.name, diff)
		}
		if diff := cmp.Diff(encoded(t, &f.report), encoded(t, &again)); diff != "" {
			t.Errorf("%s (-before +after):\n%s", f.name, diff)
		}
	}
}

// The sets of the schema are those of the packages.
func TestSchemaNamesEveryToolAndVersion(t *testing.T) {
	schema := compiled(t)
	r := changedCase()
	for _, tool := range evidence.Tools() {
		r.Changed.Tool = string(tool)
		if err := validate(schema, encoded(t, &r)); err != nil {
			t.Errorf("%s: %v", tool, err)
		}
	}
	for _, v := range diagnosis.VersionVerdicts() {
		r.Changed.Before, r.Changed.After = string(v), string(v)
		if err := validate(schema, encoded(t, &r)); err != nil {
			t.Errorf("%s: %v", v, err)
		}
	}
	r.Changed.Tool = "magic"
	if validate(schema, encoded(t, &r)) == nil {
		t.Error("a tool that is none passes")
	}
}

func TestNewTakesTheChange(t *testing.T) {
	parse := func(sub string) *policy.Document {
		doc, err := policy.Parse("", []byte(`{"Statement":[{"Effect":"Allow","Principal":{"Federated":"p"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"x:sub":"`+sub+`"}}}]}`))
		if err != nil {
			t.Fatal(err)
		}
		return doc
	}
	before, after := parse("a"), parse("b")
	r := report.New(diagnosis.Diagnosis{Changed: &diagnosis.Changed{
		Change: evidence.Change{Event: "UpdateAssumeRolePolicy", EventID: "1", By: arn + "user/ana", UserAgent: "aws-cli/2.24.5", Role: "deploy", Time: *at("2026-11-24T13:50:11Z")},
		Gap:    90 * time.Second, Later: 1, Before: before, After: after, Diff: policy.Diff(before, after),
		Reverted: diagnosis.VersionAllows, Made: diagnosis.VersionRefuses,
	}})
	want := &report.Changed{
		Time: *at("2026-11-24T13:50:11Z"), SecondsBefore: 90, Event: "UpdateAssumeRolePolicy", EventID: "1", By: arn + "user/ana", Who: "ana", Tool: "aws_cli",
		UserAgent: "aws-cli/2.24.5", Role: "deploy", Later: 1, Before: "allows", After: "refuses", Compared: true,
		Differences: []report.Difference{{Part: "condition", Kind: "changed", StatementBefore: index(0), Statement: index(0), OperatorBefore: "StringEquals", Operator: "StringEquals", Key: "x:sub", Removed: []string{"a"}, Added: []string{"b"}}},
	}
	if diff := cmp.Diff(want, r.Changed); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Fit cuts a copy.
func TestFitCutsTheChange(t *testing.T) {
	r := changedHostile()
	r.Denial.Sub = text("x")
	got := report.Fit(r, 6000)
	if n := len(got.Changed.UserAgent); n > 200 || len(r.Changed.UserAgent) < 2000 || len(got.Changed.Differences[0].Added) > 2 {
		t.Errorf("got a user agent of %d bytes, of %d before, and %d values", n, len(r.Changed.UserAgent), len(got.Changed.Differences[0].Added))
	}
}
