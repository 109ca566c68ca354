package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"whydenied/lambda/doctor/checkup"
)

// unasked is the check whose question could not be put.
func unasked(c checkup.Check, call, object string, err error) checkup.Check {
	c.Status, c.Unasked, c.Found = checkup.Unknown, true, refusedCall(call, object, err).Error()
	c.Do = "ask again with credentials that may call " + call
	return c
}

// deadLetters counts what could not be delivered.
func (o *outside) deadLetters(ctx context.Context) checkup.Check {
	const call = "sqs:GetQueueAttributes"
	visible, hidden := sqstypes.QueueAttributeNameApproximateNumberOfMessages, sqstypes.QueueAttributeNameApproximateNumberOfMessagesNotVisible
	url := o.outputs["DeadLetterQueueUrl"]
	c := checkup.Check{Name: "dead letters", Status: checkup.OK, Found: "everything was delivered, or is being tried"}
	out, err := within(ctx, callTimeout, func(ctx context.Context) (*sqs.GetQueueAttributesOutput, error) {
		return sqs.NewFromConfig(o.cfg).GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
			QueueUrl: &url, AttributeNames: []sqstypes.QueueAttributeName{visible, hidden}})
	})
	if err != nil {
		return unasked(c, call, "of the dead-letter queue", err)
	}
	waiting := 0
	for _, name := range []sqstypes.QueueAttributeName{visible, hidden} {
		n, _ := strconv.Atoi(out.Attributes[string(name)]) // SQS writes numbers; 0 otherwise
		waiting += n
	}
	if waiting > 0 {
		c.Status, c.Found = checkup.Failed, count(waiting, "event or update waits", "events or updates wait")+" that could not be delivered"
		c.Do = "mend what the log names, then redrive them (deploy/README.md, What could not be delivered)"
	}
	return c
}

// errorsIn finds errors in the function's log: its own lines, and what its
// runtime says of an invocation that failed.
const (
	errorsIn  = `{ ($.level = "error") || ($.errorMessage = "*") }`
	errorsFor = 24 * time.Hour
	logPages  = 5 // a page holds up to a megabyte
)

// lastErrors counts the errors of a day and shows the last. What was wrong may
// be mended since, so they are no failure of now.
func (o *outside) lastErrors(ctx context.Context) checkup.Check {
	group := o.outputs["LogGroupName"]
	c := checkup.Check{Name: "log", Status: checkup.OK, Found: "no error in 24 hours"}
	events, whole, err := o.errors(ctx, group)
	switch {
	case err != nil:
		return unasked(c, "logs:FilterLogEvents", group, err)
	case len(events) > 0:
		last := slices.MaxFunc(events, func(x, y types.FilteredLogEvent) int {
			return cmp.Compare(aws.ToInt64(x.Timestamp), aws.ToInt64(y.Timestamp))
		})
		c.Status = checkup.Unknown
		c.Found = fmt.Sprintf("%s in 24 hours; the last, of %s: %s", count(len(events), "error", "errors"),
			time.UnixMilli(aws.ToInt64(last.Timestamp)).UTC().Format("2006-01-02 15:04 MST"), logged(aws.ToString(last.Message)))
		c.Do = "mend it if it lasts: what failed is tried again, and then kept as a dead letter"
	case !whole:
		c.Status, c.Found, c.Do = checkup.Unknown, "no error in what was read of 24 hours, which was not all", "aws logs tail "+group+" --since 24h"
	}
	return c
}

// errors are those in a log group; whole tells whether all of it was read.
func (o *outside) errors(ctx context.Context, group string) (events []types.FilteredLogEvent, whole bool, err error) {
	client := cloudwatchlogs.NewFromConfig(o.cfg)
	in := &cloudwatchlogs.FilterLogEventsInput{
		LogGroupName: &group, FilterPattern: aws.String(errorsIn), StartTime: aws.Int64(o.app.now().Add(-errorsFor).UnixMilli()),
	}
	for range logPages {
		out, err := within(ctx, callTimeout, func(ctx context.Context) (*cloudwatchlogs.FilterLogEventsOutput, error) {
			return client.FilterLogEvents(ctx, in)
		})
		if err != nil {
			return nil, false, err
		}
		events = append(events, out.Events...)
		if aws.ToString(out.NextToken) == "" {
			return events, true, nil
		}
		in.NextToken = out.NextToken
	}
	return events, false, nil
}

// logged is what a line of the log says.
func logged(line string) string {
	var l struct{ Error, Message, ErrorMessage string }
	text := line
	if json.Unmarshal([]byte(line), &l) == nil {
		text = cmp.Or(l.Error, l.ErrorMessage, l.Message, line)
	}
	return short(strings.Join(strings.Fields(oneLineOf(text)), " "), mostText)
}
