// Package diagnosis says why a web identity was refused: what CloudTrail
// recorded of the token and what the account held go in, a [Diagnosis] comes
// out, with one check for each element, the causes with their confidence, and
// a verdict.
//
// It evaluates nothing itself: package policy does, and this package reads
// the trace. What the record does not show stays unknown and is named; a
// cause is certain only where it rests on recorded values. It reads no clock,
// no network and no environment.
package diagnosis

import (
	"whydenied/pkg/evidence"
	"whydenied/pkg/oidc"
	"whydenied/pkg/policy"
	"whydenied/pkg/trail"
)

// Verdict is the diagnosis in one word.
type Verdict string

// The verdicts. Every diagnosis has one.
const (
	VerdictAllowed     Verdict = "allowed"     // the record succeeded, or the what-if's policy is true
	VerdictExplained   Verdict = "explained"   // a cause is certain
	VerdictSuspected   Verdict = "suspected"   // there is a cause, none certain
	VerdictUnexplained Verdict = "unexplained" // nothing that can be checked refuses
)

// Status is how a check came out.
type Status string

// The statuses.
const (
	StatusMatch       Status = "match"
	StatusMismatch    Status = "mismatch"
	StatusUnknown     Status = "unknown"
	StatusNotRequired Status = "not_required" // no statement asks
)

// Confidence is how much a cause can be relied on.
type Confidence string

// The degrees of confidence.
const (
	Certain  Confidence = "certain"  // false on recorded values
	Likely   Confidence = "likely"   // false, if what is not verified is as usual
	Possible Confidence = "possible" // rests on a value that is not recorded
)

// Elements, in the order of the checks. Every other condition key is an
// element by its full name and stands between sub and tags.
const (
	ElementToken          = "token"
	ElementRole           = "role"
	ElementProvider       = "provider"
	ElementClientIDs      = "client_ids"
	ElementProviderARN    = "provider_arn"
	ElementAction         = "action"
	ElementAud            = "aud"
	ElementSub            = "sub"
	ElementTags           = "tags"
	ElementSourceIdentity = "source_identity"
	ElementDeny           = "deny"
)

// NoStatement is the statement of a check or cause that is about none.
const NoStatement = -1

// Check is one element's status.
type Check struct {
	Element   string
	Status    Status
	Expected  []string
	Presented []string
	Operator  string
	Key       string
	Statement int
	Inferred  bool // not read from the account: STS's own error says so
}

// Cause is one reason, enough on its own to refuse the call.
type Cause struct {
	Code       Code
	Element    string
	Confidence Confidence
	Statement  int
	Sid        string
	Pos        policy.Pos
	Path       string
	Operator   string
	Key        string
	Expected   []string
	Presented  []string
	Hints      []Hint
	Message    string // one sentence or a few, complete in themselves
	// Foreign: the nearest expected subject reads as none of this issuer's, or
	// the presented audience is its usual one: the policy is what is wrong.
	Foreign bool
	Reason  string // of these, what Expected and Presented do not say; may be ""
	// Nearest is the one of Expected that Hints and Reason are about; "" where
	// the values are not what is compared.
	Nearest string
}

// Alternative is a statement that was not the focus.
type Alternative struct {
	Statement int
	Checks    []Check
	Causes    []Cause
}

// Candidate is a role that a record which names none may have meant.
type Candidate struct {
	Role *evidence.Role
	// Document is the trust policy that was evaluated: the one in force.
	Document *policy.Document
	Allows   bool // it would have allowed the token
	Checks   []Check
	Causes   []Cause
}

// Present is what became of a role whose trust policy changed after the call.
type Present struct {
	Change  evidence.Change // the last change, or the one since which the role lets the token in
	Verdict PresentVerdict
	Cause   string // where it still refuses, its first cause's headline
}

// PresentVerdict is what the present trust policy would do with the token.
type PresentVerdict string

// The verdicts on the present trust policy.
const (
	PresentAllows  PresentVerdict = "allows"
	PresentRefuses PresentVerdict = "refuses"
	PresentUnknown PresentVerdict = "unknown"
	PresentDeleted PresentVerdict = "deleted" // there is no such role any more
)

// Diagnosis is what is to be said of one call.
type Diagnosis struct {
	Verdict      Verdict
	Summary      string
	Denial       trail.Denial
	Issuer       *oidc.Issuer
	Subject      oidc.Reading // the zero Reading where the subject matches no grammar
	Role         string       // ARN, "" where not known
	Checks       []Check
	Causes       []Cause
	Alternatives []Alternative
	Candidates   []Candidate
	Changes      []evidence.Change
	Notes        []string
	// Present is what the policy that stands now would do; nil where it is not
	// known to differ from the one that was in force.
	Present *Present
	// Changed is the change before the call that bears on it, nil where none
	// on record does.
	Changed *Changed
	// Stranger: the subject's tenant differs from every one that the trust
	// policy names, by more than its writing.
	Stranger bool
	// Document is the trust policy that was evaluated, nil where there was
	// none; Trace is how each of its parts came out.
	Document *policy.Document
	Trace    policy.Result
	Focus    int // the statement that the checks are about, or NoStatement
}

// Check finds an element's check; the zero Check where there is none.
func (d *Diagnosis) Check(element string) Check {
	return find(d.Checks, element)
}

func find(checks []Check, element string) Check {
	for _, c := range checks {
		if c.Element == element {
			return c
		}
	}
	return Check{Element: element, Statement: NoStatement}
}
