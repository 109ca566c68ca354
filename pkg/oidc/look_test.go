package oidc_test

import (
	"regexp"
	"strings"
	"testing"

	"whydenied/pkg/oidc"
)

func TestLookIn(t *testing.T) {
	const sub = "repo:octo-org/api:ref:refs/heads/main"
	for _, tt := range []struct{ label, reason, suffix, sub, aud, want string }{
		{"GitHub", "the API tells how a repository's subjects begin", "token.actions.githubusercontent.com", sub, "sts.amazonaws.com",
			"gh api repos/octo-org/api/actions/oidc/customization/sub"},
		{"GitHub with ids", "the ids are no part of the name", "token.actions.githubusercontent.com", "repo:octo-org@12/api@34:ref:refs/heads/main", "sts.amazonaws.com",
			"gh api repos/octo-org/api/actions/oidc/customization/sub"},
		{"substitution", "a shell would run it", "token.actions.githubusercontent.com", "repo:octo-org/$(id):ref:refs/heads/main", "sts.amazonaws.com", ""},
		{"option", "gh would take it for one", "token.actions.githubusercontent.com", "repo:octo-org/--web:ref:refs/heads/main", "sts.amazonaws.com", ""},
		{"parent folder", "it would lead elsewhere", "token.actions.githubusercontent.com", "repo:octo-org/..:ref:refs/heads/main", "sts.amazonaws.com", ""},
		{"another form", "a subject that cannot be read names no repository", "token.actions.githubusercontent.com", "octo-org", "sts.amazonaws.com", ""},
		{"audience", "Buildkite's command asks for one", "agent.buildkite.com", "organization:acme:pipeline:p:ref:refs/heads/main:commit:c:step:s", "sts.amazonaws.com",
			"buildkite-agent oidc request-token --audience sts.amazonaws.com | jq"},
		{"hostile audience", "whoever calls chooses it", "agent.buildkite.com", "organization:acme:pipeline:p:ref:refs/heads/main:commit:c:step:s", "a;id", ""},
	} {
		t.Run(tt.label, func(t *testing.T) {
			is := oidc.Lookup(tt.suffix, tt.sub)
			reading, _ := is.Read(tt.sub)
			got, ok := is.Looks[len(is.Looks)-1].In(reading, tt.aud)
			if ok != (tt.want != "") || !strings.HasPrefix(got, tt.want) {
				t.Errorf("%s: got %q, %v, want %q", tt.reason, got, ok, tt.want)
			}
		})
	}
}

// Every way to look has a source, and prints of a token nothing but claims.
func TestLooks(t *testing.T) {
	token := regexp.MustCompile(`TOKEN_FILE|TOKEN_V2|_TOKEN"|oidc/?|create token`)
	for _, is := range oidc.Issuers() {
		for _, l := range is.Looks {
			if l.Where == "" || l.Source == "" || strings.HasSuffix(l.Where, ".") {
				t.Errorf("%s: incomplete: %+v", is.Name, l)
			}
			if strings.ContainsAny(l.Command, "`\n") {
				t.Errorf("%s: not one line of plain shell: %q", is.Name, l.Command)
			}
			if token.MatchString(l.Command) && !strings.HasPrefix(l.Command, "gh api ") && !strings.HasSuffix(l.Command, "| fromjson | {iss, aud, sub}'") {
				t.Errorf("%s: the token itself would be printed: %q", is.Name, l.Command)
			}
		}
	}
}
