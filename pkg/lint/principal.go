package lint

import (
	"fmt"
	"strings"

	"whydenied/pkg/evidence"
	"whydenied/pkg/oidc"
	"whydenied/pkg/policy"
)

// principals reads the providers that the statement names.
func (s *statement) principals() {
	if s.Principal.Not {
		return
	}
	federated := false
	for i := range s.Principal.Entries {
		e := &s.Principal.Entries[i]
		if e.Type != "Federated" {
			continue
		}
		if federated = true; e.Unresolved {
			s.open = true
			continue
		}
		s.principal(e)
	}
	if s.open && federated {
		s.spokenOf()
	}
}

func (s *statement) principal(e *policy.PrincipalEntry) {
	p, err := oidc.ParseProvider(e.Text)
	switch {
	case err == nil:
		t := trusted{p, oidc.Lookup(p.Suffix, s.subject(p.Suffix))}
		s.providers = append(s.providers, t)
		s.likely(&t, e.Pos)
		s.registered(&t, e.Pos)
	case strings.Contains(e.Text, ":saml-provider/"):
	default:
		s.report(rulePrincipal, e.Pos, s.Principal.Path, fmt.Sprintf("%s is no identity provider for web identities: %v", quote(e.Text), err),
			`Write the provider's ARN, "arn:aws:iam::<account>:oidc-provider/<issuer without https://>".`)
	}
}

// spokenOf takes the providers from the keys of the conditions.
func (s *statement) spokenOf() {
	for i := range s.Conditions {
		prefix, claim := splitKey(s.Conditions[i].FoldedKey())
		if claim != "aud" && claim != "sub" || isService(prefix) || strings.Contains(prefix, "://") || s.names(prefix) {
			continue
		}
		s.providers = append(s.providers, trusted{oidc.Provider{Suffix: prefix}, oidc.Lookup(prefix, s.subject(prefix))})
	}
}

func (s *statement) names(prefix string) bool { return s.trusted(prefix) != nil }

// trusted is the provider whose keys have a prefix, in lower case; nil for
// none.
func (s *statement) trusted(prefix string) *trusted {
	for i := range s.providers {
		if strings.EqualFold(s.providers[i].Suffix, prefix) {
			return &s.providers[i]
		}
	}
	return nil
}

// subject is a subject that the statement wants of a provider, or "": it tells
// some issuers apart.
func (s *statement) subject(suffix string) string {
	for i := range s.Conditions {
		if c := &s.Conditions[i]; c.FoldedKey() == strings.ToLower(suffix)+":sub" && len(c.Values) > 0 && !c.Values[0].Unresolved {
			return c.Values[0].Text
		}
	}
	return ""
}

// likely finds a provider on the host of a known issuer that is not it.
func (s *statement) likely(t *trusted, pos policy.Pos) {
	if t.issuer.Known || t.BuiltIn {
		return
	}
	host, _, _ := strings.Cut(t.Suffix, "/")
	for _, i := range oidc.Issuers() {
		suffix := only(i, host)
		if suffix == "" {
			continue
		}
		s.report(ruleProviderPath, pos, s.Principal.Path, fmt.Sprintf("the provider is %s, and the one of %s is %s", quote(t.Suffix), i.Name, quote(suffix)),
			"Compare it with the iss of a token: provider and condition keys have to be named by it, to the letter.")
		return
	}
}

// only is the one provider that an issuer has on a host, or "". Where it has
// several by their ids, the host is that of many others too, such as the one
// of all clusters of a cloud.
func only(i *oidc.Issuer, host string) (suffix string) {
	for _, s := range i.Suffixes {
		switch known, _, _ := strings.Cut(s, "/"); {
		case known != host:
		case suffix != "" || strings.Contains(s, "*"):
			return ""
		default:
			suffix = s
		}
	}
	return suffix
}

// registered holds the provider against those of the account.
func (s *statement) registered(t *trusted, pos policy.Pos) {
	if s.known.Read && !t.BuiltIn && s.provider(t) == nil {
		s.report(ruleProviderMissing, pos, s.Principal.Path, fmt.Sprintf("the account has no identity provider %s", quote(t.Text)),
			"Create the identity provider, or name one that is there.")
	}
}

func (s *statement) provider(t *trusted) *evidence.Provider {
	for i := range s.known.Providers {
		if s.known.Providers[i].ARN == t.Text {
			return &s.known.Providers[i]
		}
	}
	return nil
}

// The calls that a web identity makes.
const (
	assumeWebIdentity = "sts:AssumeRoleWithWebIdentity"
	tagSession        = "sts:TagSession"
)

// action tells whether the statement is about the call of a web identity.
// Statements for what goes along with it are, too.
func (s *statement) action() bool {
	if s.covers(assumeWebIdentity) != policy.False {
		return true
	}
	if s.Effect != policy.Allow || s.covers(tagSession) != policy.False || s.covers("sts:SetSourceIdentity") != policy.False {
		return false
	}
	s.report(ruleAction, s.Action.Pos, s.Action.Path, "the statement trusts an identity provider and does not allow "+assumeWebIdentity,
		"Allow "+assumeWebIdentity+": sts:AssumeRole is for callers within AWS.")
	return false
}

// covers tells whether the statement is about an action.
func (s *statement) covers(action string) policy.Truth {
	t := policy.False
	for i := range s.Action.Values {
		switch s.Action.Values[i].MatchesAction(action) {
		case policy.True:
			t = policy.True
		case policy.Unknown:
			if t == policy.False {
				t = policy.Unknown
			}
		case policy.False:
		}
	}
	switch {
	case !s.Action.Not || t == policy.Unknown:
		return t
	case t == policy.True:
		return policy.False
	}
	return policy.True
}
