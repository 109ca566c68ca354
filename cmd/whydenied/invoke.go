package main

import (
	"context"
	"iter"
	"slices"

	"github.com/rs/zerolog"
	"github.com/spf13/cobra"

	"whydenied/lambda/handler"
	"whydenied/pkg/evidence/live"
)

func (a *app) invoke() *cobra.Command {
	var account string
	var c *cloud
	cmd := &cobra.Command{
		Use:   "invoke [FILE...]",
		Short: "Run the Lambda's own handler on events, here",
		Long: `invoke hands each file, or standard input, to the handler of the Lambda as one
payload, and prints what the Lambda would return. The log goes to standard
error. Nobody is alerted. Without a snapshot, AWS is read as it is.

Exit status: 0 done, 2 bad usage or a payload that the Lambda would refuse,
3 evidence could not be read.`,
		Example: `  whydenied invoke events/eks-provider-arn.json --account events/account.json
  WHYDENIED_SNAPSHOT=events/account.json whydenied invoke < events/session-tags.json`,
		RunE: func(cmd *cobra.Command, files []string) error {
			if cmd.Flags().Changed("format") && a.format != formatJSON {
				return usage("invoke prints what the handler returns, which is JSON: leave out --format %s", a.format)
			}
			if len(files) == 0 {
				files = []string{stdinName}
			}
			if account == "" {
				account = a.env("WHYDENIED_SNAPSHOT")
			}
			return a.runInvoke(cmd.Context(), files, account, c)
		},
	}
	c = a.cloudFlags(cmd)
	c.readerFlags(cmd)
	a.shareFlag(cmd)
	cmd.Flags().StringVar(&account, "account", "", "`FILE` with a snapshot of the account instead of AWS (default $WHYDENIED_SNAPSHOT)")
	return cmd
}

func (a *app) runInvoke(ctx context.Context, files []string, account string, c *cloud) error {
	if account == stdinName && slices.Contains(files, stdinName) {
		return usage("standard input cannot be both the payload and the account: give one of them as a file")
	}
	source, err := a.source(account, c)
	if err != nil {
		return err
	}
	config := handler.Config{Source: source, Now: a.now, Log: zerolog.New(a.progress.over(a.stderr)).Level(zerolog.InfoLevel)}
	if s, ok := source.(*liveSource); ok {
		config.Finder = finder{s}
	}
	h := handler.New(config)
	bad := false
	for _, file := range files {
		name, payload, err := a.read(file)
		if err == nil {
			payload, err = h.Handle(ctx, payload)
			if err != nil {
				err = usage("%s: %w", name, err)
			}
		}
		switch {
		case ctx.Err() != nil:
			return interrupted()
		case err != nil && source.status() != nil: // the payload is not to blame
			return source.status()
		case err != nil:
			bad = true
			a.complain(err.Error())
			continue
		}
		a.progress.clear()
		if a.share {
			if payload, err = shared(payload); err != nil {
				return &failure{statusBadInput, err}
			}
		}
		if _, err := a.stdout.Write(payload); err != nil {
			return err
		}
	}
	if bad {
		return ended(statusBadInput)
	}
	return source.status()
}

// finder looks up, in AWS, the records that a payload only names.
type finder struct{ source *liveSource }

// Records are those of the source. What it could not read is kept account of,
// since the exit status tells of it.
func (f finder) Records(ctx context.Context, l live.Lookup) iter.Seq2[live.Record, error] {
	return func(yield func(live.Record, error) bool) {
		for record, err := range f.source.Records(ctx, l) {
			if err != nil {
				f.source.fail(err)
			}
			if !yield(record, err) {
				return
			}
		}
	}
}
