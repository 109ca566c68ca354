package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/smithy-go"

	"whydenied/lambda/doctor/checkup"
)

// outside is a stack, seen with the caller's own credentials.
type outside struct {
	app     *app
	cfg     aws.Config
	given   *examination
	outputs map[string]string // of the stack; nil where the function was named
}

// answerTimeout is longer than the function's own time.
const answerTimeout = 90 * time.Second

// examine asks the function, and looks at what it cannot see. An error means
// that nothing could be asked.
func (o *outside) examine(ctx context.Context) (*checkup.Report, error) {
	function := o.given.function
	if function == "" {
		o.app.progress.show("looking for the stack " + o.given.stack)
		if err := o.readStack(ctx); err != nil {
			return nil, err
		}
		function = o.outputs["FunctionName"]
	}
	o.app.progress.show("asking the function " + function)
	r, err := o.ask(ctx, function)
	if err != nil {
		return nil, err
	}
	if o.outputs == nil {
		r.NotLookedAt = append(r.NotLookedAt, "the dead-letter queue, the log, and buses other than the default one: give --stack in place of --function")
		return r, nil
	}
	o.app.progress.show("looking at what could not be delivered")
	r.Checks = append(r.Checks, o.deadLetters(ctx), o.lastErrors(ctx))
	return r, nil
}

// readStack reads the outputs.
func (o *outside) readStack(ctx context.Context) error {
	out, err := within(ctx, callTimeout, func(ctx context.Context) (*cloudformation.DescribeStacksOutput, error) {
		return cloudformation.NewFromConfig(o.cfg).DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: &o.given.stack})
	})
	name := fmt.Sprintf("%q in %s", o.given.stack, o.cfg.Region)
	switch {
	case codeOf(err) == "ValidationError" && strings.Contains(err.Error(), "does not exist"):
		return fmt.Errorf("there is no stack %s: give --stack NAME, --region REGION or --function NAME", name)
	case err != nil:
		return fmt.Errorf("%w; with --function NAME the stack is not read", refusedCall("cloudformation:DescribeStacks", name, err))
	}
	o.outputs = make(map[string]string)
	for _, s := range out.Stacks {
		for _, output := range s.Outputs {
			o.outputs[aws.ToString(output.OutputKey)] = aws.ToString(output.OutputValue)
		}
	}
	if o.outputs["FunctionName"] == "" {
		return fmt.Errorf("the stack %s has no output FunctionName: it is no stack of whydenied, or was not made in full", name)
	}
	o.given.request.Buses = o.buses()
	return nil
}

// buses are those of the stack's rules, beside the default one.
func (o *outside) buses() (names []string) {
	if _, bus, ok := strings.Cut(o.outputs["CentralBusArn"], ":event-bus/"); ok {
		names = append(names, bus)
	}
	// The ARN of a rule on another bus is …:rule/BUS/NAME, and a partner's bus has
	// slashes of its own.
	_, rule, _ := strings.Cut(o.outputs["DenialRuleArn"], ":rule/")
	if at := strings.LastIndexByte(rule, '/'); at > 0 {
		names = append(names, rule[:at])
	}
	return names
}

// ask has the function examine itself. That it cannot is a finding; that it
// could not be asked is an error.
func (o *outside) ask(ctx context.Context, function string) (*checkup.Report, error) {
	payload, err := json.Marshal(struct {
		Doctor bool `json:"doctor"`
		checkup.Request
	}{true, o.given.request})
	if err != nil {
		return nil, err
	}
	client := lambda.NewFromConfig(o.cfg, func(o *lambda.Options) { o.RetryMaxAttempts = 1 }) // a test alert is sent once
	out, err := within(ctx, answerTimeout, func(ctx context.Context) (*lambda.InvokeOutput, error) {
		return client.Invoke(ctx, &lambda.InvokeInput{FunctionName: &function, Payload: payload})
	})
	c := checkup.Check{Name: "function", Status: checkup.Failed}
	r := &checkup.Report{Schema: checkup.Schema, Function: function, Region: o.cfg.Region, NotLookedAt: []string{"what the function would have looked at"}}
	switch {
	case codeOf(err) == "ResourceNotFound":
		c.Found, c.Do = fmt.Sprintf("there is no function %q in %s", function, o.cfg.Region), "deploy the stack again, or give its --region"
	case codeOf(err) == "TooManyRequests":
		c.Found, c.Do = "it is kept waiting: the account, or ReservedConcurrency, leaves it no concurrency", "raise either, or ask again"
	case err != nil:
		return nil, refusedCall("lambda:InvokeFunction", function, err)
	case out.FunctionError != nil:
		c.Found = "it cannot answer: " + functionError(out.Payload)
		c.Do = "see its log" + o.log() + "; one that is older than this command has to be deployed anew"
	case json.Unmarshal(out.Payload, r) != nil || r.Schema != checkup.Schema || len(r.Checks) == 0:
		r = &checkup.Report{Schema: checkup.Schema, Function: function, Region: o.cfg.Region}
		c.Found, c.Do = "it answers something else", "deploy the version of this command"
	default:
		c.Status, c.Found = checkup.OK, function+" is there and answers"
		if out.ExecutedVersion != nil && *out.ExecutedVersion != "$LATEST" {
			c.Found += ", in version " + *out.ExecutedVersion
		}
	}
	r.Checks = append([]checkup.Check{c}, r.Checks...)
	return r, nil
}

func (o *outside) log() string {
	if group := o.outputs["LogGroupName"]; group != "" {
		return ": aws logs tail " + group + " --since 1h"
	}
	return ""
}

// functionError is what Lambda says of a function that failed (Lambda Developer
// Guide, "Lambda function error handling").
func functionError(payload []byte) string {
	var e struct{ ErrorMessage string }
	if json.Unmarshal(payload, &e) != nil {
		return "its error cannot be read"
	}
	return short(oneLineOf(cmp.Or(e.ErrorMessage, "it gives no reason")), mostText)
}

// mostText is how much is shown of what a log or an error says, in characters.
const mostText = 300

func within[T any](ctx context.Context, limit time.Duration, call func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return call(ctx)
}

// codeOf is AWS's code, without the ending that some services give it.
func codeOf(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return strings.TrimSuffix(api.ErrorCode(), "Exception")
	}
	return ""
}

// refusedCall says in one line which call failed, on what and why.
func refusedCall(call, object string, err error) error {
	var api smithy.APIError
	why := "AWS cannot be reached"
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		why = "no answer in time"
	case codeOf(err) == "AccessDenied":
		why = "these credentials may not do that"
	case errors.As(err, &api):
		why = api.ErrorCode() + ": " + short(api.ErrorMessage(), mostText)
	}
	return fmt.Errorf("%s %s: %s", call, object, why)
}
