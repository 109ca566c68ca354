// Package report is what people and programs get to see of a diagnosis: one
// [Report], plain data with a versioned schema, rendered as text for a
// terminal, as JSON and as Markdown. Where people look rather than read, they
// get a [Brief] of it.
//
// [New] makes a report; the renderers compute nothing more. Everything that
// came out of a token is escaped there, once, for the place where it is shown.
package report

import (
	"strings"
	"time"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/evidence"
	"whydenied/pkg/oidc"
	"whydenied/pkg/policy"
	"whydenied/pkg/trail"
)

// Schema names the version of the report's form, see schema.json.
const Schema = "whydenied/v1"

// Report is one diagnosis. Its lists are never nil.
type Report struct {
	Schema       string        `json:"schema"`
	Verdict      string        `json:"verdict"`
	Summary      string        `json:"summary"`
	Stranger     bool          `json:"stranger,omitempty"` // the subject's tenant is none that the role names
	Partial      bool          `json:"partial,omitempty"`  // some of the evidence could not be read; notes say what
	Shared       bool          `json:"shared,omitempty"`   // made by [Share], to be passed on
	Present      *Present      `json:"present,omitempty"`  // what the policy that stands now would do
	Changed      *Changed      `json:"changed,omitempty"`  // the change before the call that bears on it
	Denial       Denial        `json:"denial"`
	AccountAlias string        `json:"account_alias,omitempty"` // what the administrators of the denial's account call it
	Checks       []Check       `json:"checks"`
	Causes       []Cause       `json:"causes"`
	Fixes        []Fix         `json:"fixes"`
	FixWithheld  bool          `json:"fix_withheld,omitempty"` // no change of the trust policy is offered, though one might be expected; notes say why
	Candidates   []Candidate   `json:"candidates"`
	Alternatives []Alternative `json:"alternatives"`
	Changes      []Change      `json:"changes"`
	Notes        []string      `json:"notes"`
	Trace        []Statement   `json:"trace"`

	// Asked: the call might be made, so that nothing was refused yet.
	Asked bool `json:"-"`
	// RoleTags are the role's tags, where they were read: where to send a
	// message is told by them, and nothing else.
	RoleTags map[string]string `json:"-"`
}

// Present is what the trust policy that stands now would do with the token,
// where the role changed after the denial.
type Present struct {
	Verdict string    `json:"verdict"` // allows, refuses, unknown or deleted
	Cause   string    `json:"cause,omitempty"`
	Since   time.Time `json:"since"` // of the last change
	By      string    `json:"by,omitempty"`
	EventID string    `json:"event_id,omitempty"`
}

// Denial is the call. What its record does not show is left out.
type Denial struct {
	EventID      string     `json:"event_id,omitempty"`
	Time         *time.Time `json:"time,omitempty"`
	Account      string     `json:"account,omitempty"`
	Region       string     `json:"region,omitempty"`
	RoleARN      *string    `json:"role_arn,omitempty"`
	ProviderARN  *string    `json:"provider_arn,omitempty"`
	Issuer       string     `json:"issuer,omitempty"` // what kind of issuer, for people
	Aud          *string    `json:"aud,omitempty"`
	Sub          *string    `json:"sub,omitempty"`
	SubReads     string     `json:"sub_reads,omitempty"` // the subject in words
	SessionName  *string    `json:"session_name,omitempty"`
	SourceIP     string     `json:"source_ip,omitempty"`
	UserAgent    string     `json:"user_agent,omitempty"`
	ErrorCode    string     `json:"error_code,omitempty"`
	ErrorMessage string     `json:"error_message,omitempty"`
	Missing      []string   `json:"missing,omitempty"` // parts that the record lacks
}

// Check is one element's status.
type Check struct {
	Element   string   `json:"element"`
	Status    string   `json:"status"`
	Inferred  bool     `json:"inferred,omitempty"` // not read: STS's error says so
	Expected  []string `json:"expected"`
	Presented []string `json:"presented"`
	Operator  string   `json:"operator,omitempty"`
	Key       string   `json:"key,omitempty"`
	Statement *int     `json:"statement,omitempty"`
}

// Cause is one reason. Line and Column count from 1 in the trust policy as it
// is excerpted: the file's own, or the document indented by four spaces.
type Cause struct {
	Code       string   `json:"code"`
	Element    string   `json:"element"`
	Confidence string   `json:"confidence"`
	Headline   string   `json:"headline"`
	Statement  *int     `json:"statement,omitempty"`
	Sid        string   `json:"sid"`
	File       string   `json:"file,omitempty"`
	Line       int      `json:"line,omitempty"`
	Column     int      `json:"column,omitempty"`
	Path       string   `json:"path,omitempty"`
	Excerpt    string   `json:"excerpt,omitempty"` // the line itself
	Operator   string   `json:"operator,omitempty"`
	Key        string   `json:"key,omitempty"`
	Expected   []string `json:"expected"`
	Presented  []string `json:"presented"`
	Hints      []string `json:"hints"`
	Message    string   `json:"message"`
	Reason     string   `json:"reason,omitempty"` // the message without expected and presented

	// Foreign: what is expected is no subject of the token's issuer, or not its
	// usual audience, which was presented.
	Foreign bool `json:"foreign,omitempty"`
	// Marks tell, for people, where expected and presented differ.
	Marks *Marks `json:"-"`
}

// Fix is a change that would let the token in.
type Fix struct {
	Title    string `json:"title"`
	Kind     string `json:"kind,omitempty"`
	Side     string `json:"side,omitempty"` // who makes it: role, provider or caller
	Verified bool   `json:"verified"`
	// Policy is the whole changed trust policy, as JSON that is kept to the
	// letter; nil where the trust policy stays.
	Policy any    `json:"policy,omitempty"`
	Diff   string `json:"diff,omitempty"`
	// Terraform, TerraformJSON and CloudFormation are the changed policy, or
	// the identity provider, in other languages: as a data source or resource,
	// by jsonencode, and in YAML. They are filled by who has the libraries.
	Terraform      string `json:"terraform,omitempty"`
	TerraformJSON  string `json:"terraform_jsonencode,omitempty"`
	CloudFormation string `json:"cloudformation,omitempty"`
	AWSCLI         string `json:"aws_cli,omitempty"`
	// Register is the identity provider in IAM as it is to be; nil for any
	// other change, and where the audiences that it has were not read.
	Register *Registration `json:"register,omitempty"`
	Caller   string        `json:"caller,omitempty"`    // lines of the caller's own configuration
	Admits   string        `json:"admits,omitempty"`    // the value or pattern that gets in by it
	WideCure string        `json:"wide_cure,omitempty"` // what the usual advice would let in besides
	Warnings []string      `json:"warnings"`
}

// Registration is an identity provider in IAM, with the audiences that it is
// to accept.
type Registration struct {
	URL       string   `json:"url"`
	ClientIDs []string `json:"client_ids"`
	Add       bool     `json:"add,omitempty"` // it is there, and gets an audience more
}

// Candidate is a role that a record which names none may have meant.
type Candidate struct {
	RoleARN string  `json:"role_arn"`
	Allows  bool    `json:"allows,omitempty"` // it would have allowed the token
	Checks  []Check `json:"checks"`
	Causes  []Cause `json:"causes"`
}

// Alternative is a statement that did not come closest.
type Alternative struct {
	Statement int     `json:"statement"`
	Checks    []Check `json:"checks"`
	Causes    []Cause `json:"causes"`
}

// Change is a recorded change of the role or the provider.
type Change struct {
	Time      time.Time `json:"time"`
	Event     string    `json:"event"`
	EventID   string    `json:"event_id,omitempty"`
	By        string    `json:"by,omitempty"`
	UserAgent string    `json:"user_agent,omitempty"`
	Role      string    `json:"role,omitempty"`
	Provider  string    `json:"provider,omitempty"`
	ClientID  string    `json:"client_id,omitempty"`
	After     bool      `json:"after"` // it came after the denial
}

// Statement is one statement's part in the trace.
type Statement struct {
	Statement int    `json:"statement"`
	Sid       string `json:"sid,omitempty"`
	Effect    string `json:"effect"`
	Truth     string `json:"truth"`
	Parts     []Part `json:"parts"`
}

// Part is one part of a statement in the trace.
type Part struct {
	Path      string   `json:"path"`
	Line      int      `json:"line,omitempty"`
	Column    int      `json:"column,omitempty"`
	Operator  string   `json:"operator,omitempty"`
	Key       string   `json:"key,omitempty"`
	State     string   `json:"state,omitempty"` // of the key: present, absent or hidden
	Expected  []string `json:"expected"`
	Presented []string `json:"presented"`
	Truth     string   `json:"truth"`
	Waits     []string `json:"waits,omitempty"` // keys that would settle it
}

// New makes the report of a diagnosis.
func New(d diagnosis.Diagnosis) Report {
	r := Report{
		Schema: Schema, Verdict: string(d.Verdict), Summary: d.Summary, Stranger: d.Stranger,
		Denial: denial(&d.Denial, d.Issuer, d.Subject), Checks: checks(d.Checks), Causes: causes(d.Causes, d.Document),
		Fixes: []Fix{}, Candidates: []Candidate{}, Alternatives: []Alternative{}, Changes: []Change{},
		Notes: append([]string{}, d.Notes...), Trace: trace(d.Trace, d.Denial.Provider.Value),
	}
	if p := d.Present; p != nil {
		r.Present = &Present{Verdict: string(p.Verdict), Cause: p.Cause, Since: p.Change.Time, By: p.Change.By, EventID: p.Change.EventID}
	}
	r.Changed = changedBefore(d.Changed)
	for _, c := range d.Candidates {
		r.Candidates = append(r.Candidates, Candidate{RoleARN: c.Role.ARN, Allows: c.Allows, Checks: checks(c.Checks), Causes: causes(c.Causes, c.Document)})
	}
	for _, a := range d.Alternatives {
		r.Alternatives = append(r.Alternatives, Alternative{Statement: a.Statement, Checks: checks(a.Checks), Causes: causes(a.Causes, d.Document)})
	}
	for _, c := range d.Changes {
		r.Changes = append(r.Changes, change(c, d.Denial.Time))
	}
	return r
}

func denial(d *trail.Denial, issuer *oidc.Issuer, reading oidc.Reading) Denial {
	r := Denial{
		EventID: d.EventID, Account: d.Account, Region: d.Region, RoleARN: text(d.RoleARN), ProviderARN: text(d.Provider),
		Aud: text(d.Audience), Sub: text(d.Subject), SessionName: text(d.SessionName), SourceIP: d.SourceIP,
		UserAgent: d.UserAgent, ErrorCode: d.ErrorCode, ErrorMessage: d.ErrorMessage, Missing: d.Missing,
	}
	if !d.Time.IsZero() {
		r.Time = &d.Time
	}
	if issuer != nil && issuer.Known {
		r.Issuer = issuer.Name
	}
	if reading.Complete {
		r.SubReads = reading.String()
	}
	return r
}

func text(t trail.Text) *string {
	if !t.Known {
		return nil
	}
	return &t.Value
}

func list(values []string) []string { return append([]string{}, values...) }

func statement(n int) *int {
	if n == diagnosis.NoStatement {
		return nil
	}
	return &n
}

func checks(from []diagnosis.Check) []Check {
	to := make([]Check, 0, len(from))
	for _, c := range from {
		to = append(to, Check{
			Element: c.Element, Status: string(c.Status), Inferred: c.Inferred, Expected: list(c.Expected),
			Presented: list(c.Presented), Operator: c.Operator, Key: c.Key, Statement: statement(c.Statement),
		})
	}
	return to
}

func causes(from []diagnosis.Cause, doc *policy.Document) []Cause {
	to := make([]Cause, 0, len(from))
	for i := range from {
		c := &from[i]
		hints := make([]string, 0, len(c.Hints))
		for _, h := range c.Hints {
			hints = append(hints, string(h))
		}
		cause := Cause{
			Code: string(c.Code), Element: c.Element, Confidence: string(c.Confidence), Headline: c.Headline(),
			Statement: statement(c.Statement), Sid: c.Sid, File: c.Pos.File, Line: c.Pos.Line, Column: c.Pos.Column, Path: c.Path,
			Operator: c.Operator, Key: c.Key, Expected: list(c.Expected), Presented: list(c.Presented), Hints: hints, Message: c.Message, Reason: c.Reason, Foreign: c.Foreign,
			Marks: mark(c.Expected, c.Presented),
		}
		if doc != nil {
			cause.Excerpt = excerptOf(doc, c.Pos)
		}
		to = append(to, cause)
	}
	return to
}

// most lines and bytes of the trust policy that are put together on one line.
const (
	maxExcerptLines = 12
	maxExcerpt      = 1000
)

// excerptOf is a line of the trust policy, and where a list begins at its end,
// the whole list: what was expected is in there.
func excerptOf(doc *policy.Document, at policy.Pos) string {
	text := doc.LineAt(at)
	joined := text
	for n := 1; strings.HasSuffix(text, "[") && n <= maxExcerptLines; n++ {
		at.Line++
		next := strings.TrimSpace(doc.LineAt(at))
		if strings.HasPrefix(next, "]") {
			return strings.TrimSuffix(joined, " ") + "]"
		}
		if joined += next + " "; len(joined) > maxExcerpt {
			break
		}
	}
	return text
}

func change(c evidence.Change, at time.Time) Change {
	return Change{Time: c.Time, Event: c.Event, EventID: c.EventID, By: c.By, UserAgent: c.UserAgent, Role: c.Role,
		Provider: c.Provider, ClientID: c.ClientID, After: !at.IsZero() && c.Time.After(at)}
}
