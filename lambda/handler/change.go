package handler

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"whydenied/pkg/alert"
	"whydenied/pkg/diagnosis"
	"whydenied/pkg/evidence"
	"whydenied/pkg/explain"
	"whydenied/pkg/report"
	"whydenied/pkg/trail"
)

// iamEvents is the eventSource of a record that may be a change of a role or a
// provider.
const iamEvents = "iam.amazonaws.com"

// isIAM tells whether an event of EventBridge is a call of IAM's API. All such
// are recorded in us-east-1 (IAM User Guide, "Logging IAM and AWS STS API
// calls").
func isIAM(detail json.RawMessage) bool {
	var source string
	return json.Unmarshal(members(detail)["eventSource"], &source) == nil && source == iamEvents
}

// changed answers the incidents of the role or provider that an event changed.
// Any other call of IAM, and one that failed, is passed over.
func (h *Handler) changed(ctx context.Context, payload json.RawMessage) (json.RawMessage, error) {
	var account string
	_ = json.Unmarshal(members(members(payload)["detail"])["recipientAccountId"], &account) // "" where it is no string
	read := evidence.Account{ID: account}
	if !read.AddEvent("payload", payload) {
		return nil, errors.New(strings.Join(read.Notes, "; "))
	}
	if h.Alerts == nil || len(read.Changes) == 0 || account == "" {
		return h.records(ctx, "payload", payload, origin{event: true}) // which passes it over
	}
	c := alert.RoleChange{Account: account, Change: read.Changes[0]}
	h.Log.Info().Str("event_id", cut(c.EventID)).Str("account", cut(account)).Str("change", c.Event).
		Str("role", cut(c.Role)).Str("provider", cut(c.Provider)).Msg("role or provider changed")
	return done, oneLine(h.Alerts.Changed(ctx, c, func(ctx context.Context, r *report.Report) report.Report { return h.judge(ctx, r, &c.Change) }))
}

// judge asks what the account as it is now, after a change, would do with the
// token of a report. That it lets it in is no answer to a change which another
// came after: that one's event is still to come.
func (h *Handler) judge(ctx context.Context, r *report.Report, c *evidence.Change) report.Report {
	d := trail.Denial{
		Account: r.Denial.Account, RoleARN: known(r.Denial.RoleARN), Provider: known(r.Denial.ProviderARN),
		Audience: known(r.Denial.Aud), Subject: known(r.Denial.Sub), SessionName: known(r.Denial.SessionName),
	}
	source := &witness{Source: h.Source}
	// CloudTrail cuts times to the second.
	now := explain.WhatIf(ctx, explain.Question{Denial: d, Since: c.Time.Add(time.Second)}, source)
	if c.Role != "" && now.Verdict == string(diagnosis.VerdictAllowed) && !c.Made(source.account.RoleAt(d.RoleARN.Value, time.Time{}).Present) {
		return report.Report{Verdict: string(diagnosis.VerdictUnexplained)}
	}
	return now
}

// witness keeps what a source answered last.
type witness struct {
	evidence.Source
	account evidence.Account
}

// Account is that of the source.
func (w *witness) Account(ctx context.Context, q evidence.Query) (evidence.Account, error) {
	account, err := w.Source.Account(ctx, q)
	w.account = account
	return account, err
}

func known(value *string) trail.Text {
	if value == nil {
		return trail.Text{}
	}
	return trail.Known(*value)
}
