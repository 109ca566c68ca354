package remedy

import (
	"fmt"
	"slices"
	"strings"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/evidence"
	"whydenied/pkg/oidc"
	"whydenied/pkg/policy"
)

// register offers the call to IAM that a missing provider or audience needs.
// Nobody's trust policy changes by it, so nothing of it can be evaluated.
func (f *finder) register(p *Proposal) []Fix {
	for _, c := range f.d.Causes {
		switch c.Code {
		case diagnosis.CauseProviderNotRegistered:
			return f.registerProvider(p)
		case diagnosis.CauseAudienceNotRegistered:
			return f.registerAudience(p)
		default:
		}
	}
	return nil
}

// registerProvider registers an issuer only if a role of the account was made
// to trust it: a token of any other is a stranger's.
func (f *finder) registerProvider(p *Proposal) []Fix {
	missing := f.missingProvider()
	if missing.Suffix == "" || missing.BuiltIn {
		return nil
	}
	warnings := []string(nil)
	switch trusted, formerly := f.trusted(missing); {
	case trusted:
	case formerly != "":
		warnings = append(warnings, fmt.Sprintf("the trust policy has to name it as well: it trusts %q", cut(formerly)))
	default:
		p.withhold("registering the issuer is not offered: no role that was read trusts it")
		return nil
	}
	if f.in.Account.Provider(missing.Text) != nil {
		p.withhold(f.byNow("the provider"))
		return nil
	}
	command := "aws iam create-open-id-connect-provider --url " + shellWord("https://"+missing.Suffix)
	var ids []string
	if aud := f.in.Denial.Audience; aud.Known && aud.Value != "" {
		ids = []string{aud.Value}
		command += " --client-id-list " + shellWord(aud.Value)
	} else {
		warnings = append(warnings, "the token's audience is not known: name it with --client-id-list")
	}
	return []Fix{{Title: fmt.Sprintf("Register the issuer %q as an identity provider in account %s", "https://"+missing.Suffix, missing.Account),
		Kind: KindRegister, Side: SideProvider, AWSCLI: printable(command), Warnings: warnings, Register: &Registration{URL: "https://" + missing.Suffix, ClientIDs: ids}}}
}

// missingProvider is the token's provider; STS's own error names the issuer
// where the record names no provider.
func (f *finder) missingProvider() oidc.Provider {
	if f.provider.Suffix != "" {
		return f.provider
	}
	suffix := diagnosis.ReadRefusal(f.in.Denial.ErrorCode, f.in.Denial.ErrorMessage).Issuer
	partition := "aws"
	if parts := strings.SplitN(f.role, ":", 3); len(parts) == 3 {
		partition = parts[1]
	}
	p, err := oidc.ParseProvider(oidc.NewProviderARN(partition, f.account(), suffix))
	if err != nil {
		return oidc.Provider{}
	}
	return p
}

// trusted tells whether the role, or where it is not known any role of the
// account, names a provider, or which other host of the same issuer it names.
func (f *finder) trusted(missing oidc.Provider) (named bool, formerly string) {
	family := familyOf(missing.Suffix)
	roles := f.in.Account.Roles
	if r := f.in.Account.Role(f.role); r != nil {
		roles = []evidence.Role{*r}
	}
	for i := range roles {
		doc, err := roles[i].TrustPolicy()
		if err != nil {
			continue
		}
		for k := range doc.Statements {
			for _, e := range doc.Statements[k].Principal.Entries {
				if doc.Statements[k].Effect != policy.Allow {
					continue
				}
				if e.Text == missing.Text {
					return true, ""
				}
				if p, err := oidc.ParseProvider(e.Text); err == nil && family != "" && familyOf(p.Suffix) == family {
					formerly = e.Text
				}
			}
		}
	}
	return false, formerly
}

// familyOf is the first word of a known issuer's name: GitHub signs from
// several hosts, and moved from one to another.
func familyOf(suffix string) string {
	issuer := oidc.Lookup(suffix, "")
	if !issuer.Known {
		return ""
	}
	word, _, _ := strings.Cut(issuer.Name, " ")
	return word
}

// byNow says that what STS did not find is there, if it was read since.
func (f *finder) byNow(what string) string {
	if f.in.Account.ReadBefore(f.in.Denial.Time) {
		return what + " was registered when the account was read, which was before the call: read the account again"
	}
	return what + " is registered by now: re-run"
}

func (f *finder) registerAudience(p *Proposal) []Fix {
	aud := f.in.Denial.Audience
	if !aud.Known || aud.Value == "" || f.provider.Text == "" || f.provider.BuiltIn || f.provider.Account != f.account() {
		return nil
	}
	now := f.in.Account.Provider(f.provider.Text)
	switch {
	case now != nil && slices.Contains(now.ClientIDs, aud.Value):
		p.withhold(f.byNow("the audience"))
		return nil
	case len(aud.Value) > 255:
		p.withhold("the presented audience is longer than IAM takes (255 characters)")
		return nil
	case f.issuer.RequiredClaim == "aud" && !f.ownAudience(aud.Value):
		p.withhold("registering the audience is not offered: with this issuer it says whose the token is, so confirm who owns this one")
		return nil
	}
	command := "aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn " + shellWord(f.provider.Text) +
		" --client-id " + shellWord(aud.Value)
	fix := Fix{Title: fmt.Sprintf("Register the audience %q with the identity provider", cut(aud.Value)), Kind: KindRegister, Side: SideProvider,
		AWSCLI: printable(command)}
	if now != nil && now.ClientIDs != nil {
		fix.Register = &Registration{URL: "https://" + f.provider.Suffix, ClientIDs: append(slices.Clone(now.ClientIDs), aud.Value), Add: true}
	}
	for _, other := range f.d.Causes {
		if inPolicy(other.Code) {
			fix.Warnings = append(fix.Warnings, "the trust policy would refuse the token as well: "+other.Headline())
			break
		}
	}
	return []Fix{fix}
}

// printable is a command, or none where it holds what a terminal would obey or
// hide, or what would end a fence of Markdown: unlike JSON a shell's word has no escapes for that.
func printable(command string) string {
	for _, r := range command {
		if r < ' ' || r > '~' || r == '`' {
			return ""
		}
	}
	return command
}
