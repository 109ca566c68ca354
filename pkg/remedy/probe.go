package remedy

import (
	"fmt"
	"strings"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/oidc"
	"whydenied/pkg/policy"
	"whydenied/pkg/trail"
)

// reach says how far from the token's own a probe's identity is.
type reach uint8

const (
	reachContext  reach = iota // the same resource in other circumstances
	reachResource              // the same tenant, another resource
	reachStranger              // anybody else
	reachListed                // whom the policy itself spells out
)

// probe is a token that nobody presented and that must not gain by a fix.
type probe struct {
	says   string // who it is, as in "another branch"
	reach  reach
	denial trail.Denial
	call   *diagnosis.Call
	before policy.Truth
	after  policy.Truth // of the document proved last
	named  bool         // its words say something to a person
	own    bool         // it is one of the policy's own values
}

// madeUp is a name that is none of anybody's.
const madeUp = "whydenied-probe"

// probes are made from the token: its subject read by the issuer's grammar, a
// field at a time, its audience and its provider.
func (f *finder) probes() []probe {
	if f.probed == nil {
		f.probed = append(f.fieldProbes(), f.formProbes()...)
		f.probed = append(f.probed, f.wholeProbes()...)
		f.probed = append(append(f.probed, f.elseProbes()...), f.listedProbes()...)
		for i := range f.probed {
			p := &f.probed[i]
			p.call = f.call(p.denial)
			p.before = p.call.Allowed(f.doc)
		}
	}
	return f.probed
}

func (f *finder) subjectProbe(says string, r reach, subject string) probe {
	d := f.in.Denial
	d.Subject = trail.Text{Value: subject, Known: true}
	if f.issuer.RequiredClaim == "aud" && !f.issuer.Shared() {
		r = reachContext // the audience is the owner, as Cognito's identity pool
	}
	return probe{says: says, reach: r, denial: d, named: true}
}

// fieldProbes change one field of the subject, in ways that a pattern or a
// prefix may fall for.
func (f *finder) fieldProbes() []probe {
	var list []probe
	sub := f.in.Denial.Subject.Value
	for _, field := range f.reading.Fields {
		r := reachStranger
		switch field.Role {
		case oidc.RoleResource:
			r = reachResource
		case oidc.RoleContext, oidc.RoleVolatile:
			r = reachContext
		case oidc.RoleTenant, oidc.RoleID, oidc.RoleUnset:
		}
		if field.Role == oidc.RoleContext && field.Start >= 1 && field.Name == "event" {
			continue // literal text, and the other forms are probes of their own
		}
		others := []string{madeUp, field.Value + "-x"}
		switch field.Role {
		case oidc.RoleID:
			others = []string{field.Value + "0"}
		case oidc.RoleTenant, oidc.RoleResource:
			others = append(others, field.Value+"x", "x"+field.Value)
		case oidc.RoleContext, oidc.RoleVolatile, oidc.RoleUnset:
		}
		for _, v := range others {
			list = append(list, f.subjectProbe("another "+fieldName(field.Name), r, sub[:field.Start]+v+sub[field.End:]))
		}
	}
	return list
}

func fieldName(name string) string { return strings.ReplaceAll(name, "_", " ") }

// formProbes are the issuer's other forms of subject for the same resource: a
// pull request where the token is for a branch.
func (f *finder) formProbes() []probe {
	if !f.reading.Complete {
		return nil
	}
	var list []probe
	fill := func(name string, role oidc.Role) string {
		if v, ok := f.reading.Get(name); ok && role != oidc.RoleContext && role != oidc.RoleVolatile {
			return v
		}
		if role == oidc.RoleID {
			return "1"
		}
		return madeUp
	}
	for _, subject := range f.issuer.Subjects(fill) {
		r, ok := f.issuer.Read(subject)
		if !ok || r.Kind == f.reading.Kind || r.Tenant() != f.reading.Tenant() || r.Resource() != f.reading.Resource() {
			continue
		}
		says := "another " + r.Kind
		if r.Kind == oidc.KindPullRequest {
			says = "any pull request"
		}
		list = append(list, f.subjectProbe(says, reachContext, subject))
	}
	return list
}

// wholeProbes change the subject as a whole, whatever it holds.
func (f *finder) wholeProbes() []probe {
	sub := f.in.Denial.Subject.Value
	list := []probe{
		f.subjectProbe("anybody of this issuer", reachStranger, madeUp),
		f.subjectProbe("no subject", reachStranger, ""),
		f.subjectProbe("the subject with something in front", reachStranger, "x"+sub),
	}
	// With something behind it, a subject may still be of the same owner.
	behind := reachStranger
	if r, ok := f.issuer.Read(sub + "x"); ok && r.Tenant() == f.reading.Tenant() {
		switch {
		case r.Resource() == f.reading.Resource() && r.Resource() != "":
			behind = reachContext
		case r.Tenant() != "":
			behind = reachResource
		}
	}
	list = append(list, f.subjectProbe("the subject with something behind", behind, sub+"x"))
	if upper := strings.ToUpper(sub); upper != sub {
		list = append(list, f.subjectProbe("the subject in capitals", reachStranger, upper))
	}
	for _, special := range []string{"*", "?", "${"} {
		if strings.Contains(sub, special) {
			list = append(list, f.subjectProbe("a subject that fits the presented one as a pattern", reachStranger, strings.ReplaceAll(sub, special, "x")))
		}
	}
	for i := range list[1:] {
		list[1+i].named = false
	}
	return list
}

// listedProbes are the subjects that the policy has itself, which a statement
// that was broken as a whole lets in once it is mended.
func (f *finder) listedProbes() []probe {
	var list []probe
	for i := range f.doc.Statements {
		st := &f.doc.Statements[i]
		for k := range st.Conditions {
			c := &st.Conditions[k]
			if !strings.HasSuffix(c.FoldedKey(), ":sub") || c.Operator.IsNull() {
				continue
			}
			wanted := st.Effect == policy.Allow && !c.Operator.Negated()
			for _, v := range c.Values[:min(len(c.Values), maxSamples)] {
				p := f.subjectProbe(fmt.Sprintf("%q", cut(v.Text)), f.reachOf(v.Text, c.Operator, wanted), sampleOf(v.Text, c.Operator))
				p.own = true
				if p.denial.Subject != f.in.Denial.Subject {
					list = append(list, p)
				}
			}
		}
	}
	return list
}

// reachOf is who a value of the policy stands for: somebody spelt out, if it
// is one that is wanted and has no wildcard, or none before its resource is
// told.
func (f *finder) reachOf(value string, op policy.Operator, wanted bool) reach {
	if wanted && (!knowsWildcards(op) || !policy.IsGlob(value)) {
		return reachListed
	}
	r := f.issuer.ReadPattern(value)
	whole := r.Resource() != "" && !policy.IsGlob(r.Resource()) && !policy.IsGlob(r.Tenant()) && (r.Tenant() != "") == (f.reading.Tenant() != "")
	switch {
	case whole && wanted:
		return reachListed
	case whole && r.Tenant() == f.reading.Tenant() && r.Resource() == f.reading.Resource():
		return reachContext
	case r.Tenant() == f.reading.Tenant() && !policy.IsGlob(r.Tenant()):
		return reachResource
	default:
		return reachStranger
	}
}

// elseProbes change what is not the subject.
func (f *finder) elseProbes() []probe {
	var list []probe
	if aud := f.in.Denial.Audience; aud.Known {
		for _, v := range []string{madeUp, aud.Value + "x", "x" + aud.Value, ""} {
			d := f.in.Denial
			d.Audience = trail.Text{Value: v, Known: true}
			list = append(list, probe{says: "another audience", reach: reachStranger, denial: d, named: true})
		}
	}
	p := f.provider
	if p.Suffix == "" || p.BuiltIn {
		return list
	}
	otherAccount := "000000000000"
	for _, arn := range []string{
		oidc.NewProviderARN(p.Partition, otherAccount, p.Suffix),
		oidc.NewProviderARN(p.Partition, p.Account, p.Suffix+"/"+madeUp),
		oidc.NewProviderARN(p.Partition, p.Account, "x"+p.Suffix),
	} {
		d := f.in.Denial
		d.Provider = trail.Text{Value: arn, Known: true}
		list = append(list, probe{says: "another provider", reach: reachStranger, denial: d, named: true})
	}
	return list
}

// call is one of the same kind as the one that was refused.
func (f *finder) call(d trail.Denial) *diagnosis.Call {
	in := f.in
	in.Denial = d
	return diagnosis.NewCall(in)
}

// testsAudience tells whether a statement tests the audience, under whatever
// key: where it does not, that a token with another one gets in is no news.
func (f *finder) testsAudience(statement int) bool {
	if statement < 0 || statement >= len(f.doc.Statements) {
		return true
	}
	st := &f.doc.Statements[statement]
	for i := range st.Conditions {
		if strings.HasSuffix(st.Conditions[i].FoldedKey(), ":aud") {
			return true
		}
	}
	return false
}
