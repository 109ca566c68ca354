package diagnosis

import "whydenied/pkg/evidence"

// presentNote says what the policy that stands now would do: an alert that
// comes after the repair is read as "still broken" otherwise. Where the role is
// only the nearest one, it may not be the one that was asked for, and the note
// names it.
func (d *Diagnosis) presentNote(s *subject, h evidence.History, arn string, sure bool) {
	if len(h.After) == 0 || h.Guessed || !h.Present.Held() {
		return
	}
	p := Present{Change: h.After[len(h.After)-1], Verdict: PresentUnknown}
	when := "(" + clock(&p.Change) + ")"
	if p.Change.By != "" {
		when = "(" + clock(&p.Change) + " by " + quote(p.Change.By) + ")"
	}
	if !p.Change.Made(h.Present) {
		when = "(after " + clock(&p.Change) + ", by a change that is not on record)"
		p.Change = s.unrecorded(&p.Change)
	}
	said := "whether the present one allows this token is not known"
	r := s.judgeVersion(h.Present, arn)
	switch {
	case r.missing:
		p.Verdict = PresentDeleted
	case r.allows():
		p.Verdict, said = PresentAllows, "the present one allows this token: re-run"
	case len(r.causes) > 0:
		p.Verdict, p.Cause = PresentRefuses, r.causes[0].Headline()
		said = "the present one still refuses: " + p.Cause
	}
	role := "the role"
	if !sure {
		role = "the role " + arn
	} else {
		d.Present = &p
	}
	if p.Verdict == PresentDeleted {
		d.note("%s was deleted since %s", role, when)
		return
	}
	of := ""
	if !sure {
		of = " of " + arn
	}
	d.note("the trust policy%s changed since %s, and %s", of, when, said)
}

// unrecorded is a change of which the reading alone tells: nobody is known to
// have made it, and it came at the latest when the account was read.
func (s *subject) unrecorded(last *evidence.Change) evidence.Change {
	c := evidence.Change{Role: last.Role, Time: last.Time}
	if taken := s.in.Account.TakenAt; taken.After(c.Time) {
		c.Time = taken
	}
	return c
}

func clock(c *evidence.Change) string { return c.Time.Format("2006-01-02 15:04:05 MST") }
