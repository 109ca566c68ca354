package report

import (
	"fmt"
	"slices"
	"strings"

	"whydenied/pkg/evidence"
	"whydenied/pkg/internal/lazy"
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
	accountID = lazy.Regexp(`^[0-9]{12}$`)
	twelve    = lazy.Regexp(`[0-9]+`)
	// AWS's own pages write an id in three groups.
	grouped = lazy.Regexp(`[0-9]{4}-[0-9]{4}-[0-9]{4}`)
	uuid    = lazy.Regexp(`[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}`)
	seconds = lazy.Regexp(`^(at most )?[0-9]{1,6}$`)
	ipv4    = lazy.Regexp(`[0-9]{1,3}(\.[0-9]{1,3}){3}`)
	mailbox = lazy.Regexp(`[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}`)
	// A region's name has these parts, and no other.
	sharedRegion = lazy.Regexp(`^(us|eu|ap|sa|ca|me|af|il|mx|cn)(-gov)?-(north|south|east|west|central)?(east|west)?-[0-9]{1,2}$`)
	sharedRole   = lazy.Regexp(`^arn:(aws|aws-cn|aws-us-gov):iam::([^:]*):role/(.+)$`)
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
	v = s.withoutGrouped(v)
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

// withoutGrouped replaces ids that are written as 1111-2222-3333, where these
// are no part of a UUID or of a longer number.
func (s *sharer) withoutGrouped(v string) string {
	spared := uuid().FindAllStringIndex(v, -1)
	var b strings.Builder
	from := 0
	for _, at := range grouped().FindAllStringIndex(v, -1) {
		inside := slices.ContainsFunc(spared, func(u []int) bool { return at[0] < u[1] && at[1] > u[0] })
		if inside || at[0] > 0 && isDigit(v[at[0]-1]) || at[1] < len(v) && isDigit(v[at[1]]) {
			continue
		}
		b.WriteString(v[from:at[0]] + s.account(strings.ReplaceAll(v[at[0]:at[1]], "-", "")))
		from = at[1]
	}
	return b.String() + v[from:]
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

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
