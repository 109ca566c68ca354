package remedy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/policy"
	"whydenied/pkg/remedy"
)

// fixable are the causes that a change of the trust policy can be the cure of.
var fixable = []diagnosis.Code{
	diagnosis.CauseSubMismatch, diagnosis.CauseAudMismatch, diagnosis.CauseConditionKeyMisnamed, diagnosis.CauseProviderARNMismatch,
	diagnosis.CauseActionNotAllowed, diagnosis.CauseTagSessionNotAllowed, diagnosis.CauseSourceIdentityForbidden,
}

// withheld are the cases of such a cause for which nothing may be offered.
var withheld = map[string]string{
	"change-between-two-others":                        "the policy of today allows the token",
	"change-failed-before-and-fixed-after":             "the policy of today allows the token",
	"change-fixed-after-the-event":                     "the policy of today allows the token",
	"change-fixed-after-the-event-held-by-create-role": "the policy of today allows the token",
	"change-of-a-role-under-a-path":                    "the policy of today allows the token",
	"change-role-deleted-after-the-event":              "there is no role any more",
	"deny-holds-and-allow-fails":                       "a Deny statement holds as well",
	"near-audience-under-sub":                          "the policy names no subject at all, on an issuer that signs for everybody",
	"near-placeholder-left-in":                         "the placeholder stands for the organization",
	"real-github-template-variable-left-empty":         "what was left empty is the organization",
	"real-cognito-user-pool-id-as-audience":            "the audience is the identity pool: another one is somebody else's",
	"real-google-subject-is-email":                     "Google's subjects are numbers, and anybody has one",
	"real-pulumi-yaml-as-environment":                  `"<yaml>" stands for every environment without a name`,
	"statements-built-in-provider-beside-cognito":      "Google signs for everybody",
}

// TestCases: for every case of the corpus with a fixable cause a fix is
// offered, verified, and the changed document allows the token; for one that
// is not certain, or a stranger's, nothing that widens access is.
func TestCases(t *testing.T) {
	for _, name := range cases(t) {
		t.Run(name, func(t *testing.T) {
			in := readCase(t, name)
			d := diagnosis.Diagnose(in)
			p := remedy.Propose(in, d)
			if len(p.Fixes) > 2 {
				t.Errorf("%d fixes, want two at most", len(p.Fixes))
			}
			changes := 0
			for i := range p.Fixes {
				if p.Fixes[i].Policy != "" {
					changes++
					holds(t, in, &p.Fixes[i])
					if got := strings.TrimSuffix(undone(t, p.Fixes[i].Policy, p.Fixes[i].Diff), "\n"); d.Present == nil && got != string(d.Document.Source) {
						t.Errorf("without the diff the policy is %s, want %s", got, d.Document.Source)
					}
				}
			}
			certain := d.Verdict == diagnosis.VerdictExplained && !d.Stranger
			reason, none := withheld[name]
			switch {
			case !certain && changes > 0:
				t.Errorf("%s, stranger %v: a change of the trust policy is offered: %q", d.Verdict, d.Stranger, p.Fixes[0].Title)
			case none && changes > 0:
				t.Errorf("a change is offered though %s: %q", reason, p.Fixes[0].Title)
			case certain && !none && slices.Contains(fixable, d.Causes[0].Code) && changes == 0:
				t.Errorf("no change is offered for %s: %q", d.Causes[0].Code, p.Withheld)
			}
			if changes == 0 && certain && d.Present == nil && slices.Contains(fixable, d.Causes[0].Code) && len(p.Withheld) == 0 {
				t.Error("nothing is offered, and no reason is given")
			}
		})
	}
}

// holds parses a fix again and asks about the call anew.
func holds(t *testing.T, in diagnosis.Input, fix *remedy.Fix) {
	t.Helper()
	doc, err := policy.Parse("", []byte(fix.Policy))
	if err != nil {
		t.Fatalf("%q: %v", fix.Title, err)
	}
	in.WhatIf, in.Policy = true, doc
	again := diagnosis.Diagnose(in)
	if fix.Verified != (again.Verdict == diagnosis.VerdictAllowed) {
		t.Errorf("%q: verified %v, and asked again it is %s", fix.Title, fix.Verified, again.Verdict)
	}
	if !fix.Verified && (again.Trace.Truth != policy.Unknown || !said(fix.Warnings, "rests on")) {
		t.Errorf("%q: not verified, the policy is %v, the warnings %q name no claim", fix.Title, again.Trace.Truth, fix.Warnings)
	}
}

func said(warnings []string, part string) bool {
	return slices.ContainsFunc(warnings, func(w string) bool { return strings.Contains(w, part) })
}

// undone takes a unified diff back: what is left is the document that it was
// made from.
func undone(t *testing.T, text, diff string) string {
	t.Helper()
	lines := strings.SplitAfter(text, "\n")
	var out strings.Builder
	at := 0
	for _, l := range strings.SplitAfter(diff, "\n")[2:] {
		var from, to, n int
		switch {
		case l == "":
		case strings.HasPrefix(l, "@@"):
			if _, err := fmt.Sscanf(l, "@@ -%d,%d +%d,%d @@", &from, &n, &to, &n); err != nil {
				t.Fatalf("%q: %v", l, err)
			}
			for ; at < to-1; at++ {
				out.WriteString(lines[at])
			}
		case l[0] == '-':
			out.WriteString(l[1:])
		case l[0] == '\\':
		default:
			if strings.TrimSuffix(lines[at], "\n") != strings.TrimSuffix(l[1:], "\n") {
				t.Fatalf("line %d of the policy is %q, the diff has %q", at+1, lines[at], l[1:])
			}
			if l[0] == ' ' {
				out.WriteString(lines[at])
			}
			at++
		}
	}
	return out.String() + strings.Join(lines[at:], "")
}
