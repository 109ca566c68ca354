package oidc

import (
	"errors"
	"fmt"
	"strings"
)

// Provider is an identity provider as a trust policy or a CloudTrail record names it.
type Provider struct {
	Text      string // as given
	Partition string // as in "aws" or "aws-cn"; empty for a built-in provider
	Account   string // twelve digits; empty for a built-in provider
	Suffix    string // issuer URL without "https://", path and trailing slash kept: the prefix of its condition keys
	BuiltIn   bool   // STS knows it without a provider resource in the account
}

// builtIn lists the providers that a trust policy names by their bare host (IAM
// User Guide, "Principal" and "Create an OIDC identity provider").
var builtIn = [...]string{"accounts.google.com", "www.amazon.com", "graph.facebook.com", "cognito-identity.amazonaws.com"}

// wantARN is what a provider is expected to look like, for error messages.
const wantARN = `expected "arn:<partition>:iam::<account>:oidc-provider/<issuer without https://>"`

// ParseProvider reads an OIDC provider ARN of any partition, or the bare host of a
// built-in provider, exactly as written. Where it returns an error, which says what
// is wrong, the Provider holds Text and whatever parts could still be read.
func ParseProvider(text string) (Provider, error) {
	p := Provider{Text: text}
	for _, host := range builtIn {
		if text == host {
			p.Suffix, p.BuiltIn = host, true
			return p, nil
		}
	}
	parts := strings.SplitN(text, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" {
		return p, fmt.Errorf("%s is not an ARN: %s, or one of %s", quoted(text), wantARN, strings.Join(builtIn[:], ", "))
	}
	var kind string
	p.Partition, p.Account = parts[1], parts[4]
	kind, p.Suffix, _ = strings.Cut(parts[5], "/")
	if err := checkARN(parts, kind, p.Suffix); err != nil {
		if kind != "oidc-provider" || parts[2] != "iam" {
			p.Suffix = ""
		}
		p.Suffix = SuffixOf(p.Suffix)
		return p, fmt.Errorf("%s: %w", quoted(text), err)
	}
	return p, nil
}

// checkARN says what keeps the six parts of an ARN from naming an OIDC provider.
func checkARN(parts []string, kind, suffix string) error {
	partition, service, region, account := parts[1], parts[2], parts[3], parts[4]
	switch {
	case partition != "aws" && !strings.HasPrefix(partition, "aws-"):
		return fmt.Errorf(`partition %s is not one of AWS's, such as "aws", "aws-cn" or "aws-us-gov"`, quoted(partition))
	case service != "iam":
		return fmt.Errorf("names a resource of %s, expected an OIDC provider of iam", quoted(service))
	case region != "":
		return fmt.Errorf("has the region %s, expected none in an IAM ARN", quoted(region))
	case !isAccount(account):
		return fmt.Errorf("account is %s, expected twelve digits", quoted(account))
	case kind == "saml-provider":
		return errors.New("is a SAML provider, expected an OIDC provider (oidc-provider/…)")
	case kind != "oidc-provider":
		return fmt.Errorf(`resource type is %s, expected "oidc-provider"`, quoted(kind))
	case suffix == "":
		return errors.New("names no issuer after oidc-provider/")
	case hasScheme(suffix):
		return errors.New(`has a scheme in the issuer, expected it without "https://"`)
	}
	return nil
}

// NewProviderARN returns the ARN of the account's OIDC provider with this suffix.
func NewProviderARN(partition, account, suffix string) string {
	return "arn:" + partition + ":iam::" + account + ":oidc-provider/" + suffix
}

// SuffixOf returns an issuer URL, as in a token's iss, without its "https://"; IAM
// compares the rest exactly, so a path and a trailing slash stay.
func SuffixOf(issuer string) string {
	return strings.TrimPrefix(issuer, "https://")
}

func isAccount(s string) bool {
	return len(s) == 12 && strings.Trim(s, "0123456789") == ""
}

func hasScheme(suffix string) bool {
	lower := strings.ToLower(suffix[:min(len(suffix), len("https://"))])
	return lower == "https://" || strings.HasPrefix(lower, "http://")
}

// quoted quotes a name for an error and cuts it, since what stands where an ARN was
// expected may be a whole token.
func quoted(s string) string {
	const most = 120
	if len(s) > most {
		return fmt.Sprintf("%q…", s[:most])
	}
	return fmt.Sprintf("%q", s)
}
