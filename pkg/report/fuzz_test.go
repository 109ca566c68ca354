package report_test

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/report"
)

// seeds are a subject, an expected value, a name, and a sentence.
func seeds(f *testing.F) {
	h := hostileCase()
	f.Add(production, onMain, "api-deploy", "sub differs.")
	f.Add(*h.Denial.Sub, onMain, *h.Denial.RoleARN, h.Notes[0])
	f.Add("", "", "", "")
	f.Add("`", "``", "```\n</details>", "\"`\"`\"")
	f.Add(" a  b ", "|", `\|`, `a "b`)
	f.Add(`a\u202e\\x`, `C:\new`, `\`, `\" \`)
	f.Add("\xff\xfe", "\u2028", "\u202e", "(\"x\")\"y\"z `")
	f.Add(strings.Repeat("a", 1500)+":x", strings.Repeat("a", 1500)+":y", "@o/t", "www.evil.example #1 GH-1 :smile: deadbeef <@U1>")
}

// hostile is a report in which the fuzzer's strings stand wherever a caller's
// can.
func hostile(sub, expected, name, sentence string) report.Report {
	r := refused(gitHub, name, name, sub)
	r.Denial.SourceIP, r.Denial.UserAgent, r.Denial.EventID, r.Denial.Region, r.Denial.Account = name, sub, name, name, name
	r.AccountAlias = sentence
	r.Denial.ErrorMessage, r.Denial.Missing, r.Denial.SubReads = sentence, []string{name}, sentence
	c := subDiffers(&r, gitHub, sub, expected)
	c.Message, c.Sid, c.File, c.Operator, c.Headline, c.Excerpt = sentence, name, name, name, sentence, expected
	key := differs(&r, diagnosis.CauseConditionKeyMisnamed, "sub", "StringEquals", name, sub, expected, sub)
	key.Reason = sentence
	set(&r, tested(name, "unknown", "StringEquals", name, sub, expected))
	r.Summary, r.Notes = sentence, []string{sentence, "quoted " + strconv.Quote(sub) + ", " + sentence}
	r.Candidates = []report.Candidate{{RoleARN: name, Causes: r.Causes}, {RoleARN: expected, Allows: true}}
	r.Alternatives = []report.Alternative{{Statement: 1, Causes: r.Causes}}
	r.Changes = []report.Change{{Event: name, By: sub, Role: name, Provider: expected, ClientID: sentence}}
	c.Key = name
	r.Changed = &report.Changed{Event: name, By: sub, Who: sub, Tool: name, UserAgent: sub, Role: name, ClientID: expected, Before: "allows", Later: 1,
		Differences: []report.Difference{
			{Part: "condition", Kind: "changed", Key: name, Operator: name, OperatorBefore: name, Removed: []string{sub, expected}, Added: []string{expected}},
			{Part: "statement", Kind: "added", Added: []string{sentence}},
		}}
	r.Fixes = []report.Fix{
		{Title: sentence, Kind: "add", Side: "role", Verified: true, Diff: "--- a/x\n+++ b/x\n@@ -1,1 +1,2 @@\n-" + expected + "\n+" + sub, AWSCLI: name, Admits: sub, WideCure: sentence, Warnings: []string{sentence}},
		{Title: sub, Kind: "caller", Side: "caller", Caller: sub + "\n" + sentence, AWSCLI: expected, Warnings: []string{name}},
	}
	r.Trace = []report.Statement{{Sid: name, Effect: sentence, Truth: name, Parts: []report.Part{part(name, name, expected, sub, sentence)}}}
	return r
}

func FuzzText(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, sub, expected, name, sentence string) {
		r := hostile(sub, expected, name, sentence)
		if i := strings.IndexFunc(strings.ReplaceAll(brief(&r), "\n", ""), unprintable); i >= 0 {
			t.Errorf("unprintable at %d of the brief", i)
		}
		text := rendered(t, &r, report.TextOptions{})
		if !utf8.ValidString(text) {
			t.Errorf("not UTF-8: %q", text)
		}
		fits(t, text, 80, false)
		fits(t, rendered(t, &r, report.TextOptions{ASCII: true, Width: 60}), 60, true)
		if utf8.RuneCountInString(sub) > 200 {
			return
		}
		// On one long line the subject can be read back.
		line := regexp.MustCompile(`(?m)^  presented     (.*)$`).FindStringSubmatch(rendered(t, &r, report.TextOptions{Width: 1 << 20}))
		if line == nil {
			t.Fatal("no presented value")
		}
		if got := readBack(t, line[1]); got != sub && (sub != "" || got != `""`) {
			t.Errorf("shown as %q, which reads %q, not %q", line[1], got, sub)
		}
	})
}

// readBack undoes the spelling of a value.
func readBack(t *testing.T, shown string) string {
	t.Helper()
	var b strings.Builder
	for shown != "" {
		r, _, rest, err := strconv.UnquoteChar(shown, 0)
		if err != nil {
			t.Fatalf("%q: %v", shown, err)
		}
		if strings.HasPrefix(shown, `\x`) {
			b.WriteByte(byte(r))
		} else {
			b.WriteRune(r)
		}
		shown = rest
	}
	return b.String()
}

func FuzzJSON(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, sub, expected, name, sentence string) {
		r := hostile(sub, expected, name, sentence)
		line := encoded(t, &r)
		if strings.IndexFunc(strings.TrimSuffix(line, "\n"), unprintable) >= 0 {
			t.Errorf("unprintable in %q", line)
		}
		var got report.Report
		if err := json.Unmarshal([]byte(line), &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strings.ToValidUTF8(sub, "\ufffd"), *got.Denial.Sub); diff != "" && utf8.ValidString(sub) {
			t.Errorf("sub (-want +got):\n%s", diff)
		}
	})
}

var (
	span = regexp.MustCompile("`[^`]+`")
	// What stands outside of code is this program's own: words, and the few
	// signs that it makes up a document of.
	label = regexp.MustCompile(`^\*\*[A-Z][a-z, ]+:\*\*`)
	start = regexp.MustCompile(`^(#{3,4} ([✗✓?⚠0-9]|Fix)|\| [✗✓?–] \||( {2})?- |[0-9]+\. )`)
	fixed = []string{"| | check | presented |", "| --- | --- | --- |", "<details>", "</details>", "<summary>How each part of the trust policy came out</summary>"}
)

func FuzzMarkdown(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, sub, expected, name, sentence string) {
		r := hostile(sub, expected, name, sentence)
		text := markdown(t, &r)
		fenced := false
		for line := range strings.Lines(text) {
			line = strings.TrimSuffix(line, "\n")
			if i := strings.IndexFunc(line, unprintable); i >= 0 {
				t.Fatalf("unprintable at %d: %q", i, line)
			}
			switch {
			case strings.HasPrefix(line, "```"):
				fenced = !fenced
			case fenced && strings.Contains(line, "`"):
				t.Fatalf("a backtick within a fence: %q", line)
			case !fenced:
				outsideCode(t, line)
			}
		}
		if fenced {
			t.Fatal("a fence is not closed")
		}
	})
}

// outsideCode fails if anything of a caller's stands outside of code spans.
func outsideCode(t *testing.T, line string) {
	t.Helper()
	for _, own := range fixed {
		if line == own {
			return
		}
	}
	if strings.Contains(line, "``") {
		t.Fatalf("two backticks are another delimiter: %q", line)
	}
	cells := strings.Count(span.ReplaceAllString(line, ""), "|")
	if strings.HasPrefix(line, "|") && (cells != 4 || strings.Count(line, "|") != 4) {
		t.Fatalf("a row of other than three cells: %q", line)
	}
	rest := span.ReplaceAllString(line, "code")
	rest = start.ReplaceAllString(label.ReplaceAllString(rest, ""), "")
	rest = strings.TrimSuffix(strings.Replace(rest, "|", "", 1), "|")
	for _, r := range rest {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(" .,;:?()'-…·", r) {
			t.Fatalf("%q outside of code: %q", r, line)
		}
	}
	if strings.Contains(rest, "://") || regexp.MustCompile(`\w\.\w`).MatchString(rest) {
		t.Fatalf("a link outside of code: %q", line)
	}
}
