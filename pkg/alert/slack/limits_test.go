package slack_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"pgregory.net/rapid"

	"whydenied/pkg/alert"
	"whydenied/pkg/report"
)

// hostile are what somebody would write into a subject or a session name.
var hostile = []string{
	"<!channel>", "<@U024BE7LH>", "<https://evil.example|click>", "*b*", "_i_", "`c`", "~s~", ":fire:", "@here", "&lt;", "\u202e", "\x00", "\xff",
	"«", "»", "😀", "é\u0301", "中", "\n", "\r\n", "\\", "\"", "{", ":", "/", "a", strings.Repeat("x", 5000),
}

func hostileText(most int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		part := rapid.SampledFrom(hostile).Draw(t, "part")
		return strings.Repeat(part, rapid.IntRange(0, most/len(part)).Draw(t, "times")) + rapid.StringN(0, 40, 200).Draw(t, "rest")
	})
}

// longMessage is a message in which hostile text of any length stands wherever
// a caller, or an account, can put it.
func longMessage(m *alert.Message, most int) *rapid.Generator[*alert.Message] {
	return rapid.Custom(func(t *rapid.T) *alert.Message {
		text := func(label string) string { return hostileText(most).Draw(t, label) }
		sub, expected, role := text("sub"), text("expected"), text("role")
		in := m.Incident
		in.Subjects, in.Reasons, in.Role, in.Shape, in.Alias = alert.Distinct{}, alert.Distinct{}, role, sub, text("alias")
		for i := range rapid.IntRange(0, 40).Draw(t, "subjects") {
			in.Subjects.Add(fmt.Sprint(i) + sub)
			in.Reasons.Add(fmt.Sprint(i) + expected)
		}
		in.Overflow = rapid.Bool().Draw(t, "overflow")
		r := *m.Report
		d := r.Denial
		d.Sub, d.RoleARN, d.SessionName, d.UserAgent, d.EventID, d.Region, d.Account = &sub, &role, &sub, text("agent"), text("event"), role, role
		r.Denial, r.AccountAlias, r.Notes, r.Summary = d, in.Alias, []string{text("note"), sub}, sub
		r.Partial, r.Stranger = rapid.Bool().Draw(t, "partial"), rapid.Bool().Draw(t, "stranger")
		r.Causes = slices.Repeat(r.Causes, rapid.IntRange(0, 30).Draw(t, "causes"))
		for i := range r.Causes {
			c := &r.Causes[i]
			c.Expected, c.Presented, c.Message, c.Reason, c.Sid, c.Excerpt = slices.Repeat([]string{expected}, 20), []string{sub}, sub, expected, role, expected
		}
		if rapid.Bool().Draw(t, "no role") {
			d.RoleARN = nil
			r.Denial = d
			r.Verdict = "suspected"
		}
		for range rapid.SampledFrom([]int{0, 1, 3, 2000}).Draw(t, "candidates") {
			r.Candidates = append(r.Candidates, report.Candidate{RoleARN: role, Checks: r.Checks, Causes: r.Causes})
		}
		r.Present = &report.Present{Verdict: rapid.SampledFrom([]string{"allows", "refuses", "deleted", "unknown"}).Draw(t, "present"), Cause: sub, By: role, Since: time.Unix(1, 0)}
		r.Changes = slices.Repeat([]report.Change{{Event: expected, By: sub}}, 30)
		r.Fixes = slices.Repeat([]report.Fix{{Title: sub, Diff: expected + "\n" + sub, Terraform: sub, AWSCLI: sub, Warnings: []string{sub}}}, 5)
		kind := rapid.SampledFrom([]alert.Kind{alert.KindOpened, alert.KindClosing}).Draw(t, "kind")
		long := &alert.Message{Kind: kind, Incident: in, Report: &r}
		if in.Overflow {
			long.Report = nil
		}
		if rapid.Bool().Draw(t, "unused") {
			long.Unused = []string{"WHYDENIED_ROUTES", "WHYDENIED_ACCOUNT_NAMES", "WHYDENIED_DOCS_URL", "WHYDENIED_GITHUB_REPOSITORIES"}
		}
		return long
	})
}

// Slack takes every message, whatever is in it and however long.
func TestWithinLimits(t *testing.T) {
	m := cases(t)["2-environment"]
	rapid.Check(t, func(t *rapid.T) {
		m := longMessage(m, 3000).Draw(t, "message")
		accepted(t, m)
	})
}

// Slack refuses a block without anything in it.
func TestNothingToShow(t *testing.T) {
	m := *cases(t)["2-environment"]
	r := *m.Report
	r.Fixes = []report.Fix{{Diff: "\n"}}
	m.Report = &r
	accepted(t, &m)
}

// The same with a subject of 100 KB and a report for 2,000 roles.
func TestHuge(t *testing.T) {
	for _, part := range hostile {
		m := *cases(t)["2-environment"]
		r := *m.Report
		sub := strings.Repeat(part, 100_000/len(part))
		r.Denial.Sub, r.Denial.RoleARN, r.Verdict = &sub, nil, "suspected"
		r.Causes = slices.Clone(r.Causes)
		r.Causes[0].Presented, r.Causes[0].Message, r.Causes[0].Reason = []string{sub}, sub, ""
		for range 2000 {
			r.Candidates = append(r.Candidates, report.Candidate{RoleARN: sub, Causes: r.Causes})
		}
		m.Report = &r
		accepted(t, &m)
	}
}

// testingT is what both kinds of tests have.
type testingT interface {
	Helper()
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
}

func accepted(t testingT, m *alert.Message) {
	t.Helper()
	s := newServer()
	for _, n := range []alert.Notifier{newBot(s), newWebhook(s)} {
		if err := n.Deliver(background(), m, "", func(alert.Ref) error { return nil }); err != nil {
			t.Fatalf("%s: %v", n.Name(), err)
		}
	}
	for _, message := range s.Messages() {
		if strings.ContainsAny(message.Text, "<>") {
			t.Errorf("markup in the text of a lock screen: %q", message.Text)
		}
		for _, shown := range []string{message.Text, message.Plain()} {
			for _, r := range shown {
				if r != '\n' && r != '\u2060' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf)) {
					t.Fatalf("%q in %q", r, shown)
				}
			}
		}
		for _, said := range []string{"Not authorized", "An unknown error occurred"} {
			if strings.Contains(message.Plain(), said) {
				t.Errorf("%q in %q", said, message.Plain())
			}
		}
	}
}
