package remedy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/evidence"
	"whydenied/pkg/internal/edit"
	"whydenied/pkg/oidc"
	"whydenied/pkg/policy"
)

// providerDrafts name the token's own provider, if it is one of the role's own
// account: a role can trust no other.
func (f *finder) providerDrafts(c *diagnosis.Cause) ([]draft, string) {
	st := f.statement(c)
	account := f.account()
	switch {
	case st == nil || f.provider.Text == "":
		return nil, "the token's provider is not known"
	case account == "":
		return nil, "the role's account is not known, and a role can trust no provider of another one"
	case f.provider.Account != account && !f.provider.BuiltIn:
		return nil, "the token's provider is none of the role's own account, and a role can trust no other"
	case st.Principal.Not:
		return nil, "the statement lists whom it leaves out, which has to be decided by hand"
	}
	nearest := f.nearestProvider(st)
	if nearest == nil {
		return nil, "the statement names no identity provider that was to be this one"
	}
	old, err := oidc.ParseProvider(nearest.Text)
	// Where the keys are the issuer's own already, so are the names.
	if err == nil && f.otherOwners(old.Suffix, c.Hints) && len(f.renameKeys(st, c.Statement, old.Suffix)) > 0 {
		return nil, f.sameNameElsewhere(old.Suffix)
	}
	at := c.Statement
	var steps []step
	dr := draft{kind: KindProvider, mends: true}
	if f.deadProvider(old, err) {
		dr.title = fmt.Sprintf("Trust the provider %q in the place of %q", f.provider.Text, cut(nearest.Text))
		steps = append(steps, replacePrincipal(at, nearest.Text, f.provider.Text))
	} else {
		dr.title = fmt.Sprintf("Trust the provider %q in a statement of its own, beside %q", f.provider.Text, cut(nearest.Text))
		steps = append(steps, copyStatement(at, f.freeSid(st.Sid), f.provider.Text))
		at = len(f.doc.Statements)
	}
	renamed := f.renameKeys(st, at, old.Suffix)
	if len(renamed) > 0 {
		dr.title += ", with its condition keys"
	}
	dr.steps = append(append(dr.steps, steps...), renamed...)
	return []draft{dr}, ""
}

// otherOwners tells whether the token's issuer signs for everybody, while the
// trusted one gives out names of its own: whoever comes first has "acme" at
// github.com, be it taken on a company's own server or not. Hosts of one domain
// give out the same names, and a slip in the host's name is no other host. A
// subject of a form that the trusted issuer does not give was not meant for it.
func (f *finder) otherOwners(trusted string, hints []diagnosis.Hint) bool {
	public := f.issuer.RequiredClaim != "" && f.issuer.Shared()
	slip := edit.Distance(hostOf(trusted), hostOf(f.provider.Suffix)) <= maxSlip
	issuer := oidc.Lookup(trusted, f.in.Denial.Subject.Value)
	_, reads := issuer.Read(f.in.Denial.Subject.Value)
	return public && !slip && (reads || !issuer.Known) && slices.Contains(hints, diagnosis.HintOtherProvider) && domainOf(trusted) != domainOf(f.provider.Suffix)
}

// maxSlip is how many letters a slip of the pen gets wrong in a host's name.
const maxSlip = 2

func (f *finder) sameNameElsewhere(trusted string) string {
	return fmt.Sprintf("%s signs for everybody, and a name there may be another owner's than the same name at %q, so confirm who owns it", f.issuer.Name, cut(hostOf(trusted)))
}

func hostOf(suffix string) string {
	host, _, _ := strings.Cut(suffix, "/")
	return host
}

// domainOf is what a host's name ends with: its last two labels.
func domainOf(suffix string) string {
	labels := strings.Split(strings.ToLower(hostOf(suffix)), ".")
	domain := strings.Join(labels[max(0, len(labels)-2):], ".")
	if domain == "github.com" {
		return "githubusercontent.com" // GitHub's tokens come from there
	}
	return domain
}

// account is the one that the role is in, "" where that is not known.
func (f *finder) account() string {
	return cmp.Or(evidence.AccountOf(f.role), f.in.Account.ID, f.in.Denial.Account)
}

// nearestProvider is the trusted identity provider whose name is closest to
// that of the token's.
func (f *finder) nearestProvider(st *policy.Statement) *policy.PrincipalEntry {
	var nearest *policy.PrincipalEntry
	best := 0
	for i := range st.Principal.Entries {
		e := &st.Principal.Entries[i]
		if e.Type != "Federated" || e.Unresolved || strings.Contains(e.Text, ":saml-provider/") {
			continue
		}
		if n := edit.Distance(e.Text, f.provider.Text); nearest == nil || n < best {
			nearest, best = e, n
		}
	}
	return nearest
}

// deadProvider tells whether nobody can come by a trusted provider: its name
// is none, it is of another account, or it is not registered.
func (f *finder) deadProvider(p oidc.Provider, err error) bool {
	account := f.account()
	if account == "" {
		account = f.provider.Account // STS found it in the role's
	}
	switch {
	case err != nil:
		return true
	case p.BuiltIn:
		return false
	case account != "" && p.Account != account || p.Partition != f.provider.Partition:
		return true
	default:
		return f.in.Account.ProvidersRead && f.in.Account.Provider(p.Text) == nil
	}
}

// renameKeys gives the conditions of a statement the token's provider in the
// place of another one.
func (f *finder) renameKeys(st *policy.Statement, at int, old string) []step {
	var steps []step
	if old == f.provider.Suffix {
		return nil
	}
	for i := range st.Conditions {
		c := &st.Conditions[i]
		claim, ok := strings.CutPrefix(c.FoldedKey(), strings.ToLower(old)+":")
		if !ok || old == "" {
			continue
		}
		right := f.provider.Suffix + ":" + c.Key.Text[len(c.Key.Text)-len(claim):]
		if strings.EqualFold(right, c.Key.Text) {
			continue // keys compare without regard to letter case
		}
		steps = append(steps, renameKey(at, c.Operator.Text, c.Key.Text, right))
	}
	return steps
}

// freeSid is a statement's name with a number that no other statement has.
func (f *finder) freeSid(sid string) string {
	for n := 2; ; n++ {
		name := fmt.Sprintf("%s%d", sid, n)
		taken := false
		for i := range f.doc.Statements {
			taken = taken || f.doc.Statements[i].Sid == name
		}
		if !taken {
			return name
		}
	}
}
