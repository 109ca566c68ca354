package remedy

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/policy"
)

// draft is a fix before it is proved.
type draft struct {
	title string
	kind  Kind
	steps []step
	// admits is the value or pattern that gets in, as the policy has it, under
	// the operator; nothing where the draft is about no value.
	admits   string
	operator policy.Operator
	// gone are values that are replaced because no token can have them.
	gone []string
	// mends: the statement could let nobody in as it stood, so whatever its own
	// values cover of the token's resource gets in by the mending of it.
	mends bool
	// instead is an audience that the statement accepts already: whoever gets
	// in by the presented one got in by that.
	instead string
	// actions are the calls that the draft allows for what the token carries
	// beside its claims, where it does nothing else.
	actions []string
	// statement is the one that the draft is about, as it is counted before.
	statement int
	warnings  []string
}

// proof is how a changed document came out.
type proof struct {
	text     *text
	doc      *policy.Document
	result   diagnosis.Diagnosis
	verified bool
	warnings []string
}

// evaluate asks about the call again, with another trust policy.
func (f *finder) evaluate(doc *policy.Document) diagnosis.Diagnosis {
	in := f.in
	in.Policy = doc
	return diagnosis.Diagnose(in)
}

// prove holds a draft to all that a fix has to keep. The error says what it
// does not.
func (f *finder) prove(t *text, doc *policy.Document, result diagnosis.Diagnosis, dr *draft) (proof, error) {
	p := proof{text: t, doc: doc, result: result}
	switch waits := waiting(&result); {
	case result.Verdict == diagnosis.VerdictAllowed:
		p.verified = true
	case len(waits) > 0:
		p.warnings = append(p.warnings, "whether this is enough rests on "+strings.Join(waits, " and ")+", which is not known here")
	default:
		return p, errors.New("the token would still be refused")
	}
	opened, err := f.gains(doc, dr)
	if err != nil {
		return p, err
	}
	if len(opened) > 0 {
		p.warnings = append(p.warnings, "the trust policy's own values also cover "+listed(opened))
	}
	if others := f.alike(dr.admits); len(others) > 0 {
		p.warnings = append(p.warnings, fmt.Sprintf("%q also covers %s of the same %s", cut(dr.admits), listed(others), f.resourceName()))
	}
	if err := f.losses(doc, dr); err != nil {
		return p, err
	}
	warning, err := f.guarded(doc)
	if err != nil {
		return p, err
	}
	p.warnings = append(p.warnings, warning...)
	size := sizeOf(t.source)
	switch {
	case size > maxPolicy:
		return p, fmt.Errorf("the trust policy would have %d characters, and IAM takes %d at most", size, maxPolicy)
	case size > usualPolicy:
		p.warnings = append(p.warnings, fmt.Sprintf("the trust policy will have %d characters: IAM takes %d unless the quota of the account was raised", size, usualPolicy))
	}
	return p, nil
}

// waiting names the keys that the outcome waits for, where nothing else stands
// in the way.
func waiting(d *diagnosis.Diagnosis) []string {
	if d.Trace.Truth != policy.Unknown {
		return nil
	}
	var keys []string
	for _, c := range d.Causes {
		if c.Code != diagnosis.CauseHiddenClaim {
			return nil
		}
		if !slices.Contains(keys, c.Key) {
			keys = append(keys, c.Key)
		}
	}
	return keys
}

// gains finds what else gets in. Unknown counts as let in: the claims that are
// not shown may be as the policy wants them. What is the token's own resource
// and covered by the policy's own values may get in where the statement as a
// whole was broken; who that is comes back.
func (f *finder) gains(doc *policy.Document, dr *draft) (opened []string, err error) {
	var lost []string
	covers := false
	tests := f.testsAudience(dr.statement)
	probes := f.probes()
	for i := range probes {
		p := &probes[i]
		p.after = p.call.Allowed(doc)
		after := rank(p.after)
		if after <= rank(p.before) || f.deliberate(dr, p) || dr.instead != "" && p.reach != reachStranger && after <= rank(f.by(dr.instead, p)) {
			continue
		}
		switch {
		case p.says == "another audience" && !tests:
		case dr.mends && (p.reach == reachContext || p.reach == reachListed):
			covers = true
			if p.named {
				opened = addOnce(opened, p.says)
			}
		default:
			lost = addOnce(lost, p.says)
		}
	}
	if len(lost) > 0 {
		return nil, &gainError{who: lost}
	}
	if covers && len(opened) == 0 {
		opened = []string{"what else their wildcards stand for"}
	}
	return opened, nil
}

// gainError says who else would get in.
type gainError struct{ who []string }

func (e *gainError) Error() string { return "it would also let in " + listed(e.who) }

// by tells whether a probe gets in today by another audience.
func (f *finder) by(audience string, p *probe) policy.Truth {
	if p.denial.Audience != f.in.Denial.Audience {
		return policy.False
	}
	d := p.denial
	d.Audience.Value = audience
	return f.call(d).Allowed(f.doc)
}

// rank orders truths by how much they let in.
func rank(t policy.Truth) int {
	switch t {
	case policy.True:
		return 2
	case policy.Unknown:
		return 1
	case policy.False:
	}
	return 0
}

// deliberate tells whether a probe is what the draft says it admits.
func (f *finder) deliberate(dr *draft, p *probe) bool {
	d := &p.denial
	if dr.admits == "" || d.Provider != f.in.Denial.Provider || d.Audience != f.in.Denial.Audience {
		return false
	}
	return dr.operator.Matches(dr.admits, d.Subject.Value, f.doc.Version == policy.Version2012) == policy.True
}

// losses finds who would no longer get in.
func (f *finder) losses(doc *policy.Document, dr *draft) error {
	all := f.admitted()
	for i := range all {
		k := &all[i]
		d := &k.denial
		if rank(k.call.Allowed(doc)) >= rank(k.before) || slices.Contains(dr.gone, d.Subject.Value) || slices.Contains(dr.gone, d.Audience.Value) {
			continue
		}
		return fmt.Errorf("it would shut out a token of %q with the subject %q, which gets in today", cut(d.Provider.Value), cut(d.Subject.Value))
	}
	return nil
}

func addOnce(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// listed joins names: "a, b and c".
func listed(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// maxSaid bounds what a sentence repeats of a token or a policy, in bytes.
const maxSaid = 160

func cut(s string) string {
	if len(s) <= maxSaid {
		return s
	}
	return strings.ToValidUTF8(s[:maxSaid], "") + "…"
}
