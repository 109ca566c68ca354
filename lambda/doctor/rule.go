package doctor

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"whydenied/lambda/doctor/checkup"
)

// place is a bus of a region.
type place struct{ region, bus string }

func (p place) String() string {
	if p.bus == defaultBus {
		return p.region
	}
	return p.region + " " + p.bus
}

// defaultBus is where CloudTrail's events come.
const defaultBus = "default"

// rule looks for the rule of a bus on what is watched. The function cannot be told its
// rule's name, since the rule is made of the function's; so the rule is told by
// what it matches and where it leads.
func (v visit) rule(ctx context.Context, w watched, region, bus string) checkup.Check {
	client := eventbridge.NewFromConfig(v.cfg, func(o *eventbridge.Options) { o.Region = region })
	c := checkup.Check{Name: w.name, On: place{region, bus}.String(), Status: checkup.Failed, Found: fmt.Sprintf("no rule on the bus %q matches %s", bus, w.what), Do: w.deploy}
	in := &eventbridge.ListRulesInput{EventBusName: aws.String(bus)}
	for {
		out, err := within(ctx, func(ctx context.Context) (*eventbridge.ListRulesOutput, error) { return client.ListRules(ctx, in) })
		if code(err) == "ResourceNotFound" {
			c.Found, c.Do = fmt.Sprintf("there is no bus %q", bus), "deploy the stack again"
			return c
		}
		if err != nil {
			return unasked(c.Name, c.On, "events:ListRules", err)
		}
		for i := range out.Rules {
			r := &out.Rules[i]
			if !w.among(r) {
				continue
			}
			found := v.oneRule(ctx, client, w, r, place{region, bus})
			if found.Status == checkup.OK {
				return found
			}
			if found.Do != "" && (c.Do == w.deploy || found.Unasked) {
				c = found
			}
		}
		if aws.ToString(out.NextToken) == "" {
			return c
		}
		in.NextToken = out.NextToken
	}
}

func (v visit) oneRule(ctx context.Context, client *eventbridge.Client, w watched, r *types.Rule, at place) checkup.Check {
	c := checkup.Check{Name: w.name, On: at.String(), Status: checkup.Failed}
	name := fmt.Sprintf("rule %q", oneLine(aws.ToString(r.Name)))
	targets, err := v.targets(ctx, client, r, at.bus)
	if err != nil {
		return unasked(c.Name, c.On, "events:ListTargetsByRule", err)
	}
	target := v.leads(targets, at.region == v.cfg.Region)
	switch {
	case target == "":
		c.Found, c.Do = name+" matches "+w.what+" and leads "+leadsTo(targets)+", not to the function", w.deploy
	case r.State == types.RuleStateDisabled:
		c.Found, c.Do = name+" is disabled", "deploy again with RuleState=ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
	case !w.enabled(r.State):
		c.Found = fmt.Sprintf("%s is %s, which may leave out these calls: CloudTrail records them as read-only", name, oneLine(string(r.State)))
		c.Do = "deploy again with RuleState=ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS; the console cannot set that"
	default:
		c.Status, c.Found = checkup.OK, name+" "+w.listens(r)+" and leads to "+target
	}
	return c
}

func (v visit) targets(ctx context.Context, client *eventbridge.Client, r *types.Rule, bus string) ([]string, error) {
	out, err := within(ctx, func(ctx context.Context) (*eventbridge.ListTargetsByRuleOutput, error) {
		return client.ListTargetsByRule(ctx, &eventbridge.ListTargetsByRuleInput{Rule: r.Name, EventBusName: aws.String(bus)})
	})
	if err != nil {
		return nil, err
	}
	var arns []string // five at most, unless the account's quota was raised
	for i := range out.Targets {
		arns = append(arns, oneLine(aws.ToString(out.Targets[i].Arn)))
	}
	return arns, nil
}

// leads is the target by which events get to a function of this kind: the
// function itself in its own region, or a bus whose own rule is looked at, a
// function or a bus in others; "" for none.
func (v visit) leads(targets []string, own bool) string {
	for _, arn := range targets {
		switch service := serviceOf(arn); {
		case own && v.function != "":
			if unqualified(arn) == v.function {
				return "this function"
			}
			here, bus, _ := strings.Cut(arn, ":event-bus/")
			if strings.HasSuffix(here, ":"+v.cfg.Region+":"+v.config.Account) && slices.Contains(v.buses, bus) {
				return arn
			}
		case service == "lambda", service == "events":
			return arn
		}
	}
	return ""
}

func leadsTo(targets []string) string {
	if len(targets) == 0 {
		return "nowhere"
	}
	return "to " + strings.Join(targets, ", ")
}

func serviceOf(arn string) string {
	if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 && parts[0] == "arn" {
		return parts[2]
	}
	return ""
}
