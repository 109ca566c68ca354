package report

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/evidence"
	"whydenied/pkg/oidc"
)

// mostShared is how much of a value is passed on, in characters: no issuer's
// subject is longer.
const mostShared = 2000

// sharer knows what may be shown of one report, and what each name was
// replaced by.
type sharer struct {
	provider oidc.Provider
	issuer   *oidc.Issuer
	reading  oidc.Reading
	sub      string

	known map[string]bool   // parts that the token has, in lower case
	names map[string]string // what was replaced, with its kind, to what stands for it
	count map[string]int    // of placeholders, by kind
	ids   []string          // account ids, as met
}

func newSharer(d *Denial) *sharer {
	s := &sharer{sub: valueOf(d.Sub), known: map[string]bool{}, names: map[string]string{}, count: map[string]int{}}
	if p, ok := providerOf(d); ok {
		s.provider = p
	}
	s.issuer = oidc.Lookup(s.provider.Suffix, s.sub)
	s.reading, _ = s.issuer.Read(s.sub)
	for _, own := range []string{s.provider.Suffix, valueOf(d.Aud), s.sub} {
		for _, p := range pieces(own) {
			s.known[strings.ToLower(p)] = true
		}
	}
	// The role's own account is the first, whatever else comes.
	for _, id := range []string{d.Account, arnPart(valueOf(d.RoleARN), 4), s.provider.Account} {
		if accountID().MatchString(id) {
			s.account(id)
		}
	}
	return s
}

var (
	accountID = lazily(`^[0-9]{12}$`)
	twelve    = lazily(`[0-9]+`)
	uuid      = lazily(`[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}`)
	seconds   = lazily(`^(at most )?[0-9]{1,6}$`)
	ipv4      = lazily(`[0-9]{1,3}(\.[0-9]{1,3}){3}`)
	mailbox   = lazily(`[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}`)
	// A region's name has these parts, and no other.
	sharedRegion = lazily(`^(us|eu|ap|sa|ca|me|af|il|mx|cn)(-gov)?-(north|south|east|west|central)?(east|west)?-[0-9]{1,2}$`)
	sharedRole   = lazily(`^arn:(aws|aws-cn|aws-us-gov):iam::([^:]*):role/(.+)$`)
)

// arnPart is a part of an ARN, counted from 0, or "".
func arnPart(arn string, n int) string {
	if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 {
		return parts[n]
	}
	return ""
}

// placeholder stands for a name: always the same for the same.
func (s *sharer) placeholder(kind, name string) string {
	id := kind + " " + name
	if s.names[id] == "" {
		s.count[kind]++
		s.names[id] = fmt.Sprintf("%s-%d", kind, s.count[kind])
	}
	return s.names[id]
}

func (s *sharer) account(id string) string {
	if id == "" {
		return ""
	}
	if accountID().MatchString(id) && !slices.Contains(s.ids, id) {
		s.ids = append(s.ids, id)
	}
	return s.placeholder("ACCOUNT", id)
}

func (s *sharer) roleARN(arn string) string {
	if m := sharedRole().FindStringSubmatch(arn); m != nil {
		return "arn:" + m[1] + ":iam::" + s.account(m[2]) + ":role/" + s.placeholder("ROLE", evidence.RoleName(m[3]))
	}
	return s.placeholder("ROLE", evidence.RoleName(arn))
}

// role is a role, or how long its sessions may be.
func (s *sharer) role(v string) string {
	if seconds().MatchString(v) {
		return v
	}
	return s.roleARN(v)
}

// own is a value of the token: it is shown but for account ids.
func (s *sharer) own(v string) string { return s.withoutAccounts(v) }

// providerARN is the token's own provider, if it can be read.
func (s *sharer) providerARN(v string) string {
	if s.provider.Text == v {
		return s.own(v)
	}
	return s.parts(v)
}

// withoutAccounts replaces the ids that are known, and numbers of twelve
// digits that are no part of a longer id.
func (s *sharer) withoutAccounts(v string) string {
	v = cutter{value: mostShared}.text(v)
	for _, id := range s.ids {
		v = strings.ReplaceAll(v, id, s.account(id))
	}
	spared := uuid().FindAllStringIndex(v, -1)
	var b strings.Builder
	from := 0
	for _, at := range twelve().FindAllStringIndex(v, -1) {
		inside := slices.ContainsFunc(spared, func(u []int) bool { return at[0] >= u[0] && at[1] <= u[1] })
		if at[1]-at[0] != 12 || inside || hexadecimal(v, at) {
			continue
		}
		b.WriteString(v[from:at[0]] + s.account(v[at[0]:at[1]]))
		from = at[1]
	}
	return b.String() + v[from:]
}

// hexadecimal tells whether digits stand in a longer hexadecimal number, as
// the id of a cluster is.
func hexadecimal(v string, at []int) bool {
	const digits, least = "0123456789abcdefABCDEF", 16
	from, to := at[0], at[1]
	for from > 0 && strings.IndexByte(digits, v[from-1]) >= 0 && to-from < least {
		from--
	}
	for to < len(v) && strings.IndexByte(digits, v[to]) >= 0 && to-from < least {
		to++
	}
	return to-from >= least
}

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
