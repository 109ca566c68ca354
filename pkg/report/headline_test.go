package report_test

import (
	"strings"
	"testing"

	"whydenied/pkg/report"
)

// A stranger gets no advice on how to get in, whatever the causes.
func TestStrangerGetsNoAdvice(t *testing.T) {
	r := severalCase()
	r.Stranger = true
	for format, got := range map[string]string{"text": rendered(t, &r, report.TextOptions{}), "markdown": markdown(t, &r)} {
		for _, side := range []string{"Role's side", "Caller's side", "role's side"} {
			if strings.Contains(got, side) {
				t.Errorf("%s: %q in\n%s", format, side, got)
			}
		}
		first, _, _ := strings.Cut(got, "\n")
		if !strings.Contains(first, "probable stranger, refused") {
			t.Errorf("%s: the first line is %q", format, first)
		}
	}
}

func TestFirstLine(t *testing.T) {
	for _, tt := range []struct {
		name, reason string
		change       func(*report.Report)
		want         string
	}{
		{"certain", "element, role, account, resource", func(*report.Report) {},
			"✗ sub does not match · role api-deploy · 123456789012 · octo-org/api"},
		{"likely", "a guess is called one", func(r *report.Report) { r.Causes[0].Confidence = "likely" },
			"✗ likely: sub does not match · role api-deploy · 123456789012 · octo-org/api"},
		{"policy alone", "there is no role to name", func(r *report.Report) {
			r.Denial.RoleARN, r.Denial.Account = nil, ""
			set(r, checked("role", "not_required"))
		}, "✗ sub does not match · octo-org/api"},
		{"role not recorded", "no candidate either", func(r *report.Report) {
			r.Denial.RoleARN = nil
			set(r, checked("role", "unknown"))
		}, "✗ sub does not match · role not recorded · 123456789012 · octo-org/api"},
		{"the only role", "its causes are certain, so the verdict is explained", func(r *report.Report) {
			r.Denial.RoleARN = nil
			set(r, checked("role", "unknown"))
			r.Candidates = []report.Candidate{{RoleARN: arn + "role/ci/web", Causes: r.Causes}}
		}, "✗ sub does not match · role web (not recorded) · 123456789012 · octo-org/api"},
		{"nearest role", "it may not be the one", func(r *report.Report) {
			r.Denial.RoleARN, r.Verdict, r.Causes[0].Confidence = nil, "suspected", "likely"
			set(r, checked("role", "unknown"))
			r.Candidates = []report.Candidate{{RoleARN: arn + "role/ci/web", Causes: r.Causes}}
		}, "✗ likely: sub does not match · role not recorded (web?) · 123456789012"},
		{"a claim's key", "the provider's name tells nobody anything here", func(r *report.Report) {
			r.Causes[0].Element, r.Causes[0].Headline = gitHub+":environment", gitHub+":environment does not match"
		}, "✗ environment does not match · role api-deploy · 123456789012 · octo-org/api"},
		{"no cause", "nothing is invented", func(r *report.Report) { r.Verdict, r.Causes = "unexplained", nil },
			"? refused, reason not known · role api-deploy · 123456789012 · octo-org/api"},
		{"allowed for a stranger", "nothing was refused", func(r *report.Report) { r.Verdict, r.Causes, r.Stranger = "allowed", nil, true },
			"✓ allowed · role api-deploy · 123456789012 · octo-org/api"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := environmentCase()
			tt.change(&r)
			got, _, _ := strings.Cut(rendered(t, &r, report.TextOptions{}), "\n")
			if got != tt.want {
				t.Errorf("got  %q\nwant %q (%s)", got, tt.want, tt.reason)
			}
		})
	}
}

// Whoever reads line 1 knows an account by its name. The report's own has it
// in brackets behind that; what cannot be shown as it is comes out spelt.
func TestHeadlineAlias(t *testing.T) {
	for _, tt := range []struct{ label, alias, operators, text, markdown, brief, reason string }{
		{"none", "", "", "· 123456789012 ·", "· `123456789012` ·", "· 123456789012 ·", "as ever"},
		{"alias", "octo-prod", "octo-prod", "· octo-prod (123456789012) ·", "· `octo-prod` (`123456789012`) ·", "· octo-prod (123456789012) ·", "a message is told the name by its tally"},
		{"the operator's", "octo-prod", "prod", "· octo-prod (123456789012) ·", "· `octo-prod` (`123456789012`) ·", "· prod (123456789012) ·", "a report knows no names but IAM's"},
		{"hostile", "x`\x1b[2J\u202e", "", `· x` + "`" + `\u001b[2J\u202e (123456789012) ·`, "· `x\\u0060\\u001b[2J\\u202e` (`123456789012`) ·", "· 123456789012 ·", "it may come from a member account"},
	} {
		r := environmentCase()
		r.AccountAlias = tt.alias
		tally := often()
		tally.AccountName = tt.operators
		for _, place := range []struct{ name, shown, want string }{
			{"text", rendered(t, &r, report.TextOptions{Width: 200}), tt.text},
			{"markdown", markdown(t, &r), tt.markdown},
			{"brief", plain(&r, tally), tt.brief},
		} {
			if first, _, _ := strings.Cut(place.shown, "\n"); !strings.Contains(first, place.want) {
				t.Errorf("%s, %s: %s does not have %s: %s", tt.label, place.name, first, place.want, tt.reason)
			}
		}
	}
}
