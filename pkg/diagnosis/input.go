package diagnosis

import (
	"sort"
	"strings"

	"whydenied/pkg/evidence"
	"whydenied/pkg/oidc"
	"whydenied/pkg/policy"
	"whydenied/pkg/trail"
)

// Input is what a diagnosis is made of.
type Input struct {
	// Denial is the call: from a record, or put together from a token.
	Denial trail.Denial
	// Made: Denial was put together from a token, not read from a record.
	Made bool
	// Succeeded: STS let the call in.
	Succeeded bool
	// Account is what was read of the role's account.
	Account evidence.Account

	// WhatIf asks about now and not about the past: token, provider and
	// audience are judged on the account, and "allowed" is a possible answer.
	WhatIf bool
	// Policy stands in for the role's own; nothing of the account is then
	// asked for.
	Policy *policy.Document
	// Claims are the token's other claims, by name, where they are known.
	Claims map[string][]string
	// OnlyClaims: the token has no claim but those given.
	OnlyClaims bool
	// Token is what a whole token tells beside its claims; nil where there is
	// none.
	Token *TokenFacts
	// Context are AWS's condition keys, by their names in lower case, given
	// beside the record.
	Context map[string][]string
}

// subject is who asks, with the role that is asked for: what the keys of a
// request are made of.
type subject struct {
	in       *Input
	provider oidc.Provider // the zero Provider where it is not known
	issuer   *oidc.Issuer
	reading  oidc.Reading
	embedded map[string]string // claims that the subject itself documents
	wasRead  bool              // reading and embedded are there, see read
	account  string
	role     *evidence.Role
	patterns map[string]oidc.Reading // see pattern
}

func newSubject(in *Input) *subject {
	s := identify(in)
	s.read()
	return s
}

// identify is a subject whose sub is read when a claim in it is asked for.
func identify(in *Input) *subject {
	d := &in.Denial
	s := &subject{in: in, account: d.Account}
	if d.Provider.Known {
		if p, err := oidc.ParseProvider(d.Provider.Value); err == nil {
			s.provider = p
		}
	}
	s.issuer = oidc.Lookup(s.provider.Suffix, d.Subject.Value)
	return s
}

// read reads the token's subject by its issuer's grammar, once.
func (s *subject) read() {
	d := &s.in.Denial
	if s.wasRead || !d.Subject.Known {
		return
	}
	s.wasRead = true
	if r, ok := s.issuer.Read(d.Subject.Value); ok {
		s.reading = r
		s.embedded = s.issuer.ClaimsIn(r)
	}
}

// softAud tells whether the recorded audience may be aud or azp, so that what
// :aud was compared with is not known for certain.
func (s *subject) softAud() bool {
	if s.in.OnlyClaims || len(s.in.Claims["azp"]) > 0 || s.in.Made && s.in.Denial.Audience.Known {
		return false
	}
	return s.provider.Suffix == "" || s.issuer.AZP != oidc.AZPNever
}

// claim is what a request has for a claim of the token's own provider.
func (s *subject) claim(name string) policy.Attr {
	d := &s.in.Denial
	switch {
	case !s.issuer.Documents(name):
		return policy.Attr{Multi: name == "amr"}
	case name == "aud" && len(s.in.Claims["azp"]) > 0:
		return policy.One(s.in.Claims["azp"][0])
	case name == "aud":
		return s.text(d.Audience)
	case name == "sub":
		return s.text(d.Subject)
	case name == "oaud" && !s.softAud() && (s.in.Made || len(s.in.Claims["azp"]) == 0):
		return s.text(d.Audience)
	}
	if v, several := s.given(name); several {
		return policy.Attr{Multi: name == "amr"}
	} else if len(v) > 0 {
		return policy.Attr{State: policy.Present, Values: v, Multi: name == "amr"}
	}
	s.read()
	for k, v := range s.embedded {
		if strings.EqualFold(k, name) {
			return policy.One(v)
		}
	}
	if s.in.OnlyClaims {
		return absent
	}
	return policy.Attr{Multi: name == "amr"}
}

// given finds a claim of the token. Claims are named to the letter and keys are
// not: where several names fit a key, which one STS takes is not documented.
func (s *subject) given(name string) (values []string, several bool) {
	if v, ok := s.in.Claims[name]; ok {
		return v, false
	}
	n := 0
	for k, v := range s.in.Claims {
		if strings.EqualFold(k, name) && len(v) > 0 {
			values = v
			n++
		}
	}
	return values, n > 1
}

func (s *subject) text(t trail.Text) policy.Attr {
	switch {
	case t.Known:
		return policy.One(t.Value)
	case s.in.OnlyClaims:
		return absent
	default:
		return policy.Attr{}
	}
}

func tagKeys(tags map[string]string) []string {
	keys := make([]string, 0, len(tags))
	for k := range tags {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
