package remedy_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/evidence"
	"whydenied/pkg/policy"
	"whydenied/pkg/remedy"
	"whydenied/pkg/trail"
)

// when is a statement's condition of one operator on one key.
func when(operator, key string, values ...string) string {
	return fmt.Sprintf(`{%q:{%q:["%s"]}}`, operator, key, strings.Join(values, `","`))
}

func trusting(suffix, action, condition string) string {
	return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":%q},"Action":%q,"Condition":%s}]}`, provider+suffix, action, condition)
}

const assume = "sts:AssumeRoleWithWebIdentity"

// TestNothingForStrangers: nobody gets in by having a name that is like one
// that the policy has, or where the policy has no name at all.
func TestNothingForStrangers(t *testing.T) {
	for _, tt := range []struct {
		label, reason    string
		suffix, aud, sub string
		source           string
	}{
		{"another organization", "no statement names it", gitHub, "sts.amazonaws.com", "repo:evil/api:ref:refs/heads/main",
			trusting(gitHub, assume, when("StringEquals", gitHub+":sub", onMain))},
		{"a letter less", "in the owner's name a slip is somebody else", gitHub, "sts.amazonaws.com", "repo:octo-rg/api:ref:refs/heads/main",
			trusting(gitHub, assume, when("StringEquals", gitHub+":sub", onMain))},
		{"another account of Prefect", "an id is a name", "api.prefect.cloud/oidc-provider", "prefect-cloud", "prefect:account:3f2a9c1e-5b7d-4c1e-9a8f-0d6b2e4c7a91",
			trusting("api.prefect.cloud/oidc-provider", assume, when("StringEquals", "api.prefect.cloud/oidc-provider:sub", "prefect:account:3f2a9c1e-5b7d-4c1e-9a8f-0d6b2e4c7a92"))},
		{"the same name with another id", "a name is given away, an id is not", gitHub, "sts.amazonaws.com", "repo:octo-org@99/api@34:ref:refs/heads/main",
			trusting(gitHub, assume, when("StringEquals", gitHub+":sub", "repo:octo-org@12/api@34:ref:refs/heads/main"))},
		{"another name and another repository", "the owner's id is the same, the repository's is not", gitHub, "sts.amazonaws.com", "repo:octo-org@12/web@35:ref:refs/heads/main",
			trusting(gitHub, assume, when("StringEquals", gitHub+":sub", "repo:octo@12/api@34:ref:refs/heads/main"))},
		{"a subject without a name", "repository_owner_id says nobody's name", gitHub, "sts.amazonaws.com", "repository_owner_id:4711",
			trusting(gitHub, assume, when("StringEquals", gitHub+":sub", "repository_owner_id:4712"))},
		{"a wildcard for the owner", "the policy names nobody", gitHub, "sts.amazonaws.com", "repo:evil/api:ref:refs/heads/main",
			trusting(gitHub, assume, when("StringLike", gitHub+":sub", "repo:*:pull_request"))},
		{"a wildcard for the owner under equality", "the policy names nobody", gitHub, "sts.amazonaws.com", "repo:evil/api:ref:refs/heads/main",
			trusting(gitHub, assume, when("StringEquals", gitHub+":sub", "repo:*"))},
		{"a wildcard within the owner", "octo-* is whoever takes such a name", gitHub, "sts.amazonaws.com", "repo:octo-evil/api:pull_request",
			trusting(gitHub, assume, when("StringLike", gitHub+":sub", "repo:octo-*/api:ref:refs/heads/main"))},
		{"a placeholder for the owner", "nobody filled it in", gitHub, "sts.amazonaws.com", "repo:evil/api:ref:refs/heads/main",
			trusting(gitHub, assume, when("StringLike", gitHub+":sub", "repo:<org>/<repo>:*"))},
		{"the owner's place left empty", "a template had no value", gitHub, "sts.amazonaws.com", "repo:evil/api:ref:refs/heads/main",
			trusting(gitHub, assume, when("StringLike", gitHub+":sub", "repo:/api:*"))},
		{"a missing action before everybody", "the action would let in all of GitHub", gitHub, "sts.amazonaws.com", "repo:evil/api:ref:refs/heads/main",
			trusting(gitHub, "sts:AssumeRole", when("StringLike", gitHub+":sub", "repo:*"))},
		{"a missing action without a subject", "the action would let in all of GitHub", gitHub, "sts.amazonaws.com", "repo:evil/api:ref:refs/heads/main",
			trusting(gitHub, "sts:AssumeRole", when("StringEquals", gitHub+":aud", "sts.amazonaws.com"))},
		{"a misnamed key before everybody", "the same by another mistake", gitHub, "sts.amazonaws.com", "repo:evil/api:ref:refs/heads/main",
			trusting(gitHub, assume, when("StringLike", "https://"+gitHub+":sub", "repo:*/api:*"))},
		{"a renamed key that stays wrong", "the owner differs behind it", gitHub, "sts.amazonaws.com", "repo:evil/api:ref:refs/heads/main",
			trusting(gitHub, assume, when("StringEquals", "https://"+gitHub+":sub", onMain))},
		{"a provider of another account", "a role can trust none but its own account's", gitHub, "sts.amazonaws.com", onMain, ""},
		{"another Google account", "Google signs for everybody", "", "107517467455664443765", "107517467455664443765",
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"accounts.google.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"accounts.google.com:sub":"107517467455664443766"}}}]}`},
		{"an issuer that nobody knows", "how its subjects say whose they are is not known", "issuer.example.com", "app", "tenant-b:app", trusting("issuer.example.com", assume, when("StringEquals", "issuer.example.com:sub", "tenant-a:app"))},
		{"a condition that excludes it", "whoever wrote it meant it", gitHub, "sts.amazonaws.com", "repo:octo-org/api:pull_request",
			trusting(gitHub, assume, `{"StringLike":{"`+gitHub+`:sub":"repo:octo-org/api:*"},"StringNotLike":{"`+gitHub+`:sub":"*:pull_request"}}`)},
		{"another address", "where a call comes from is no name", gitHub, "sts.amazonaws.com", onMain,
			trusting(gitHub, assume, `{"StringEquals":{"`+gitHub+`:sub":"`+onMain+`"},"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}`)},
		{"another repository id", "an id is a name", gitHub, "sts.amazonaws.com", "repo:octo-org@12/api@34:ref:refs/heads/main",
			trusting(gitHub, assume, `{"StringLike":{"`+gitHub+`:sub":"repo:octo-org@12/*"},"StringEquals":{"`+gitHub+`:repository_id":"35"}}`)},
	} {
		t.Run(tt.label, func(t *testing.T) {
			d := denied(tt.suffix, tt.aud, tt.sub)
			d.SourceIP = "203.0.113.7"
			if tt.suffix == "" {
				d.Provider.Value = "accounts.google.com"
			}
			if tt.source == "" {
				d.Provider.Value = "arn:aws:iam::999900001111:oidc-provider/" + tt.suffix
				tt.source = trusting(tt.suffix, assume, when("StringEquals", tt.suffix+":sub", tt.sub))
			}
			in := diagnosis.Input{Denial: d, Account: holding(parse(t, tt.source))}
			got := diagnosis.Diagnose(in)
			if got.Verdict == diagnosis.VerdictUnexplained {
				t.Fatalf("the case is none: %s", got.Summary)
			}
			p := remedy.Propose(in, got)
			for i := range p.Fixes {
				if f := &p.Fixes[i]; f.Policy != "" || f.Side != remedy.SideCaller {
					t.Errorf("%s, and yet %q is offered:\n%s", tt.reason, f.Title, f.Diff)
				}
			}
			if len(p.Withheld) == 0 {
				t.Error("no reason is given")
			}
		})
	}
}

// TestNearMissesOfTheOwner: what does not make it another name is put right.
func TestNearMissesOfTheOwner(t *testing.T) {
	for _, tt := range []struct{ label, expected, sub string }{
		{"letter case", "repo:Octo-Org/api:ref:refs/heads/main", onMain},
		{"white space", "repo: octo-org/api:ref:refs/heads/main", onMain},
		{"chat markup", "`repo:octo-org/api:ref:refs/heads/main`", onMain},
		{"address", "repo:https://github.com/octo-org/api:ref:refs/heads/main", onMain},
		{"ids", onMain, "repo:octo-org@12/api@34:ref:refs/heads/main"},
		{"another name with the ids", "repo:octo@12/api@34:ref:refs/heads/main", "repo:octo-org@12/api@34:ref:refs/heads/main"},
	} {
		in := diagnosis.Input{Denial: denied(gitHub, "sts.amazonaws.com", tt.sub),
			Account: holding(parse(t, trusting(gitHub, assume, when("StringEquals", gitHub+":sub", tt.expected))))}
		p := remedy.Propose(in, diagnosis.Diagnose(in))
		if len(p.Fixes) == 0 || !p.Fixes[0].Verified || p.Fixes[0].Policy == "" {
			t.Errorf("%s: nothing is offered: %q", tt.label, p.Withheld)
		}
	}
}

// TestSameNameElsewhere: a name on a company's own server may be anybody's at
// an issuer that signs for everybody; not the other way round, where the
// provider was registered for the company itself.
func TestSameNameElsewhere(t *testing.T) {
	const gitLabMain, tfRun = "project_path:acme/api:ref_type:branch:ref:main", "organization:acme:project:p:workspace:w:run_phase:plan"
	for _, tt := range []struct {
		token, trusted, sub string
		offered             bool
	}{
		{gitHub, "token.actions.octo.ghe.com", onMain, false},
		{gitHub, "github.octo.example/_services/token", onMain, false},
		{"gitlab.com", "gitlab.octo.example", gitLabMain, false},
		{"app.terraform.io", "tfe.octo.example", tfRun, false},
		{"token.actions.octo.ghe.com", gitHub, onMain, true},
		{"gitlab.octo.example", "gitlab.com", gitLabMain, true},
		{gitHub, "vstoken.actions.githubusercontent.com", onMain, true},
		{gitHub, gitHub + "/octo-ent", onMain, true},
		{gitHub, "token.actions.githubusercontnet.com", onMain, true},
		{gitHub, "token.actions.github.com", onMain, true},
	} {
		in := diagnosis.Input{Denial: denied(tt.token, "sts.amazonaws.com", tt.sub),
			Account: holding(parse(t, trusting(tt.trusted, assume, when("StringEquals", tt.trusted+":sub", tt.sub))))}
		p := remedy.Propose(in, diagnosis.Diagnose(in))
		offered := len(p.Fixes) > 0 && p.Fixes[0].Policy != ""
		if offered != tt.offered || !offered && !said(p.Withheld, "confirm who owns it") {
			t.Errorf("%s in the place of %s: offered %v: %q", tt.token, tt.trusted, offered, p.Withheld)
		}
	}
}

// TestKeysOfAnotherHost: the same where the provider was changed already and
// the keys still are those of the company's own server.
func TestKeysOfAnotherHost(t *testing.T) {
	for keys, want := range map[string]bool{
		"github.octo.example/_services/token": false, "token.actions.octo.ghe.com": false,
		"token.actions.github.com": true, gitHub + "/octo-ent": true,
	} {
		in := diagnosis.Input{Denial: denied(gitHub, "sts.amazonaws.com", onMain), Account: holding(parse(t, trusting(gitHub, assume, when("StringEquals", keys+":sub", onMain))))}
		p := remedy.Propose(in, diagnosis.Diagnose(in))
		if offered := len(p.Fixes) > 0; offered != want || !offered && !said(p.Withheld, "confirm who owns it") {
			t.Errorf("%s: offered %v: %q", keys, offered, p.Withheld)
		}
	}
}

// TestVariablesStay: a policy variable stands for others than this token, and
// is no name that a caller could take.
func TestVariablesStay(t *testing.T) {
	const variable = "repo:octo-org/${aws:RequestTag/repo, 'web'}:*"
	for _, tt := range []struct{ label, condition, kept string }{
		{"under sub", when("StringLike", gitHub+":sub", variable), variable},
		{"under the session's name", `{"StringEquals":{"` + gitHub + `:sub":"` + onMain + `","sts:RoleSessionName":"${` + gitHub + `:sub}"}}`, ""},
	} {
		in := diagnosis.Input{Denial: denied(gitHub, "sts.amazonaws.com", onMain), Account: holding(parse(t, trusting(gitHub, assume, tt.condition)))}
		in.Denial.HasRequestParameters = true
		in.Denial.SessionName = trail.Text{Value: "ci", Known: true}
		p := remedy.Propose(in, diagnosis.Diagnose(in))
		for _, f := range p.Fixes {
			if tt.kept == "" || !strings.Contains(f.Policy, tt.kept) {
				t.Errorf("%s: %q: %s%s", tt.label, f.Title, f.Policy, f.Caller)
			}
		}
		if len(p.Fixes) == 0 && len(p.Withheld) == 0 {
			t.Errorf("%s: no reason is given", tt.label)
		}
	}
}

// TestLivePatternsStay: a pattern that may be somebody's subject stays, also
// where its wildcard stands so early that no name can be read out of it.
func TestLivePatternsStay(t *testing.T) {
	const cluster = "oidc.eks.eu-west-1.amazonaws.com/id/ABCDEF0123456789ABCDEF0123456789"
	const account = "system:serviceaccount:web:api"
	for _, tt := range []struct {
		label, reason string
		suffix, sub   string
		values        []string
		stays         bool
	}{
		{"a form that is not in the table", "Auth0's subjects begin with no text that is the same in all", "acme.auth0.com/", "auth0|5f7c8ec7c33c6c004bbafe82", []string{"5f7c8ec7@devices"}, true},
		{"a wildcard in the first word", "it lets in web:worker", cluster, account, []string{"system:servi?eaccount:web:worker"}, true},
		{"a wildcard across the first words", "it lets in web:worker", cluster, account, []string{"sys*:web:worker"}, true},
		{"a wildcard at the front", "it lets in web:worker", cluster, account, []string{"*:web:worker"}, true},
		{"a wildcard before the owner", "it lets in pull requests", gitHub, onMain, []string{"repo*:octo-org/api:pull_request", "repo:octo-org/api:pull_request"}, true},
		{"another first word", "no subject of this issuer begins so", cluster, account, []string{"kubernetes:*:web:worker"}, false},
	} {
		in := diagnosis.Input{Denial: denied(tt.suffix, "sts.amazonaws.com", tt.sub),
			Account: holding(parse(t, trusting(tt.suffix, assume, when("StringLike", tt.suffix+":sub", tt.values...))))}
		p := remedy.Propose(in, diagnosis.Diagnose(in))
		if len(p.Fixes) == 0 {
			t.Errorf("%s: nothing is offered: %q", tt.label, p.Withheld)
			continue
		}
		if stays := strings.Contains(p.Fixes[0].Policy, strconv.Quote(tt.values[0])); stays != tt.stays {
			t.Errorf("%s: %s, and it stays: %v, want %v:\n%s", tt.label, tt.reason, stays, tt.stays, p.Fixes[0].Diff)
		}
	}
}

// TestShapesOfOtherForms: a wildcard for what changes on each run may stand for
// more than that, which is said.
func TestShapesOfOtherForms(t *testing.T) {
	const bitbucket = "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc"
	const repo, other, step = "{1f1b0c1e-5a50-4f2c-9c44-3a7f2b7f0a11}", "{2a1b0c1e-5a50-4f2c-9c44-3a7f2b7f0a12}", "{9e1b0c1e-5a50-4f2c-9c44-3a7f2b7f0a19}"
	for sub, warned := range map[string]bool{repo + ":" + step: true, repo + ":" + other + ":" + step: false} {
		in := diagnosis.Input{Denial: denied(bitbucket, "sts.amazonaws.com", sub),
			Account: holding(parse(t, trusting(bitbucket, assume, when("StringLike", bitbucket+":sub", other+":*"))))}
		p := remedy.Propose(in, diagnosis.Diagnose(in))
		if len(p.Fixes) == 0 || p.Fixes[0].Policy == "" {
			t.Errorf("%s: nothing is offered: %q", sub, p.Withheld)
			continue
		}
		if got := said(p.Fixes[0].Warnings, "also covers another environment of the same repository"); got != warned {
			t.Errorf("%s: warned %v, want %v: %q", sub, got, warned, p.Fixes[0].Warnings)
		}
	}
}

// TestMergeQueue: a subject of one entry of the queue is no lasting cure.
func TestMergeQueue(t *testing.T) {
	for sub, want := range map[string]bool{
		"repo:octo-org/api:ref:refs/heads/gh-readonly-queue/main/pr-7-8f1c0de": true, "repo:octo-org@12/api@34:ref:refs/heads/gh-readonly-queue/main/pr-7-8f1c0de": true,
		"repo:octo-org/api:ref:refs/heads/next": false,
	} {
		in := diagnosis.Input{Denial: denied(gitHub, "sts.amazonaws.com", sub), Account: holding(parse(t, trusting(gitHub, assume, when("StringEquals", gitHub+":sub", onMain))))}
		p := remedy.Propose(in, diagnosis.Diagnose(in))
		if len(p.Fixes) == 0 || said(p.Fixes[0].Warnings, "helps no later run") != want {
			t.Errorf("%s: %+v", sub, p.Fixes)
		}
	}
}

// TestSize: IAM counts all but white space, and takes 8192 characters at most.
func TestSize(t *testing.T) {
	for _, tt := range []struct {
		values        int
		warned, fixes bool
	}{{10, false, true}, {60, true, true}, {200, false, false}} {
		list := make([]string, tt.values)
		for i := range list {
			list[i] = fmt.Sprintf("repo:octo-org/api:environment:preview-%04d", i)
		}
		in := diagnosis.Input{Denial: denied(gitHub, "sts.amazonaws.com", onMain),
			Account: holding(parse(t, string(policy.Indented(trusting(gitHub, assume, when("StringEquals", gitHub+":sub", list...))))))}
		p := remedy.Propose(in, diagnosis.Diagnose(in))
		offered := len(p.Fixes) > 0 && p.Fixes[0].Policy != ""
		if offered != tt.fixes {
			t.Errorf("%d values: offered %v: %q", tt.values, offered, p.Withheld)
		}
		if offered && said(p.Fixes[0].Warnings, "2048") != tt.warned {
			t.Errorf("%d values: warnings %q", tt.values, p.Fixes[0].Warnings)
		}
	}
}

// TestPresentPolicy: what is changed is the trust policy that stands now, not
// the one that refused.
func TestPresentPolicy(t *testing.T) {
	at := time.Date(2026, 11, 24, 14, 2, 0, 0, time.UTC)
	then := trusting(gitHub, assume, when("StringEquals", gitHub+":sub", onMain))
	now := trusting(gitHub, assume, when("StringEquals", gitHub+":sub", onMain, "repo:octo-org/api:pull_request"))
	in := diagnosis.Input{Denial: denied(gitHub, "sts.amazonaws.com", production), Account: holding(parse(t, now))}
	in.Denial.Time = at
	in.Account.ChangesRead = true
	in.Account.Changes = []evidence.Change{
		{Time: at.Add(-time.Hour), Kind: evidence.TrustPolicyUpdated, Event: "UpdateAssumeRolePolicy", Role: "deploy", Policy: parse(t, then)},
		{Time: at.Add(time.Hour), Kind: evidence.TrustPolicyUpdated, Event: "UpdateAssumeRolePolicy", Role: "deploy", Policy: parse(t, now)},
	}
	p := remedy.Propose(in, diagnosis.Diagnose(in))
	if len(p.Fixes) == 0 || !strings.Contains(p.Fixes[0].Policy, "pull_request") || !strings.Contains(p.Fixes[0].Policy, production) {
		t.Errorf("got %+v, withheld %q", p.Fixes, p.Withheld)
	}
}

// TestOtherSource: a document that came from another language is written as
// JSON, if all of it is known.
func TestOtherSource(t *testing.T) {
	source := trusting(gitHub, assume, when("StringEquals", gitHub+":sub", "repo:Octo-Org/api:ref:refs/heads/main", "x"))
	for _, known := range []bool{true, false} {
		n, err := policy.ParseNode("", []byte(source))
		if err != nil {
			t.Fatal(err)
		}
		if !known {
			n.Get("Statement").Elems[0].Get("Condition").Get("StringEquals").Get(gitHub + ":sub").Elems[1].Kind = policy.Unresolved
		}
		doc, err := policy.Decode(n)
		if err != nil {
			t.Fatal(err)
		}
		doc.Source = []byte("data \"aws_iam_policy_document\" \"x\" {}\n")
		in := diagnosis.Input{Denial: denied(gitHub, "sts.amazonaws.com", onMain), WhatIf: true, Policy: doc}
		p := remedy.Propose(in, diagnosis.Diagnose(in))
		if offered := len(p.Fixes) > 0; offered != known || known && !strings.Contains(p.Fixes[0].Diff, "+++ b/trust-policy.json") {
			t.Errorf("all known %v: %+v, withheld %q", known, p.Fixes, p.Withheld)
		}
	}
}

// FuzzPropose: whatever a policy and a subject hold, what is offered can be
// read again and lets the token in.
func FuzzPropose(f *testing.F) {
	for _, tt := range written {
		f.Add(tt.source, tt.sub)
	}
	for _, tt := range hostileNames {
		f.Add(written[0].source, "repo:octo-org/api:environment:"+tt.name)
	}
	f.Fuzz(func(t *testing.T, source, sub string) {
		doc, err := policy.Parse("", []byte(source))
		if err != nil {
			return
		}
		in := diagnosis.Input{Denial: denied(gitHub, "sts.amazonaws.com", sub), Account: holding(doc)}
		p := remedy.Propose(in, diagnosis.Diagnose(in))
		for i := range p.Fixes {
			if f := &p.Fixes[i]; f.Policy != "" {
				in.WhatIf, in.Policy = true, parse(t, f.Policy)
				if d := diagnosis.Diagnose(in); f.Verified != (d.Verdict == diagnosis.VerdictAllowed) {
					t.Errorf("%q, verified %v: %s\n%s", f.Title, f.Verified, d.Verdict, f.Policy)
				}
				in.WhatIf, in.Policy = false, nil
			}
		}
	})
}
