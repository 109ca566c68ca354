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
	when := s.since(&p, &h, arn)
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

// since settles which change is told of, and says when it was and by whom.
func (s *subject) since(p *Present, h *evidence.History, arn string) string {
	if !p.Change.Made(h.Present) {
		last := p.Change
		p.Change = s.unrecorded(&last)
		return "(after " + clock(&last) + ", by a change that is not on record)"
	}
	if p.Verdict == PresentAllows {
		p.Change = s.repair(h.After, arn)
	}
	if p.Change.By == "" {
		return "(" + clock(&p.Change) + ")"
	}
	return "(" + clock(&p.Change) + " by " + quote(p.Change.By) + ")"
}

// repair is the change since which the role lets the token in without a break,
// whoever changed it further.
func (s *subject) repair(after []evidence.Change, arn string) evidence.Change {
	i := len(after) - 1
	for ; i > 0; i-- {
		before := after[i-1].Policy
		if before == nil {
			break
		}
		if r := s.judgeVersion(evidence.Version{Policy: before}, arn); !r.allows() {
			break
		}
	}
	return after[i]
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
