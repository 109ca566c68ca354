package oidc

// gitHubClaims are the condition keys that AWS lists for GitHub beside the usual
// ones (service authorization reference, AWS STS); repository_owner is not there.
var gitHubClaims = []string{
	"actor", "actor_id", "job_workflow_ref", "repository", "repository_id", "workflow", "ref",
	"environment", "enterprise_id", "repository_owner_id",
}

var gitHubAudiences = []string{"sts.amazonaws.com", "https://github.com/<owner>"}

const gitHubForm = "GitHub's subjects read repo:<owner>/<repository>: and then environment:<name> if the job names an environment, else pull_request on a pull request, else ref:<ref>"

// gitHubSubjectClaims are parts of the default subjects; ids only of immutable ones.
var gitHubSubjectClaims = []string{"environment", "repository_id", "repository_owner_id"}

var gitHubPhrases = []string{"repository <owner>/<repository>", "<event>"}

const (
	gitHubRepo      = "repo:<owner tenant name>/<repository resource name>"
	gitHubImmutable = "repo:<owner tenant name>@<repository_owner_id id digits>/<repository resource name>@<repository_id id digits>"

	gitHubEnvironment = "environment:<environment context path>"
	gitHubPullRequest = "<event context =pull_request>"
	gitHubBranch      = "ref:refs/heads/<branch context path>"
	gitHubTag         = "ref:refs/tags/<tag context path>"
	gitHubRef         = "ref:<ref context path>"
)

// gitHubGrammars follow docs.github.com, "OpenID Connect reference". The custom
// template comes last: a subject that has a default form is taken for one.
var gitHubGrammars = []Grammar{
	{Kind: KindEnvironment, Text: gitHubRepo + ":" + gitHubEnvironment},
	{Kind: KindPullRequest, Text: gitHubRepo + ":" + gitHubPullRequest},
	{Kind: KindBranch, Text: gitHubRepo + ":" + gitHubBranch},
	{Kind: KindTag, Text: gitHubRepo + ":" + gitHubTag},
	{Kind: KindRef, Text: gitHubRepo + ":" + gitHubRef},
	{Kind: KindEnvironment, Text: gitHubImmutable + ":" + gitHubEnvironment},
	{Kind: KindPullRequest, Text: gitHubImmutable + ":" + gitHubPullRequest},
	{Kind: KindBranch, Text: gitHubImmutable + ":" + gitHubBranch},
	{Kind: KindTag, Text: gitHubImmutable + ":" + gitHubTag},
	{Kind: KindRef, Text: gitHubImmutable + ":" + gitHubRef},
	{Kind: KindCustom, Parts: gitHubParts},
}

// gitHubParts are the claims that include_claim_keys may select. The owner of a
// reusable workflow is not the caller's, so job_workflow_ref has no tenant.
var gitHubParts = []string{
	gitHubRepo, gitHubImmutable, gitHubEnvironment, gitHubPullRequest, gitHubBranch, gitHubTag, gitHubRef,
	"repository:<owner tenant name>/<repository resource name>",
	"repository_owner:<owner tenant name>",
	"enterprise:<enterprise tenant name>",
	"repository_id:<repository_id id digits>",
	"repository_owner_id:<repository_owner_id id digits>",
	"enterprise_id:<enterprise_id id digits>",
	"actor:<actor context path>",
	"actor_id:<actor_id context path>",
	"base_ref:<base_ref context path>",
	"head_ref:<head_ref context path>",
	"event_name:<event_name context path>",
	"job_workflow_ref:<job_workflow_ref context path>",
	"ref_type:<ref_type context path>",
	"repository_visibility:<repository_visibility context path>",
	"runner_environment:<runner_environment context path>",
	"workflow:<workflow context path>",
	"workflow_ref:<workflow_ref context path>",
	"check_run_id:<check_run_id volatile path>",
	"job_workflow_sha:<job_workflow_sha volatile path>",
	"run_attempt:<run_attempt volatile path>",
	"run_id:<run_id volatile path>",
	"run_number:<run_number volatile path>",
	"sha:<sha volatile path>",
	"workflow_sha:<workflow_sha volatile path>",
}
