package diagnosis

import (
	"slices"
	"strings"

	"whydenied/pkg/oidc"
	"whydenied/pkg/policy"
)

// keyClass is what a condition key's name says about it.
type keyClass uint8

const (
	keyAWS          keyClass = iota // one of AWS's own
	keyClaim                        // a documented claim of the token's provider
	keyUndocumented                 // a claim that AWS does not document for it
	keyMisnamed                     // a claim of no provider, or of another one: never in the request
	keyUnlisted                     // in no list at all
	keyAlias                        // a claim of the provider that the statement trusts in its stead
)

// keyInfo is a key seen from one statement.
type keyInfo struct {
	class   keyClass
	element string // aud, sub, or the key's own name
	claim   string // in lower case, for a claim
	prefix  string // what stands before the claim, in lower case
	attr    policy.Attr
}

// classify says what a key is and what the request has for it. trusted are
// the suffixes of the providers that the statement names, if the token's own
// is not among them.
func (s *subject) classify(name string, trusted []string) keyInfo {
	key := strings.ToLower(name)
	k := keyInfo{element: keyElement(name)}
	if clean := withoutInvisible(withoutSpace(withoutPunctuation(key))); clean != key {
		// A key with a blank in it is in no list, whatever was meant.
		if meant := s.classify(clean, trusted); meant.class == keyClaim {
			meant.class, meant.attr, meant.prefix = keyUnlisted, absent, key[:max(0, strings.LastIndexByte(key, ':'))]
			return meant
		}
	}
	if service, rest, _ := strings.Cut(key, ":"); isService(service) && rest != "" {
		attr, listed := s.awsKey(key)
		if !listed {
			k.class, k.attr = keyUnlisted, absent
			return k
		}
		k.attr = attr
		return k
	}
	i := strings.LastIndexByte(key, ':')
	if i < 0 {
		k.class, k.attr = keyUnlisted, absent
		if key == ElementAud || key == ElementSub {
			k.element, k.claim = key, key
		}
		return k
	}
	k.prefix, k.claim = key[:i], key[i+1:]
	own := s.provider.Suffix != "" && k.prefix == strings.ToLower(s.provider.Suffix)
	switch {
	case own && s.issuer.Documents(k.claim):
		k.class, k.attr = keyClaim, s.claim(k.claim)
	case own:
		k.class, k.attr = keyUndocumented, s.claim(k.claim)
	case slices.Contains(trusted, k.prefix):
		k.class, k.attr = keyAlias, s.claim(k.claim)
	case s.provider.Suffix == "":
		// The token's provider is not known, so neither is whether the key
		// is one of its claims.
		k.class, k.attr = keyAlias, s.claim(k.claim)
	case strings.ContainsAny(k.prefix, "./"), k.prefix == "saml":
		k.class, k.attr = keyMisnamed, absent
	default:
		k.class, k.attr = keyUnlisted, absent
	}
	if k.claim == "aud" || k.claim == "sub" {
		k.element = k.claim
	}
	return k
}

// keyElement is the element of a key that is neither aud nor sub: its name, or
// its name in brackets where a check of something else is called so.
func keyElement(name string) string {
	switch name {
	case ElementToken, ElementRole, ElementProvider, ElementClientIDs, ElementProviderARN, ElementAction,
		ElementTags, ElementSourceIdentity, ElementDeny:
		return "[" + name + "]"
	}
	return name
}

// isService tells whether a key's first part is an AWS service and not a host.
func isService(name string) bool {
	if strings.ContainsAny(name, "./ ") {
		return false
	}
	switch name {
	case "aws", "sts", "iam", "ec2", "glue", "lambda", "ssm", "identitystore":
		return true
	}
	return false
}

// trustedSuffixes are the providers that a statement names, in lower case and
// without those that share the token's own suffix; nil where the statement
// trusts the token's provider, whose keys are then the only right ones.
func (s *subject) trustedSuffixes(st *policy.Statement) []string {
	var suffixes []string
	for i := range st.Principal.Entries {
		e := &st.Principal.Entries[i]
		if e.Type != "Federated" || e.Unresolved {
			continue
		}
		if e.Text == s.provider.Text && !st.Principal.Not {
			return nil
		}
		if p, err := oidc.ParseProvider(e.Text); err == nil {
			suffixes = append(suffixes, strings.ToLower(p.Suffix))
		}
	}
	return suffixes
}

// request puts keys together: those of a document, or of one statement that
// trusts another provider, see [subject.classify].
func (s *subject) request(keys []string, action string, trusted []string) *policy.Request {
	r := &policy.Request{Action: action, Provider: s.provider.Text, Keys: make(map[string]policy.Attr, len(keys))}
	for _, key := range keys {
		r.Keys[key] = s.classify(key, trusted).attr
	}
	return r
}
