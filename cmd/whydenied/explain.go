package main

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"whydenied/pkg/trail"
)

func (a *app) explain() *cobra.Command {
	var account, role string
	var c *cloud
	cmd := &cobra.Command{
		Use:   "explain [FILE...]",
		Short: "Explain the denials that CloudTrail recorded",
		Long: `explain reads CloudTrail records from files or standard input: EventBridge
events, log files (gzip or not), LookupEvents output, JSON lines, SQS or SNS
messages. It says of each denial what did not match. Roles and providers are
read from AWS as they are, or from the snapshot that --account names.

In an input of many, successes and other calls are counted and passed over; a
record that cannot be read is reported, and costs no other.

Exit status: 0 done, 2 bad usage or input, 3 evidence could not be read.`,
		Example: `  whydenied explain events/prefect-subject.json --account events/account.json
  whydenied explain --account events/account.json --format json < events/github-environment.json
  whydenied explain events/github-immutable.json --account events/account.json --role web-deploy
  aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=AssumeRoleWithWebIdentity |
      whydenied explain --profile prod`,
		RunE: func(cmd *cobra.Command, files []string) error {
			if len(files) == 0 {
				files = []string{stdinName}
			}
			return a.runExplain(cmd.Context(), files, account, role, c)
		},
	}
	c = a.cloudFlags(cmd)
	c.readerFlags(cmd)
	a.shareFlag(cmd)
	cmd.Flags().StringVar(&account, "account", "", "`FILE` with a snapshot of the account, instead of AWS")
	cmd.Flags().StringVar(&role, "role", "", "`ARN` or name of the role, for records that name none")
	return cmd
}

// explanation is one run of explain over all of its files.
type explanation struct {
	explainer
	tally   tally
	success trail.Denial // the first call that succeeded
	bad     bool
}

func (a *app) runExplain(ctx context.Context, files []string, account, role string, c *cloud) error {
	if account == stdinName && slices.Contains(files, stdinName) {
		return usage("standard input cannot be both the records and the account: give one of them as a file")
	}
	if err := checkRole(role); err != nil {
		return err
	}
	source, err := a.source(account, c)
	if err != nil {
		return err
	}
	e := &explanation{explainer: a.explainer(source, role)}
	for _, file := range files {
		if err := e.file(ctx, file); err != nil {
			return err
		}
	}
	return e.end(ctx)
}

// file explains what one file holds. A file that cannot be opened costs no
// other; the error is one of writing.
func (e *explanation) file(ctx context.Context, file string) error {
	name, r, err := e.app.open(file)
	if err != nil {
		e.bad = true
		e.app.complain(err.Error())
		return nil
	}
	defer r.Close()
	for item := range trail.Read(name, r) {
		if ctx.Err() != nil {
			return interrupted()
		}
		if err := e.item(ctx, &item); err != nil {
			return err
		}
	}
	return nil
}

func (e *explanation) item(ctx context.Context, item *trail.Item) error {
	e.tally.records++
	switch item.Kind {
	case trail.KindDenied:
		e.tally.denied++
		return e.call(ctx, item.Denial, false)
	case trail.KindSucceeded:
		if e.tally.succeeded == 0 {
			e.success = item.Denial
		}
		e.tally.succeeded++
	case trail.KindOther:
		e.tally.other++
		e.tally.call = item.Call
	default:
		e.tally.malformed++
		e.bad = true
		e.app.complain(item.Err.Error())
	}
	return nil
}

// end reports on a lone success, and tells what was passed over.
func (e *explanation) end(ctx context.Context) error {
	switch {
	case e.tally.records == 1 && e.tally.succeeded == 1:
		if err := e.call(ctx, e.success, true); err != nil {
			return err
		}
	case e.tally.records == 0 && !e.bad:
		e.app.say("no record in the input")
	case e.tally.succeeded+e.tally.other > 0:
		e.app.say(e.tally.String())
	}
	e.tellNamed()
	err := e.source.status()
	if e.bad {
		if err != nil {
			e.app.complain(err.Error())
		}
		return ended(statusBadInput)
	}
	return err
}
