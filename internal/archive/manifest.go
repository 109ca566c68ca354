package archive

import (
	"cmp"
	"slices"
	"time"
)

// Manifest is the truth about an archive.
type Manifest struct {
	Files   int   `json:"files"`   // log files
	Digests int   `json:"digests"` // digest files, which hold no record
	Bytes   int64 `json:"bytes"`   // of the log files, unpacked
	Packed  int64 `json:"packed"`  // of the log files, as they lie there

	Records int `json:"records"`
	Calls   int `json:"calls"`   // of AssumeRoleWithWebIdentity
	Denials int `json:"denials"` // the calls that were refused
	// Mentioning are the lines with the call's name somewhere in them, as grep -c
	// counts them file by file. A log file is one line.
	Mentioning int `json:"mentioning"`

	First time.Time `json:"first"` // of the calls, by eventTime
	Last  time.Time `json:"last"`

	Denied  []Count `json:"denied"`  // the refused calls by caller and cause, in order
	Allowed []Count `json:"allowed"` // the others by caller, in order
}

// Caller is who called for which role. What a record lacks is empty.
type Caller struct {
	Account  string `json:"account"`
	Role     string `json:"role"`     // role ARN
	Provider string `json:"provider"` // provider ARN, or a built-in provider's host
	Subject  string `json:"sub"`
	Audience string `json:"aud"`
}

// Count is how often a caller called. Cause is the code that a diagnosis with
// the account of [Account] has for it, "" for a call that was allowed.
type Count struct {
	Caller
	Cause string `json:"cause,omitempty"`
	N     int    `json:"n"`
}

// who is what the calls are counted by.
type who struct {
	Caller
	cause string
}

// tally counts calls while they are made.
type tally struct {
	m       Manifest
	denied  map[who]int
	allowed map[who]int
}

func newTally() *tally { return &tally{denied: map[who]int{}, allowed: map[who]int{}} }

func (t *tally) call(w who, refused bool, at time.Time) {
	t.m.Calls++
	if refused {
		t.m.Denials++
		t.denied[w]++
	} else {
		t.allowed[w]++
	}
	if t.m.First.IsZero() || at.Before(t.m.First) {
		t.m.First = at
	}
	if at.After(t.m.Last) {
		t.m.Last = at
	}
}

func (t *tally) manifest() Manifest {
	t.m.Denied, t.m.Allowed = sorted(t.denied), sorted(t.allowed)
	return t.m
}

func sorted(counts map[who]int) []Count {
	list := make([]Count, 0, len(counts))
	for w, n := range counts {
		list = append(list, Count{Caller: w.Caller, Cause: w.cause, N: n})
	}
	slices.SortFunc(list, func(a, b Count) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Role, b.Role), cmp.Compare(a.Provider, b.Provider),
			cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Audience, b.Audience), cmp.Compare(a.Cause, b.Cause))
	})
	return list
}
