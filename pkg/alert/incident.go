package alert

import (
	"slices"
	"time"
)

// Incident is one reason for which one role refuses one kind of caller, with
// how often it was met. Times are those of the events, in UTC.
type Incident struct {
	ID      string `json:"id"`      // twelve hexadecimal digits, for people and for lookups
	Version int64  `json:"version"` // of the stored item; 0 for one that was not stored yet

	Account  string `json:"account"`
	Alias    string `json:"alias,omitempty"` // that IAM has for the account, as it was last read; "" for none
	Role     string `json:"role"`            // ARN, "" where the records name none
	Provider string `json:"provider"`        // provider ARN, or a built-in provider's host
	Shape    string `json:"shape"`           // the subject, with what changes on each run as "*"
	Cause    string `json:"cause"`           // primary cause's code; "" where no cause is known
	Stranger bool   `json:"stranger,omitempty"`
	// Partial: no diagnosis of it was whole yet, so that its cause is not known
	// because the evidence could not be read.
	Partial bool `json:"partial,omitempty"`
	// Overflow: it stands for all new incidents of one account and hour beyond
	// the cap. Role, Provider, Shape and Cause are then empty.
	Overflow bool `json:"overflow,omitempty"`

	First    time.Time `json:"first"` // of the earliest attempt
	Last     time.Time `json:"last"`  // of the latest one
	Attempts int       `json:"attempts"`
	Runs     []Span    `json:"runs"`                // oldest first, apart by [runGap] or more
	MoreRuns int       `json:"more_runs,omitempty"` // earlier ones, that are only counted

	Subjects Distinct `json:"subjects"`          // as presented
	Reasons  Distinct `json:"reasons,omitzero"`  // of an overflow: the incidents that it stands for, as role, cause and shape
	Allowed  int      `json:"allowed,omitempty"` // attempts that the present trust policy would let in

	Report []byte `json:"report,omitempty"` // JSON of the latest whole report, shortened

	Deliveries map[string]Delivery `json:"deliveries,omitempty"` // by the notifier's name
	FlushAt    time.Time           `json:"flush_at,omitzero"`    // a flush is on its way for then

	Previous *Previous `json:"previous,omitempty"` // the closed incident that this one follows
	Closed   bool      `json:"closed,omitempty"`
	// Wave: it stands for other incidents, all for one reason. Account, Role and
	// Shape are then empty.
	Wave     *Wave  `json:"wave,omitempty"`
	InWave   string `json:"in_wave,omitempty"`  // ID of the register of the wave that it is part of
	Threaded bool   `json:"threaded,omitempty"` // a line in its wave is all that has been said of it, but by an [Apart]
	// Answers are what changes of the role did for it, in their order, up to
	// twenty; Answered is how many there were.
	Answers  []Answer `json:"answers,omitempty"`
	Answered int      `json:"answered,omitempty"`
	Route    Route    `json:"route,omitzero"` // where its messages go, by the rules that held when it was opened
	Mute     *Mute    `json:"mute,omitempty"` // set by somebody who knows of it; also one that is over
}

// Span is a stretch of time, both ends included.
type Span struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Delivery is what one notifier was brought to say of an incident.
type Delivery struct {
	Ref      Ref       `json:"ref,omitempty"`
	Sent     bool      `json:"sent,omitempty"`     // the message is there in full
	Attempts int       `json:"attempts,omitempty"` // how many it tells of
	At       time.Time `json:"at,omitzero"`        // when it was last brought up to date, by the clock
	Summed   bool      `json:"summed,omitempty"`   // the closing summary is there
	Answered int       `json:"answered,omitempty"` // how many answers it tells of
	Growing  bool      `json:"growing,omitempty"`  // it says that the wave still grows
	// Claim is who is sending now, until ClaimUntil by the clock.
	Claim      string    `json:"claim,omitempty"`
	ClaimUntil time.Time `json:"claim_until,omitzero"`
}

// Previous is what a new message says of the closed incident before it.
type Previous struct {
	ID       string         `json:"id"`
	First    time.Time      `json:"first"`
	Last     time.Time      `json:"last"`
	Attempts int            `json:"attempts"`
	Refs     map[string]Ref `json:"refs,omitempty"`   // by the notifier's name
	Mute     *Mute          `json:"mute,omitempty"`   // that it was under
	Answer   *Answer        `json:"answer,omitempty"` // that closed it, and was none
}

// RunCount is in how many runs the attempts were made, as far as that can be
// inferred: attempts less than two minutes apart are taken for one run.
func (in *Incident) RunCount() int { return in.MoreRuns + len(in.Runs) }

// runGap is how far apart the attempts of two runs are at least. CI retries one
// failing job up to twelve times, with less than a minute between two tries
// (aws-actions/configure-aws-credentials, src/helpers.ts).
const runGap = 2 * time.Minute

// maxRuns is how many runs are kept with their times.
const maxRuns = 50

// addTime counts an attempt. Events come in any order: one may join two runs
// that looked apart until then.
func (in *Incident) addTime(at time.Time) {
	in.Attempts++
	if in.First.IsZero() || at.Before(in.First) {
		in.First = at
	}
	if at.After(in.Last) {
		in.Last = at
	}
	runs := append(slices.Clone(in.Runs), Span{From: at, To: at})
	slices.SortFunc(runs, func(a, b Span) int { return a.From.Compare(b.From) })
	merged := runs[:1]
	for _, next := range runs[1:] {
		last := &merged[len(merged)-1]
		if next.From.Sub(last.To) >= runGap {
			merged = append(merged, next)
		} else if next.To.After(last.To) {
			last.To = next.To
		}
	}
	if over := len(merged) - maxRuns; over > 0 {
		in.MoreRuns += over
		merged = merged[over:]
	}
	in.Runs = merged
}
