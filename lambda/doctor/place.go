package doctor

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"whydenied/lambda/doctor/checkup"
	"whydenied/pkg/alert"
)

// account assumes the reader role of a member account, and has it read what the
// account is called. A role of an earlier template may not: that takes a name
// from messages, and nothing from a diagnosis.
func (v visit) account(id string) look {
	return func(ctx context.Context) []checkup.Check {
		c := checkup.Check{Name: "account", On: id, Status: checkup.OK, Found: "the reader role can be assumed"}
		if id == v.config.Account {
			c.Found = "it is the function's own, for which no role is assumed"
			return []checkup.Check{c}
		}
		reader := v.config.Reader()
		if err := reader.Reach(ctx, id); err != nil {
			c.Status, c.Found = checkup.Failed, oneLine(err.Error())
			c.Do = "deploy deploy/member.yaml there; ReaderRoleName and ExternalId have to be the same in both, and HubRoleArn this function's role"
			return []checkup.Check{c}
		}
		_, err := within(ctx, func(ctx context.Context) (string, error) { return reader.Alias(ctx, id) })
		if err != nil {
			c.Found = oneLine(c.Found + "; messages do not have the account's alias: " + err.Error())
			c.Do = "deploy the present deploy/member.yaml there, or give the account a name in AccountNames"
		}
		return []checkup.Check{c}
	}
}

// table reads an item that is not there: that needs what the function needs.
func (v visit) table(ctx context.Context) []checkup.Check {
	if v.config.Table == nil {
		return nil
	}
	c := checkup.Check{Name: "table", Status: checkup.OK, Found: "the state of incidents can be read; writing was not tried"}
	_, err := within(ctx, func(ctx context.Context) (string, error) { return v.config.Table.Named(ctx, "doctor") })
	if err != nil {
		c.Status, c.Found, c.Do = checkup.Failed, oneLine(err.Error()), "nobody is told of a denial that cannot be counted: deploy the stack again, or allow the function's role what it lacks"
	}
	return []checkup.Check{c}
}

// queue asks for the length of the queue by which updates come back.
func (v visit) queue(ctx context.Context) []checkup.Check {
	if v.config.QueueURL == "" {
		return nil
	}
	const call = "sqs:GetQueueAttributes"
	c := checkup.Check{Name: "queue", Status: checkup.OK}
	out, err := within(ctx, func(ctx context.Context) (*sqs.GetQueueAttributesOutput, error) {
		return sqs.NewFromConfig(v.cfg).GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
			QueueUrl: aws.String(v.config.QueueURL), AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameApproximateNumberOfMessages}})
	})
	if err != nil {
		c.Status, c.Found, c.Do = checkup.Failed, told(call, "", err), "counts in messages stay as they were first sent: deploy the stack again"
	} else {
		c.Found = out.Attributes[string(types.QueueAttributeNameApproximateNumberOfMessages)] + " updates wait in it; sending was not tried"
	}
	return []checkup.Check{c}
}

// topic counts the subscriptions of the stack's own topic.
func (v visit) topic(ctx context.Context) []checkup.Check {
	if v.config.Topic == "" {
		return nil
	}
	c, confirmed := v.subscribed(ctx, v.config.Topic, checkup.Check{Name: "topic", Do: "deploy the stack again"})
	switch {
	case c.Status != checkup.OK || confirmed > 0:
	case len(v.notifiers) <= 1:
		c.Status, c.Found, c.Do = checkup.Failed, "nobody is subscribed, and there is no other channel", "subscribe somebody, or give SlackSecretArn"
	default:
		c.Found = "nobody is subscribed; there are other channels"
	}
	return []checkup.Check{c}
}

// routed counts those of a topic that rules name. Nobody names one that is to be
// read by nobody.
func (v visit) routed(arn string) look {
	return func(ctx context.Context) []checkup.Check {
		c, confirmed := v.subscribed(ctx, arn, checkup.Check{Name: "topic", On: arn, Do: "create it, or correct Routes"})
		if c.Status == checkup.OK && confirmed == 0 {
			c.Status, c.Found, c.Do = checkup.Failed, "nobody is subscribed, and rules send messages there", "subscribe somebody, or correct Routes"
		}
		if parts := strings.SplitN(arn, ":", 6); c.Unasked && parts[4] != v.config.Account {
			c.Unasked, c.Found, c.Do = false, "the topic is another account's, which lets nobody look at it: "+c.Found, "send a test alert"
		}
		return []checkup.Check{c}
	}
}

// subscribed counts a topic's subscriptions: one that was never confirmed gets
// nothing, and nobody is told. The check has in Do what makes a topic.
func (v visit) subscribed(ctx context.Context, arn string, c checkup.Check) (_ checkup.Check, confirmed int) {
	out, err := within(ctx, func(ctx context.Context) (*sns.GetTopicAttributesOutput, error) {
		return sns.NewFromConfig(v.cfg, func(o *sns.Options) {
			o.Region = cmp.Or(alert.TopicRegion(arn), o.Region)
		}).GetTopicAttributes(ctx, &sns.GetTopicAttributesInput{TopicArn: aws.String(arn)})
	})
	switch {
	case code(err) == "NotFound":
		c.Status, c.Found = checkup.Failed, "there is no such topic"
		return c, 0
	case err != nil:
		return unasked(c.Name, c.On, "sns:GetTopicAttributes", err), 0
	}
	confirmed, _ = strconv.Atoi(out.Attributes["SubscriptionsConfirmed"]) // SNS writes numbers; 0 otherwise
	pending, _ := strconv.Atoi(out.Attributes["SubscriptionsPending"])
	c.Status, c.Found, c.Do = checkup.OK, fmt.Sprintf("%d subscriptions, %d not confirmed", confirmed+pending, pending), ""
	if pending > 0 {
		c.Status, c.Do = checkup.Failed, "follow the link in the e-mail from AWS Notifications, or delete the subscription; SNS deletes it after 48 hours"
	}
	return c, confirmed
}

// bus looks whether the bus of diagnoses is there. One of another account is
// none of the function's business; only putting something onto it would tell.
func (v visit) bus(ctx context.Context) []checkup.Check {
	name := v.config.Bus
	if name == "" {
		return nil
	}
	c := checkup.Check{Name: "bus", Status: checkup.OK, Found: "the bus is there; whether it takes events only a test alert shows"}
	if parts := strings.SplitN(name, ":", 6); len(parts) == 6 && (parts[4] != v.config.Account || parts[3] != v.cfg.Region) {
		c.Status, c.Found, c.Do = checkup.Unknown, "the bus is in another account or region, where it cannot be looked at", "send a test alert"
		return []checkup.Check{c}
	}
	_, err := within(ctx, func(ctx context.Context) (*eventbridge.DescribeEventBusOutput, error) {
		return eventbridge.NewFromConfig(v.cfg).DescribeEventBus(ctx, &eventbridge.DescribeEventBusInput{Name: aws.String(name)})
	})
	switch {
	case code(err) == "ResourceNotFound":
		c.Status, c.Found, c.Do = checkup.Failed, "there is no such bus", "create it, or correct ReportBusArn"
	case err != nil:
		c = unasked(c.Name, "", "events:DescribeEventBus", err)
	}
	return []checkup.Check{c}
}
