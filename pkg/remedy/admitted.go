package remedy

import (
	"strings"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/oidc"
	"whydenied/pkg/policy"
	"whydenied/pkg/trail"
)

// kept is a token that gets in today.
type kept struct {
	denial trail.Denial
	call   *diagnosis.Call
	before policy.Truth
}

// admitted are the tokens that the document let in by what it says itself: its
// providers, with each pair of an audience and a subject of a statement. A
// fix must not shut them out.
func (f *finder) admitted() []kept {
	if f.kept != nil {
		return f.kept
	}
	f.kept = []kept{}
	for i := range f.doc.Statements {
		st := &f.doc.Statements[i]
		if st.Effect != policy.Allow || st.Unresolved {
			continue
		}
		for _, e := range st.Principal.Entries {
			p, err := oidc.ParseProvider(e.Text)
			if e.Type != "Federated" || f.deadProvider(p, err) {
				continue
			}
			for _, aud := range f.samples(st, p, "aud", f.in.Denial.Audience) {
				for _, sub := range f.samples(st, p, "sub", f.in.Denial.Subject) {
					d := f.in.Denial
					d.Provider = trail.Text{Value: p.Text, Known: true}
					d.Audience, d.Subject = aud, sub
					f.keep(d)
					if plain := withoutTags(d); plain != nil {
						f.keep(*plain)
					}
				}
			}
		}
	}
	return f.kept
}

// keep remembers a token if it gets in today.
func (f *finder) keep(d trail.Denial) {
	k := kept{denial: d, call: f.call(d)}
	if k.before = k.call.Allowed(f.doc); k.before != policy.False {
		f.kept = append(f.kept, k)
	}
}

// withoutTags is the same token without session tags and without a source
// identity, nil if it has neither: who sends none needs less to get in.
func withoutTags(d trail.Denial) *trail.Denial {
	if len(d.PrincipalTags)+len(d.TransitiveTagKeys) == 0 && d.SourceIdentity.Value == "" {
		return nil
	}
	d.PrincipalTags, d.TransitiveTagKeys, d.SourceIdentity = nil, nil, trail.Text{}
	return &d
}

// maxSamples bounds how many values of a condition are asked about.
const maxSamples = 20

// samples are values that the conditions of a statement want for a claim; the
// token's own where it tests none.
func (f *finder) samples(st *policy.Statement, p oidc.Provider, claim string, own trail.Text) []trail.Text {
	list := []trail.Text{own}
	for i := range st.Conditions {
		c := &st.Conditions[i]
		if c.FoldedKey() != strings.ToLower(p.Suffix)+":"+claim || c.Operator.Negated() || c.Operator.IsNull() {
			continue
		}
		for _, v := range c.Values[:min(len(c.Values), maxSamples)] {
			list = append(list, trail.Text{Value: sampleOf(v.Text, c.Operator), Known: true})
		}
	}
	return list
}

// sampleOf is a text that a value of a condition matches.
func sampleOf(value string, op policy.Operator) string {
	if !knowsWildcards(op) {
		return value
	}
	value = strings.NewReplacer("${*}", "\x00", "${?}", "\x01", "${$}", "$").Replace(value)
	value = strings.NewReplacer("*", "sample", "?", "s").Replace(value)
	return strings.NewReplacer("\x00", "*", "\x01", "?").Replace(value)
}
