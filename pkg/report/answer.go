package report

import (
	"strings"
	"time"

	"whydenied/pkg/diagnosis"
)

// Answer is what a change of the role or its provider did for a caller that was
// refused.
type Answer struct {
	Verdict string    // allows, refuses or unknown
	Cause   string    // headline of what still refuses
	Event   string    // as in "UpdateAssumeRolePolicy"
	By      string    // ARN of who made it
	At      time.Time // of the change
}

func (a *Answer) allows() bool { return a != nil && a.Verdict == string(diagnosis.PresentAllows) }

// change is "UpdateAssumeRolePolicy by ana at 14:05 UTC".
func (a *Answer) change(other time.Time) string {
	said := short(a.Event)
	if a.By != "" {
		said += " by " + short(who(a.By))
	}
	return said + " at " + clock(a.At, other) + " UTC"
}

// answered says in the message itself what the last change did.
func (b *brief) answered() {
	switch a := b.t.Answer; {
	case a == nil, b.r.Present != nil && !a.At.After(b.r.Present.Since): // that says it
	case a.allows():
		b.letIn()
	case a.Verdict == string(diagnosis.PresentRefuses):
		b.strong("changed since, still refused", ": "+a.change(b.t.Last)+"; "+a.Cause+".")
	}
}

// letIn says which change lets the token in.
func (b *brief) letIn() {
	change := b.t.Answer.change(b.t.Last)
	if stranger(b.r) {
		b.strong("a change lets this caller in now", ": "+change+". Make sure that this is meant.")
		return
	}
	b.strong("✓ let in now", ": "+change+"; re-run.")
}

// repaired tells whether the last change lets the token in, and is meant to.
func (b *brief) repaired() bool { return b.t.Answer.allows() && !stranger(b.r) }

// Sentence is the answer for the thread, on one line that is safe to show.
func (a *Answer) Sentence(strange bool) string {
	s := spelling{}
	change := s.prose(a.change(a.At))
	switch {
	case a.allows() && strange:
		return "⚠ This change lets the caller in: " + change + ". No role named its owner before: make sure that this is meant."
	case a.allows():
		return "✓ This change lets it in: " + change + ". Re-run the job. A refusal after this gets a new message."
	case a.Verdict == string(diagnosis.PresentRefuses):
		return "✗ Still refuses after " + change + ": " + s.prose(strings.TrimSuffix(a.Cause, ".")) + "."
	default:
		return "? Changed: " + change + ". Whether that lets it in cannot be told from what can be read; re-run to see."
	}
}

// reopened says that the repair before was none.
func (b *brief) reopened(a *Answer) {
	if a != nil {
		b.strong("refused again", ": "+a.change(b.t.Last)+" had let it in.")
	}
}
