// Package remedy finds the smallest change that would let a refused token in:
// a diagnosis goes in, a [Proposal] comes out, see [Propose].
//
// Each change of a trust policy is made to the document's own text and proved
// before it is shown: the changed document is evaluated again for this token,
// for a set of tokens that must not gain by it, and for those that it let in
// before. What fails is withheld, with the reason. Nothing is offered to a
// stranger, nor where the cause is not certain.
//
// The package reads no clock, no network and no environment. What a token says
// is written as data: it never becomes a wildcard or a variable of the policy,
// nor a word of a shell.
package remedy

import (
	"whydenied/pkg/diagnosis"
)

// Side says who makes a change.
type Side string

// The sides.
const (
	SideRole     Side = "role"     // whoever owns the role
	SideProvider Side = "provider" // whoever owns the identity provider in IAM
	SideCaller   Side = "caller"   // whoever owns the job
)

// Kind says what kind of change a fix is.
type Kind string

// The kinds.
const (
	KindCorrect  Kind = "correct"  // a mistake is put right in its place
	KindAdd      Kind = "add"      // a value is admitted beside the present ones
	KindPattern  Kind = "pattern"  // a pattern is meant, and bounded
	KindKey      Kind = "key"      // a condition key is renamed
	KindAction   Kind = "action"   // an action is allowed
	KindProvider Kind = "provider" // another provider of the same account is trusted
	KindRegister Kind = "register" // a call to IAM on the identity provider
	KindCaller   Kind = "caller"   // the caller asks otherwise
)

// Fix is one change that would let the token in.
type Fix struct {
	Title string
	Kind  Kind
	Side  Side
	// Verified: the changed document was evaluated, allows this token, and none
	// of the tokens that it must not. It is false for what no trust policy can
	// show: a change of the caller or of the identity provider.
	Verified bool
	// Policy is the whole changed document, in the order and style of the
	// original; "" where the trust policy stays as it is.
	Policy string
	Diff   string // unified, from the trust policy that was evaluated to Policy
	AWSCLI string // a POSIX shell command; "" where there is none
	// Caller is what the caller's side changes: lines of a workflow, an
	// annotation, or a sentence.
	Caller string
	// Admits is the value or the pattern that gets in by the change; "" where
	// it is not about a value.
	Admits string
	// WideCure says what else the change would let in that people usually
	// copy; "" where it lets in nothing else.
	WideCure string
	Warnings []string
	// Register is what a change of the identity provider makes of it; nil for
	// any other change, and where the audiences that it has were not read.
	Register *Registration
}

// Registration is an identity provider in IAM as it is to be.
type Registration struct {
	URL string // with https://
	// ClientIDs are the audiences that it then accepts: those that it has now,
	// and the presented one.
	ClientIDs []string
	Add       bool // it is there, and gets an audience more
}

// Proposal is what can be offered for a diagnosis.
type Proposal struct {
	Fixes    []Fix    // best first, two at most; nil where there is none
	Withheld []string // why what might be expected is not offered, a sentence each
}

// Propose finds fixes for a call that was refused, or would be. The input is
// the one that the diagnosis was made of.
func Propose(in diagnosis.Input, d diagnosis.Diagnosis) Proposal {
	if d.Verdict == diagnosis.VerdictAllowed || d.Verdict == diagnosis.VerdictUnexplained || len(d.Causes) == 0 {
		return Proposal{}
	}
	return propose(in, d)
}

func propose(in diagnosis.Input, d diagnosis.Diagnosis) Proposal {
	var p Proposal
	newFinder(in, &d).find(&p)
	return p
}

func (p *Proposal) withhold(reason string) {
	for _, r := range p.Withheld {
		if r == reason {
			return
		}
	}
	p.Withheld = append(p.Withheld, reason)
}
