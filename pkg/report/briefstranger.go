package report

import (
	"fmt"
	"slices"
	"strings"

	"whydenied/pkg/diagnosis"
)

// stranger says who called and whom the role trusts; how to get in, it does
// not say.
func (b *brief) stranger() {
	r := b.r
	c := &r.Causes[0]
	if s := sidesOf(r, c); len(s.presented) > 0 {
		expected, inExpected, inPresented := nearest(r, c, &s)
		b.add("presented", b.shown(s.presented[0], min(b.most, maxShort), inPresented...)...)
		if names := tenants(r); names != "" {
			b.add("trusted", Piece{Text: names})
		} else if len(s.expected) > 0 {
			b.add("trusted", b.shown(expected, min(b.most, maxShort), inExpected...)...)
		}
	}
	if is := issuer(r); is != nil && is.RequiredClaim != "" {
		b.say(is.Name + " signs for everybody, so provider ✓ and aud ✓ mean nothing here.")
	}
	b.from()
	b.say("No fix is offered. What to do: " + strings.ToLower(advice(r, c)[:1]) + advice(r, c)[1:])
}

// from says where a stranger's call came from.
func (b *brief) from() {
	d := &b.r.Denial
	var said []string
	for _, f := range []struct{ words, value string }{{"From ", d.SourceIP}, {"agent ", d.UserAgent}, {"session ", valueOf(d.SessionName)}} {
		if f.value != "" {
			said = append(said, f.words+b.name(f.value))
		}
	}
	if len(said) > 0 {
		b.add("", Piece{Text: strings.Join(said, ", ")})
	}
}

// tenants are those that the trust policy names for this issuer, as in
// "octo-org (2 statements)"; "" where that cannot be read.
func tenants(r *Report) string {
	is := issuer(r)
	if is == nil {
		return ""
	}
	var names []string
	statements := 0
	causes := slices.Clone(r.Causes)
	for i := range r.Alternatives {
		causes = append(causes, r.Alternatives[i].Causes...)
	}
	for i := range causes {
		if causes[i].Code != string(diagnosis.CauseSubMismatch) || strings.Contains(causes[i].Operator, "Not") {
			continue
		}
		statements++
		for _, e := range causes[i].Expected {
			reading := is.ReadPattern(e)
			name := reading.Tenant()
			if name == "" {
				return ""
			}
			if name = short(name); !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	if len(names) == 0 {
		return ""
	}
	listed := append(slices.Clone(names[:min(len(names), maxListed)]), andMore(len(names)-maxListed)...)
	said := spelling{}.prose(strings.Join(listed, ", "))
	return said + fmt.Sprintf(" (%d %s)", statements, either(statements == 1, "statement", "statements"))
}
