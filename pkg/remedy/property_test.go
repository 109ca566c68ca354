package remedy_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/evidence"
	"whydenied/pkg/policy"
	"whydenied/pkg/remedy"
	"whydenied/pkg/trail"
)

const (
	account  = "111122223333"
	roleARN  = "arn:aws:iam::" + account + ":role/deploy"
	gitHub   = "token.actions.githubusercontent.com"
	cluster  = "oidc.eks.eu-west-1.amazonaws.com/id/4F1D0C7B2A9E4D5886F3B1C0A7E29D64"
	onMain   = "repo:octo-org/api:ref:refs/heads/main"
	provider = "arn:aws:iam::" + account + ":oidc-provider/"
)

// issuer is one whose tokens the property is tried with: its subjects in
// parts, the first of which is the tenant.
type issuer struct {
	suffix, aud string
	subjects    []string // of one tenant, "octo-org"
	others      []string // of somebody else, or of another resource
}

var issuers = []issuer{
	{gitHub, "sts.amazonaws.com",
		[]string{onMain, "repo:octo-org/api:pull_request", "repo:octo-org/api:environment:production", "repo:octo-org/api:ref:refs/tags/v1",
			"repo:octo-org@12/api@34:ref:refs/heads/main", "repo:octo-org/web:ref:refs/heads/main"},
		[]string{"repo:octo-orgs/api:ref:refs/heads/main", "repo:evil/api:ref:refs/heads/main", "repo:evil/octo-org:ref:refs/heads/main",
			"repo:octo-org/api-x:ref:refs/heads/main", "repo:octo-org@99/api@34:ref:refs/heads/main", "repo:xocto-org/api:pull_request"}},
	{"gitlab.com", "https://gitlab.com",
		[]string{"project_path:octo-org/api:ref_type:branch:ref:main", "project_path:octo-org/api:ref_type:tag:ref:v1", "project_path:octo-org/sub/api:ref_type:branch:ref:main"},
		[]string{"project_path:evil/api:ref_type:branch:ref:main", "project_path:octo-org-x/api:ref_type:branch:ref:main", "project_path:octo-org/apis:ref_type:branch:ref:main"}},
	{cluster, "sts.amazonaws.com",
		[]string{"system:serviceaccount:octo-org:api", "system:serviceaccount:octo-org:web", "system:serviceaccount:other:api"},
		[]string{"system:serviceaccount:octo-org-x:api", "system:serviceaccount:evil:evil", "system:serviceaccount:octo-org:apix"}},
	{"agent.buildkite.com", "sts.amazonaws.com",
		[]string{"organization:octo-org:pipeline:api:ref:refs/heads/main:commit:0f1e2d3c:step:deploy", "organization:octo-org:pipeline:web:ref:refs/heads/main:commit:11:step:"},
		[]string{"organization:evil:pipeline:api:ref:refs/heads/main:commit:0f1e2d3c:step:deploy", "organization:octo-org:pipeline:apix:ref:refs/heads/main:commit:0f1e2d3c:step:deploy"}},
	{"api.prefect.cloud/oidc-provider", "prefect-cloud",
		[]string{"prefect:account:octo-org"}, []string{"prefect:account:octo-orgs", "prefect:account:evil", "prefect:cloud:octo-org"}},
	{"issuer.example.com", "app", []string{"user:octo-org", "octo-org"}, []string{"user:evil", "evil"}},
}

// mistakes turn a subject, or an audience, into what a policy has by mistake.
var mistakes = []func(string) string{
	func(s string) string { return s },
	strings.ToUpper,
	func(s string) string { return s + " " },
	func(s string) string { return s + "\u200b" },
	func(s string) string { return "`" + s + "`" },
	func(s string) string { return strings.Replace(s, "main", "*", 1) },
	func(s string) string { return strings.Replace(s, "octo-org", "*", 1) },
	func(s string) string { return strings.Replace(s, "api", "*", 1) },
	func(s string) string { return s[:strings.LastIndexAny(":"+s, ":")] + "*" },
	func(s string) string { return strings.Replace(s, "octo-org", "<org>", 1) },
	func(s string) string { return strings.Replace(s, "octo-org", "octo-orgs", 1) },
	func(s string) string { return strings.Replace(s, "repo:", "repos:", 1) },
	func(s string) string { return strings.Replace(s, ":account:", ":cloud:", 1) },
	func(s string) string { return strings.Replace(s, "api", "apl", 1) },
	func(string) string { return "*" },
	func(string) string { return "" },
}

func statementOf(t *rapid.T, is issuer, sub string) string {
	pick := func(label string, values ...string) string { return rapid.SampledFrom(values).Draw(t, label) }
	names := rapid.SliceOfN(rapid.SampledFrom(append(slices.Clone(is.subjects), is.others...)), 1, 3).Draw(t, "names")
	names[0] = pick("own", sub, names[0])
	for i, n := range names {
		names[i] = rapid.SampledFrom(mistakes).Draw(t, "mistake")(n)
	}
	values, err := json.Marshal(names)
	if err != nil {
		t.Fatal(err)
	}
	if len(names) == 1 && rapid.Bool().Draw(t, "alone") {
		values = values[1 : len(values)-1]
	}
	key := pick("key", is.suffix, is.suffix, is.suffix, "https://"+is.suffix, "other.example.com") + pick("claim", ":sub", ":sub", ":sub", ":aud", ":Sub")
	aud := rapid.SampledFrom(mistakes).Draw(t, "aud")(is.aud)
	condition := fmt.Sprintf(`{%q:{%q:%s}}`, pick("operator", "StringEquals", "StringLike", "StringEquals", "StringLike", "StringEqualsIgnoreCase", "ForAnyValue:StringLike",
		"ForAllValues:StringEquals", "ArnLike", "StringNotEquals", "StringLikeIfExists"), key, values)
	if rapid.Bool().Draw(t, "tests aud") {
		quoted, _ := json.Marshal(pick("audience", is.aud, aud))
		condition = strings.TrimSuffix(condition, "}") + fmt.Sprintf(`,%q:{%q:%s}}`, "StringEqualsIfExists", is.suffix+":aud", quoted)
	}
	federated := pick("provider", provider+is.suffix, provider+is.suffix, provider+is.suffix, "arn:aws:iam::999900001111:oidc-provider/"+is.suffix, provider+"other.example.com")
	return fmt.Sprintf(`{"Sid":"S","Effect":%q,"Principal":{"Federated":%q},"Action":%q,"Condition":%s}`, pick("effect", "Allow", "Allow", "Allow", "Allow", "Deny"),
		federated, pick("action", "sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithWebIdentity", "sts:AssumeRole", "sts:TagSession"), condition)
}

func documentOf(t *rapid.T, is issuer, sub string) string {
	n := rapid.IntRange(1, 3).Draw(t, "statements")
	var list []string
	for i := range n {
		list = append(list, strings.Replace(statementOf(t, is, sub), `"S"`, fmt.Sprintf(`"S%d"`, i), 1))
	}
	version := rapid.SampledFrom([]string{`"Version":"2012-10-17",`, `"Version":"2012-10-17",`, `"Version":"2008-10-17",`, ""}).Draw(t, "version")
	doc := `{` + version + `"Statement":[` + strings.Join(list, ",") + `]}`
	if rapid.Bool().Draw(t, "indented") {
		return string(policy.Indented(doc))
	}
	return doc
}

func denied(suffix, aud, sub string) trail.Denial {
	known := func(s string) trail.Text { return trail.Text{Value: s, Known: true} }
	return trail.Denial{Account: account, Region: "eu-west-1", ErrorCode: "AccessDenied", Provider: known(provider + suffix), Audience: known(aud),
		Subject: known(sub), RoleARN: known(roleARN), SessionName: known("ci"), HasRequestParameters: true}
}

func holding(doc *policy.Document) evidence.Account {
	return evidence.Account{ID: account, RolesRead: true, Roles: []evidence.Role{{ARN: roleARN, Name: "deploy", TagsRead: true, Document: evidence.Held(doc, nil)}}}
}

// TestFixesAreSafe: a shown fix lets the token in, and nobody who was refused
// before but whom it says.
func TestFixesAreSafe(t *testing.T) {
	shown := 0
	rapid.Check(t, func(t *rapid.T) {
		is := rapid.SampledFrom(issuers).Draw(t, "issuer")
		sub := rapid.SampledFrom(is.subjects).Draw(t, "sub")
		source := documentOf(t, is, sub)
		doc, err := policy.Parse("", []byte(source))
		if err != nil {
			return // two blocks of one operator, say
		}
		in := diagnosis.Input{Denial: denied(is.suffix, is.aud, sub), Account: holding(doc)}
		d := diagnosis.Diagnose(in)
		p := remedy.Propose(in, d)
		for i := range p.Fixes {
			f := &p.Fixes[i]
			if f.Policy == "" {
				continue
			}
			shown++
			if d.Stranger || d.Verdict != diagnosis.VerdictExplained {
				t.Fatalf("%s, stranger %v: %q is offered for\n%s", d.Verdict, d.Stranger, f.Title, source)
			}
			id := strings.Contains(sub, "@12/") && strings.Contains(source, "@12/") // the owner's
			if is.suffix != cluster && is.suffix != "issuer.example.com" && !strings.Contains(strings.ToLower(source), "octo-org") && !id {
				t.Fatalf("%q is offered, and the policy names nobody:\n%s", f.Title, source)
			}
			letsIn(t, in, f)
			keepsOut(t, in, is, doc, f)
			spellsOut(t, doc, f)
		}
	})
	if shown == 0 {
		t.Error("no fix was shown at all")
	}
}

func letsIn(t *rapid.T, in diagnosis.Input, f *remedy.Fix) {
	doc, err := policy.Parse("", []byte(f.Policy))
	if err != nil {
		t.Fatalf("%q: %v\n%s", f.Title, err, f.Policy)
	}
	in.WhatIf, in.Policy = true, doc
	if d := diagnosis.Diagnose(in); f.Verified != (d.Verdict == diagnosis.VerdictAllowed) || !f.Verified && d.Trace.Truth == policy.False {
		t.Fatalf("%q, verified %v: %s\n%s", f.Title, f.Verified, d.Verdict, f.Policy)
	}
}

// keepsOut asks about callers that are written down here, not about those
// that the package makes up.
func keepsOut(t *rapid.T, in diagnosis.Input, is issuer, before *policy.Document, f *remedy.Fix) {
	after, err := policy.Parse("", []byte(f.Policy))
	if err != nil {
		t.Fatal(err)
	}
	like, _, _ := policy.ParseOperator("StringLike")
	covered := slices.ContainsFunc(f.Warnings, func(w string) bool { return strings.Contains(w, "own values also cover") })
	callers := make([]trail.Denial, 0, 32)
	for _, sub := range append(slices.Clone(is.others), is.subjects...) {
		callers = append(callers, denied(is.suffix, is.aud, sub))
	}
	callers = append(callers, denied(is.suffix, is.aud, ""), denied(is.suffix, is.aud, "*"), denied(is.suffix, is.aud, in.Denial.Subject.Value+"x"),
		denied("other.example.com", is.aud, in.Denial.Subject.Value), denied("evil.example.com", is.aud, in.Denial.Subject.Value))
	elsewhere := in.Denial
	elsewhere.Provider.Value = strings.Replace(elsewhere.Provider.Value, account, "999900001111", 1)
	for _, caller := range append(callers, elsewhere) {
		if caller.Subject == in.Denial.Subject && caller.Provider == in.Denial.Provider {
			continue
		}
		asked := in
		asked.WhatIf, asked.Denial = true, caller
		call := diagnosis.NewCall(asked)
		if call.Allowed(before) != policy.False || call.Allowed(after) == policy.False {
			continue
		}
		sameResource := caller.Provider == in.Denial.Provider && !slices.Contains(is.others, caller.Subject.Value)
		if covered && spelt(before, caller.Subject.Value) || sameResource && (like.Matches(f.Admits, caller.Subject.Value, true) == policy.True || covered || strings.EqualFold(f.Admits, caller.Subject.Value)) {
			continue
		}
		t.Fatalf("%q also lets in %q of %q; before\n%s\nafter\n%s", f.Title, caller.Subject.Value, caller.Provider.Value, before.Source, f.Policy)
	}
}

// bounded is a pattern that has its wildcard behind its resource.
var bounded = regexp.MustCompile(`^(repo:[^/*]+/[^:*]+:|project_path:[^:*]+:|organization:[^:*]+:pipeline:[^:*]+:)`)

// spelt tells whether a policy has a subject itself, or as a pattern that
// spells out its resource.
func spelt(doc *policy.Document, sub string) bool {
	like, _, _ := policy.ParseOperator("StringLike")
	for i := range doc.Statements {
		for _, c := range doc.Statements[i].Conditions {
			for _, v := range c.Values {
				named := !strings.Contains(v.Text, "*") || bounded.MatchString(v.Text)
				if named && (like.Matches(v.Text, sub, false) == policy.True || strings.EqualFold(v.Text, sub)) {
					return true
				}
			}
		}
	}
	return false
}

// spellsOut: no value that is nothing but wildcards is added, and no condition
// is lost.
func spellsOut(t *rapid.T, before *policy.Document, f *remedy.Fix) {
	after, err := policy.Parse("", []byte(f.Policy))
	if err != nil {
		t.Fatal(err)
	}
	had := strings.Count(string(before.Source), `"*"`)
	if n := strings.Count(f.Policy, `"*"`); n > had && len(after.Statements) == len(before.Statements) {
		t.Fatalf("%q adds a bare wildcard:\n%s", f.Title, f.Policy)
	}
	for i := range before.Statements {
		if a, b := len(after.Statements[i].Conditions), len(before.Statements[i].Conditions); a < b {
			t.Fatalf("%q drops a condition:\n%s", f.Title, f.Policy)
		}
	}
}
