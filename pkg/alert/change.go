package alert

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/evidence"
	"whydenied/pkg/report"
)

// RoleChange is a change of a role or a provider of an account.
type RoleChange struct {
	Account string
	evidence.Change
}

// Judge says what the account as it is now would do with the token of a
// report.
type Judge func(context.Context, *report.Report) report.Report

// Answer is what a change did for an incident.
type Answer struct {
	Verdict string    `json:"verdict"`         // allows, refuses or unknown
	Cause   string    `json:"cause,omitempty"` // headline of what still refuses
	Event   string    `json:"event"`           // what changed it, as in "UpdateAssumeRolePolicy"
	By      string    `json:"by,omitempty"`
	At      time.Time `json:"at"`
}

// The verdicts of an Answer.
const (
	AnswerAllows  = "allows"
	AnswerRefuses = "refuses"
	AnswerUnknown = "unknown"
)

const (
	// maxAnswers is how many changes an incident is told of one by one; the last
	// then takes the place of the one before it.
	maxAnswers = 20
	// maxJudged bounds the incidents that one change is judged for: whoever may
	// change a provider would otherwise have all of its callers judged.
	maxJudged = 100
	// reach is how long a change takes to get to STS, with some to spare.
	reach = time.Minute
)

// ofProvider are the causes that a change of a provider can mend. Any other
// denial says that STS had found the provider, and the audience among its
// client IDs.
var ofProvider = []diagnosis.Code{
	diagnosis.CauseProviderNotRegistered, diagnosis.CauseAudienceNotRegistered, diagnosis.CauseTokenInvalid, diagnosis.CauseIDPUnreachable,
}

// Changed answers the open incidents of a role, or of a provider, that was
// changed: does that let the token in. One that it lets in is closed by that.
// The error joins those of all incidents; the same change given again does the
// rest.
func (a *Alerter) Changed(ctx context.Context, c RoleChange, judge Judge) error {
	list := roleList(c.Account, c.Role)
	if c.Role == "" {
		list = providerList(c.Account, c.Provider)
	}
	ids, err := a.Store.Listed(ctx, list)
	if err != nil {
		return fmt.Errorf("incidents of what %s changed: %w", c.Event, err)
	}
	errs := make([]error, 0, len(ids))
	judged := 0
	for _, id := range ids {
		in, err := a.Store.Incident(ctx, id)
		if err != nil || !a.concerns(&in, &c) {
			errs = append(errs, err)
			continue
		}
		if judged++; judged > maxJudged {
			break
		}
		if err := a.answer(ctx, &in, &c, judge); err != nil {
			errs = append(errs, fmt.Errorf("incident %q after %s: %w", id, c.Event, err))
		}
	}
	return errors.Join(errs...)
}

// concerns tells whether a change may have mended an incident, which it was
// met before. One that the same change closed is told of until that is done.
func (a *Alerter) concerns(in *Incident, c *RoleChange) bool {
	if in.ID == "" || in.Role == "" || len(in.Report) == 0 || c.Role == "" && !slices.Contains(ofProvider, diagnosis.Code(in.Cause)) {
		return false
	}
	if by := in.closedBy(); by != nil {
		return by.At.Equal(c.Time) && by.Event == c.Event
	}
	return a.open(in, a.Now()) && in.First.Before(c.Time)
}

// answer judges an incident once for each change, and says what came of it.
func (a *Alerter) answer(ctx context.Context, in *Incident, c *RoleChange, judge Judge) error {
	event := "change#" + digest(c.EventID, c.Account, c.Time.String()) + "#" + in.ID
	done, err := a.Store.Counted(ctx, event)
	if err != nil {
		return err
	}
	if r := decode(in.Report); done == "" && r != nil {
		now := judge(ctx, r)
		if err := a.keepAnswer(ctx, in.ID, event, newAnswer(c, &now)); err != nil {
			return err
		}
	}
	return errors.Join(a.upToDate(ctx, in.ID), a.repaired(ctx, in.ID))
}

// repaired has places that cannot edit told at once of an incident that a
// change closed, where they are to be told in the end.
func (a *Alerter) repaired(ctx context.Context, id string) error {
	if !a.Closing {
		return nil
	}
	in, err := a.Store.Incident(ctx, id)
	if err != nil || in.closedBy() == nil {
		return err
	}
	return a.sumUp(ctx, id)
}

func newAnswer(c *RoleChange, now *report.Report) Answer {
	answer := Answer{Verdict: AnswerUnknown, Event: c.Event, By: cut(c.By), At: c.Time.UTC()}
	switch {
	case now.Verdict == string(diagnosis.VerdictAllowed):
		answer.Verdict = AnswerAllows
	case len(now.Causes) > 0 && !now.Partial && now.Causes[0].Confidence != string(diagnosis.Possible):
		answer.Verdict, answer.Cause = AnswerRefuses, cut(now.Causes[0].Headline)
	}
	return answer
}

func (a *Alerter) keepAnswer(ctx context.Context, id, event string, answer Answer) error {
	for try := 0; ; try++ {
		in, err := a.Store.Incident(ctx, id)
		if err != nil || in.ID == "" {
			return err
		}
		in.say(answer)
		err = a.Store.Save(ctx, Change{Incident: in, Event: event, Expires: a.expiry(&in), EventExpires: a.Now().Add(eventKept)})
		if err == nil || errors.Is(err, ErrCounted) {
			return nil
		}
		if !errors.Is(err, ErrConflict) {
			return err
		}
		if err := pause(ctx, try); err != nil {
			return err
		}
	}
}

// say adds an answer, in the order of the changes, and closes the incident
// where the latest lets it in. A change that lets a probable stranger in is no
// repair.
func (in *Incident) say(answer Answer) {
	answers := append(slices.Clone(in.Answers), answer)
	slices.SortStableFunc(answers, func(x, y Answer) int { return x.At.Compare(y.At) })
	if len(answers) > maxAnswers {
		answers = slices.Delete(answers, maxAnswers-1, maxAnswers)
	}
	in.Answers = answers
	in.Answered++
	in.Closed = in.Closed || answers[len(answers)-1].Verdict == AnswerAllows && !in.Stranger
}

// closedBy is the answer that closed the incident; nil where it is open, or
// was closed for being quiet.
func (in *Incident) closedBy() *Answer {
	n := len(in.Answers)
	if !in.Closed || n == 0 || in.Answers[n-1].Verdict != AnswerAllows {
		return nil
	}
	last := in.Answers[n-1]
	return &last
}

// late tells whether an attempt was made before the change that closed the
// incident, or before that can have reached STS: it is told of late, and says
// nothing against the repair.
func (in *Incident) late(at time.Time) bool {
	by := in.closedBy()
	return by != nil && at.Before(by.At.Add(reach))
}

func roleList(account, role string) string {
	return name("role", account, evidence.RoleName(role))
}

func providerList(account, provider string) string { return name("provider", account, provider) }

func (a *Answer) words() *report.Answer {
	if a == nil {
		return nil
	}
	return &report.Answer{Verdict: a.Verdict, Cause: a.Cause, Event: a.Event, By: a.By, At: a.At}
}
