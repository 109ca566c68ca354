package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"whydenied/pkg/diagnosis"
	"whydenied/pkg/evidence"
	"whydenied/pkg/policy"
)

// toolNames are for people. The provider of Terraform calls itself the same
// under OpenTofu.
var toolNames = map[evidence.Tool]string{
	evidence.ToolTerraform:      "Terraform or OpenTofu",
	evidence.ToolOpenTofu:       "OpenTofu",
	evidence.ToolPulumi:         "Pulumi",
	evidence.ToolCDK:            "the CDK",
	evidence.ToolCloudFormation: "CloudFormation",
	evidence.ToolConsole:        "the console",
	evidence.ToolCLI:            "the AWS CLI",
	evidence.ToolSDK:            "an AWS SDK",
}

// happened says in a few words what the change did.
func (c *Changed) happened() string {
	switch c.Event {
	case "CreateRole":
		return either(c.Before == string(diagnosis.VersionNone), "role created", "role made anew")
	case "DeleteRole":
		return "role deleted"
	case "CreateOpenIDConnectProvider":
		return "provider created"
	case "DeleteOpenIDConnectProvider":
		return "provider deleted"
	case "RemoveClientIDFromOpenIDConnectProvider":
		return "audience removed from the provider"
	}
	return "trust policy changed"
}

// author says who made the change and with what. The tool is "apparently" so:
// a user agent is chosen by whoever calls.
func (c *Changed) author() string {
	said := "by somebody whom the record does not name"
	if c.Who != "" {
		said = "by " + short(c.Who)
	}
	if name := toolNames[evidence.Tool(c.Tool)]; name != "" {
		return said + ", apparently with " + name
	}
	return said + ", with a tool that is not known"
}

// reverted says what the version before would do, as far as it is evaluated.
func (c *Changed) reverted(r *Report) string {
	version := either(c.Event == "DeleteRole", "the role as it was", "the version before")
	would := either(r.Present == nil, "would", "would have")
	switch diagnosis.VersionVerdict(c.Before) {
	case diagnosis.VersionAllows:
		if stranger(r) {
			return version + " would have let this caller in: make sure which of the two is meant"
		}
		return version + " " + would + either(r.Present == nil, " allow", " allowed") + " this call"
	case diagnosis.VersionRefuses:
		if c.After == string(diagnosis.VersionAllows) {
			return version + " refuses this call and the new one allows it, which STS may not have known yet"
		}
		return version + " would have refused this call as well"
	case diagnosis.VersionUnknown:
		return "whether " + version + " would allow this call is not known"
	case diagnosis.VersionNotHeld:
		return "what stood before is not known"
	case diagnosis.VersionNone:
	}
	return ""
}

// later says that the change was not the last one.
func (c *Changed) later() string {
	if c.Later == 0 {
		return ""
	}
	return fmt.Sprintf("the role changed %s more %s before the call", thousands(c.Later), either(c.Later == 1, "time", "times"))
}

// howLong is a span in its largest unit, rounded down.
func howLong(d time.Duration) string {
	for _, unit := range []struct {
		name string
		span time.Duration
	}{{"day", 24 * time.Hour}, {"hour", time.Hour}, {"minute", time.Minute}, {"second", time.Second}} {
		if n := int(d / unit.span); n > 0 {
			return thousands(n) + " " + unit.name + either(n == 1, "", "s")
		}
	}
	return "less than a second"
}

// pieceOfDiff is a difference in words around its values.
type pieceOfDiff struct {
	words          string
	removed, added []string
}

// phrase says what a difference is about, and of which kind it is.
func (d *Difference) phrase(r *Report) pieceOfDiff {
	p := pieceOfDiff{removed: d.Removed, added: d.Added}
	name := short(claimName(r, d.Key))
	switch {
	case d.Kind == string(policy.DiffNotKnown):
		p.words = "the " + d.Part + " cannot be compared, for it is not resolved"
	case d.Part == string(policy.DiffCondition):
		p.words = d.conditionPhrase(name)
	case d.Part == string(policy.DiffPrincipal) && d.OperatorBefore != d.Operator:
		p.words = short(d.OperatorBefore) + " became " + short(d.Operator)
	case d.Part == string(policy.DiffPrincipal):
		p.words = "trusts " + d.change()
	case d.Part == string(policy.DiffAction) && d.OperatorBefore != d.Operator:
		p.words = short(d.OperatorBefore) + " became " + short(d.Operator)
	case d.Part == string(policy.DiffAction):
		p.words = "allows " + d.change()
	case d.Part == string(policy.DiffStatement):
		p.words = "statement " + d.Kind
	default:
		p.words = d.Part + " changed"
	}
	if d.Unresolved {
		p.words += " (not resolved)"
	}
	return p
}

// change tells values that were exchanged from those that only came or went.
func (d *Difference) change() string {
	switch {
	case len(d.Removed) == 0:
		return "in addition"
	case len(d.Added) == 0:
		return "no longer"
	}
	return "instead"
}

func (d *Difference) conditionPhrase(name string) string {
	operator := short(d.Operator)
	switch {
	case d.Kind == string(policy.DiffAdded):
		return "new condition, " + name + " under " + operator
	case d.Kind == string(policy.DiffRemoved):
		return "condition gone, " + name + " under " + short(d.OperatorBefore)
	case d.OperatorBefore != d.Operator:
		return name + " was under " + short(d.OperatorBefore) + " and is under " + operator
	case operator != "StringEquals" && operator != "StringLike":
		return name + " under " + operator
	case len(d.Removed) == 0:
		return name + " expects in addition"
	case len(d.Added) == 0:
		return name + " no longer expects"
	}
	return name + " expected"
}

// relevant are the differences, those first that are about what refuses.
func (c *Changed) relevant(r *Report) []Difference {
	about := func(d *Difference) bool {
		return slices.ContainsFunc(r.Causes, func(k Cause) bool {
			return k.Key != "" && strings.EqualFold(k.Key, d.Key) ||
				k.Element == diagnosis.ElementProviderARN && d.Part == string(policy.DiffPrincipal) ||
				k.Element == diagnosis.ElementAction && d.Part == string(policy.DiffAction)
		})
	}
	list := slices.Clone(c.Differences)
	slices.SortStableFunc(list, func(a, b Difference) int {
		return rank(about(&a)) - rank(about(&b))
	})
	return list
}

func rank(first bool) int {
	if first {
		return 0
	}
	return 1
}
