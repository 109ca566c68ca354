package oidc_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/oidc"
)

const (
	gitHubHost = "token.actions.githubusercontent.com"
	eksHost    = "oidc.eks.eu-west-1.amazonaws.com/id/C9D8E7F6A5B4938271605F4E3D2C1B0A"
	bitbucket  = "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc"
)

// said is what a reading says, and who and what it takes the subject to be.
type said struct {
	Kind, Tenant, Resource, Context, Sentence string
}

func TestRead(t *testing.T) {
	tests := []struct {
		suffix, subject string
		want            said
		reason          string
	}{
		{gitHubHost, "repo:octo-org/api:environment:production", said{"environment", "octo-org", "api", "production", "repository octo-org/api, environment production"}, "a job with an environment"},
		{gitHubHost, "repo:octo-org/api:environment:Prod EU/1", said{"environment", "octo-org", "api", "Prod EU/1", "repository octo-org/api, environment Prod EU/1"}, "environments hold spaces and slashes"},
		{gitHubHost, "repo:Open-Athena/marin-dna:pull_request", said{"pull request", "Open-Athena", "marin-dna", "pull_request", "repository Open-Athena/marin-dna, pull_request"}, "a pull request"},
		{gitHubHost, "repo:octo-org/api:ref:refs/heads/release/1.x", said{"branch", "octo-org", "api", "release/1.x", "repository octo-org/api, branch release/1.x"}, "branches hold slashes"},
		{gitHubHost, "repo:dropbox/stone:ref:refs/tags/v3.4.0", said{"tag", "dropbox", "stone", "v3.4.0", "repository dropbox/stone, tag v3.4.0"}, "a tag"},
		{gitHubHost, "repo:octo-org/api:ref:refs/pull/7/merge", said{"ref", "octo-org", "api", "refs/pull/7/merge", "repository octo-org/api, ref refs/pull/7/merge"}, "another ref"},
		{gitHubHost, "repo:octocat@123456/my-repo@456789:ref:refs/heads/main", said{"branch", "octocat", "my-repo", "main", "repository octocat/my-repo, repository owner id 123456, repository id 456789, branch main"}, "ids are no part of tenant and resource"},
		{gitHubHost, "repo:octocat@123456/my-repo@456789:environment:prod", said{"environment", "octocat", "my-repo", "prod", "repository octocat/my-repo, repository owner id 123456, repository id 456789, environment prod"}, "immutable"},
		{gitHubHost, "repository_owner:monalisa:repository_visibility:private", said{"custom", "monalisa", "", "private", "owner monalisa, repository visibility private"}, "a custom template without a repository"},
		{gitHubHost, "job_workflow_ref:octo-org/automation/.github/workflows/x.yml@refs/heads/main", said{"custom", "", "", "octo-org/automation/.github/workflows/x.yml@refs/heads/main", "job workflow ref octo-org/automation/.github/workflows/x.yml@refs/heads/main"}, "the workflow's owner is not the caller"},
		{gitHubHost, "repo:o/r:environment:prod:job_workflow_ref:o/a/.github/workflows/x.yml@refs/heads/main", said{"custom", "o", "r", "prod/o/a/.github/workflows/x.yml@refs/heads/main", "repository o/r, environment prod, job workflow ref o/a/.github/workflows/x.yml@refs/heads/main"}, "repo, context, job_workflow_ref"},
		{gitHubHost, "repo:o@1/r@2:pull_request:actor:mona", said{"custom", "o", "r", "pull_request/mona", "repository o/r, repository owner id 1, repository id 2, pull_request, actor mona"}, "ids stay in the repo part of a custom template"},
		{gitHubHost, "repo:o/r:repository_owner:o:run_id:17", said{"custom", "o", "r", "", "repository o/r, owner o, run id 17"}, "an owner named twice is one tenant"},
		{gitHubHost, "repo:o/r", said{"custom", "o", "r", "", "repository o/r"}, "a template of repo alone"},
		{gitHubHost, "repository_id:123", said{"custom", "", "", "", "repository id 123"}, "an id alone"},
		{"oidc-configuration.audit-log.githubusercontent.com", "https://github.com/octo-ent", said{"enterprise", "octo-ent", "", "", "enterprise octo-ent"}, "audit log"},
		{"gitlab.com", "project_path:acme/platform/web:ref_type:branch:ref:feature/x", said{"branch", "acme", "platform/web", "feature/x", "project acme/platform/web, branch feature/x"}, "subgroups are part of the resource"},
		{"gitlab.acme.example", "project_path:acme/web:ref_type:tag:ref:v1", said{"tag", "acme", "web", "v1", "project acme/web, tag v1"}, "self-managed"},
		{bitbucket, "{9c2f}:{77aa}", said{"step", "", "9c2f", "", "repository 9c2f, step 77aa"}, "the tenant is in the URL"},
		{bitbucket, "{9c2f}:{e0e0}:{77aa}", said{"environment", "", "9c2f", "e0e0", "repository 9c2f, environment e0e0, step 77aa"}, "a deployment"},
		{"oidc.circleci.com/org/8a1f", "org/8a1f/project/5b2c/user/1d3e", said{"project", "8a1f", "5b2c", "1d3e", "organization 8a1f, project 5b2c, user 1d3e"}, "first version"},
		{"oidc.circleci.com/org/8a1f", "org/8a1f/project/5b2c/user/1d3e/vcs-origin/github.com/acme/web/vcs-ref/refs/heads/main", said{"project", "8a1f", "5b2c", "1d3e/github.com/acme/web/vcs-ref/refs/heads/main", "organization 8a1f, project 5b2c, user 1d3e, vcs github.com/acme/web/vcs-ref/refs/heads/main"}, "second version"},
		{"agent.buildkite.com", "organization:example-org:pipeline:deploy-web:ref:refs/heads/main:commit:8f1c:step:assume", said{"branch", "example-org", "deploy-web", "main/assume", "organization example-org, pipeline deploy-web, branch main, commit 8f1c, step assume"}, "a step with a key"},
		{"agent.buildkite.com", "organization:example-org:pipeline:deploy-web:ref:refs/tags/v1:commit:8f1c:step:", said{"tag", "example-org", "deploy-web", "v1", "organization example-org, pipeline deploy-web, tag v1, commit 8f1c"}, "a step may have no key"},
		{"app.terraform.io", "organization:acme:project:Default Project:workspace:net-prod:run_phase:plan", said{"run phase", "acme", "Default Project/net-prod", "plan", "organization acme, project Default Project, workspace net-prod, run phase plan"}, "project names hold spaces"},
		{"acme.app.spacelift.io", "space:legacy:stack:infra:run_type:TRACKED:scope:write", said{"stack", "", "legacy/infra", "TRACKED/write", "space legacy, stack infra, run type TRACKED, scope write"}, "the account is in the host"},
		{"acme.app.spacelift.io", "space:legacy:module:vpc:run_type:TESTING:scope:read:space_path:/root/legacy", said{"module", "", "legacy/vpc", "TESTING/read//root/legacy", "space legacy, module vpc, run type TESTING, scope read, space path /root/legacy"}, "the optional tail"},
		{"api.prefect.cloud/oidc-provider", "prefect:account:7d0c5f5e-2b1a-4c63-9e8f-41a6b3d29c70", said{"account", "7d0c5f5e-2b1a-4c63-9e8f-41a6b3d29c70", "", "", "account 7d0c5f5e-2b1a-4c63-9e8f-41a6b3d29c70"}, "an account alone"},
		{eksHost, "system:serviceaccount:kube-system:external-secrets", said{"service account", "", "kube-system/external-secrets", "", "service account external-secrets in namespace kube-system"}, "the cluster is in the URL"},
		{"container.googleapis.com/v1/projects/p/locations/l/clusters/c", "system:serviceaccount:ci:runner", said{"service account", "", "ci/runner", "", "service account runner in namespace ci"}, "GKE"},
		{"cluster.acme.example", "system:serviceaccount:ci:runner", said{"service account", "", "ci/runner", "", "service account runner in namespace ci"}, "a cluster that is not in the table"},
		{"accounts.google.com", "107517467455664443765", said{"account", "", "107517467455664443765", "", "account 107517467455664443765"}, "an opaque number"},
		{"sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d/", "0f0e", said{"object", "", "0f0e", "", "object id 0f0e"}, "Sentinel"},
		{"sts.windows.net/00000000/", "0f0e", said{"object", "", "0f0e", "", "object id 0f0e"}, "Entra v1"},
		{"login.microsoftonline.com/00000000/v2.0", "AbC_-9", said{"object", "", "AbC_-9", "", "object id AbC_-9"}, "Entra v2, pairwise"},
		{"vstoken.dev.azure.com/0000", "sc://acme/Web Shop/aws prod", said{"service connection", "acme", "Web Shop/aws prod", "", "organization acme, project Web Shop, service connection aws prod"}, "names hold spaces"},
		{"oidc.vercel.com/acme", "owner:acme:project:site:environment:preview", said{"environment", "acme", "site", "preview", "team acme, project site, environment preview"}, "team issuer"},
		{"oidc.fly.io/acme", "acme:web:blue-wave-1", said{"machine", "acme", "web", "", "organization acme, app web, machine blue-wave-1"}, "a machine changes"},
		{"api.pulumi.com/oidc", "pulumi:deploy:org:acme:project:net:stack:prod:operation:update:scope:write", said{"deployment", "acme", "net/prod", "update/write", "organization acme, project net, stack prod, operation update, scope write"}, "Pulumi Deployments"},
		{"api.pulumi.com/oidc", "pulumi:environments:org:acme:env:net/prod", said{"environment", "acme", "net/prod", "", "organization acme, environment net/prod"}, "Pulumi ESC with a project"},
		{"api.pulumi.com/oidc", "pulumi:environments:org:acme:env:<yaml>", said{"environment", "acme", "<yaml>", "", "organization acme, environment <yaml>"}, "angle brackets in a subject are ordinary"},
		{"oidc.modal.com", "modal:workspace_id:ac-1:environment_name:main:app_name:etl:function_name:load:container_id:ta-9", said{"function", "ac-1", "etl/load", "main", "workspace ac-1, environment main, app etl, function load, container ta-9"}, "a container changes"},
		{"oidc.deno.com", "deployment:acme/site/production", said{"deployment", "acme", "site", "production", "organization acme, app site, context production"}, "Deno Deploy"},
		{"oidc.codefresh.io", "account:5f:pipeline:61", said{"pipeline", "5f", "61", "", "account 5f, pipeline 61"}, "no trigger"},
		{"oidc.codefresh.io", "account:5f:pipeline:61:scm_repo_url:https://github.com/acme/web:scm_ref:main", said{"pipeline", "5f", "61", "scm_repo_url:https://github.com/acme/web:scm_ref:main", "account 5f, pipeline 61, trigger scm_repo_url:https://github.com/acme/web:scm_ref:main"}, "the tail holds URLs"},
		{"scalr.io", "account:acme:environment:prod:workspace:net", said{"workspace", "acme", "prod/net", "", "account acme, environment prod, workspace net"}, "a Scalr environment holds workspaces"},
		{"app.harness.io/ng/api/oidc/account/acme", "account/acme:org/default:project/web", said{"project", "acme", "default/web", "", "account acme, organization default, project web"}, "Harness"},
		{"acme.octopus.app", "space:default:project:web:tenant:west:environment:prod", said{"custom", "", "default/web", "west/prod", "space default, project web, tenant west, environment prod"}, "all parts of a deployment"},
		{"acme.octopus.app", "space:default:environment:prod", said{"custom", "", "default", "prod", "space default, environment prod"}, "selected parts"},
		{"acme.octopus.app", "space:default:feed:ecr", said{"feed", "", "default/ecr", "", "space default, feed ecr"}, "a feed"},
		{"cognito-identity.amazonaws.com", "us-east-2:0f0e-11", said{"identity", "", "us-east-2/0f0e-11", "", "region us-east-2, identity 0f0e-11"}, "identity pool"},
		{"cognito-idp.eu-west-1.amazonaws.com/eu-west-1_aBc", "0f0e-11", said{"user", "", "0f0e-11", "", "user 0f0e-11"}, "user pool"},
		{"acme.auth0.com/", "ad|Corp|gene", said{"user", "", "ad/Corp|gene", "", "connection ad, user Corp|gene"}, "the first bar separates"},
		{"acme.auth0.com/", "awZfdIir8YFd@clients", said{"application", "", "awZfdIir8YFd", "", "client awZfdIir8YFd"}, "an application has no user"},
		{"sso.acme.example/realms/main", "0f0e-11", said{"user", "", "0f0e-11", "", "user 0f0e-11"}, "Keycloak"},
		{"acme.okta.com/oauth2/default", "00u1", said{"user", "", "00u1", "", "user 00u1"}, "Okta"},
	}
	read := map[string]bool{}
	for _, tc := range tests {
		i := oidc.Lookup(tc.suffix, tc.subject)
		r, ok := i.Read(tc.subject)
		if !ok || !r.Complete || r.Any || r.Rest != "" || r.Form == "" {
			t.Errorf("%s: %q was not read in full: %+v (%s)", tc.suffix, tc.subject, r, tc.reason)
		}
		got := said{r.Kind, r.Tenant(), r.Resource(), r.Context(), r.String()}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s: %q: %s (-want +got):\n%s", tc.suffix, tc.subject, tc.reason, diff)
		}
		checkOffsets(t, tc.subject, r)
		read[i.Form] = true
	}
	for _, i := range oidc.Issuers() {
		if i.NoGrammar == "" && !read[i.Form] {
			t.Errorf("%s: no example subject is read", i.Name)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	tests := []struct{ suffix, subject, reason string }{
		{gitHubHost, "", "empty"},
		{"gitlab.com", "project_path:acme/*", "a wildcard is an ordinary character, so the ref is missing"},
		{gitHubHost, "repo:/api:pull_request", "an empty owner"},
		{gitHubHost, "repo:octo-org/api:environment:", "an empty environment"},
		{gitHubHost, "repo:octo-org/api:environment:a:b", "a colon in a value is written %3A"},
		{gitHubHost, "repo:octo-org/api/x:pull_request", "a repository holds no slash"},
		{gitHubHost, "repo:octo-org@1/api:pull_request", "ids stand on both or on neither"},
		{gitHubHost, "repo:octo-org@x/api@2:pull_request", "an id is a number"},
		{gitHubHost, "repo:octo-org@*/api@*:pull_request", "an id is a number, not a wildcard"},
		{gitHubHost, "repo:octo-org/api:pull_request_target", "a longer word"},
		{gitHubHost, "repo:octo-org/api:color:red", "an unknown claim"},
		{gitHubHost, "actor:mona:actor:mona", "a claim twice"},
		{gitHubHost, "repo:octo-org/api:", "a separator at the end"},
		{"gitlab.com", "project_path:web:ref_type:branch:ref:main", "a project is in a group"},
		{bitbucket, "9c2f:77aa", "braces missing"},
		{"agent.buildkite.com", "organization:o:pipeline:p:ref:refs/heads/main:commit:8f1c", "no step"},
		{"api.prefect.cloud/oidc-provider", "prefect:cloud:7d0c", "another word"},
		{eksHost, "system:serviceaccount:kube-system:a:b", "a colon too many"},
		{"accounts.google.com", "sa@project.iam.gserviceaccount.com", "an e-mail address"},
		{"acme.octopus.app", "project", "a part without value"},
		{"studio.datachain.ai/api", "anything", "no grammar"},
		{"windmill.acme.com/api/oidc", "ada@acme.com:f/finance/export:None:prod", "not in the table"},
	}
	for _, tc := range tests {
		i := oidc.Lookup(tc.suffix, tc.subject)
		r, ok := i.Read(tc.subject)
		if ok || r.Complete || r.Issuer != i || r.Rest != tc.subject || r.Fields != nil {
			t.Errorf("%s: %q was read as %q (%s)", tc.suffix, tc.subject, r, tc.reason)
		}
	}
}

func TestReadingForm(t *testing.T) {
	tests := []struct{ suffix, subject, want, reason string }{
		{gitHubHost, "repo:o/r:environment:prod", "repo:<owner>/<repository>:environment:<environment>", "default"},
		{gitHubHost, "repo:o@1/r@2:pull_request", "repo:<owner>@<repository_owner_id>/<repository>@<repository_id>:pull_request", "immutable, literal context"},
		{gitHubHost, "repo:o/r:ref:refs/heads/main:actor:mona", "repo:<owner>/<repository>:ref:refs/heads/<branch>:actor:<actor>", "custom: the parts that were met"},
		{bitbucket, "{9c2f}:{77aa}", "{<repository>}:{<step>}", "braces are the subject's"},
	}
	for _, tc := range tests {
		r, _ := oidc.Lookup(tc.suffix, "").Read(tc.subject)
		if r.Form != tc.want {
			t.Errorf("%q: form %q, want %q (%s)", tc.subject, r.Form, tc.want, tc.reason)
		}
	}
}

func TestImmutable(t *testing.T) {
	for subject, want := range map[string]bool{
		"repo:o@1/r@2:pull_request":            true,
		"repo:o@1/r@2:pull_request:actor:mona": true,
		"repo:o/r:pull_request":                false,
		"repository_id:123":                    false,
	} {
		if r, ok := oidc.Lookup(gitHubHost, "").Read(subject); !ok || r.Immutable != want {
			t.Errorf("%q: read %v, immutable %v, want %v", subject, ok, r.Immutable, want)
		}
	}
}

func TestClaimsIn(t *testing.T) {
	tests := []struct {
		suffix, subject string
		want            map[string]string
		reason          string
	}{
		{gitHubHost, "repo:o/r:environment:prod", map[string]string{"environment": "prod"}, "a default form"},
		{gitHubHost, "repo:o/r:environment:prod%3Aeu%2F1", map[string]string{"environment": "prod:eu%2F1"}, "only the colon is encoded"},
		{gitHubHost, "repo:o/r:ref:refs/heads/main", nil, "ref is not documented as a part of the subject"},
		{gitHubHost, "repo:o@1/r@2:pull_request", map[string]string{"repository_owner_id": "1", "repository_id": "2"}, "immutable"},
		{gitHubHost, "repo:o@1/r@2:environment:prod", map[string]string{"environment": "prod", "repository_owner_id": "1", "repository_id": "2"}, "immutable, with environment"},
		{gitHubHost, "repository_id:123", nil, "custom templates say nothing for certain"},
		{gitHubHost, "repo:o/r:environment:prod:actor:mona", nil, "custom"},
		{gitHubHost, "environment:prod", nil, "not read by a default grammar"},
		{gitHubHost + "/octo-ent", "repo:o/r:environment:prod", map[string]string{"environment": "prod"}, "an enterprise's own issuer has the same keys"},
		{"github.acme.example/_services/token", "repo:o/r:environment:prod", nil, "AWS documents no such key for GHES"},
		{"token.actions.x.ghe.com/x", "repo:o/r:environment:prod", nil, "nor for a slug on GHE.com"},
		{"oidc.vercel.com", "owner:acme:project:site:environment:preview", nil, "nor for Vercel"},
	}
	for _, tc := range tests {
		i := oidc.Lookup(tc.suffix, tc.subject)
		r, _ := i.Read(tc.subject)
		if diff := cmp.Diff(tc.want, i.ClaimsIn(r)); diff != "" {
			t.Errorf("%s: %q: %s (-want +got):\n%s", tc.suffix, tc.subject, tc.reason, diff)
		}
	}
	gitHub := oidc.Lookup(gitHubHost, "")
	if got := gitHub.ClaimsIn(gitHub.ReadPattern("repo:o/r:environment:*")); got != nil {
		t.Errorf("a pattern says nothing of a token, got %v", got)
	}
	if r, _ := gitHub.Read("repo:o/r:environment:prod"); oidc.Lookup("gitlab.com", "").ClaimsIn(r) != nil {
		t.Error("another issuer's reading says nothing")
	}
}

func TestReadingIsPlainText(t *testing.T) {
	tests := []struct{ subject, want, reason string }{
		{"repo:o/r:environment:a\nb", `repository o/r, environment "a\nb"`, "a line break"},
		{"repo:o/r:environment:a\x1b[31m", `repository o/r, environment "a\x1b[31m"`, "a terminal sequence"},
		{"repo:o/r:environment:a\u200bb", `repository o/r, environment "a\u200bb"`, "an invisible character"},
		{"repo:o/r:environment:a\u202eb", `repository o/r, environment "a\u202eb"`, "a change of direction"},
		{"repo:o/r:environment:\xff", `repository o/r, environment "\xff"`, "not UTF-8"},
		{"repo:o/r:environment:prod, branch main", `repository o/r, environment "prod, branch main"`, "a comma could pass for the next part"},
		{"repo:o/r:environment: prod", `repository o/r, environment " prod"`, "white space at an end"},
		{"repo:o/r:environment:prod\u00e9", "repository o/r, environment prodé", "letters of any script stay"},
	}
	for _, tc := range tests {
		if r, _ := oidc.Lookup(gitHubHost, "").Read(tc.subject); r.String() != tc.want {
			t.Errorf("%q: got %s, want %s (%s)", tc.subject, r, tc.want, tc.reason)
		}
	}
	zero := oidc.Reading{Fields: []oidc.Field{{Name: "run_phase", Value: "plan"}}, Complete: true}
	if zero.String() != "run phase plan" {
		t.Errorf("a reading without issuer: %s", zero)
	}
}

func TestRoleString(t *testing.T) {
	r, _ := oidc.Lookup(gitHubHost, "").Read("repo:o@1/r@2:ref:refs/heads/main:sha:8f1c")
	var got []string
	for _, f := range r.Fields {
		got = append(got, f.Name+" "+f.Role.String())
	}
	want := []string{"owner tenant", "repository_owner_id id", "repository resource", "repository_id id", "branch context", "sha volatile"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if oidc.Role(99).String() != "unset" {
		t.Errorf("a role that does not exist: %s", oidc.Role(99))
	}
}
