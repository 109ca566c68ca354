package diagnosis

import (
	"slices"
	"time"

	"whydenied/pkg/evidence"
	"whydenied/pkg/policy"
)

// Changed is a change before the call that bears on it. It states what is on
// record; that it is why the call was refused is said by nothing but the
// evaluation of the version before (docs/decisions/0009).
type Changed struct {
	Change evidence.Change
	Gap    time.Duration // from the change to the call
	Later  int           // further changes of the same role, between it and the call
	// Before and After are the texts, nil where there was none or it is not
	// held; Diff is how they differ, nil where one is missing.
	Before, After *policy.Document
	Diff          []policy.Difference
	Reverted      VersionVerdict // what the version before would do with this token
	Made          VersionVerdict // what the version that the change made would do
}

// VersionVerdict is what one version of a trust policy would do with the token.
type VersionVerdict string

// The verdicts on a version.
const (
	VersionAllows  VersionVerdict = "allows"
	VersionRefuses VersionVerdict = "refuses"
	VersionUnknown VersionVerdict = "unknown"
	VersionNotHeld VersionVerdict = "not_held" // its text was not read, or is not on record
	VersionNone    VersionVerdict = "none"     // there was no role, or the change was none of a role
)

// VersionVerdicts are all of them.
func VersionVerdicts() []VersionVerdict {
	return []VersionVerdict{VersionAllows, VersionRefuses, VersionUnknown, VersionNotHeld, VersionNone}
}

const (
	// recently is how long before the call a change may be that leads without
	// having been found to matter: a day, in which whoever made it remembers.
	recently = 24 * time.Hour
	// notEverywhere is how long a change may take to reach STS.
	notEverywhere = 5 * time.Minute
	// maxSteps bounds how many earlier versions are evaluated.
	maxSteps = 20
)

// verdict is what a version would do. A cause that is not certain leaves it
// unknown, as does an audience that may be another claim.
func (r *versionResult) verdict() VersionVerdict {
	switch {
	case r.missing:
		return VersionNone
	case r.j == nil:
		return VersionNotHeld
	case slices.ContainsFunc(r.causes, func(c Cause) bool { return c.Confidence == Certain }):
		return VersionRefuses
	case r.allows() && !r.soft:
		return VersionAllows
	default:
		return VersionUnknown
	}
}

// step is one change of a role, seen by the token.
type step struct {
	Changed
	sameCauses bool // both versions refuse, for the same causes
}

// same tells whether the change changed nothing that the token could meet.
func (s *step) same() bool {
	return s.sameCauses || s.Before != nil && s.After != nil && len(s.Diff) == 0
}

func (s *subject) step(h *evidence.History, i int, arn string) step {
	e := &h.Steps[i]
	to := e.To
	if i == 0 && !to.Held() && h.Reliable {
		to = h.InForce // the present text, unchanged since as far as can be known
	}
	from, made := s.judgeVersion(e.From, arn), s.judgeVersion(to, arn)
	c := Changed{Change: e.Change, Gap: s.in.Denial.Time.Sub(e.Change.Time), Later: i,
		Before: e.From.Policy, After: to.Policy, Reverted: from.verdict(), Made: made.verdict()}
	if to.Err != nil {
		c.Made = VersionUnknown
	}
	if c.Before != nil && c.After != nil {
		c.Diff = policy.Diff(c.Before, c.After)
	}
	both := c.Reverted == VersionRefuses && c.Made == VersionRefuses
	return step{c, both && sameCauses(from.causes, made.causes)}
}

// changedRole finds the change of a role that a report leads with, nil where
// none bears on the call.
func (s *subject) changedRole(h *evidence.History, arn string) *Changed {
	if len(h.Steps) == 0 || s.in.WhatIf || s.in.Denial.Time.IsZero() {
		return nil
	}
	last := s.step(h, 0, arn)
	if last.Made == VersionAllows {
		// It let the token in; that is of interest only while STS may not know.
		if last.Reverted == VersionAllows || last.same() || last.Gap > notEverywhere {
			return nil
		}
		return &last.Changed
	}
	for i, c := 0, last; ; {
		if c.Reverted == VersionAllows && !c.same() {
			return &c.Changed
		}
		// A repair that failed may stand between the change and the call.
		if i++; c.Reverted == VersionNotHeld || c.Reverted == VersionNone || i >= min(len(h.Steps), maxSteps) {
			break
		}
		c = s.step(h, i, arn)
	}
	if last.Change.Kind == evidence.RoleDeleted || last.Gap <= recently && !last.same() {
		return &last.Changed
	}
	return nil
}

// changedProvider finds the change of a provider that STS's own error speaks
// of. After AccessDenied none can matter: STS had found the provider, and the
// audience registered with it.
func (s *subject) changedProvider(r Refusal) *Changed {
	at, aud := s.in.Denial.Time, s.in.Denial.Audience
	if at.IsZero() || s.in.WhatIf || r.Code != CauseProviderNotRegistered && r.Code != CauseAudienceNotRegistered {
		return nil
	}
	before, _ := s.in.Account.ProviderChanges(s.provider.Text, at)
	for i := len(before) - 1; i >= 0; i-- {
		c := &Changed{Change: before[i], Gap: at.Sub(before[i].Time), Reverted: VersionNone, Made: VersionNone}
		this := aud.Known && c.Change.ClientID == aud.Value
		switch kind := c.Change.Kind; {
		case kind == evidence.ProviderDeleted && r.Code == CauseProviderNotRegistered,
			kind == evidence.ClientIDRemoved && this && r.Code == CauseAudienceNotRegistered,
			kind == evidence.ProviderCreated && r.Code == CauseAudienceNotRegistered && c.Gap <= recently:
			return c
		case kind == evidence.ProviderDeleted, kind == evidence.ProviderCreated, kind == evidence.ClientIDAdded && this:
			return nil // what was there before it is over
		}
	}
	return nil
}

// changedCandidate looks at the roles that a record which names none may have
// meant. Of a role that may be another one, only a recent change counts that
// shut this very token out.
func (s *subject) changedCandidate(all []candidate, sure bool) *Changed {
	role := s.role
	defer func() { s.role = role }()
	for i := range all[:min(len(all), maxCandidates)] {
		s.role = all[i].role
		c := s.changedRole(&all[i].history, s.role.ARN)
		if c != nil && (i == 0 && sure || c.Reverted == VersionAllows && c.Gap <= recently) {
			return c
		}
	}
	return nil
}

// lead puts a change in front. That a stranger was refused before as well is
// no news.
func (d *Diagnosis) lead(c *Changed) {
	if c == nil || d.Stranger && c.Reverted != VersionAllows {
		return
	}
	d.Changed = c
	if !slices.ContainsFunc(d.Changes, func(o evidence.Change) bool {
		return o.EventID == c.Change.EventID && o.Event == c.Change.Event && o.Time.Equal(c.Change.Time)
	}) {
		d.Changes = append([]evidence.Change{c.Change}, d.Changes...)
	}
}
