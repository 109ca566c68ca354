package remedy

import (
	"fmt"
	"strconv"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/policy"
)

// mostBeyond is how many kinds of other tokens a sentence names.
const mostBeyond = 6

// Beyond says, in a sentence or two, whom else the trust policy lets in that
// allows a call: found by evaluating it for tokens that nobody presented. It
// is nil where the call is not allowed. The input is the one that the
// diagnosis was made of.
func Beyond(in diagnosis.Input, d diagnosis.Diagnosis) []string {
	if d.Verdict != diagnosis.VerdictAllowed || d.Document == nil {
		return nil
	}
	// Another caller's token has other claims: what they are is not known.
	in.Claims, in.OnlyClaims = nil, false
	f := newFinder(in, &d)
	named, unnamed := f.admits(true), f.admits(false)
	admitted, open := named[policy.True], named[policy.Unknown]
	if len(admitted)+len(open) == 0 {
		admitted, open = unnamed[policy.True], unnamed[policy.Unknown]
	}
	var said []string
	if len(admitted) > 0 {
		said = append(said, "beyond this token the trust policy lets in "+some(admitted))
	}
	if len(open) > 0 {
		said = append(said, "whether it lets in "+some(open)+" rests on claims of theirs that are not known here")
	}
	if len(said) == 0 {
		said = append(said, fmt.Sprintf("beyond this token the trust policy lets in none of the %d others that it was asked about", len(f.probes())))
	}
	return said
}

// admits are the probes that get in, or may, by how they came out. Those that
// are named say something to a person.
func (f *finder) admits(named bool) map[policy.Truth][]string {
	who := make(map[policy.Truth][]string)
	probes := f.probes()
	for i := range probes {
		if p := &probes[i]; p.named == named && p.before != policy.False && !f.covers(p) {
			who[p.before] = addOnce(who[p.before], p.says)
		}
	}
	return who
}

// covers tells whether a probe stands for a pattern of the policy that the
// token itself fits: what else fits it is told by the other probes.
func (f *finder) covers(p *probe) bool {
	pattern, err := strconv.Unquote(p.says)
	like, _, ok := policy.ParseOperator("StringLike")
	return p.own && ok && err == nil && like.Matches(pattern, f.in.Denial.Subject.Value, false) == policy.True
}

func some(who []string) string {
	if more := len(who) - mostBeyond; more > 0 {
		who = append(who[:mostBeyond:mostBeyond], fmt.Sprintf("%d more", more))
	}
	return listed(who)
}
