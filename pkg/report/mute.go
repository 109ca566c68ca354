package report

import (
	"fmt"
	"time"
)

// Muted is a mute that somebody set on an incident.
type Muted struct {
	Until    time.Time
	By       string // ARN of who set it; "" where that is not known
	Reason   string
	Attempts int // counted while it held
}

// muted says that no further message comes, on one that is there.
func (b *brief) muted(m *Muted) {
	if m != nil {
		b.strong("muted", " "+m.words()+".")
	}
}

// wasMuted says why nothing was said for a while.
func (b *brief) wasMuted(m *Muted) {
	if m == nil {
		return
	}
	b.strong("was muted", fmt.Sprintf(" %s; %s %s meanwhile.", m.words(), thousands(m.Attempts), either(m.Attempts == 1, "attempt", "attempts")))
}

// words are "until 1 Dec 14:00 UTC by ana because “known”".
func (m *Muted) words() string {
	said := "until " + m.Until.UTC().Format("2 Jan 15:04") + " UTC"
	if m.By != "" {
		said += " by " + short(who(m.By))
	}
	return said + " because “" + short(m.Reason) + "”"
}
