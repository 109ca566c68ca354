package alert

import (
	"slices"
	"time"

	"whydenied/pkg/oidc"
	"whydenied/pkg/report"
)

const (
	// waveFrom is how many incidents are a wave, and waveWithin how far apart
	// they are at most. Those before the last one that it takes keep the
	// messages that they have.
	waveFrom   = 3
	waveWithin = time.Hour
	// growing is how long after its last attempt a wave is said to grow.
	growing = 10 * time.Minute
	// maxMembers is how many incidents a wave holds with their lines; of further
	// ones it counts what they were as they joined.
	maxMembers = 300
	maxLine    = 200 // bytes of a value in a line
)

// Wave is what an incident has that stands for many: a renamed organization or
// a change at the issuer breaks many callers at once, for one reason.
//
// There are two such incidents for each wave. One is the register, which the
// wave's name leads to and each member writes; it has no message. The other is
// the parent, which has: it is a copy of the register, as old as a message may
// be. So nobody who sends has to write against all who join.
type Wave struct {
	Register string    `json:"register,omitempty"` // of a parent: ID of its register
	CopiedAt time.Time `json:"copied_at,omitzero"` // of a parent: when, by the clock
	Issuer   string    `json:"issuer"`             // URL of the provider, without https://
	Owner    string    `json:"owner"`              // tenant in the subjects; "" where the issuer's have none
	Hint     string    `json:"hint"`               // primary one of the cause; "" for none
	Declared bool      `json:"declared,omitempty"`
	// Members are the incidents in the order in which they joined. Before it is
	// declared these are candidates, none of them an hour older than another.
	Members   []Member `json:"members"`
	Others    Member   `json:"others,omitzero"` // the counts of those beyond its lines
	Resources Distinct `json:"resources"`       // repositories, or what the issuer has in their place
	Roles     Distinct `json:"roles"`
	Accounts  Distinct `json:"accounts"`
}

// Member is an incident of a wave, with its exact line. What is told of its
// counts is what it last told the wave.
type Member struct {
	ID       string    `json:"id"`
	First    time.Time `json:"first"`
	Last     time.Time `json:"last"`
	Attempts int       `json:"attempts"`
	Runs     int       `json:"runs"`
	ToldAt   time.Time `json:"told_at,omitzero"`   // by the clock
	Answered int       `json:"answered,omitempty"` // how many changes it was judged after
	LetIn    time.Time `json:"let_in,omitzero"`    // since when a change lets it in; zero if none does
	// Again is since when a change had let it in, as the incident Before: it was
	// refused once more after that.
	Again     time.Time `json:"again,omitzero"`
	Before    string    `json:"before,omitempty"`
	Account   string    `json:"account,omitempty"`
	Alias     string    `json:"alias,omitempty"` // of the account, as it was last read
	Role      string    `json:"role,omitempty"`
	Resource  string    `json:"resource,omitempty"`
	Line      int       `json:"line,omitempty"` // of the trust policy
	Expected  string    `json:"expected,omitempty"`
	Presented string    `json:"presented,omitempty"`
}

// waveOf is the name and the beginning of the wave that an incident may be
// part of; "" where it is part of none: its cause or its subject is not known,
// or it stands for many itself.
func waveOf(in *Incident, r *report.Report) (string, Wave) {
	if in.Overflow || in.Wave != nil || in.Partial || r == nil || len(r.Causes) == 0 || r.Causes[0].Code != in.Cause {
		return "", Wave{}
	}
	provider, err := oidc.ParseProvider(in.Provider)
	if err != nil {
		return "", Wave{}
	}
	sub := value(r.Denial.Sub)
	reading, ok := oidc.Lookup(provider.Suffix, sub).Read(sub)
	if !ok {
		return "", Wave{}
	}
	w := Wave{Issuer: provider.Suffix, Owner: cut(reading.Tenant())}
	if hints := r.Causes[0].Hints; len(hints) > 0 {
		w.Hint = hints[0]
	}
	kind := "caller"
	if in.Stranger {
		kind = "stranger"
	}
	// Those whose messages go elsewhere are a wave there.
	to := in.Route
	return name("wave", w.Issuer, reading.Tenant(), in.Cause, w.Hint, kind, to.SlackChannel, to.Mention, to.TopicARN), w
}

// newMember is an incident as it joins.
func newMember(in *Incident, r *report.Report) Member {
	sub := value(r.Denial.Sub)
	c := &r.Causes[0]
	m := Member{
		ID: in.ID, First: in.First, Last: in.Last, Attempts: in.Attempts, Runs: in.RunCount(), Account: in.Account, Alias: in.Alias,
		Role: short(in.Role), Line: c.Line, Presented: short(sub), Resource: short(in.Shape),
	}
	if provider, err := oidc.ParseProvider(in.Provider); err == nil {
		if reading, ok := oidc.Lookup(provider.Suffix, sub).Read(sub); ok && reading.Resource() != "" {
			m.Resource = short(reading.Resource())
		}
	}
	if before := in.Previous; before != nil && before.Answer != nil {
		m.Again, m.Before = before.Answer.At, before.ID
	}
	if len(c.Expected) > 0 {
		m.Expected = short(report.Nearest(c))
	}
	if len(c.Presented) > 0 {
		m.Presented = short(c.Presented[0])
	}
	return m
}

func short(value string) string {
	if len(value) <= maxLine {
		return value
	}
	return cut(value[:maxLine]) + "…"
}

// takes tells whether an incident of a time may still join: nobody looks into
// a thread hours later, so what comes then has a message of its own.
func (w *Wave) takes(first time.Time) bool {
	if !w.Declared {
		return true
	}
	last := w.latest()
	return first.Sub(last) < waveWithin && last.Sub(first) < 2*waveWithin
}

// latest is when the last member was first met.
func (w *Wave) latest() (last time.Time) {
	for i := range w.Members {
		if w.Members[i].First.After(last) {
			last = w.Members[i].First
		}
	}
	return last
}

func (w *Wave) index(id string) int {
	return slices.IndexFunc(w.Members, func(m Member) bool { return m.ID == id })
}

// join adds a member to a wave's incident, and forgets candidates that are too
// old to be of one wave with it.
func (in *Incident) join(m Member) {
	w := in.Wave
	members := slices.Clone(w.Members)
	if len(members) < maxMembers {
		members = append(members, m)
	} else {
		w.Others.Attempts += m.Attempts
		w.Others.Runs += m.Runs
	}
	if !w.Declared {
		w.Members = members
		last := w.latest()
		members = slices.DeleteFunc(members, func(m Member) bool { return last.Sub(m.First) > waveWithin })
		w.Resources, w.Roles, w.Accounts, in.Subjects = Distinct{}, Distinct{}, Distinct{}, Distinct{}
		for i := range members {
			in.tell(&members[i])
		}
	} else {
		in.tell(&m)
	}
	w.Members = members
	w.Declared = w.Declared || len(members) >= waveFrom
	in.sum()
}

// tell adds what a member is to what the wave counts.
func (in *Incident) tell(m *Member) {
	w := in.Wave
	w.Resources.Add(m.Resource)
	w.Accounts.Add(m.Account)
	if m.Role != "" {
		w.Roles.Add(m.Role)
	}
	in.Subjects.Add(m.Presented)
}

// sum brings the wave's counts up to date with those of its members.
func (in *Incident) sum() {
	members := in.Wave.Members
	in.Attempts, in.MoreRuns, in.First, in.Answered = in.Wave.Others.Attempts, in.Wave.Others.Runs, time.Time{}, 0
	for i := range members {
		m := &members[i]
		in.Attempts += m.Attempts
		in.MoreRuns += m.Runs
		in.Answered += m.Answered
		if in.First.IsZero() || m.First.Before(in.First) {
			in.First = m.First
		}
		if m.Last.After(in.Last) {
			in.Last = m.Last
		}
	}
}

func (w *Wave) clone() *Wave {
	if w == nil {
		return nil
	}
	c := *w
	c.Members, c.Resources, c.Roles, c.Accounts = slices.Clone(w.Members), w.Resources.clone(), w.Roles.clone(), w.Accounts.clone()
	return &c
}
