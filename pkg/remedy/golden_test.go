package remedy_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"whydenied/internal/golden"
	"whydenied/pkg/diagnosis"
	"whydenied/pkg/evidence"
	"whydenied/pkg/policy"
	"whydenied/pkg/remedy"
)

// head is what the documents of these tests begin with.
const head = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"` + provider + gitHub + `"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":`

const production = "repo:octo-org/api:environment:production"

// written are documents in the ways in which people write them, each with what
// a token that they refuse presents.
var written = []struct {
	name, reason string
	source       string
	suffix, sub  string
}{
	{"scalar", "one value becomes a list, as deep as its line", string(policy.Indented(head + `{"StringEquals":{"` + gitHub + `:aud":"sts.amazonaws.com","` + gitHub + `:sub":"` + onMain + `"}}}]}`)), gitHub, production},
	{"one-line", "a document on one line stays on one", head + `{"StringEquals":{"` + gitHub + `:sub":"` + onMain + `"}}}]}`, gitHub, production},
	{"list-on-one-line", "a list is written on as it was begun", string(policy.Indented(head)) + "\n  {\"StringEquals\": {\n    \"" + gitHub + ":sub\": [\"" + onMain + "\", \"repo:octo-org/web:pull_request\"]\n  }}}]\n}\n", gitHub, production},
	{"list-of-one", "a list of one has no comma to go by", string(policy.Indented(head + `{"StringEquals":{"` + gitHub + `:sub":["` + onMain + `"]}}}]}`)), gitHub, production},
	{"tabs", "tabs stay tabs", strings.ReplaceAll(string(policy.Indented(head+`{"StringLike":{"`+gitHub+`:sub":"repo:octo-org/api:ref:refs/heads/*"}}}]}`)), "    ", "\t"), gitHub, production},
	{"crlf", "lines end as they did", strings.ReplaceAll(string(policy.Indented(head+`{"StringEquals":{"`+gitHub+`:sub":"`+onMain+`"}}}]}`)), "\n", "\r\n"), gitHub, production},
	{"correct", "a mistake is put right where it stands", string(policy.Indented(head + `{"StringEquals":{"` + gitHub + `:sub":["repo:Octo-Org/api:environment:production","repo:octo-org/api:pull_request"]}}}]}`)), gitHub, production},
	{"operator-alone", "a block of one key changes its name", string(policy.Indented(head + `{"StringEquals":{"` + gitHub + `:sub":"repo:octo-org/api:environment:*"}}}]}`)), gitHub, production},
	{"operator-beside-aud", "only the key that is meant moves", string(policy.Indented(head + `{"StringEquals":{"` + gitHub + `:sub":"repo:octo-org/api:environment:*","` + gitHub + `:aud":"sts.amazonaws.com"}}}]}`)), gitHub, production},
	{"operator-that-is-there", "it moves into the block that is there", string(policy.Indented(head + `{"StringEquals":{"` + gitHub + `:aud":"sts.amazonaws.com","` + gitHub + `:sub":"repo:octo-org/api:environment:*"},"StringLike":{"` + gitHub + `:AUD":"sts.*"}}}]}`)), gitHub, production},
	{"action", "an action is added", string(policy.Indented(strings.Replace(head, "sts:AssumeRoleWithWebIdentity", "sts:AssumeRole", 1) + `{"StringEquals":{"` + gitHub + `:sub":"` + production + `"}}}]}`)), gitHub, production},
	{"action-with-a-wide-pattern", "the statement let in nobody, so the pattern need not stay", string(policy.Indented(strings.Replace(head, "sts:AssumeRoleWithWebIdentity", "sts:AssumeRole", 1) + `{"StringLike":{"` + gitHub + `:sub":"repo:octo-org/*"}}}]}`)), gitHub, production},
	{"key", "a key is renamed", string(policy.Indented(head + `{"StringEquals":{"https://` + gitHub + `:sub":"` + production + `"}}}]}`)), gitHub, production},
	{"swapped", "both claims are tested", string(policy.Indented(head + `{"StringEquals":{"` + gitHub + `:aud":"` + production + `","` + gitHub + `:sub":"sts.amazonaws.com"}}}]}`)), gitHub, production},
	{"new-cluster", "the old one goes on to be trusted", string(policy.Indented(`{"Version":"2012-10-17","Statement":{"Sid":"Old","Effect":"Allow","Principal":{"Federated":"` + provider + strings.Replace(cluster, "4F1D", "0000", 1) + `"},"Action":"sts:AssumeRoleWithWebIdentity",` +
		`"Condition":{"StringEquals":{"` + strings.Replace(cluster, "4F1D", "0000", 1) + `:sub":"system:serviceaccount:data:loader"}}}}`)), cluster, "system:serviceaccount:data:loader"},
	{"namespace", "the caller is more likely to err", string(policy.Indented(strings.ReplaceAll(head, gitHub, cluster) + `{"StringEquals":{"` + cluster + `:sub":"system:serviceaccount:prod:loader"}}}]}`)), cluster, "system:serviceaccount:default:loader"},
	{"volatile", "what changes on each run is not written out", string(policy.Indented(strings.ReplaceAll(head, gitHub, "agent.buildkite.com") + `{"StringEquals":{"agent.buildkite.com:aud":"sts.amazonaws.com","agent.buildkite.com:sub":"organization:octo-org:pipeline:api:ref:refs/heads/main"}}}]}`)), "agent.buildkite.com",
		"organization:octo-org:pipeline:api:ref:refs/heads/main:commit:0f1e2d3c:step:deploy"},
	{"older-version", "without variables there is nothing to escape", string(policy.Indented(strings.Replace(head, "2012-10-17", "2008-10-17", 1) + `{"StringEquals":{"` + gitHub + `:sub":"` + onMain + `"}}}]}`)), gitHub, "repo:octo-org/api:environment:${x}"},
}

// TestGolden shows each way of writing with what becomes of it.
func TestGolden(t *testing.T) {
	for _, tt := range written {
		t.Run(tt.name, func(t *testing.T) {
			in := diagnosis.Input{Denial: denied(tt.suffix, "sts.amazonaws.com", tt.sub), Account: holding(parse(t, tt.source))}
			in.Account.ProvidersRead = true
			for _, suffix := range []string{tt.suffix, strings.Replace(cluster, "4F1D", "0000", 1)} {
				in.Account.Providers = append(in.Account.Providers, evidence.Provider{ARN: provider + suffix, ClientIDs: []string{"sts.amazonaws.com"}})
			}
			p := remedy.Propose(in, diagnosis.Diagnose(in))
			var b strings.Builder
			fmt.Fprintf(&b, "# %s\n", tt.reason)
			for i := range p.Fixes {
				f := &p.Fixes[i]
				fmt.Fprintf(&b, "\n%s (%s, %s, verified %v)\n%s%s\n%s\n%s\n", f.Title, f.Side, f.Kind, f.Verified, f.Diff, f.Caller, f.AWSCLI, f.WideCure)
				for _, w := range f.Warnings {
					fmt.Fprintf(&b, "! %s\n", w)
				}
				if f.Policy != "" {
					letsThrough(t, in, f)
				}
			}
			for _, w := range p.Withheld {
				fmt.Fprintf(&b, "\n- %s\n", w)
			}
			golden.Compare(t, filepath.Join("testdata", tt.name+".txt"), strings.ReplaceAll(b.String(), "\r", "<CR>"))
		})
	}
}

func letsThrough(t *testing.T, in diagnosis.Input, f *remedy.Fix) {
	t.Helper()
	in.WhatIf, in.Policy = true, parse(t, f.Policy)
	if d := diagnosis.Diagnose(in); d.Verdict != diagnosis.VerdictAllowed {
		t.Errorf("%q: %s\n%s", f.Title, d.Verdict, f.Policy)
	}
}
