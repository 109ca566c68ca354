package oidc

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// MaxToken is how long a token may be, in bytes; STS takes 20,000 (STS API
// Reference, AssumeRoleWithWebIdentity).
const MaxToken = 64 << 10

// The claims that STS reads as something other than a condition key (IAM User
// Guide, "Passing session tags using AssumeRoleWithWebIdentity").
const (
	claimTags           = "https://aws.amazon.com/tags"
	claimSourceIdentity = "https://aws.amazon.com/source_identity"
	claimRoles          = "https://aws.amazon.com/roles"
)

// Token is what a web identity token says of itself. Nothing of it is verified.
type Token struct {
	Issuer    string // iss, as written
	Subject   string
	Audiences []string // at least one
	// Claims are all claims that are strings, numbers (as written), booleans,
	// or lists of these, by name. A claim of another shape is left out.
	Claims            map[string][]string
	Expires, IssuedAt time.Time // exp and iat in UTC; zero where the token has none
	// Tags are the session tags that STS takes from the token.
	Tags              map[string]string
	TransitiveTagKeys []string
	SourceIdentity    string   // "" where the token has none
	Roles             []string // the only roles that the token is good for; nil where it does not say
}

// ParseToken decodes a JWT in compact form and verifies nothing: no signature,
// no time. White space around it does not matter. No error holds any part of
// the token.
func ParseToken(data []byte) (Token, error) {
	payload, err := tokenPayload(strings.TrimSpace(strings.TrimPrefix(string(data), "\ufeff")))
	if err != nil {
		return Token{}, err
	}
	claims, err := parseClaims(payload)
	if err != nil {
		return Token{}, fmt.Errorf("the token's payload %w", err)
	}
	t := Token{Claims: make(map[string][]string)}
	for name, v := range claims {
		if list, ok := texts(v); ok {
			t.Claims[name] = list
		}
	}
	var errs [7]error
	t.Issuer, errs[0] = needed(claims, "iss")
	t.Subject, errs[1] = needed(claims, "sub")
	if t.Audiences, errs[2] = listOf(claims, "aud"); errs[2] == nil && len(t.Audiences) == 0 {
		errs[2] = errors.New(`the token has no claim "aud", expected an audience`)
	}
	t.Expires, errs[3] = moment(claims, "exp")
	t.IssuedAt, errs[4] = moment(claims, "iat")
	if _, has := claims[claimSourceIdentity]; has {
		t.SourceIdentity, errs[5] = needed(claims, claimSourceIdentity)
	}
	t.Roles, errs[6] = listOf(claims, claimRoles)
	for _, err := range errs {
		if err != nil {
			return Token{}, err
		}
	}
	if err := t.readTags(claims); err != nil {
		return Token{}, err
	}
	return t, nil
}

// readTags reads session tags in both forms that STS accepts: one claim that
// holds an object, or one claim for each tag.
func (t *Token) readTags(claims map[string]any) error {
	wrong := fmt.Errorf(`the token's claim %q has another shape than {"principal_tags": {"key": ["value"]}, "transitive_tag_keys": ["key"]}`, claimTags)
	tags, keys := make(map[string]any), any(nil)
	if v, has := claims[claimTags]; has {
		object, ok := v.(map[string]any)
		if !ok {
			return wrong
		}
		keys = object["transitive_tag_keys"]
		if p, has := object["principal_tags"]; has {
			if tags, ok = p.(map[string]any); !ok {
				return wrong
			}
		}
	}
	for name, v := range claims {
		if key, ok := strings.CutPrefix(name, claimTags+"/principal_tags/"); ok {
			tags[key] = v
		}
	}
	if v, has := claims[claimTags+"/transitive_tag_keys"]; has {
		keys = v
	}
	for key, v := range tags {
		values, ok := texts(v)
		if !ok || len(values) != 1 {
			return wrong
		}
		if t.Tags == nil {
			t.Tags = make(map[string]string)
		}
		t.Tags[key] = values[0]
	}
	if keys == nil {
		return nil
	}
	list, ok := texts(keys)
	if !ok {
		return wrong
	}
	t.TransitiveTagKeys = list
	return nil
}
