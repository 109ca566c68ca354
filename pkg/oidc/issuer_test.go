package oidc_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/oidc"
)

// facts is what is documented or observed of an issuer, written down a second time.
type facts struct {
	Name     string
	AZP      oidc.AZP
	Aud      string // first usual audience
	Claims   string
	Required string
}

const gitHubKeys = "actor actor_id job_workflow_ref repository repository_id workflow ref environment enterprise_id repository_owner_id"

// issuers maps a suffix to what Lookup must say of it.
var issuers = map[string]facts{
	"token.actions.githubusercontent.com":                {"GitHub Actions", oidc.AZPNever, "sts.amazonaws.com", gitHubKeys, "sub"},
	"token.actions.githubusercontent.com/octo-ent":       {"GitHub Actions with an enterprise's own issuer", oidc.AZPNever, "sts.amazonaws.com", gitHubKeys, ""},
	"token.actions.octocorp.ghe.com":                     {"GitHub Actions on GHE.com", oidc.AZPNever, "sts.amazonaws.com", gitHubKeys, ""},
	"token.actions.octocorp.ghe.com/octocorp":            {"GitHub Actions on GHE.com with an enterprise's own issuer", oidc.AZPNever, "sts.amazonaws.com", "", ""},
	"github.acme.example/_services/token":                {"GitHub Enterprise Server", oidc.AZPNever, "sts.amazonaws.com", "", ""},
	"github.com/enterprises/octo":                        {"GitHub enterprise (github.com/enterprises)", oidc.AZPUnknown, "", gitHubKeys, ""},
	"vstoken.actions.githubusercontent.com":              {"GitHub Actions (former host)", oidc.AZPUnknown, "", "", "sub"},
	"oidc-configuration.audit-log.githubusercontent.com": {"GitHub audit log streaming", oidc.AZPNever, "sts.amazonaws.com", "", "sub"},
	"gitlab.com":          {"GitLab.com", oidc.AZPNever, "https://gitlab.com", "namespace_id project_id pipeline_source ref_protected runner_environment user_access_level user_email user_id user_login", "sub"},
	"gitlab.acme.example": {"self-managed GitLab", oidc.AZPNever, "", "", ""},
	"api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc": {"Bitbucket Pipelines", oidc.AZPNever, "ari:cloud:bitbucket::workspace/<workspace uuid>", "", ""},
	"oidc.circleci.com/org/8a1f":      {"CircleCI", oidc.AZPNever, "<organization id>", "oidc.circleci.com/project-id", ""},
	"agent.buildkite.com":             {"Buildkite", oidc.AZPNever, "sts.amazonaws.com", "build_branch cluster_id cluster_name organization_id organization_slug pipeline_id pipeline_slug", "sub"},
	"agent.edge.buildkite.dev":        {"Buildkite (buildkite.dev, buildkite.site)", oidc.AZPUnknown, "", "build_branch cluster_id cluster_name organization_id organization_slug pipeline_id pipeline_slug", ""},
	"agent.edge.buildkite.site":       {"Buildkite (buildkite.dev, buildkite.site)", oidc.AZPUnknown, "", "build_branch cluster_id cluster_name organization_id organization_slug pipeline_id pipeline_slug", ""},
	"app.terraform.io":                {"HCP Terraform", oidc.AZPNever, "aws.workload.identity", "", "sub"},
	"acme.app.spacelift.io":           {"Spacelift", oidc.AZPNever, "<account>.app.spacelift.io", "", ""},
	"api.pulumi.com/oidc":             {"Pulumi Cloud", oidc.AZPNever, "<organization>", "", "aud"},
	"scalr.io":                        {"Scalr", oidc.AZPNever, "", "", "sub"},
	"acme.scalr.io":                   {"Scalr with an account's own host", oidc.AZPNever, "", "", ""},
	"api.prefect.cloud/oidc-provider": {"Prefect Cloud", oidc.AZPNever, "prefect-cloud", "", ""},
	"oidc.eks.eu-west-1.amazonaws.com/id/C9D8E7F6A5B4938271605F4E3D2C1B0A": {"Amazon EKS", oidc.AZPNever, "sts.amazonaws.com", "", ""},
	"oidc.eks.cn-north-1.amazonaws.com.cn/id/C9D8":                         {"Amazon EKS", oidc.AZPNever, "sts.amazonaws.com", "", ""},
	"container.googleapis.com/v1/projects/p/locations/l/clusters/c":        {"Google Kubernetes Engine", oidc.AZPNever, "", "", ""},
	"accounts.google.com": {"Google", oidc.AZPMaybe, "<client id>", "google/organization_number", ""},
	"sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d/": {"Microsoft Sentinel connector", oidc.AZPNever, "api://1462b192-27f7-4cb9-8523-0f4ecb54b47e", "", "sts:RoleSessionName"},
	"sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d":  {"Microsoft Sentinel connector", oidc.AZPNever, "api://1462b192-27f7-4cb9-8523-0f4ecb54b47e", "", "sts:RoleSessionName"},
	"sts.windows.net/00000000-4d64-4f8c-a055-5bdaffd5e33d/": {"Microsoft Entra ID (v1 tokens)", oidc.AZPNever, "api://<application>", "", ""},
	"login.microsoftonline.com/00000000-4d64-4f8c/v2.0":     {"Microsoft Entra ID (v2 tokens)", oidc.AZPMaybe, "<application id>", "", ""},
	"vstoken.dev.azure.com/00000000-4d64-4f8c":              {"Azure DevOps", oidc.AZPNever, "api://AzureADTokenExchange", "", ""},
	"oidc.vercel.com":                                   {"Vercel (global issuer)", oidc.AZPNever, "https://vercel.com/<team>", "", "aud"},
	"oidc.vercel.com/acme":                              {"Vercel (team issuer)", oidc.AZPNever, "https://vercel.com/<team>", "", ""},
	"oidc.fly.io/acme":                                  {"Fly.io", oidc.AZPNever, "sts.amazonaws.com", "", ""},
	"oidc.modal.com":                                    {"Modal", oidc.AZPNever, "oidc.modal.com", "", ""},
	"oidc.deno.com":                                     {"Deno Deploy", oidc.AZPNever, "sts.amazonaws.com", "", ""},
	"oidc.codefresh.io":                                 {"Codefresh", oidc.AZPNever, "https://g.codefresh.io", "", "sub"},
	"app.harness.io/ng/api/oidc/account/acme":           {"Harness", oidc.AZPNever, "sts.amazonaws.com", "", ""},
	"acme.octopus.app":                                  {"Octopus Deploy", oidc.AZPNever, "<instance>.octopus.app", "", ""},
	"cognito-identity.amazonaws.com":                    {"Amazon Cognito identity pool", oidc.AZPNever, "<identity pool id>", "", "aud"},
	"cognito-idp.eu-west-1.amazonaws.com/eu-west-1_aBc": {"Amazon Cognito user pool", oidc.AZPMaybe, "<app client id>", "", ""},
	"acme.auth0.com/":                                   {"Auth0", oidc.AZPMaybe, "<client id>", "", ""},
	"acme.eu.auth0.com/":                                {"Auth0", oidc.AZPMaybe, "<client id>", "", ""},
	"acme.okta.com":                                     {"Okta", oidc.AZPMaybe, "<client id>", "", ""},
	"acme.okta.com/oauth2/default":                      {"Okta", oidc.AZPMaybe, "<client id>", "", ""},
	"sso.acme.example/realms/main":                      {"Keycloak", oidc.AZPMaybe, "", "", ""},
	"sso.acme.example/auth/realms/main":                 {"Keycloak", oidc.AZPMaybe, "", "", ""},
	"idcs-0123abcd.identity.oraclecloud.com":            {"Oracle Cloud identity domain", oidc.AZPUnknown, "", "rpst_id", ""},
	"www.amazon.com":                                    {"Login with Amazon", oidc.AZPUnknown, "", "", ""},
	"graph.facebook.com":                                {"Facebook", oidc.AZPUnknown, "", "", ""},
	"studio.datachain.ai/api":                           {"DVC Studio", oidc.AZPUnknown, "", "", "sub"},
	"tokens.cloud.shisho.dev":                           {"Shisho Cloud", oidc.AZPUnknown, "", "", "sub"},
	"proidc.upbound.io":                                 {"Upbound", oidc.AZPUnknown, "", "", "sub"},
	"sandboxes.cloud":                                   {"sandboxes.cloud", oidc.AZPUnknown, "", "", "aud"},
	"oidc.op1.openshiftapps.com/2c51blsaqa9gkjt0o9rt11mle8mmropu":         {"IBM Turbonomic", oidc.AZPUnknown, "", "", "sub"},
	"rh-oidc.s3.us-east-1.amazonaws.com/24jrf12m5dj7ljlfb4ta2frhrcoadm26": {"IBM Turbonomic", oidc.AZPUnknown, "", "", "sub"},
}

func TestLookup(t *testing.T) {
	seen := map[string]bool{}
	for suffix, want := range issuers {
		i := oidc.Lookup(suffix, "")
		got := facts{i.Name, i.AZP, strings.Join(i.Audiences[:min(1, len(i.Audiences))], ""), strings.Join(i.Claims, " "), i.RequiredClaim}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", suffix, diff)
		}
		if !i.Known || (i.RefusedWithout != "") != (suffix == "app.terraform.io") {
			t.Errorf("%s: Known %v, RefusedWithout %q", suffix, i.Known, i.RefusedWithout)
		}
		seen[i.Name] = true
	}
	for _, i := range oidc.Issuers() {
		if !seen[i.Name] {
			t.Errorf("%s: no case looks it up", i.Name)
		}
	}
}

func TestLookupBySubject(t *testing.T) {
	tests := []struct {
		suffix, subject, want string
		known                 bool
		reason                string
	}{
		{"code.acme.example", "project_path:acme/web:ref_type:branch:ref:main", "self-managed GitLab", true, "any host may be a GitLab"},
		{"code.acme.example", "project_path:acme/web:ref_type:other:ref:main", "an issuer that is not in the table", false, "GitLab's ref types are branch and tag"},
		{"code.acme.example", "project_path:acme/web", "an issuer that is not in the table", false, "not in full"},
		{"git.GitLab.acme.example/x", "", "self-managed GitLab", true, "a label of the host, in any letter case"},
		{"gitlabs.acme.example", "", "an issuer that is not in the table", false, "the label is another word"},
		{"cluster.acme.example", "system:serviceaccount:ci:runner", "a Kubernetes cluster that is not in the table", false, "the form says nothing about azp"},
		{"windmill.acme.com/api/oidc", "ada@acme.com:f/finance/export:None:prod", "an issuer that is not in the table", false, "unlisted"},
		{"", "", "an issuer that is not in the table", false, "nothing"},
		{"TOKEN.actions.githubusercontent.com", "", "GitHub Actions", true, "hosts have no letter case"},
		{"api.prefect.cloud/OIDC-provider", "", "an issuer that is not in the table", false, "paths have"},
		{"api.prefect.cloud", "", "an issuer that is not in the table", false, "path missing"},
		{"oidc.eks.eu-west-1.amazonaws.com/id/A/B", "", "an issuer that is not in the table", false, "path too long"},
		{"oidc.eks..amazonaws.com/id/A", "", "an issuer that is not in the table", false, "a * stands for at least one character"},
		{"token.actions.githubusercontent.com", "project_path:acme/web:ref_type:branch:ref:main", "GitHub Actions", true, "the suffix comes before the subject"},
		{"token.actions.githubusercontent.com.evil.example", "", "an issuer that is not in the table", false, "another host"},
	}
	for _, tc := range tests {
		got := oidc.Lookup(tc.suffix, tc.subject)
		if got.Name != tc.want || got.Known != tc.known {
			t.Errorf("Lookup(%q, %q) = %s, known %v; want %s (%s)", tc.suffix, tc.subject, got.Name, got.Known, tc.want, tc.reason)
		}
		if !got.Known && got.AZP != oidc.AZPUnknown {
			t.Errorf("Lookup(%q, %q): azp of an unknown issuer is unknown", tc.suffix, tc.subject)
		}
	}
}

func TestDocuments(t *testing.T) {
	tests := []struct {
		suffix, claim string
		want          bool
		reason        string
	}{
		{"token.actions.githubusercontent.com", "sub", true, "default key"},
		{"token.actions.githubusercontent.com", "SUB", true, "keys have no letter case"},
		{"token.actions.githubusercontent.com", "repository_owner_id", true, "listed"},
		{"token.actions.githubusercontent.com", "repository_owner", false, "never listed"},
		{"token.actions.githubusercontent.com", "azp", false, "no such key"},
		{"token.actions.githubusercontent.com", "", false, "no claim"},
		{"github.acme.example/_services/token", "repository_id", false, "not listed for GHES"},
		{"gitlab.com", "project_id", true, "listed"},
		{"gitlab.acme.example", "project_id", false, "listed for gitlab.com only"},
		{"gitlab.com", "project_path", false, "a claim, not a key"},
		{"accounts.google.com", "google/organization_number", true, "a key with a slash"},
		{"accounts.google.com", "email", true, "the default tab counts for Google"},
		{"oidc.circleci.com/org/x", "oidc.circleci.com/project-id", true, "a key with a host"},
		{"cognito-identity.amazonaws.com", "amr", true, "its own list"},
		{"cognito-identity.amazonaws.com", "email", false, "its own list"},
		{"graph.facebook.com", "id", true, "its own list"},
		{"graph.facebook.com", "sub", false, "its own list"},
		{"www.amazon.com", "user_id", true, "its own list"},
		{"www.amazon.com", "aud", false, "its own list"},
		{"issuer.acme.example", "oaud", true, "default keys count for every issuer"},
		{"issuer.acme.example", "groups", false, "no such key"},
	}
	for _, tc := range tests {
		if got := oidc.Lookup(tc.suffix, "").Documents(tc.claim); got != tc.want {
			t.Errorf("%s: Documents(%q) = %v, want %v (%s)", tc.suffix, tc.claim, got, tc.want, tc.reason)
		}
	}
}

// TestTable keeps every entry complete, and its templates well formed.
func TestTable(t *testing.T) {
	names := map[string]bool{}
	for _, i := range oidc.Issuers() {
		if i.Name == "" || names[i.Name] {
			t.Errorf("%q: no name of its own", i.Name)
		}
		names[i.Name] = true
		if !i.Known || len(i.DefaultClaims) == 0 {
			t.Errorf("%s: not known, or without default claims", i.Name)
		}
		if (len(i.Grammars) == 0) != (i.NoGrammar != "") || (len(i.Grammars) > 0) != (i.Form != "") {
			t.Errorf("%s: want grammars and a form, or a reason why there are none", i.Name)
		}
		if strings.HasSuffix(i.Form, ".") || strings.Contains(i.Form, "\n") {
			t.Errorf("%s: the form is one line without a full stop", i.Name)
		}
		for _, list := range [][]string{i.Audiences, i.Claims, i.DefaultClaims} {
			if slices.Contains(list, "") || len(slices.Compact(slices.Sorted(slices.Values(list)))) != len(list) {
				t.Errorf("%s: empty or repeated in %q", i.Name, list)
			}
		}
		for _, claim := range append(slices.Clone(i.Claims), i.DefaultClaims...) {
			if strings.Contains(claim, ":") {
				t.Errorf("%s: claim %q holds a colon", i.Name, claim)
			}
		}
		for _, g := range i.Grammars {
			checkGrammar(t, i.Name, g)
		}
	}
}

// checkGrammar tests what reading relies on: a field with a role, and a literal that
// says where each field ends.
func checkGrammar(t *testing.T, issuer string, g oidc.Grammar) {
	t.Helper()
	templates := g.Parts
	if g.Text != "" {
		templates = append(templates, g.Text)
	}
	if g.Kind == "" || (g.Text != "") == (len(g.Parts) > 0) || len(g.Parts) > 64 {
		t.Errorf("%s: grammar %q is incomplete", issuer, g.Kind)
	}
	for _, template := range templates {
		if strings.Contains(template, "><") || strings.Count(template, "<") != strings.Count(template, ">") || !strings.Contains(template, "<") {
			t.Errorf("%s: template %q has fields that touch, or none", issuer, template)
		}
		for _, field := range strings.Split(template, "<")[1:] {
			inside, _, _ := strings.Cut(field, ">")
			words := strings.Fields(inside)
			if len(words) < 2 || !slices.Contains([]string{"tenant", "resource", "context", "volatile", "id"}, words[1]) {
				t.Errorf("%s: field %q of %q has no role", issuer, field, template)
			}
			if len(words) > 2 && !slices.Contains([]string{"name", "path", "text", "digits"}, words[2]) && words[2][0] != '=' {
				t.Errorf("%s: field %q of %q holds unknown characters", issuer, field, template)
			}
		}
	}
	for _, form := range g.Forms() {
		if strings.Contains(form, " ") {
			t.Errorf("%s: form %q still has roles", issuer, form)
		}
	}
}
