package doctor

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"

	"whydenied/lambda/doctor/checkup"
)

// globalRegion is where calls of the global STS endpoint are recorded. Only
// the partition aws has that endpoint (IAM User Guide, "Logging IAM and AWS STS
// API calls").
const globalRegion = "us-east-1"

// calls are what is looked for: of any outcome.
const calls = "AssumeRoleWithWebIdentity"

// regions are those that are looked at, the function's own first.
func (d *Doctor) regions(own string, named []string) []string {
	places := []string{own}
	if partition(own) == "aws" {
		places = append(places, globalRegion)
	}
	var distinct []string
	for _, region := range append(places, named...) {
		if !slices.Contains(distinct, region) {
			distinct = append(distinct, region)
		}
	}
	return distinct
}

// partition is that of a region ("Managing AWS Regions", AWS Fault Isolation
// Boundaries).
func partition(region string) string {
	for prefix, name := range map[string]string{"cn-": "aws-cn", "us-gov-": "aws-us-gov", "us-iso": "aws-iso", "eu-isoe-": "aws-iso-e", "eusc-": "aws-eusc"} {
		if strings.HasPrefix(region, prefix) {
			return name
		}
	}
	return "aws"
}

// use is whether a region is used, as far as CloudTrail knows.
type use uint8

const (
	useUnknown use = iota
	used
	unused
)

// region looks at one region of the function's account: is it used, is there a
// trail, is there a rule.
func (v visit) region(region string, buses []string) look {
	return func(ctx context.Context) []checkup.Check {
		trails := cloudtrail.NewFromConfig(v.cfg, func(o *cloudtrail.Options) { o.Region = region })
		seen, known := v.calls(ctx, trails, region)
		checks := []checkup.Check{seen, v.trail(ctx, trails, region), v.rule(ctx, refusals, region, defaultBus)}
		if region != v.cfg.Region {
			for i := range checks {
				checks[i] = needless(checks[i], known)
			}
			return checks
		}
		for _, bus := range buses {
			if bus != defaultBus {
				checks = append(checks, v.rule(ctx, refusals, region, bus))
			}
		}
		return checks
	}
}

// needless takes back what would be wrong if only the region were used.
func needless(c checkup.Check, u use) checkup.Check {
	if c.Status == checkup.Failed && u == unused {
		c.Status = checkup.Unknown
		c.Found += "; it may not be needed, since no call was recorded here for 90 days"
	}
	return c
}

// calls asks for the last web-identity call of any outcome. One question is
// enough: the newest comes first. A denied one proves as much as any.
func (v visit) calls(ctx context.Context, client *cloudtrail.Client, region string) (checkup.Check, use) {
	out, err := within(ctx, func(ctx context.Context) (*cloudtrail.LookupEventsOutput, error) {
		return client.LookupEvents(ctx, &cloudtrail.LookupEventsInput{MaxResults: aws.Int32(1), LookupAttributes: []types.LookupAttribute{
			{AttributeKey: types.LookupAttributeKeyEventName, AttributeValue: aws.String(calls)}}})
	})
	c := checkup.Check{Name: "calls", On: region, Status: checkup.OK}
	switch {
	case err != nil:
		return unasked(c.Name, region, "cloudtrail:LookupEvents", err), useUnknown
	case len(out.Events) == 0:
		c.Status = checkup.Unknown
		c.Found = "no web-identity call, refused or not, is in the event history of 90 days, so silence proves nothing"
		c.Do = "make one in this region, if jobs are to call it: its record is there within 15 minutes"
		return c, unused
	}
	c.Found = "a web-identity call was recorded"
	if at := out.Events[0].EventTime; at != nil {
		c.Found = fmt.Sprintf("the last web-identity call, refused or not, is of %s, %s ago", at.UTC().Format("2006-01-02 15:04 MST"), ago(v.config.Now().Sub(*at)))
	}
	return c, used
}

// ago rounds a time for a person.
func ago(d time.Duration) string {
	switch d = max(d, 0); {
	case d < time.Hour:
		return fmt.Sprintf("%dm", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh", int(d.Hours()))
	}
	return fmt.Sprintf("%dd", int(d.Hours()/24))
}
