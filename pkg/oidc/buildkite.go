package oidc

const (
	buildkitePipeline = "organization:<organization tenant>:pipeline:<pipeline resource>:ref:"
	// A step without a key leaves its place empty; a key stays the same on each run.
	buildkiteStep = ":commit:<commit volatile>:step:<step? context>"
)

var buildkiteClaims = []string{
	"build_branch", "cluster_id", "cluster_name", "organization_id", "organization_slug", "pipeline_id", "pipeline_slug",
}

var buildkite = Issuer{
	Name:          "Buildkite",
	Known:         true,
	AZP:           AZPNever,
	Suffixes:      []string{"agent.buildkite.com"},
	Audiences:     []string{"sts.amazonaws.com"},
	DefaultClaims: usualClaims,
	Claims:        buildkiteClaims,
	RequiredClaim: "sub",
	Form:          buildkiteForm,
	Grammars:      buildkiteGrammars,
	Looks:         buildkiteLooks,
}

// buildkiteOther are further hosts for which AWS lists Buildkite's keys.
var buildkiteOther = Issuer{
	Name:          "Buildkite (buildkite.dev, buildkite.site)",
	Known:         true,
	Suffixes:      []string{"agent.*.buildkite.dev", "agent.*.buildkite.site"},
	DefaultClaims: usualClaims,
	Claims:        buildkiteClaims,
	Form:          buildkiteForm,
	Grammars:      buildkiteGrammars,
	Looks:         buildkiteLooks,
}

const buildkiteForm = "Buildkite's subjects read organization:<organization>:pipeline:<pipeline>:ref:<ref>:commit:<commit>:step:<step key>"

var buildkiteGrammars = []Grammar{
	{Kind: KindBranch, Text: buildkitePipeline + "refs/heads/<branch context path>" + buildkiteStep},
	{Kind: KindTag, Text: buildkitePipeline + "refs/tags/<tag context path>" + buildkiteStep},
	{Kind: KindRef, Text: buildkitePipeline + "<ref context path>" + buildkiteStep},
}
