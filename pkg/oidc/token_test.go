package oidc_test

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/oidc"
)

// jwt puts a token together as an issuer does, with a signature of nothing.
func jwt(header, payload string) string {
	enc := base64.RawURLEncoding.EncodeToString
	return enc([]byte(header)) + "." + enc([]byte(payload)) + "." + enc([]byte("signature"))
}

const header = `{"alg":"RS256","typ":"JWT","kid":"38826b17"}`

func TestParseToken(t *testing.T) {
	for _, tt := range []struct {
		label, reason string
		token         string
		want          oidc.Token
	}{
		{
			label: "GitHub", reason: "claims keep their kind as text, numbers as written",
			token: "\n " + jwt(header, `{"iss":"https://token.actions.githubusercontent.com","aud":"sts.amazonaws.com",
				"sub":"repo:octo-org/api:ref:refs/heads/main","repository_id":456789,"ratio":1.50,"ref_protected":true,
				"exp":1767225600,"iat":1767225300.25}`) + "\r\n",
			want: oidc.Token{
				Issuer: "https://token.actions.githubusercontent.com", Subject: "repo:octo-org/api:ref:refs/heads/main",
				Audiences: []string{"sts.amazonaws.com"},
				Claims: map[string][]string{
					"iss": {"https://token.actions.githubusercontent.com"}, "aud": {"sts.amazonaws.com"},
					"sub": {"repo:octo-org/api:ref:refs/heads/main"}, "repository_id": {"456789"}, "ratio": {"1.50"},
					"ref_protected": {"true"}, "exp": {"1767225600"}, "iat": {"1767225300.25"},
				},
				Expires:  time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
				IssuedAt: time.Date(2025, 12, 31, 23, 55, 0, 0, time.UTC),
			},
		},
		{
			label: "shapes", reason: "objects, nulls and lists of them are no condition keys; padding is tolerated",
			token: base64.URLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." +
				base64.URLEncoding.EncodeToString([]byte(`{"iss":"i","sub":"s","aud":["a","b"],"amr":["mfa",1],"org":{"id":1},"none":null,"mixed":["a",{}],"nested":[["a"]]}`)) + ".",
			want: oidc.Token{
				Issuer: "i", Subject: "s", Audiences: []string{"a", "b"},
				Claims: map[string][]string{"iss": {"i"}, "sub": {"s"}, "aud": {"a", "b"}, "amr": {"mfa", "1"}},
			},
		},
		{
			label: "tags in an object", reason: "IAM User Guide: principal_tags and transitive_tag_keys",
			token: jwt(header, `{"iss":"i","sub":"s","aud":"a","https://aws.amazon.com/tags":{"principal_tags":{"team":["data"],"cost":"7"},"transitive_tag_keys":["team"]},
				"https://aws.amazon.com/source_identity":"ada","https://aws.amazon.com/roles":"arn:aws:iam::123456789012:role/one"}`),
			want: oidc.Token{
				Issuer: "i", Subject: "s", Audiences: []string{"a"},
				Claims: map[string][]string{"iss": {"i"}, "sub": {"s"}, "aud": {"a"}, "https://aws.amazon.com/source_identity": {"ada"},
					"https://aws.amazon.com/roles": {"arn:aws:iam::123456789012:role/one"}},
				Tags: map[string]string{"team": "data", "cost": "7"}, TransitiveTagKeys: []string{"team"},
				SourceIdentity: "ada", Roles: []string{"arn:aws:iam::123456789012:role/one"},
			},
		},
		{
			label: "tags as single claims", reason: "issuers that cannot send objects send one claim for each tag",
			token: jwt(header, `{"iss":"i","sub":"s","aud":"a","https://aws.amazon.com/tags/principal_tags/team":"data",
				"https://aws.amazon.com/tags/transitive_tag_keys":["team"],"https://aws.amazon.com/roles":[]}`),
			want: oidc.Token{
				Issuer: "i", Subject: "s", Audiences: []string{"a"},
				Claims: map[string][]string{"iss": {"i"}, "sub": {"s"}, "aud": {"a"}, "https://aws.amazon.com/tags/principal_tags/team": {"data"},
					"https://aws.amazon.com/tags/transitive_tag_keys": {"team"}, "https://aws.amazon.com/roles": {}},
				Tags: map[string]string{"team": "data"}, TransitiveTagKeys: []string{"team"}, Roles: []string{},
			},
		},
	} {
		t.Run(tt.label, func(t *testing.T) {
			got, err := oidc.ParseToken([]byte(tt.token))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

func TestParseTokenErrors(t *testing.T) {
	const secret = "hush-hush-hush"
	ok := `"iss":"i","sub":"s","aud":"a"`
	for _, tt := range []struct{ label, reason, token, want string }{
		{"empty", "white space is no token", " \n", "the token is empty, expected a JWT (header.payload.signature)"},
		{"too long", "STS takes 20,000 bytes", strings.Repeat("a", oidc.MaxToken+1), "the token is longer than 65536 bytes, expected a JWT (header.payload.signature)"},
		{"two lines", "STS takes no wrapped token", jwt(header, "{"+ok+"}") + "\n" + secret, "the token has white space in it, expected a JWT (header.payload.signature) on one line"},
		{"no JWT", "an opaque token has no parts", secret, "the token has 1 parts between dots, expected a JWT (header.payload.signature)"},
		{"encrypted", "RFC 7516: five parts", "a.b.c.d." + secret, "the token is an encrypted JWT (five parts), expected a signed one (three parts), which STS can read too"},
		{"header is no base64", "RFC 7515: base64url", "hush!." + secret + ".x", "the token's header is not base64url, expected a JWT (header.payload.signature)"},
		{"signature is no base64", "RFC 7515: base64url", strings.TrimSuffix(jwt(header, "{"+ok+"}"), "Q") + "+", "the token's signature is not base64url, expected a JWT (header.payload.signature)"},
		{"header is no JSON", "RFC 7515: a JSON object", jwt(secret, "{"+ok+"}"), "the token's header is not a JSON object"},
		{"payload is no JSON", "RFC 7519: a JSON object", jwt(header, secret), "the token's payload is not a JSON object"},
		{"payload is a list", "RFC 7519: a JSON object", jwt(header, `["`+secret+`"]`), "the token's payload is not a JSON object"},
		{"text after the payload", "one object and nothing else", jwt(header, "{"+ok+"} "+secret), "the token's payload is not a JSON object"},
		{"payload is no UTF-8", "RFC 7519: UTF-8", jwt(header, "{"+ok+",\"x\":\"\xff\"}"), "the token's payload is not a JSON object"},
		{"claim twice", "which of the two STS reads is not documented", jwt(header, `{`+ok+`,"sub":"`+secret+`"}`), "the token's payload holds one name twice, so it could say two things"},
		{"too deep", "no issuer nests so", jwt(header, `{`+ok+`,"x":`+strings.Repeat("[", 99)+strings.Repeat("]", 99)+`}`), "the token's payload is nested deeper than 32 levels"},
		{"no issuer", `STS: "Missing a required claim: iss"`, jwt(header, `{"sub":"s","aud":"a"}`), `the token has no claim "iss", expected a string`},
		{"no subject", `STS: "Missing a required claim: sub"`, jwt(header, `{"iss":"i","aud":"a"}`), `the token has no claim "sub", expected a string`},
		{"subject is a number", "a subject is a string", jwt(header, `{"iss":"i","aud":"a","sub":7}`), `the token's claim "sub" is empty or no string, expected a string`},
		{"no audience", "the provider's client IDs need one", jwt(header, `{"iss":"i","sub":"s"}`), `the token has no claim "aud", expected an audience`},
		{"empty audiences", "the provider's client IDs need one", jwt(header, `{"iss":"i","sub":"s","aud":[]}`), `the token has no claim "aud", expected an audience`},
		{"audience is an object", "RFC 7519: a string or a list", jwt(header, `{"iss":"i","sub":"s","aud":{}}`), `the token's claim "aud" is neither a string nor a list of strings`},
		{"expiry is text", "RFC 7519: a number", jwt(header, `{`+ok+`,"exp":"`+secret+`"}`), `the token's claim "exp" is no time in seconds since 1970`},
		{"expiry is out of range", "no calendar has it", jwt(header, `{`+ok+`,"exp":1e300}`), `the token's claim "exp" is no time in seconds since 1970`},
		{"tags are text", "IAM User Guide: an object", jwt(header, `{`+ok+`,"https://aws.amazon.com/tags":"`+secret+`"}`),
			`the token's claim "https://aws.amazon.com/tags" has another shape than {"principal_tags": {"key": ["value"]}, "transitive_tag_keys": ["key"]}`},
		{"tag with two values", "a session tag has one value", jwt(header, `{`+ok+`,"https://aws.amazon.com/tags":{"principal_tags":{"k":["a","b"]}}}`),
			`the token's claim "https://aws.amazon.com/tags" has another shape than {"principal_tags": {"key": ["value"]}, "transitive_tag_keys": ["key"]}`},
	} {
		t.Run(tt.label, func(t *testing.T) {
			_, err := oidc.ParseToken([]byte(tt.token))
			if err == nil {
				t.Fatalf("no error: %s", tt.reason)
			}
			if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

func FuzzParseToken(f *testing.F) {
	f.Add([]byte(jwt(header, `{"iss":"https://i","sub":"s","aud":["a"],"azp":"b","exp":1767225600}`)))
	f.Add([]byte(jwt(header, `{"iss":"i","sub":"s","aud":"a","https://aws.amazon.com/tags":{"principal_tags":{"k":["v"]}}}`)))
	f.Add([]byte(jwt(header, `{"iss":"i","iss":"j"}`)))
	f.Add([]byte("a.b.c.d.e"))
	f.Add([]byte("e30.e30."))
	f.Fuzz(func(t *testing.T, data []byte) {
		token, err := oidc.ParseToken(data)
		if err == nil {
			if token.Issuer == "" || token.Subject == "" || len(token.Audiences) == 0 {
				t.Errorf("accepted without iss, sub or aud: %+v", token)
			}
			return
		}
		for part := range strings.FieldsFuncSeq(string(data), func(r rune) bool { return r <= ' ' || r == '.' }) {
			if decoded, bad := base64.RawURLEncoding.DecodeString(part); bad == nil && len(decoded) > 20 && strings.Contains(err.Error(), string(decoded)) ||
				len(part) > 20 && strings.Contains(err.Error(), part) {
				t.Errorf("the error holds a part of the token: %v", err)
			}
		}
		if strings.ContainsAny(err.Error(), "\n\r") {
			t.Errorf("the error has more than one line: %q", err)
		}
	})
}
