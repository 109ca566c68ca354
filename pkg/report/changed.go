package report

import (
	"time"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/evidence"
	"whydenied/pkg/policy"
)

// Changed is the change before the call that bears on it. That it is why the
// call was refused is said by Before alone, which is evaluated.
type Changed struct {
	Time          time.Time    `json:"time"`
	SecondsBefore int64        `json:"seconds_before"` // from the change to the call
	Event         string       `json:"event"`
	EventID       string       `json:"event_id,omitempty"`
	By            string       `json:"by,omitempty"`         // ARN
	Who           string       `json:"who,omitempty"`        // By, as people know it
	Tool          string       `json:"tool"`                 // a hint: read from the user agent, mostly
	UserAgent     string       `json:"user_agent,omitempty"` // chosen by whoever called
	Role          string       `json:"role,omitempty"`       // name
	Provider      string       `json:"provider,omitempty"`
	ClientID      string       `json:"client_id,omitempty"`
	Later         int          `json:"later,omitempty"` // further changes of the role, between this one and the call
	Before        string       `json:"before"`          // what the version before would do with this token
	After         string       `json:"after"`           // what the version that it made would do
	Compared      bool         `json:"compared"`        // both texts are on record
	Differences   []Difference `json:"differences"`     // in meaning, never nil
}

// Difference is one point in which two trust policies differ in meaning. Where
// operator and operator_before differ, Removed and Added are all the values.
type Difference struct {
	Part            string   `json:"part"` // version, statement, effect, principal, action or condition
	Kind            string   `json:"kind"` // added, removed, changed or not_known
	StatementBefore *int     `json:"statement_before,omitempty"`
	Statement       *int     `json:"statement,omitempty"`
	OperatorBefore  string   `json:"operator_before,omitempty"`
	Operator        string   `json:"operator,omitempty"`
	Key             string   `json:"key,omitempty"`        // of a condition; a principal's type
	Unresolved      bool     `json:"unresolved,omitempty"` // a value is the source of an expression
	Removed         []string `json:"removed"`
	Added           []string `json:"added"`
}

func changedBefore(c *diagnosis.Changed) *Changed {
	if c == nil {
		return nil
	}
	from := &c.Change
	to := &Changed{
		Time: from.Time, SecondsBefore: int64(c.Gap / time.Second), Event: from.Event, EventID: from.EventID,
		By: from.By, Who: evidence.Actor(from.By), Tool: string(from.Tool()), UserAgent: from.UserAgent,
		Role: from.Role, Provider: from.Provider, ClientID: from.ClientID, Later: c.Later,
		Before: string(c.Reverted), After: string(c.Made), Compared: c.Before != nil && c.After != nil, Differences: []Difference{},
	}
	for i := range c.Diff {
		to.Differences = append(to.Differences, difference(&c.Diff[i]))
	}
	return to
}

func difference(d *policy.Difference) Difference {
	to := Difference{
		Part: string(d.Part), Kind: string(d.Kind), OperatorBefore: d.WasOperator, Operator: d.Operator, Key: d.Key,
		Removed: []string{}, Added: []string{},
	}
	if d.Before != nil {
		to.StatementBefore = &d.Before.Index
	}
	if d.After != nil {
		to.Statement = &d.After.Index
	}
	if d.Part == policy.DiffStatement && d.Kind == policy.DiffRemoved {
		to.Removed = []string{d.Before.Text()}
	}
	if d.Part == policy.DiffStatement && d.Kind == policy.DiffAdded {
		to.Added = []string{d.After.Text()}
	}
	for _, v := range d.Removed {
		to.Removed, to.Unresolved = append(to.Removed, v.Text), to.Unresolved || v.Unresolved
	}
	for _, v := range d.Added {
		to.Added, to.Unresolved = append(to.Added, v.Text), to.Unresolved || v.Unresolved
	}
	return to
}

// changed cuts a copy, as [cutReport] does with the rest.
func (k cutter) changed(from *Changed) *Changed {
	if from == nil {
		return nil
	}
	c := *from
	for _, s := range []*string{&c.Event, &c.EventID, &c.By, &c.Who, &c.UserAgent, &c.Role, &c.Provider, &c.ClientID} {
		*s = k.text(*s)
	}
	c.Differences = append([]Difference{}, c.Differences[:min(len(c.Differences), k.list)]...)
	for i := range c.Differences {
		d := &c.Differences[i]
		d.OperatorBefore, d.Operator, d.Key = k.text(d.OperatorBefore), k.text(d.Operator), k.text(d.Key)
		d.Removed, d.Added = k.texts(d.Removed), k.texts(d.Added)
	}
	return &c
}
