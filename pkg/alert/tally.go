package alert

import (
	"cmp"

	"whydenied/pkg/report"
)

// Tally is what the message says of its incident, in words of package report.
// The names are what the operator calls accounts, by account ID; one that is not
// among them has its alias, and where it has none the message shows the ID alone.
func (m *Message) Tally(names map[string]string) report.Tally {
	in := &m.Incident
	t := report.Tally{
		Incident: in.ID, Account: in.Account, AccountName: cmp.Or(names[in.Account], in.Alias),
		Attempts: in.Attempts, Runs: in.RunCount(), First: in.First, Last: in.Last,
		Subjects: in.Subjects.Listed, MoreSubjects: in.Subjects.More(), AtLeast: in.Subjects.AtLeast || in.Reasons.AtLeast,
		Overflow: in.Overflow, Reasons: in.Reasons.Listed, MoreReasons: in.Reasons.More(),
		Allowed: in.Allowed, Closed: in.Closed, Summary: m.Kind == KindClosing, Unused: m.Unused,
	}
	if n := len(in.Answers); n > 0 {
		t.Answer = in.Answers[n-1].words()
	}
	t.Muted, t.Wave = in.Mute.words(), m.wave(names)
	if p := in.Previous; p != nil {
		t.Previous = &report.Previous{Attempts: p.Attempts, Last: p.Last, Muted: p.Mute.words(), Answer: p.Answer.words()}
	}
	return t
}

// wave is what the message of a wave says of it; nil for other incidents.
func (m *Message) wave(names map[string]string) *report.Wave {
	w := m.Incident.Wave
	if w == nil {
		return nil
	}
	out := &report.Wave{
		Owner: w.Owner, Issuer: w.Issuer, Hint: w.Hint, Growing: m.Growing, AtLeast: w.Others.Attempts > 0,
		Resources: w.Resources.Count(), Roles: w.Roles.Count(), Accounts: w.Accounts.Count(),
	}
	over := map[string]bool{} // those that stand there once more
	for i := range w.Members {
		over[w.Members[i].Before] = true
	}
	for i := range w.Members {
		from := &w.Members[i]
		if !from.LetIn.IsZero() && !over[from.ID] {
			out.LetIn++
		}
		out.Lines = append(out.Lines, report.WaveLine{
			Role: from.Role, Account: from.Account, AccountName: cmp.Or(names[from.Account], from.Alias), Line: from.Line, LetIn: from.LetIn, Again: from.Again, Expected: from.Expected, Presented: from.Presented,
		})
	}
	return out
}
