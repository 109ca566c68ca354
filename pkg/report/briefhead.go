package report

import (
	"strings"
	"time"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/oidc"
)

// headline is the first line, in pieces.
func (b *brief) headline() {
	t, phrases := headline(b.r)
	if b.t.Summary {
		t, phrases[0].words = toneOpen, either(b.repaired(), "let in now: ", "quiet now: ")+phrases[0].words
	} else if roleOpen(b.r) && !stranger(b.r) {
		phrases[0].words = tokenName(b.r) + " refused"
		for i := range phrases {
			if strings.HasPrefix(phrases[i].words, "role not recorded") {
				phrases[i] = phrase{words: "role not recorded by CloudTrail"}
			}
		}
	}
	pieces := []Piece{{Text: marksOf[t].sign + " "}, {Text: b.sentence(phrases[0].words), Style: StyleStrong}}
	for _, ph := range phrases[1:] {
		text := ph.spelt(b.name)
		if ph.account != "" { // the operator's name for it goes before its own
			text = b.account(ph.account)
		}
		pieces = append(pieces, Piece{Text: dot + text})
	}
	if fixed(b.r) && !b.t.Summary {
		pieces = append(pieces, Piece{Text: dot + "already fixed"})
	} else if b.repaired() && !b.t.Summary {
		pieces = append(pieces, Piece{Text: dot + "let in now"})
	}
	b.add("", pieces...)
}

// fixed tells whether the trust policy that stands now lets the token in, and
// is meant to: one that lets a stranger in is no repair.
func fixed(r *Report) bool {
	return r.Present != nil && r.Present.Verdict == string(diagnosis.PresentAllows) && !stranger(r)
}

// account is its number, after the name that people know it by.
func (b *brief) account(id string) string {
	if b.t.AccountName == "" {
		return b.name(id)
	}
	return b.name(b.t.AccountName) + " (" + b.name(id) + ")"
}

// roleOpen tells whether several roles may have been meant, so that none of
// them can stand in the first line.
func roleOpen(r *Report) bool {
	return r.Denial.RoleARN == nil && len(r.Candidates) > 1 && r.Verdict != string(diagnosis.VerdictExplained)
}

// tokenName says whose token it is, as in "GitHub Actions token".
func tokenName(r *Report) string {
	if is := issuer(r); is != nil && is.Known {
		return is.Name + " token"
	}
	return "token"
}

// issuer is the token's, nil where the record does not name its provider.
func issuer(r *Report) *oidc.Issuer {
	provider, ok := providerOf(&r.Denial)
	if !ok {
		return nil
	}
	return oidc.Lookup(provider.Suffix, valueOf(r.Denial.Sub))
}

func valueOf(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// present says what became of the role since. CloudTrail delivers minutes
// late, so that a repair may come before the message: without this line it is
// read as "still broken".
func (b *brief) present() {
	p := b.r.Present
	if p == nil {
		return
	}
	when := clock(p.Since, b.t.Last) + " UTC"
	if p.By != "" {
		when += " by " + short(who(p.By))
	}
	switch diagnosis.PresentVerdict(p.Verdict) {
	case diagnosis.PresentAllows:
		if stranger(b.r) {
			b.strong("the trust policy changed since", " at "+when+", and lets this caller in now. Make sure that this is meant.")
			return
		}
		b.strong("✓ already fixed", " at "+when+": the present trust policy lets this token in; re-run.")
	case diagnosis.PresentRefuses:
		said := " at " + when + ", and the present trust policy still refuses"
		if p.Cause != "" {
			said += ": " + p.Cause
		}
		b.strong("changed since", said+".")
	case diagnosis.PresentDeleted:
		b.strong("role deleted since", ", at "+when+".")
	case diagnosis.PresentUnknown:
		b.strong("changed since", " at "+when+"; whether the present trust policy lets this token in is not known. Re-run to see.")
	}
}

func (b *brief) strong(words, rest string) {
	b.add("", Piece{Text: words, Style: StyleStrong}, Piece{Text: b.sentence(rest)})
}

// who is the last part of an ARN, which people know each other by: "ana" of a
// user's, "Admin/ana" of a role session's.
func who(arn string) string {
	if _, name, ok := strings.Cut(arn, "/"); ok && name != "" && strings.HasPrefix(arn, "arn:") {
		return name
	}
	return arn
}

// partial says what could not be read.
func (b *brief) partial() {
	if !b.r.Partial {
		return
	}
	said := "."
	if len(b.r.Notes) > 0 {
		said = ": " + strings.Join(b.r.Notes[:min(len(b.r.Notes), 2)], "; ") + "."
	}
	b.strong("Evidence could not be read in full", said)
}

// clock is a time of day, with the date if that is not the day of the other.
func clock(t, other time.Time) string {
	t, other = t.UTC(), other.UTC()
	if t.YearDay() == other.YearDay() && t.Year() == other.Year() {
		return t.Format("15:04")
	}
	return t.Format("2 Jan 15:04")
}
