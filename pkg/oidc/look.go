package oidc

import (
	"strings"

	"whydenied/pkg/internal/lazy"
)

// Look is a way in which the author of a job sees their own subject, without
// AWS. It shows claims only, never a token.
type Look struct {
	Where   string // where it runs, as in "In a step of the job"
	Command string // shell, with the subject's fields, and <aud>, in "<>"
	Source  string // who documents it
	NoRun   bool   // it needs no run of the job, and says less than the token
}

// printed decodes a token's payload, on a line of its own in the pipe, and
// leaves the rest of it, the signature above all, unsaid. jq's @base64d takes
// base64 without padding.
const printed = ` | jq -rR 'split(".")[1] | gsub("-";"+") | gsub("_";"/") | @base64d | fromjson | {iss, aud, sub}'`

var (
	// A part of a command is a name as issuers give them out: nothing in it
	// means anything to a shell, and it cannot be taken for an option.
	plainPart     = lazy.Regexp(`^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$`)
	plainAudience = lazy.Regexp(`^[A-Za-z0-9][A-Za-z0-9._:/-]{0,199}$`)
)

// In returns the command for a subject and its audience. It is built of
// nothing but parts that look like the issuer's own names; where one does not,
// there is no command.
func (l *Look) In(r Reading, aud string) (command string, ok bool) {
	var b strings.Builder
	for rest := l.Command; rest != ""; {
		text, behind, found := strings.Cut(rest, "<")
		b.WriteString(text)
		if !found {
			break
		}
		var name string
		name, rest, _ = strings.Cut(behind, ">")
		value, known := r.Get(name)
		plain := plainPart()
		if name == "aud" {
			value, known, plain = aud, true, plainAudience()
		}
		if !known || r.Pattern || !plain.MatchString(value) {
			return "", false
		}
		b.WriteString(value)
	}
	return b.String(), true
}

// gitHubLooks are for github.com, whose API gh asks unless it is told another
// host.
var gitHubLooks = []Look{
	gitHubStep,
	{
		Where:   "Without a run, as anyone who may read the repository: how its subjects begin",
		Command: "gh api repos/<owner>/<repository>/actions/oidc/customization/sub",
		Source:  `docs.github.com, REST API, "Get the customization template for an OIDC subject claim for a repository"`,
		NoRun:   true,
	},
}

var gitHubStep = Look{
	Where:   "In a step of the job, which has the permission id-token: write",
	Command: `curl -s -H "Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=<aud>" | jq -r .value` + printed,
	Source:  `docs.github.com, "OpenID Connect reference", methods for requesting the OIDC token`,
}

var gitLabLooks = []Look{{
	Where:   "In the job, with the name that its id_tokens gives the token",
	Command: `echo "$GITLAB_OIDC_TOKEN"` + printed,
	Source:  `docs.gitlab.com, "Configure OpenID Connect in AWS to retrieve temporary credentials"`,
}}

var kubernetesLooks = []Look{
	{
		Where:   "In the pod",
		Command: `cat "$AWS_WEB_IDENTITY_TOKEN_FILE"` + printed,
		Source:  `Amazon EKS User Guide, "Configure Pods to use a Kubernetes service account"`,
	},
	{
		Where:   "Without the pod, as somebody who may make tokens",
		Command: "kubectl create token <service_account> --namespace <namespace> --audience <aud>" + printed,
		Source:  `kubernetes.io, "kubectl create token"`,
		NoRun:   true,
	},
}

var buildkiteLooks = []Look{{
	Where:   "In a step of the pipeline",
	Command: "buildkite-agent oidc request-token --audience <aud>" + printed,
	Source:  `buildkite.com/docs, "buildkite-agent oidc"`,
}}

var circleCILooks = []Look{{
	Where:   "In a job of the project; CIRCLE_OIDC_TOKEN where the job uses that",
	Command: `echo "$CIRCLE_OIDC_TOKEN_V2"` + printed,
	Source:  `circleci.com/docs, "OpenID Connect tokens"`,
}}

var bitbucketLooks = []Look{{
	Where:   "In a step that has oidc: true",
	Command: `echo "$BITBUCKET_STEP_OIDC_TOKEN"` + printed,
	Source:  `bitbucket.org/blog, "Bitbucket Pipelines and OpenID Connect: No more secret management"`,
}}

var hcpTerraformLooks = []Look{{
	Where:   "In an agent's hook, in a workspace whose TFC_WORKLOAD_IDENTITY_AUDIENCE is set",
	Command: `echo "$TFC_WORKLOAD_IDENTITY_TOKEN"` + printed,
	Source:  `developer.hashicorp.com, "Manually generate workload identity tokens"`,
}}

var spaceliftLooks = []Look{{
	Where:   "In a hook of the stack, as before_plan",
	Command: `echo "$SPACELIFT_OIDC_TOKEN"` + printed,
	Source:  `docs.spacelift.io, "OpenID Connect (OIDC)"`,
}}

// prefectLooks shows the account's id: Prefect Cloud itself makes the call, and
// a run never sees the token.
var prefectLooks = []Look{{
	Where:   "Where prefect is logged in: the subject is prefect:account: and the id that follows accounts/",
	Command: "prefect config view | grep -o 'accounts/[0-9a-f-]*'",
	Source:  `docs.prefect.io, "Connect to Prefect Cloud": PREFECT_API_URL names the account`,
}}

var flyLooks = []Look{{
	Where:   "On the machine",
	Command: `curl -s --unix-socket /.fly/api -X POST -H "Content-Type: application/json" -d '{"aud":"<aud>"}' http://localhost/v1/tokens/oidc` + printed,
	Source:  `fly.io/docs, Machines API, "Tokens"`,
}}

var vercelLooks = []Look{{
	Where:   "In a build step of the project",
	Command: `echo "$VERCEL_OIDC_TOKEN"` + printed,
	Source:  `vercel.com/docs, "OpenID Connect (OIDC) Federation"`,
}}
