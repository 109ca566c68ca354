package doctor

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"

	"whydenied/lambda/doctor/checkup"
)

// trail looks for one trail that logs read management events of a region. Event
// history alone does not feed EventBridge (EventBridge User Guide, "AWS service
// events delivered via CloudTrail").
func (v visit) trail(ctx context.Context, client *cloudtrail.Client, region string) checkup.Check {
	// Shadow trails are the copies, in this region, of those of other regions
	// and of the organization.
	out, err := within(ctx, func(ctx context.Context) (*cloudtrail.DescribeTrailsOutput, error) {
		return client.DescribeTrails(ctx, &cloudtrail.DescribeTrailsInput{IncludeShadowTrails: aws.Bool(true)})
	})
	if err != nil {
		return unasked("trail", region, "cloudtrail:DescribeTrails", err)
	}
	worst := checkup.Check{Name: "trail", On: region, Status: checkup.Failed, Found: "no trail logs this region, so no event gets to a rule",
		Do: "create a trail for all regions that logs management events, read ones too, and start it (deploy/README.md, Without a trail)"}
	var found []string
	for i := range out.TrailList {
		c := v.oneTrail(ctx, client, &out.TrailList[i], region)
		if c.Status == checkup.OK {
			return c
		}
		found = append(found, c.Found)
		if len(found) == 1 || c.Status == checkup.Unknown {
			worst = c // what is unknown may be the one that is wanted
		}
	}
	if len(found) > 1 {
		worst.Found = oneLine(strings.Join(found, "; "))
	}
	return worst
}

func (v visit) oneTrail(ctx context.Context, client *cloudtrail.Client, t *types.Trail, region string) checkup.Check {
	c := checkup.Check{Name: "trail", On: region, Status: checkup.Failed}
	name := fmt.Sprintf("trail %q", oneLine(aws.ToString(t.Name)))
	if aws.ToBool(t.IsOrganizationTrail) {
		name += " of the organization"
	}
	home := aws.ToString(t.HomeRegion)
	if home != region && !aws.ToBool(t.IsMultiRegionTrail) {
		c.Found, c.Do = name+" logs "+home+" only", "have it log all regions: aws cloudtrail update-trail --is-multi-region-trail"
		return c
	}
	at := func(o *cloudtrail.Options) { // a trail is asked about where it lives
		if home != "" {
			o.Region = home
		}
	}
	status, err := within(ctx, func(ctx context.Context) (*cloudtrail.GetTrailStatusOutput, error) {
		return client.GetTrailStatus(ctx, &cloudtrail.GetTrailStatusInput{Name: t.TrailARN}, at)
	})
	switch {
	case err != nil:
		return v.hidden(c, t, name, "cloudtrail:GetTrailStatus", err)
	case !aws.ToBool(status.IsLogging):
		c.Found, c.Do = name+" is not logging", "start it: aws cloudtrail start-logging --name "+oneLine(aws.ToString(t.TrailARN))
		return c
	}
	selectors, err := within(ctx, func(ctx context.Context) (*cloudtrail.GetEventSelectorsOutput, error) {
		return client.GetEventSelectors(ctx, &cloudtrail.GetEventSelectorsInput{TrailName: t.TrailARN}, at)
	})
	if err != nil {
		return v.hidden(c, t, name, "cloudtrail:GetEventSelectors", err)
	}
	switch logs(selectors) {
	case yes:
		c.Status, c.Found = checkup.OK, name+" logs read management events"
		if aws.ToBool(t.IsMultiRegionTrail) {
			c.Found += ", of all regions"
		}
	case no:
		c.Found, c.Do = name+" leaves out the read management events of STS", "have its event selectors take management events with ReadWriteType All, and none of eventSource sts.amazonaws.com left out"
	case perhaps:
		c.Status, c.Found = checkup.Unknown, name+" takes some management events only, by fields that cannot be judged from here"
		c.Do = "see aws cloudtrail get-event-selectors: " + calls + " is a read event of sts.amazonaws.com"
	}
	return c
}

// foreign are the codes for a trail of the organization, asked about in another
// account than its own: it is listed there and cannot be looked into.
var foreign = []string{"TrailNotFound", "CloudTrailARNInvalid", "InvalidTrailName", "OperationNotPermitted", "AccessDenied"}

// hidden is the check on a trail that cannot be looked into. Where it belongs
// to another account that is to be expected, and no permission helps.
func (v visit) hidden(c checkup.Check, t *types.Trail, name, call string, err error) checkup.Check {
	owner := ""
	if parts := strings.SplitN(aws.ToString(t.TrailARN), ":", 6); len(parts) == 6 {
		owner = parts[4]
	}
	if owner != "" && owner != v.config.Account && slices.Contains(foreign, code(err)) {
		c.Status = checkup.Unknown
		c.Found = fmt.Sprintf("%s covers this region; what it logs can be seen in account %s only", name, owner)
		c.Do = "there: aws cloudtrail get-trail-status and get-event-selectors; it has to be logging, read management events too"
		return c
	}
	return unasked(c.Name, c.On, call, err)
}
