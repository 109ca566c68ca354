package doctor

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"whydenied/lambda/doctor/checkup"
)

// watched is a kind of events that a rule brings to the function.
type watched struct {
	name    string // of the check
	what    string // as in "no rule matches refused calls"
	matches func(pattern string) bool
	reads   bool   // CloudTrail records them as read-only, which a rule that is ENABLED may leave out
	deploy  string // what makes a rule where there is none
}

var (
	refusals = watched{"rule", "refused calls", matchesDenials, true, "deploy the stack in this region, or deploy/member.yaml, whose rule forwards to the central bus"}
	changes  = watched{"change rule", "changes of roles and identity providers", matchesChanges, false,
		"deploy the stack in this region, or deploy/member.yaml, whose rule forwards to the central bus, with WatchChanges=true"}
)

// changeRegions are where IAM's events come up, by partition: in one region for
// all (deploy/README.md, Changes of roles).
var changeRegions = map[string]string{"aws": globalRegion, "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}

// changes looks for the rules on changes where they have something to match: on
// the default bus of the one region that IAM's events come up in, and on the
// stack's own buses, which they are forwarded to. Whether anybody calls that
// region does not matter.
func (v visit) changes(ctx context.Context) (checks []checkup.Check) {
	if !v.config.Changes {
		return nil
	}
	region := changeRegions[partition(v.cfg.Region)]
	if region == "" {
		checks = append(checks, checkup.Check{Name: changes.name, Status: checkup.Unknown, Found: "it is not known in which region of this partition IAM's events come up", Do: "see the rules there"})
	} else {
		checks = append(checks, v.rule(ctx, changes, region, defaultBus))
	}
	for _, bus := range v.buses {
		if bus != defaultBus {
			checks = append(checks, v.rule(ctx, changes, v.cfg.Region, bus))
		}
	}
	return checks
}

// enabled tells whether a rule in a state gets what is watched.
func (w *watched) enabled(state types.RuleState) bool {
	return state == types.RuleStateEnabledWithAllCloudtrailManagementEvents || !w.reads && state == types.RuleStateEnabled
}

// listens says of a rule that it is well.
func (w *watched) listens(r *types.Rule) string {
	if r.State == types.RuleStateEnabledWithAllCloudtrailManagementEvents {
		return "is enabled for all management events"
	}
	return "is enabled"
}

// among tells whether a rule is one on what is watched.
func (w *watched) among(r *types.Rule) bool { return w.matches(aws.ToString(r.EventPattern)) }
