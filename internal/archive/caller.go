package archive

// caller is who calls AssumeRoleWithWebIdentity, and how that goes. Its subject
// and its address may have slots.
type caller struct {
	role, provider, audience, subject string

	cause         string // the code of a diagnosis with [Account]; "" where the call was allowed
	code, message string // where they are not AccessDenied and its message

	address string
	tags    bool // it asked for session tags
	bare    bool // the record has no requestParameters and no resources
}

// The providers of account.json, and two that it lacks.
const (
	github    = "token.actions.githubusercontent.com"
	gitlab    = "gitlab.com"
	cluster   = "oidc.eks.us-east-1.amazonaws.com/id/4F1D0C7B2A9E4D5886F3B1C0A7E29D64"
	terraform = "app.terraform.io"
	prefect   = "api.prefect.cloud/oidc-provider"
	buildkite = "agent.buildkite.com"
	bitbucket = "api.bitbucket.org/2.0/workspaces/octo-org/pipelines-config/identity/oidc"
	circleci  = "oidc.circleci.com/org/7c1f0a52-3b7e-4d58-9a60-2f4e8b1d6c93"
	vercel    = "oidc.vercel.com/octo-org"
	windmill  = "ci.acme.example/api/oidc"
	google    = "accounts.google.com"
	fly       = "oidc.fly.io/octo-org"
)

const (
	awsAudience = "sts.amazonaws.com"
	workspace   = "ari:cloud:bitbucket::workspace/2d8c6a51-7f0e-4b3c-9d15-84e0a6b7c3f2"
	circleOrg   = "7c1f0a52-3b7e-4d58-9a60-2f4e8b1d6c93"
	account     = "3f2a9c1e-8b47-4d0a-9c55-1e6b7a20d4f8" // Prefect's
)

// allowed are the callers that a role lets in, the busiest first.
func allowed() []caller {
	return []caller{
		{provider: cluster, role: "ledger-writer", audience: awsAudience, subject: "system:serviceaccount:ledger:writer"},
		{provider: cluster, role: "batch-runner", audience: awsAudience, subject: "system:serviceaccount:batch:${word}"},
		{provider: github, role: "api-deploy", audience: awsAudience, subject: "repo:octo-org/api:ref:refs/heads/main"},
		{provider: github, role: "docs-publish", audience: awsAudience, subject: "repo:octo-org/docs:environment:${word}"},
		{provider: github, role: "site-deploy", audience: awsAudience, subject: "repo:octo-org/site:ref:refs/heads/main"},
		{provider: github, role: "infra-apply", audience: awsAudience, subject: "repo:octo-org/infra:ref:refs/heads/main", address: "192.0.2.44"},
		{provider: gitlab, role: "gitlab-deploy", audience: "https://gitlab.com", subject: "project_path:octo-org/api:ref_type:branch:ref:main"},
		{provider: terraform, role: "terraform-plan", audience: "aws.workload.identity", subject: "organization:octo-org:project:core:workspace:${word}:run_phase:plan"},
		{provider: terraform, role: "terraform-plan", audience: "aws.workload.identity", subject: "organization:octo-org:project:Web & Docs:workspace:web:run_phase:plan"},
		{provider: buildkite, role: "buildkite-deploy", audience: awsAudience, subject: "organization:octo-org:pipeline:web:ref:refs/heads/main:commit:${hex40}:step:deploy"},
		{provider: bitbucket, role: "bitbucket-build", audience: workspace, subject: "{5e0a7c31-9d42-4f86-b1c7-03f8e6a2d945}:{${uuid}}"},
		{provider: circleci, role: "circleci-deploy", audience: circleOrg, subject: "org/" + circleOrg + "/project/1b6f3d20-58a4-4c19-8e7d-c92a0f5e4b36/user/0d9e8f7a-6b5c-4d3e-8f21-a0b1c2d3e4f5"},
		{provider: vercel, role: "vercel-app", audience: "https://vercel.com/octo-org", subject: "owner:octo-org:project:shop:environment:production"},
		{provider: prefect, role: "prefect-reports", audience: "prefect-cloud", subject: "prefect:account:" + account},
		{provider: google, role: "google-sync", audience: "104857600123456789012", subject: "104857600123456789012"},
	}
}

// refused are the callers that are refused, the most persistent first.
func refused() []caller {
	const denied = "InvalidIdentityTokenException"
	return []caller{
		{cause: "sub_mismatch", provider: github, role: "api-deploy", audience: awsAudience, subject: "repo:octo-org/api:pull_request"},
		{cause: "sub_mismatch", provider: prefect, role: "prefect-flows", audience: "prefect-cloud", subject: "prefect:account:" + account},
		{cause: "sub_mismatch", provider: cluster, role: "batch-runner", audience: awsAudience, subject: "system:serviceaccount:default:${word}"},
		{cause: "provider_arn_mismatch", provider: cluster, role: "payments-reader", audience: awsAudience, subject: "system:serviceaccount:payments:reader"},
		{cause: "token_expired", provider: cluster, role: "ledger-writer", audience: awsAudience, subject: "system:serviceaccount:ledger:archiver",
			code: "ExpiredTokenException", message: "Token expired: current date/time 1794059964 must be before the expiration date/time 1793980400"},
		{cause: "sub_mismatch", provider: github, role: "web-deploy", audience: awsAudience, subject: "repo:octo-org/web:ref:refs/heads/main"},
		{cause: "sub_mismatch", provider: github, role: "api-deploy", audience: awsAudience, subject: "repo:octo-org@1234567/api@456789012:ref:refs/heads/main"},
		{cause: "sub_mismatch", provider: github, role: "api-deploy", audience: awsAudience, subject: "repo:octo-org/api:environment:${word}"},
		{cause: "aud_mismatch", provider: github, role: "docs-publish", audience: "https://github.com/octo-org", subject: "repo:octo-org/docs:ref:refs/heads/main"},
		{cause: "sub_mismatch", provider: gitlab, role: "gitlab-deploy", audience: "https://gitlab.com", subject: "project_path:octo-org/api:ref_type:tag:ref:v1.4.2"},
		{cause: "sub_mismatch", provider: terraform, role: "terraform-plan", audience: "aws.workload.identity", subject: "organization:octo-org:project:Web & Docs:workspace:web:run_phase:apply"},
		{cause: "tag_session_not_allowed", provider: buildkite, role: "buildkite-deploy", audience: awsAudience, tags: true,
			subject: "organization:octo-org:pipeline:web:ref:refs/heads/main:commit:${hex40}:step:release"},
		{cause: "sub_mismatch", provider: bitbucket, role: "bitbucket-build", audience: workspace, subject: "{0f4b6c8d-2a1e-4c3f-9b7d-5e6f7a8b9c0d}:{${uuid}}"},
		{cause: "sub_mismatch", provider: circleci, role: "circleci-deploy", audience: circleOrg, subject: "org/" + circleOrg + "/project/99999999-58a4-4c19-8e7d-c92a0f5e4b36/user/0d9e8f7a-6b5c-4d3e-8f21-a0b1c2d3e4f5"},
		{cause: "sub_mismatch", provider: vercel, role: "vercel-app", audience: "https://vercel.com/octo-org", subject: "owner:octo-org:project:shop:environment:preview"},
		{cause: "condition_key_misnamed", provider: windmill, role: "finance-export", audience: awsAudience, subject: "ada@acme.example:f/finance/export:prod"},
		{cause: "hidden_claim", provider: github, role: "site-deploy", audience: awsAudience, subject: "repo:octo-org/site:environment:${word}"},
		{cause: "explicit_deny", provider: github, role: "infra-apply", audience: awsAudience, subject: "repo:octo-org/infra:ref:refs/heads/next"},
		{cause: "action_not_allowed", provider: github, role: "release-sign", audience: awsAudience, subject: "repo:octo-org/signer:environment:release"},
		{cause: "no_federated_principal", provider: github, role: "lambda-exec", audience: awsAudience, subject: "repo:octo-org/api:ref:refs/heads/main"},
		{cause: "role_not_found", provider: github, role: "api-deply", audience: awsAudience, subject: "repo:octo-org/api:ref:refs/heads/main"},
		{cause: "beyond_trust_policy", provider: gitlab, role: "gitlab-deploy", audience: "https://gitlab.com", subject: "project_path:octo-org/api:ref_type:branch:ref:next"},
		{cause: "sub_mismatch", provider: github, role: "docs-publish", audience: awsAudience, subject: "repo:mallory/fork:ref:refs/heads/main"},
		{cause: "provider_not_registered", provider: fly, role: "web-deploy", audience: awsAudience, subject: "octo-org:web:148e21ea7460d8",
			code: denied, message: "No OpenIDConnect provider found in your account for https://oidc.fly.io/octo-org"},
		{cause: "audience_not_registered", provider: circleci, role: "circleci-deploy", audience: "https://circleci.com", subject: "org/" + circleOrg + "/project/1b6f3d20-58a4-4c19-8e7d-c92a0f5e4b36/user/0d9e8f7a-6b5c-4d3e-8f21-a0b1c2d3e4f5",
			code: denied, message: "Incorrect token audience"},
		{cause: "sub_mismatch", provider: github, audience: awsAudience, subject: "repo:octo-org/api:ref:refs/heads/next", bare: true},
	}
}

// agents are the user agents that an issuer's tokens come with.
func agents(provider string) []string {
	switch provider {
	case github:
		return []string{"aws-sdk-nodejs/2.1691.0 configure-aws-credentials-for-github-actions", "aws-sdk-js/3.859.0 ua/2.1 os/linux#6.11.0-1018-azure lang/js md/nodejs#20.19.4 api/sts#3.859.0 configure-aws-credentials-for-github-actions:deploy"}
	case cluster:
		return []string{"aws-sdk-go-v2/1.39.0 ua/2.1 os/linux lang/go#1.25.1 md/GOOS#linux md/GOARCH#amd64 api/sts#1.38.4", "Boto3/1.40.21 md/Botocore#1.40.21 ua/2.1 os/linux#6.12.40 md/arch#x86_64 lang/python#3.12.11"}
	case terraform:
		return []string{"APN/1.0 HashiCorp/1.0 Terraform/1.13.4 (+https://www.terraform.io) terraform-provider-aws/6.18.0 (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.39.3"}
	default:
		return []string{"aws-cli/2.31.5 md/awscrt#0.27.6 ua/2.1 os/linux#6.8.0 md/arch#x86_64 lang/python#3.13.7 md/installer#exe command/sts.assume-role-with-web-identity"}
	}
}
