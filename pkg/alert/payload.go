package alert

import (
	"bytes"
	"encoding/json"
	"time"

	"whydenied/pkg/report"
)

// payload is a message for programs: what goes onto queues and buses. Its
// schema is denial-diagnosed.schema.json in package bus.
type payload struct {
	Schema   string          `json:"schema"`
	Kind     string          `json:"kind"` // opened or closed
	Incident counts          `json:"incident"`
	Report   json.RawMessage `json:"report,omitempty"` // none for an overflow
}

// counts are an incident without the state of its deliveries.
type counts struct {
	ID       string    `json:"id"`
	Account  string    `json:"account,omitempty"`
	Role     string    `json:"role,omitempty"`
	Provider string    `json:"provider,omitempty"`
	Shape    string    `json:"shape,omitempty"`
	Cause    string    `json:"cause,omitempty"`
	Stranger bool      `json:"stranger,omitempty"`
	Overflow bool      `json:"overflow,omitempty"`
	First    time.Time `json:"first"`
	Last     time.Time `json:"last"`
	Attempts int       `json:"attempts"`
	Runs     int       `json:"runs"` // inferred
	Subjects values    `json:"subjects"`
	Reasons  *values   `json:"reasons,omitempty"` // of an overflow
	Allowed  int       `json:"allowed,omitempty"`
	Previous string    `json:"previous,omitempty"` // ID of the closed incident before this one
	Wave     *wave     `json:"wave,omitempty"`
}

// wave is how many incidents one stands for.
type wave struct {
	Issuer    string `json:"issuer"`
	Owner     string `json:"owner,omitempty"`
	Hint      string `json:"hint,omitempty"`
	Resources int    `json:"resources"`
	Roles     int    `json:"roles"`
	Accounts  int    `json:"accounts"`
}

type values struct {
	Listed  []string `json:"listed"`
	Count   int      `json:"count"`
	AtLeast bool     `json:"at_least,omitempty"`
}

// Payload is the message as one JSON object without a line's end. The report
// is shortened to at most so many bytes.
func (m *Message) Payload(mostReport int) ([]byte, error) {
	in := &m.Incident
	p := payload{Schema: report.Schema, Kind: "opened", Incident: counts{
		ID: in.ID, Account: in.Account, Role: cut(in.Role), Provider: cut(in.Provider), Shape: cut(in.Shape), Cause: in.Cause,
		Stranger: in.Stranger, Overflow: in.Overflow, First: in.First, Last: in.Last, Attempts: in.Attempts,
		Runs: in.RunCount(), Subjects: listed(&in.Subjects), Allowed: in.Allowed,
	}}
	if m.Kind == KindClosing {
		p.Kind = "closed"
	}
	if in.Overflow {
		reasons := listed(&in.Reasons)
		p.Incident.Reasons = &reasons
	}
	if w := in.Wave; w != nil {
		p.Incident.Wave = &wave{cut(w.Issuer), cut(w.Owner), w.Hint, w.Resources.Count(), w.Roles.Count(), w.Accounts.Count()}
	}
	if in.Previous != nil {
		p.Incident.Previous = in.Previous.ID
	}
	if m.Report != nil {
		short := report.Fit(*m.Report, mostReport)
		data, err := report.JSON(&short)
		if err != nil {
			return nil, err
		}
		p.Report = data
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // as in the report itself
	if err := enc.Encode(p); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(b.Bytes()), nil
}

func listed(d *Distinct) values {
	return values{Listed: append([]string{}, d.Listed...), Count: d.Count(), AtLeast: d.AtLeast}
}
