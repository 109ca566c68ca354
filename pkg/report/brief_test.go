package report_test

import (
	"strings"
	"testing"
	"time"
	"unicode"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/report"
)

// often is a tally of a few attempts within one day.
func often() *report.Tally {
	return &report.Tally{Incident: "3fa2b1c09d8e", Attempts: 24, Runs: 2, First: *at("2026-11-24T14:02:11Z"), Last: *at("2026-11-24T14:09:40Z")}
}

func plain(r *report.Report, t *report.Tally) string {
	return report.NewBrief(r, t, report.DefaultMost).Plain()
}

// What became of the role since is said before what was wrong with it, or an
// old attempt is read as a new fault.
func TestBriefPresent(t *testing.T) {
	since := *at("2026-11-24T14:05:40Z")
	for _, tt := range []struct {
		label, reason string
		present       report.Present
		stranger      bool
		want          string
	}{
		{"fixed", "the run before the repair is still under way", report.Present{Verdict: "allows", Since: since, By: arn + "user/alice"}, false,
			"✓ already fixed at 14:05 UTC by alice: the present trust policy lets this token in; re-run."},
		{"still refuses", "the first repair is often wrong", report.Present{Verdict: "refuses", Since: since, By: "arn:aws:sts::1:assumed-role/Admin/alice", Cause: "aud does not match"}, false,
			"changed since at 14:05 UTC by Admin/alice, and the present trust policy still refuses: aud does not match."},
		{"deleted", "nothing is left to repair", report.Present{Verdict: "deleted", Since: since, By: "root"}, false, "role deleted since, at 14:05 UTC by root."},
		{"not known", "nothing is claimed", report.Present{Verdict: "unknown", Since: since}, false,
			"changed since at 14:05 UTC; whether the present trust policy lets this token in is not known. Re-run to see."},
		{"another day", "the date is named", report.Present{Verdict: "deleted", Since: since.Add(24 * time.Hour)}, false, "role deleted since, at 25 Nov 14:05 UTC."},
		{"a stranger is let in", "that is no repair", report.Present{Verdict: "allows", Since: since, By: arn + "user/alice"}, true,
			"the trust policy changed since at 14:05 UTC by alice, and lets this caller in now. Make sure that this is meant."},
	} {
		t.Run(tt.label, func(t *testing.T) {
			r := caseDiffers()
			r.Present, r.Stranger = &tt.present, tt.stranger
			lines := strings.Split(plain(&r, often()), "\n")
			if lines[1] != tt.want {
				t.Errorf("got  %q\nwant %q (%s)", lines[1], tt.want, tt.reason)
			}
			fixed := tt.present.Verdict == "allows" && !tt.stranger
			if got := strings.HasSuffix(lines[0], "· already fixed"); got != fixed {
				t.Errorf("the first line is %q", lines[0])
			}
			if strings.Contains(plain(&r, often()), "Role's side") && (fixed || tt.stranger) {
				t.Error("a change is advised that was made, or that must not be")
			}
		})
	}
}

func TestBriefCount(t *testing.T) {
	r := caseDiffers()
	for _, tt := range []struct {
		label  string
		change func(*report.Tally)
		want   string
	}{
		{"several", func(*report.Tally) {}, "24 attempts in 2 runs (inferred), 14:02–14:09 UTC · certain · role · event · docs/causes/sub_mismatch.md"},
		{"one", func(t *report.Tally) { t.Attempts, t.Runs, t.Last = 1, 1, t.First }, "1 attempt, 14:02 UTC · certain · role · event · docs/causes/sub_mismatch.md"},
		{"days", func(t *report.Tally) { t.Attempts, t.Runs, t.Last = 1740, 61, t.First.Add(30*time.Hour) },
			"1,740 attempts in 61 runs (inferred), 24 Nov 14:02–25 Nov 20:02 UTC · certain · role · event · docs/causes/sub_mismatch.md"},
		{"closed", func(t *report.Tally) { t.Closed, t.More = true, "details in thread" }, "24 attempts in 2 runs (inferred), 14:02–14:09 UTC · none since · certain · role · event · docs/causes/sub_mismatch.md · details in thread"},
	} {
		t.Run(tt.label, func(t *testing.T) {
			tally := often()
			tt.change(tally)
			lines := strings.Split(strings.TrimSpace(plain(&r, tally)), "\n")
			if got := lines[len(lines)-1]; got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// A report that was not kept still says what is known of the incident.
func TestBriefWithoutReport(t *testing.T) {
	tally := often()
	tally.Account, tally.AccountName = account, "prod"
	want := "? refused, reason not known · prod (" + account + ")\nThe diagnosis was not kept.\nDo not loosen the trust policy on this evidence.\n" +
		"24 attempts in 2 runs (inferred), 14:02–14:09 UTC · unexplained\n"
	if got := plain(nil, tally); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// The difference is found again after a report was stored.
func TestBriefAfterStorage(t *testing.T) {
	for _, f := range fixtures() {
		if strings.HasSuffix(f.name, "hostile") {
			continue // what is no UTF-8 is not stored as it was
		}
		stored := back(t, &f.report)
		if got, want := plain(&stored, often()), plain(&f.report, often()); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", f.name, got, want)
		}
	}
}

// Every code has a first line, and no line says what AWS says.
func TestBriefEveryCode(t *testing.T) {
	for _, code := range diagnosis.Codes() {
		r := refused(gitHub, "api-deploy", stsAud, onMain)
		r.Causes = []report.Cause{cause(code, "sub")}
		text := strings.Replace(plain(&r, often()), report.CausePage(string(code)), "", 1)
		for _, empty := range []string{"Not authorized", "An unknown error occurred", string(code)} {
			if strings.Contains(text, empty) {
				t.Errorf("%s: %q in\n%s", code, empty, text)
			}
		}
		if n := strings.Count(text, "\n"); n < 3 {
			t.Errorf("%s: no more than\n%s", code, text)
		}
	}
}

func TestLinks(t *testing.T) {
	role := func(arn string) func(*report.Denial) { return func(d *report.Denial) { d.RoleARN = &arn } }
	for _, tt := range []struct {
		label, reason string
		change        func(*report.Denial)
		want          []string
	}{
		{"commercial", "the usual partition", func(*report.Denial) {}, []string{
			"https://console.aws.amazon.com/iam/home#/roles/details/api-deploy?section=trust_relationships",
			"https://console.aws.amazon.com/cloudtrailv2/home?region=us-east-1#/events/5d1f0c6a-1f0b-4a53-9d5e-3c2b1a0f9e8d"}},
		{"China", "its console has another host", func(d *report.Denial) { role("arn:aws-cn:iam::123456789012:role/ci/web")(d); d.Region = "cn-north-1" }, []string{
			"https://console.amazonaws.cn/iam/home#/roles/details/web?section=trust_relationships",
			"https://console.amazonaws.cn/cloudtrailv2/home?region=cn-north-1#/events/5d1f0c6a-1f0b-4a53-9d5e-3c2b1a0f9e8d"}},
		{"GovCloud", "its console has another host", func(d *report.Denial) {
			role("arn:aws-us-gov:iam::123456789012:role/web")(d)
			d.Region = "us-gov-west-1"
		}, []string{"https://console.amazonaws-us-gov.com/iam/home#/roles/details/web?section=trust_relationships",
			"https://console.amazonaws-us-gov.com/cloudtrailv2/home?region=us-gov-west-1#/events/5d1f0c6a-1f0b-4a53-9d5e-3c2b1a0f9e8d"}},
		{"isolated", "its console's host is not public", func(d *report.Denial) {
			role("arn:aws-iso:iam::123456789012:role/web")(d)
			d.Region = "us-iso-east-1"
		}, nil},
		{"signs in a name", "they are IAM's own, and escaped", func(d *report.Denial) { role("arn:aws:iam::123456789012:role/a+b=c,d.e@f-g_h")(d); d.EventID = "" },
			[]string{"https://console.aws.amazon.com/iam/home#/roles/details/a+b=c%2Cd.e@f-g_h?section=trust_relationships"}},
		{"a role that is none", "callers choose what they ask for", func(d *report.Denial) {
			role("arn:aws:iam::123456789012:role/x?y#@evil.example/..%2f<z>")(d)
			d.EventID, d.Region = "5d1f0c6a-1f0b-4a53-9d5e-3c2b1a0f9e8d&x=", "us-east-1"
		}, nil},
		{"a region that is none", "it would lead elsewhere", func(d *report.Denial) { d.RoleARN, d.Region = nil, "us-east-1.evil.example/" }, nil},
		{"an account that is none", "the ARN is not AWS's", role("arn:aws:iam::evil:role/web"), []string{
			"https://console.aws.amazon.com/cloudtrailv2/home?region=us-east-1#/events/5d1f0c6a-1f0b-4a53-9d5e-3c2b1a0f9e8d"}},
	} {
		t.Run(tt.label, func(t *testing.T) {
			r := caseDiffers()
			tt.change(&r.Denial)
			var got []string
			for _, l := range report.NewBrief(&r, often(), report.DefaultMost).Lines {
				for _, p := range l.Pieces {
					if p.Style == report.StyleLink {
						got = append(got, p.URL)
					}
				}
			}
			if strings.Join(got, "\n") != strings.Join(tt.want, "\n") {
				t.Errorf("got  %q\nwant %q (%s)", got, tt.want, tt.reason)
			}
		})
	}
}

func FuzzBrief(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, sub, expected, name, sentence string) {
		r := hostile(sub, expected, name, sentence)
		tally := often()
		tally.AccountName, tally.Subjects, tally.MoreSubjects, tally.Incident = name, []string{sub, expected}, 3, name
		for _, one := range []*report.Report{&r, nil} {
			tally.Overflow, tally.Reasons = one == nil, []string{sentence}
			b := report.NewBrief(one, tally, report.DefaultMost)
			var sections []report.Section
			if one != nil {
				sections = report.Details(one, report.DefaultMost)
			}
			printable(t, b.Plain())
			printable(t, report.Mail(b, append(sections, report.TallySections(tally, report.DefaultMost)...)))
			subject, sms := b.Subject(), b.SMS(tally)
			if len(subject) > 99 || len(sms) > 140 {
				t.Errorf("a subject of %d characters, an SMS of %d", len(subject), len(sms))
			}
			ascii(t, subject)
			ascii(t, sms)
			if c := rune(subject[0]); !unicode.IsLetter(c) && !unicode.IsDigit(c) {
				t.Errorf("a subject that begins with %q", c)
			}
		}
	})
}

func printable(t *testing.T, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if i := strings.IndexFunc(line, unprintable); i >= 0 {
			t.Fatalf("unprintable at %d: %q", i, line)
		}
	}
}

func ascii(t *testing.T, text string) {
	t.Helper()
	if i := strings.IndexFunc(text, func(r rune) bool { return r > unicode.MaxASCII || unicode.IsControl(r) }); i >= 0 {
		t.Errorf("beyond printable ASCII at %d: %q", i, text)
	}
}

// Prose wraps; a value is broken only where mail programs would break it.
func TestMailWidth(t *testing.T) {
	for _, f := range fixtures() {
		text := report.Mail(report.NewBrief(&f.report, often(), report.DefaultMost), report.Details(&f.report, report.DefaultMost))
		for line := range strings.Lines(text) {
			line = strings.TrimSuffix(line, "\n")
			n := columns(line)
			if n > 244 || n > 76 && strings.Contains(line, ". ") && !strings.Contains(line, "payments") && f.name != "hostile" {
				t.Errorf("%s: %d columns: %q", f.name, n, line)
			}
		}
	}
}

// A line says what became of it, and of the one before it.
func TestWaveLines(t *testing.T) {
	since := time.Date(2026, 11, 24, 14, 12, 0, 0, time.UTC)
	lines := report.WaveSections(&report.Wave{Lines: []report.WaveLine{
		{Role: arn + "role/api", Account: account, LetIn: since}, {Role: arn + "role/api", Account: account, Again: since},
	}}, 0, report.DefaultMost)
	for i, want := range []string{" · ✓ let in since 24 Nov 14:12 UTC", " · ✗ refused again, was let in since 24 Nov 14:12 UTC"} {
		if got := lines[i].Title; !strings.HasSuffix(got, want) {
			t.Errorf("line %d is %q, want it to end with %q", i+1, got, want)
		}
	}
}

// Whoever reads a message in another place than they chose is told why, in one
// line, and the last one, in each form that a brief has.
func TestBriefUnused(t *testing.T) {
	const want = "Not valid, so not used: WHYDENIED_ROUTES, WHYDENIED_DOCS_URL. whydenied doctor says what is wrong."
	r := caseDiffers()
	for label, change := range map[string]func(*report.Tally){
		"a message": func(*report.Tally) {}, "a summary": func(t *report.Tally) { t.Summary = true },
		"an overflow": func(t *report.Tally) { t.Overflow = true }, "a wave": func(t *report.Tally) { t.Wave = &report.Wave{} },
	} {
		tally := often()
		change(tally)
		before := plain(&r, tally)
		tally.Unused = []string{"WHYDENIED_ROUTES", "WHYDENIED_DOCS_URL"}
		if got := plain(&r, tally); strings.TrimSuffix(before, "\n")+"\n"+want != strings.TrimSuffix(got, "\n") {
			t.Errorf("%s: got\n%s\nwant\n%s\nand %q", label, got, before, want)
		}
	}
}

// A repair is told at once, while a mute may hold: the summary does not call it
// over, nor promise a message before its end.
func TestBriefSummaryMuted(t *testing.T) {
	r, repaired := caseDiffers(), time.Date(2026, 11, 24, 14, 20, 0, 0, time.UTC)
	for _, tt := range []struct {
		label  string
		until  time.Time
		answer string
		want   []string
	}{
		{"repaired while it holds", repaired.Add(time.Hour), "allows", []string{"muted until 24 Nov 15:20 UTC because “known”.", "A refusal of this kind gets a new message when the mute is over."}},
		{"repaired after it", repaired.Add(-time.Hour), "allows", []string{"was muted until 24 Nov 13:20 UTC", "A later refusal of this kind gets a new message."}},
		{"quiet when it ended", repaired.Add(time.Hour), "refuses", []string{"was muted until 24 Nov 15:20 UTC", "A later refusal of this kind gets a new message."}},
	} {
		tally := often()
		tally.Summary, tally.Muted = true, &report.Muted{Until: tt.until, Reason: "known", Attempts: 3}
		tally.Answer = &report.Answer{Verdict: tt.answer, Event: "UpdateAssumeRolePolicy", At: repaired}
		got := plain(&r, tally)
		for _, line := range tt.want {
			if !strings.Contains(got, "\n"+line) {
				t.Errorf("%s: want a line that begins with %q in\n%s", tt.label, line, got)
			}
		}
	}
}
