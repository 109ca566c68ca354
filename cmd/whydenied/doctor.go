package main

import (
	"context"
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"whydenied/lambda/doctor/checkup"
)

// examination is what doctor was asked, by its flags.
type examination struct {
	stack, function string
	request         checkup.Request
	cloud           *cloud
}

const defaultStack = "whydenied"

func (a *app) doctor() *cobra.Command {
	var e examination
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Say what keeps a deployed stack from alerting",
		Long: `doctor asks the function of a stack to look at all that has to be in place for an
alert to come, since only the function sees what the function may do: a trail
that logs read management events, the rule and its state, reader roles, secret,
channels, table, queue, topic, bus. From here it looks at what could not be
delivered, and at the last errors of the log. It changes nothing.

A rule sees its own region only. The stack's region and us-east-1 are looked at;
name the others that your jobs call.

Your credentials need cloudformation:DescribeStacks, lambda:InvokeFunction,
sqs:GetQueueAttributes and logs:FilterLogEvents; with --function the second is
enough.

Exit status: 0 nothing is wrong, 1 something is, 2 bad usage, 3 something, or
all, could not be asked.`,
		Example: `  whydenied doctor
  whydenied doctor --stack whydenied-eu --profile security --region eu-west-1
  whydenied doctor --accounts 111122223333,444455556666 --regions eu-west-1,eu-north-1
  whydenied doctor --test-alert`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if e.function != "" && cmd.Flags().Changed("stack") {
				return usage("--stack leads to a function, --function names one: leave out one of them")
			}
			if err := e.request.Validate(); err != nil {
				return usage("--%w", err)
			}
			return a.runDoctor(cmd.Context(), &e)
		},
	}
	f := cmd.Flags()
	f.StringVar(&e.stack, "stack", defaultStack, "`NAME` of the stack")
	f.StringVar(&e.function, "function", "", "`NAME` or ARN of the function, where the stack may not be read")
	f.StringSliceVar(&e.request.Accounts, "accounts", nil, "`IDS` of member accounts whose reader roles are to be tried")
	f.StringSliceVar(&e.request.Regions, "regions", nil, "further `REGIONS` that your jobs call")
	f.BoolVar(&e.request.TestAlert, "test-alert", false, "send a message, marked as a test, to each channel")
	e.cloud = a.cloudFlags(cmd)
	return cmd
}

func (a *app) runDoctor(ctx context.Context, e *examination) error {
	// Whose credentials these are is asked first: without any, that is the line
	// that helps.
	if _, err := e.cloud.open(0).Caller(ctx); err != nil {
		if line := e.cloud.unusable(err); line != nil {
			return line
		}
		return &failure{statusNoEvidence, err}
	}
	cfg, err := e.cloud.load(ctx)
	if err != nil {
		return e.cloud.unusable(err)
	}
	if cfg.Region == "" {
		return &failure{statusNoEvidence, errors.New("no region is configured: give the stack's with --region REGION, or set AWS_REGION")}
	}
	o := &outside{app: a, cfg: cfg, given: e}
	r, err := o.examine(ctx)
	if ctx.Err() != nil {
		return interrupted()
	}
	if err != nil {
		return &failure{statusNoEvidence, err}
	}
	a.progress.clear()
	if err := a.printCheckup(r); err != nil {
		return err
	}
	return ended(statusOfCheckup(r))
}

// statusOfCheckup is 3 where nothing is known to be wrong and something could
// not be asked. What cannot be told by anybody is no failure.
func statusOfCheckup(r *checkup.Report) status {
	switch {
	case r.Any(func(c checkup.Check) bool { return c.Status == checkup.Failed }):
		return statusRefused
	case r.Any(func(c checkup.Check) bool { return c.Unasked }):
		return statusNoEvidence
	}
	return statusDone
}

// counted are the checks of a status.
func counted(r *checkup.Report, s checkup.Status) int {
	return len(slices.DeleteFunc(slices.Clone(r.Checks), func(c checkup.Check) bool { return c.Status != s }))
}
