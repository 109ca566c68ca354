package diagnosis_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/policy"
	"whydenied/pkg/trail"
)

// What holds of every diagnosis, whatever the input.
func TestEveryDiagnosis(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t)
		d := diagnosis.Diagnose(in)
		if problem := wrongVerdict(&in, &d); problem != "" {
			t.Fatalf("%s: %s %v, checks %v", problem, d.Verdict, said(d.Causes), d.Checks)
		}
		if problem := wrongChecks(d.Checks); problem != "" {
			t.Fatalf("%s: %v", problem, d.Checks)
		}
		wrongWords(t, &d)
		if len(d.Candidates) > 10 {
			t.Fatalf("%d candidates", len(d.Candidates))
		}
	})
}

// wrongVerdict says which rule of the verdict does not hold, or "".
func wrongVerdict(in *diagnosis.Input, d *diagnosis.Diagnosis) string {
	certain := slices.ContainsFunc(d.Causes, func(c diagnosis.Cause) bool { return c.Confidence == diagnosis.Certain })
	beyond := slices.ContainsFunc(d.Causes, func(c diagnosis.Cause) bool { return c.Code == diagnosis.CauseBeyondTrustPolicy })
	switch d.Verdict {
	case diagnosis.VerdictAllowed:
		if !in.Succeeded && !(in.WhatIf && truth(d) == policy.True && len(d.Causes) == 0) {
			return "allowed is for a success, or a what-if whose policy is true"
		}
		return ""
	case diagnosis.VerdictExplained:
		if !certain {
			return "explained needs a certain cause"
		}
	case diagnosis.VerdictSuspected:
		if certain || len(d.Causes) == 0 || beyond {
			return "suspected needs a cause, and none that is certain"
		}
	case diagnosis.VerdictUnexplained:
		if len(d.Causes) > 1 || len(d.Causes) == 1 && !beyond {
			return "unexplained has no cause but beyond_trust_policy"
		}
		if len(d.Causes) == 0 && len(d.Notes) == 0 {
			return "what is unknown and named by no code is in the notes"
		}
	default:
		return "no verdict"
	}
	for _, c := range d.Checks {
		open := c.Element == diagnosis.ElementTags || c.Element == diagnosis.ElementSourceIdentity
		if beyond && (c.Status == diagnosis.StatusMismatch || c.Status == diagnosis.StatusUnknown && !open) {
			return "beyond_trust_policy though " + c.Element + " is " + string(c.Status)
		}
	}
	return ""
}

func wrongChecks(checks []diagnosis.Check) string {
	statuses := []diagnosis.Status{diagnosis.StatusMatch, diagnosis.StatusMismatch, diagnosis.StatusUnknown, diagnosis.StatusNotRequired}
	seen := map[string]bool{}
	for _, c := range checks {
		if seen[c.Element] {
			return "two checks of " + c.Element
		}
		seen[c.Element] = true
		if !slices.Contains(statuses, c.Status) {
			return "no status for " + c.Element
		}
	}
	for _, e := range []string{"token", "role", "provider", "client_ids", "provider_arn", "action", "aud", "sub", "tags", "source_identity", "deny"} {
		if !seen[e] && len(checks) > 4 {
			return "no check of " + e
		}
	}
	return ""
}

// wrongWords fails where a text is missing, too long, or not plain text.
func wrongWords(t fataler, d *diagnosis.Diagnosis) {
	t.Helper()
	texts := []string{d.Summary}
	for i := range d.Causes {
		c := &d.Causes[i]
		texts = append(texts, c.Message, c.Headline())
		if !slices.Contains(diagnosis.Codes(), c.Code) {
			t.Fatalf("code %q is none", c.Code)
		}
		for _, h := range c.Hints {
			if !slices.Contains(diagnosis.Hints(), h) {
				t.Fatalf("hint %q is none", h)
			}
		}
	}
	for _, s := range texts {
		if s == "" || len(s) > 12_000 || strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) >= 0 {
			t.Fatalf("not a sentence of plain text (%d bytes): %.300q", len(s), s)
		}
		if strings.Contains(s, "Not authorized") || strings.Contains(s, "An unknown error occurred") {
			t.Fatalf("the words that explain nothing: %.300q", s)
		}
	}
}

// Knowing less never explains more: with one statement and a role that is
// named, a value hidden, a list not read or a snapshot dated leaves what was
// not certain uncertain.
func TestLessKnownIsLessCertain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		one := func(t *rapid.T) []string { return []string{drawStatement(t, "Allow")} }
		in := diagnosis.Input{Denial: drawDenial(t), Account: drawAccount(t, one(t), one)}
		in.Denial.RoleARN = text(roleARN)
		in.Denial.ErrorCode = "AccessDenied"
		before := diagnosis.Diagnose(in)
		if before.Verdict == diagnosis.VerdictExplained {
			return
		}
		less := in
		what := rapid.SampledFrom([]string{"provider", "aud", "sub", "session", "address", "agent", "region", "parameters", "time", "roles", "providers", "tags", "date"}).Draw(t, "hide")
		switch what {
		case "provider":
			less.Denial.Provider = trail.Text{}
		case "aud":
			less.Denial.Audience = trail.Text{}
		case "sub":
			less.Denial.Subject = trail.Text{}
		case "session":
			less.Denial.SessionName = trail.Text{}
		case "address":
			less.Denial.SourceIP = ""
		case "agent":
			less.Denial.UserAgent = ""
		case "region":
			less.Denial.Region = ""
		case "parameters":
			less.Denial.HasRequestParameters, less.Denial.PrincipalTags, less.Denial.SourceIdentity = false, nil, trail.Text{}
		case "time":
			if len(in.Account.Changes) == 0 {
				less.Denial.Time = trail.Denial{}.Time
			}
		case "roles":
			less.Account.RolesRead = false
		case "providers":
			less.Account.ProvidersRead = false
		case "tags":
			less.Account.Roles = slices.Clone(in.Account.Roles)
			less.Account.Roles[0].TagsRead = false
		case "date":
			// With CloudTrail read in between, a later reading knows more.
			if len(in.Account.Changes) == 0 {
				less.Account.TakenAt = moment.AddDate(0, 0, 3)
			}
		}
		after := diagnosis.Diagnose(less)
		if what == "aud" && slices.Contains(said(before.Causes), "aud_mismatch likely") {
			return // a condition that no audience meets, azp or not
		}
		if after.Verdict == diagnosis.VerdictExplained {
			t.Fatalf("without %s: %s %v becomes %s %v", what, before.Verdict, said(before.Causes), after.Verdict, said(after.Causes))
		}
	})
}
