package report

import (
	"slices"
	"strings"
	"unicode/utf8"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/oidc"
)

// values are those of an element, or of a condition key.
func (s *sharer) values(element, key string, from []string) []string {
	how := s.parts
	switch {
	case element == diagnosis.ElementRole:
		how = s.role
	case s.about(diagnosis.ElementSub, element, key):
		how = s.subject
	}
	to := make([]string, 0, len(from))
	for _, v := range from {
		to = append(to, how(v))
	}
	return to
}

// about tells whether a value is of a claim of the token's own provider.
func (s *sharer) about(claim, element, key string) bool {
	if key == "" {
		return element == claim
	}
	return s.provider.Suffix != "" && strings.EqualFold(key, s.provider.Suffix+":"+claim)
}

// subject shows a subject of the same tenant whole, and of any other what the
// token has as well.
func (s *sharer) subject(v string) string {
	if v == s.sub {
		return s.own(v)
	}
	if len(v) > mostShared {
		return s.parts(v)
	}
	r := s.issuer.ReadPattern(v)
	same := s.reading.Complete && (r.Complete || r.Any) && r.Rest == "" && strings.EqualFold(r.Tenant(), s.reading.Tenant())
	if !same || s.mixed(r) || r.Tenant() == "" && !s.alone() {
		return s.parts(v)
	}
	v = ipv4().ReplaceAllString(v, LeftOut)
	if !mailbox().MatchString(s.sub) {
		v = mailbox().ReplaceAllString(v, LeftOut)
	}
	return s.withoutAccounts(v)
}

// alone tells whether the issuer's URL is a single tenant's, so that all of its
// subjects are.
func (s *sharer) alone() bool {
	return !s.issuer.Known || slices.ContainsFunc(s.issuer.Suffixes, func(p string) bool { return strings.Contains(p, "*") })
}

// mixed tells whether a pattern names a further tenant, by a name or by an id
// that the token has not.
func (s *sharer) mixed(r oidc.Reading) bool {
	for _, f := range r.Fields {
		own, ok := s.reading.Get(f.Name)
		switch {
		case f.Role == oidc.RoleTenant && (!ok || !strings.EqualFold(own, f.Value)):
			return true
		case f.Role == oidc.RoleID && ok && own != f.Value:
			return true
		}
	}
	return false
}

// parts shows of a value the parts that are known, and the signs between them.
func (s *sharer) parts(v string) string {
	v = cutter{value: mostShared}.text(v)
	var b strings.Builder
	for len(v) > 0 {
		n := strings.IndexFunc(v, isBetween)
		if n == 0 {
			_, size := utf8.DecodeRuneInString(v)
			b.WriteString(v[:size])
			v = v[size:]
			continue
		}
		if n < 0 {
			n = len(v)
		}
		b.WriteString(s.piece(v[:n]))
		v = v[n:]
	}
	return s.withoutAccounts(b.String())
}

func (s *sharer) piece(p string) string {
	switch {
	case s.known[strings.ToLower(p)], vocabulary()[strings.ToLower(p)]:
		return p
	case accountID().MatchString(p):
		return s.account(p)
	}
	return s.placeholder("NAME", p)
}

// isBetween tells what separates names, and is none: signs, and what gets into
// a value unseen.
func isBetween(r rune) bool {
	return strings.ContainsRune(":/@|<>{}[]()\"'`*?,;= \t\n$\u00a0\u200b\u200c\u200d\ufeff\u2018\u2019\u201c\u201d", r)
}

func pieces(v string) []string {
	return strings.FieldsFunc(v, isBetween)
}

// key shows a condition key as far as it is AWS's own or the token's issuer's.
func (s *sharer) key(k string) string {
	if k == "" {
		return ""
	}
	if name, tag, ok := strings.Cut(k, "/"); diagnosis.Listed(k) {
		if ok && tag != "" {
			return name + "/" + s.piece(tag)
		}
		return k
	}
	return s.parts(k)
}

func (s *sharer) element(e string) string {
	if slices.Contains(elements, e) {
		return e
	}
	return s.key(e)
}

func (s *sharer) issuerName() string {
	if s.issuer.Known && s.provider.Suffix != "" {
		return s.issuer.Name
	}
	return ""
}

// product is the name of a program that is known, without what follows it.
func product(agent string) string {
	if agent == "" {
		return ""
	}
	name, _, _ := strings.Cut(agent, "/")
	name, _, _ = strings.Cut(name, " ")
	return one(name, programs, LeftOut)
}
