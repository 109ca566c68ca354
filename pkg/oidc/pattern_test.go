package oidc_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"whydenied/pkg/oidc"
)

// shape is what ReadPattern makes of a pattern.
type shape struct {
	Kind, Tenant, Resource, Context string
	Complete, Any                   bool
	Rest, Sentence                  string
}

func TestReadPattern(t *testing.T) {
	const complete, trailing = true, true
	tests := []struct {
		suffix, pattern string
		want            shape
		reason          string
	}{
		{gitHubHost, "repo:octo-org/*", shape{"", "octo-org", "*", "", false, trailing, "", "repository octo-org/*, followed by anything"}, "the star covers repository and context"},
		{gitHubHost, "repo:octo-org/api:*", shape{"", "octo-org", "api", "", false, trailing, "", "repository octo-org/api, followed by anything"}, "any context"},
		{gitHubHost, "repo:octo-org/api*", shape{"", "octo-org", "api*", "", false, trailing, "", "repository octo-org/api*, followed by anything"}, "the star also covers other repositories"},
		{gitHubHost, "repo:octo-org/*:ref:refs/heads/*", shape{"branch", "octo-org", "*", "*", complete, false, "", "repository octo-org/*, branch *"}, "nothing follows the last field"},
		{gitHubHost, "repo:octo-org/api:ref:refs/heads/release-?", shape{"branch", "octo-org", "api", "release-?", complete, false, "", "repository octo-org/api, branch release-?"}, "? stands in a field"},
		{gitHubHost, "repo:octo-org/api:ref:*", shape{"", "octo-org", "api", "", false, trailing, "", "repository octo-org/api, followed by anything"}, "branch, tag and other refs alike"},
		{gitHubHost, "repo:octo-org/api:ref:refs/*/main", shape{"", "octo-org", "api", "refs/*/main", complete, false, "", "repository octo-org/api, ref refs/*/main"}, "a star inside a ref leaves open which kind it is"},
		{gitHubHost, "repo:octo-org/api:pull_request", shape{"pull request", "octo-org", "api", "pull_request", complete, false, "", "repository octo-org/api, pull_request"}, "no wildcard"},
		{gitHubHost, "repo:octo-org/api:pull_request*", shape{"pull request", "octo-org", "api", "pull_request", complete, trailing, "", "repository octo-org/api, pull_request, followed by anything"}, "all is read, and more may follow"},
		{gitHubHost, "repo:octo-org/api:environment:*", shape{"environment", "octo-org", "api", "*", complete, false, "", "repository octo-org/api, environment *"}, "any environment"},
		{gitHubHost, "repo:octo-org/api", shape{"", "octo-org", "api", "", false, false, "", "repository octo-org/api, and nothing after that"}, "no context: matches no default subject"},
		{gitHubHost, "repo:octo-org/api:", shape{"", "octo-org", "api", "", false, false, ":", "repository octo-org/api, then unreadable: :"}, "a separator and nothing more"},
		{gitHubHost, "repo:octo-org/api:refs/heads/main", shape{"", "octo-org", "api", "", false, false, ":refs/heads/main", "repository octo-org/api, then unreadable: :refs/heads/main"}, "ref: is missing"},
		{gitHubHost, "repo:octo-org:ref:refs/heads/main", shape{"", "octo-org", "", "", false, false, ":ref:refs/heads/main", "owner octo-org, then unreadable: :ref:refs/heads/main"}, "the repository is missing"},
		{gitHubHost, "repo:*", shape{"", "*", "", "", false, trailing, "", "owner *, followed by anything"}, "anybody"},
		{gitHubHost, "repo:*:environment:prod", shape{"environment", "*", "", "prod", complete, false, "", "owner *, environment prod"}, "the star covers owner and repository"},
		{gitHubHost, "repo:octo-org*:ref:refs/heads/main", shape{"branch", "octo-org*", "", "main", complete, false, "", "owner octo-org*, branch main"}, "likewise"},
		{gitHubHost, "repo:*:*", shape{"", "*", "", "", false, trailing, "", "owner *, followed by anything"}, "anybody, in two stars"},
		{gitHubHost, "repo:octo-org@123/api@456:*", shape{"", "octo-org", "api", "", false, trailing, "", "repository octo-org/api, repository owner id 123, repository id 456, followed by anything"}, "immutable"},
		{gitHubHost, "repo:octo-org@*/api@*:environment:prod", shape{"environment", "octo-org", "api", "prod", complete, false, "", "repository octo-org/api, repository owner id *, repository id *, environment prod"}, "any ids"},
		{gitHubHost, "repo:octo-org@*", shape{"", "octo-org", "", "", false, trailing, "", "owner octo-org, repository owner id *, followed by anything"}, "any id of the owner"},
		{gitHubHost, "repository_owner:octo-org:*", shape{"", "octo-org", "", "", false, trailing, "", "owner octo-org, followed by anything"}, "a custom template"},
		{gitHubHost, "repo:o/r:environment:prod:job_workflow_ref:o/*", shape{"custom", "o", "r", "prod/o/*", complete, false, "", "repository o/r, environment prod, job workflow ref o/*"}, "a custom template, whole"},
		{gitHubHost, "repo:o/r:pull_request:actor*", shape{"", "o", "r", "pull_request", false, trailing, "", "repository o/r, pull_request, followed by anything"}, "a star inside the name of a claim"},
		{gitHubHost, "repository_owner:o:color:red", shape{"", "o", "", "", false, false, "color:red", "owner o, then unreadable: color:red"}, "an unknown claim"},
		{gitHubHost, "repository_owner:o:ref:*", shape{"", "o", "", "", false, trailing, "", "owner o, followed by anything"}, "any ref: a branch, a tag or neither"},
		{gitHubHost, "*", shape{"", "", "", "", false, trailing, "", "any subject"}, "everything"},
		{gitHubHost, "", shape{"", "", "", "", false, false, "", "no subject"}, "nothing"},
		{gitHubHost, "rep*", shape{"", "", "", "", false, trailing, "", "any subject"}, "a star inside the first literal"},
		{gitHubHost, "*:environment:prod", shape{"environment", "", "", "prod", complete, false, "", "environment prod"}, "a star in front"},
		{gitHubHost, "repo:octo-org/*main", shape{"", "octo-org", "", "", false, false, "*main", "owner octo-org, then unreadable: *main"}, "the star may cover the end of the repository and the ref"},
		{gitHubHost, "repo:octo-org/*:*:environment:prod", shape{"environment", "octo-org", "*", "prod", complete, false, "", "repository octo-org/*, environment prod"}, "the same word is looked for behind the star"},
		{gitHubHost, "repo:octo-org/api:*:main", shape{"", "octo-org", "api", "", false, false, ":*:main", "repository octo-org/api, then unreadable: :*:main"}, "nothing known follows the star"},
		{gitHubHost, "octo-org/api", shape{"", "", "", "", false, false, "octo-org/api", "unreadable: octo-org/api"}, "repo: is missing"},
		{gitHubHost, "repo:<org>/<repo>:*", shape{"", "<org>", "<repo>", "", false, trailing, "", "repository <org>/<repo>, followed by anything"}, "placeholders are values"},
		{"gitlab.com", "project_path:acme/*:ref_type:branch:ref:main", shape{"branch", "acme", "*", "main", complete, false, "", "project acme/*, branch main"}, "any project of a group"},
		{"gitlab.com", "project_path:acme/web:ref_type:*:ref:main", shape{"", "acme", "web", "*/main", complete, false, "", "project acme/web, ref type *, ref main"}, "any type of ref"},
		{"gitlab.com", "project_path:acme/*", shape{"", "acme", "*", "", false, trailing, "", "project acme/*, followed by anything"}, "any project, any ref"},
		{bitbucket, "{9c2f}:*", shape{"", "", "9c2f", "", false, trailing, "", "repository 9c2f, followed by anything"}, "the only pattern that works there"},
		{bitbucket, "{9c2f}:{*", shape{"", "", "9c2f", "", false, trailing, "", "repository 9c2f, followed by anything"}, "a step, or an environment and a step"},
		{bitbucket, "{9c2f}*", shape{"", "", "9c2f", "", false, trailing, "", "repository 9c2f, followed by anything"}, "likewise"},
		{"agent.buildkite.com", "organization:acme:pipeline:web:*", shape{"", "acme", "web", "", false, trailing, "", "organization acme, pipeline web, followed by anything"}, "Buildkite's own example"},
		{"agent.buildkite.com", "organization:acme:pipeline:web:ref:refs/heads/main:*", shape{"branch", "acme", "web", "main", false, trailing, "", "organization acme, pipeline web, branch main, followed by anything"}, "the kind of ref is read"},
		{"agent.buildkite.com", "organization:acme:pipeline:web:ref:refs/heads/*", shape{"branch", "acme", "web", "*", false, trailing, "", "organization acme, pipeline web, branch *, followed by anything"}, "any branch"},
		{"app.terraform.io", "organization:acme:project:*:workspace:*:run_phase:*", shape{"run phase", "acme", "*/*", "*", complete, false, "", "organization acme, project *, workspace *, run phase *"}, "stars in fields"},
		{"app.terraform.io", "organization:acme:*:run_phase:apply", shape{"run phase", "acme", "", "apply", complete, false, "", "organization acme, run phase apply"}, "a star in place of several parts"},
		{eksHost, "system:serviceaccount:*:external-dns", shape{"service account", "", "*/external-dns", "", complete, false, "", "service account external-dns in namespace *"}, "any namespace"},
		{eksHost, "system:serviceaccount:kube-system:*", shape{"service account", "", "kube-system/*", "", complete, false, "", "service account * in namespace kube-system"}, "any service account"},
		{eksHost, "system:serviceaccount:*", shape{"service account", "", "*", "", false, trailing, "", "namespace *, followed by anything"}, "any pod"},
		{"cluster.acme.example", "system:serviceaccount:ci:*", shape{"service account", "", "ci/*", "", complete, false, "", "service account * in namespace ci"}, "an issuer that is not in the table"},
		{"api.prefect.cloud/oidc-provider", "prefect:cloud:7d0c", shape{"", "", "", "", false, false, "prefect:cloud:7d0c", "unreadable: prefect:cloud:7d0c"}, "the case of the design: another word"},
		{"acme.octopus.app", "space:default:*", shape{"", "", "default", "", false, trailing, "", "space default, followed by anything"}, "feed or deployment"},
		{"studio.datachain.ai/api", "x*", shape{"", "", "", "", false, false, "x*", "unreadable: x*"}, "no grammar"},
	}
	for _, tc := range tests {
		r := oidc.Lookup(tc.suffix, "").ReadPattern(tc.pattern)
		got := shape{r.Kind, r.Tenant(), r.Resource(), r.Context(), r.Complete, r.Any, r.Rest, r.String()}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s: %q: %s (-want +got):\n%s", tc.suffix, tc.pattern, tc.reason, diff)
		}
		if !r.Pattern {
			t.Errorf("%q: not marked as a pattern", tc.pattern)
		}
		checkOffsets(t, tc.pattern, r)
	}
}

// TestReadPatternOfSubject holds the two ways of reading together.
func TestReadPatternOfSubject(t *testing.T) {
	for _, subject := range []string{
		"repo:o/r:environment:prod", "repo:o@1/r@2:ref:refs/tags/v1", "repo:o/r:pull_request",
		"repository_owner:o:run_id:1", "repo:o/r:ref:refs/heads/main:actor:mona",
	} {
		i := oidc.Lookup(gitHubHost, "")
		want, _ := i.Read(subject)
		want.Pattern = true
		if diff := cmp.Diff(want, i.ReadPattern(subject)); diff != "" {
			t.Errorf("%q (-read +pattern):\n%s", subject, diff)
		}
	}
}
