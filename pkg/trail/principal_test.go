package trail_test

import (
	"encoding/json"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/trail"
)

// identity is a denial with this userIdentity; a nil part is left out.
func identity(parts map[string]*string) []byte {
	user := map[string]string{"type": "WebIdentityUser"}
	for k, v := range parts {
		if v != nil {
			user[k] = *v
		}
	}
	data, _ := json.Marshal(map[string]any{
		"eventSource": "sts.amazonaws.com", "eventName": "AssumeRoleWithWebIdentity",
		"errorCode": "AccessDenied", "userIdentity": user,
	})
	return data
}

func text(s string) *string { return &s }

func TestPrincipalID(t *testing.T) {
	const google = "accounts.google.com"
	for _, tt := range []struct {
		name                      string
		principal, provider, user *string
		want                      trail.Text
		note                      string
		reason                    string
	}{
		{"GitHub", text(provider + ":sts.amazonaws.com:" + subject), text(provider), text(subject), trail.Known("sts.amazonaws.com"), "", "the plain form"},
		{"audience is a URL", text(provider + ":https://github.com/octo-org:" + subject), text(provider), text(subject), trail.Known("https://github.com/octo-org"), "", "colons and slashes belong to the audience"},
		{"audience is an ARI", text("P:ari:cloud:bitbucket::workspace/1:{a}:{b}"), text("P"), text("{a}:{b}"), trail.Known("ari:cloud:bitbucket::workspace/1"), "", "so do empty segments"},
		{"built-in", text(google + ":1.apps:107"), text(google), text("107"), trail.Known("1.apps"), "", "the provider may be a bare host"},
		{"trailing slash", text("arn:x/:aud:auth0|1"), text("arn:x/"), text("auth0|1"), trail.Known("aud"), "", "it belongs to the provider"},
		{"spaces", text("P:my aud:project:Default Project"), text("P"), text("project:Default Project"), trail.Known("my aud"), "", "HCP Terraform's names may have spaces"},
		{"audience equals subject", text("P:a:a"), text("P"), text("a"), trail.Known("a"), "", "only the last one is the subject"},
		{"empty audience", text("P::S"), text("P"), text("S"), trail.Known(""), "", "empty is not missing"},
		{"empty subject", text("P:a:"), text("P"), text(""), trail.Known("a"), "", "a known empty subject is stripped like any other"},
		{"no audience", text("P:S"), text("P"), text("S"), trail.Text{}, "principalId holds no audience between identityProvider and userName", "the colon may not be used twice"},
		{"overlap", text("a:b:c"), text("a:b"), text("b:c"), trail.Text{}, "principalId holds no audience between identityProvider and userName", "prefix and suffix may not overlap"},
		{"other provider", text("Q:a:S"), text("P"), text("S"), trail.Text{}, "principalId does not begin with identityProvider, so the audience cannot be read", "nothing is guessed"},
		{"other subject", text("P:a:T"), text("P"), text("S"), trail.Text{}, "principalId does not end in userName, so the audience cannot be read", "nothing is guessed"},
		{"case differs", text("P:a:s"), text("P"), text("S"), trail.Text{}, "principalId does not end in userName, so the audience cannot be read", "the comparison is exact"},
		{"no provider", text("P:a:S"), nil, text("S"), trail.Text{}, "the record has no identityProvider, so the audience cannot be told from the provider in principalId", "never split on a colon"},
		{"no subject", text("P:a:S"), text("P"), nil, trail.Text{}, "the record has no userName, so the audience cannot be told from the subject in principalId", "never split on a colon"},
		{"neither", text("P:a:S"), nil, nil, trail.Text{}, "the record has neither identityProvider nor userName, so principalId cannot be taken apart", "never split on a colon"},
		{"no principal", nil, text("P"), text("S"), trail.Text{}, "", "Missing says it"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			items := trail.Parse("", identity(map[string]*string{"principalId": tt.principal, "identityProvider": tt.provider, "userName": tt.user}))
			if len(items) != 1 || items[0].Kind != trail.KindDenied {
				t.Fatalf("got %v", items)
			}
			d := items[0].Denial
			if diff := cmp.Diff(tt.want, d.Audience); diff != "" {
				t.Errorf("%s (-want +got)\n%s", tt.reason, diff)
			}
			var notes []string
			if tt.note != "" {
				notes = []string{tt.note}
			}
			if diff := cmp.Diff(notes, d.Notes); diff != "" {
				t.Errorf("%s (-want +got)\n%s", tt.reason, diff)
			}
			if d.Provider.Known != (tt.provider != nil) || d.Subject.Known != (tt.user != nil) {
				t.Errorf("the parts that can be had are not kept: %+v", d)
			}
		})
	}
}

func FuzzPrincipalID(f *testing.F) {
	f.Add(provider, "sts.amazonaws.com", subject, provider+":sts.amazonaws.com:"+subject)
	f.Add("accounts.google.com", "https://a:b/", "x y", "accounts.google.com:")
	f.Add("", "", "", "::")
	f.Add("a:a", "a", "a:a", "a:a:a")
	f.Fuzz(func(t *testing.T, p, aud, sub, other string) {
		if !utf8.ValidString(p) || !utf8.ValidString(aud) || !utf8.ValidString(sub) || !utf8.ValidString(other) {
			return
		}
		joined := p + ":" + aud + ":" + sub
		for _, principal := range []string{joined, other} {
			items := trail.Parse("", identity(map[string]*string{"principalId": &principal, "identityProvider": &p, "userName": &sub}))
			if len(items) != 1 || items[0].Kind != trail.KindDenied {
				if len(principal)+len(p)+len(sub) > trail.MaxRecord/8 {
					return // escapes may make it too large to read
				}
				t.Fatalf("got %v", items)
			}
			got := items[0].Denial.Audience
			if got.Known && p+":"+got.Value+":"+sub != principal {
				t.Errorf("%q is not what stands in %q between %q and %q", got.Value, principal, p, sub)
			}
			if principal == joined && got != trail.Known(aud) {
				t.Errorf("audience of %q is %+v, want %q", principal, got, aud)
			}
		}
	})
}
