// Package oidc knows the issuers of web identity tokens: how IAM names their
// providers, which claims of theirs STS offers as condition keys, which audience
// they usually send, and how their subjects are built.
//
// A provider ARN goes in and a [Provider] comes out ([ParseProvider]); the
// provider's suffix and a subject go in and an [Issuer] comes out ([Lookup]); a
// subject, or the pattern for subjects of a trust policy, goes in and a [Reading]
// comes out ([Issuer.Read], [Issuer.ReadPattern]).
//
// # Adding an issuer
//
// One file, one [Issuer] literal, one line in the table below.
//
// The package never decides whether a token is trusted, never compares a subject
// with a policy, and reads no clock, network or environment. What it is given may
// be hostile: all work is linear in the length of the input.
package oidc

import "strings"

// AZP says whether an issuer's tokens may carry azp, which STS then takes for aud.
type AZP uint8

// The zero AZP is that of an issuer of which nothing is known.
const (
	AZPUnknown AZP = iota
	AZPMaybe       // it may send azp: the recorded aud may be the authorized party
	AZPNever       // seen in working policies to send none: the recorded aud is the audience
)

// Issuer is what is known of one kind of issuer; callers read it and never change it.
type Issuer struct {
	Name  string // for people, as in "GitHub Actions"
	Known bool   // false for an issuer that is not in the table
	AZP   AZP

	// Suffixes are the provider suffixes that it serves, a trailing slash aside.
	// A "*" stands for one or more characters of the host or of one path segment.
	Suffixes []string

	Audiences      []string // usual audiences, with placeholders such as "<org>"; empty where the user chooses
	DefaultClaims  []string // condition keys that AWS documents for most issuers alike
	Claims         []string // condition keys that AWS documents for this issuer beside those
	RequiredClaim  string   // what IAM requires a new or changed trust policy to test: a claim, or a whole key such as "sts:RoleSessionName"
	RefusedWithout string   // claim that the trust policy must test or STS itself refuses the request

	Form          string    // one sentence for people on how its subjects read
	Grammars      []Grammar // in order of preference where two read equally far
	NoGrammar     string    // the reason, where there is no grammar
	Phrases       []string  // ways to say fields together, as in "repository <owner>/<repository>"
	SubjectClaims []string  // fields of its default grammars that are the claims of the same name
	Looks         []Look    // ways for the author of a job to see their own subject
}

// usualClaims is the "default" tab of the IAM User Guide's "Available keys for AWS
// OIDC federation": aud is azp where there is one, and oaud always the audience.
var usualClaims = []string{"aud", "oaud", "sub", "amr", "email"}

// table lists every known issuer. Where two patterns hold the first entry wins, so
// the narrower stands before the wider.
var table = [...]*Issuer{
	&gitHub, &gitHubEnterprise, &gheCom, &gheComEnterprise, &ghes, &gitHubEnterprises, &gitHubFormer, &gitHubAuditLog,
	&gitLab, &gitLabSelfManaged, &bitbucket, &circleCI, &buildkite, &buildkiteOther,
	&hcpTerraform, &spacelift, &pulumi, &scalr, &scalrAccount,
	&prefect, &eks, &gke, &google,
	&sentinel, &entraV1, &entraV2, &azureDevOps,
	&vercel, &vercelTeam, &fly, &modal, &deno,
	&codefresh, &harness, &octopus,
	&cognitoIdentity, &cognitoUserPool, &auth0, &okta, &keycloak, &oracle,
	&amazon, &facebook,
	&dvcStudio, &shisho, &upbound, &sandboxes, &turbonomic,
}

// unknown is the issuer of which nothing is known but AWS's default keys.
var unknown = Issuer{
	Name:          "an issuer that is not in the table",
	DefaultClaims: usualClaims,
	Grammars:      serviceAccountGrammars,
	Phrases:       serviceAccountPhrases,
}

// Issuers returns every known issuer, for tests and documentation.
func Issuers() []*Issuer {
	return append([]*Issuer(nil), table[:]...)
}

// Lookup returns the issuer with the given provider suffix, and never nil: for one
// that is not in the table it returns an issuer that is not Known. The subject,
// which may be empty, tells a self-managed GitLab and a Kubernetes cluster by the
// form of their subjects, since any host may serve these.
func Lookup(suffix, subject string) *Issuer {
	host, path, _ := strings.Cut(suffix, "/")
	host = strings.ToLower(host)
	normal := strings.TrimSuffix(host+"/"+path, "/")
	for _, issuer := range table {
		for _, pattern := range issuer.Suffixes {
			if serves(pattern, normal) {
				return issuer
			}
		}
	}
	if isGitLab(host, subject) {
		return &gitLabSelfManaged
	}
	if _, ok := kubernetes.Read(subject); ok {
		return &kubernetes
	}
	return &unknown
}

// Documents reports whether AWS documents the claim as a condition key of this
// issuer, in any letter case, since condition keys have none.
func (i *Issuer) Documents(claim string) bool {
	for _, list := range [][]string{i.DefaultClaims, i.Claims} {
		for _, name := range list {
			if strings.EqualFold(name, claim) {
				return true
			}
		}
	}
	return false
}

// ClaimsIn returns the claims, by condition key, whose values the issuer documents
// as part of its default subjects. The reading is one by Read of the same issuer;
// one of a pattern, of a custom template or of another issuer's subject gives none.
func (i *Issuer) ClaimsIn(r Reading) map[string]string {
	if r.Issuer != i || r.Pattern || !r.Complete || r.Kind == KindCustom {
		return nil
	}
	var claims map[string]string
	for _, name := range i.SubjectClaims {
		value, ok := r.Get(name)
		if !ok || !i.Documents(name) {
			continue
		}
		if claims == nil {
			claims = make(map[string]string)
		}
		// GitHub replaces each ":" of a value, so that ":" only separates.
		claims[name] = strings.ReplaceAll(value, "%3A", ":")
	}
	return claims
}
