package main

import (
	"context"
	"slices"

	"github.com/rs/zerolog"
	"github.com/spf13/cobra"

	"whydenied/lambda/handler"
)

func (a *app) invoke() *cobra.Command {
	var account string
	cmd := &cobra.Command{
		Use:   "invoke [FILE...]",
		Short: "Run the Lambda's own handler on events, here",
		Long: `invoke hands each file, or standard input, to the handler of the Lambda as one
payload, and prints what the Lambda would return. The log goes to standard
error.

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
			return a.runInvoke(cmd.Context(), files, account)
		},
	}
	cmd.Flags().StringVar(&account, "account", "", "`FILE` with a snapshot of the account (default $WHYDENIED_SNAPSHOT)")
	return cmd
}

func (a *app) runInvoke(ctx context.Context, files []string, account string) error {
	switch {
	case account == "":
		return usage("reading live AWS is not in this version yet: give a snapshot of the account with --account FILE")
	case account == stdinName && slices.Contains(files, stdinName):
		return usage("standard input cannot be both the payload and the account: give one of them as a file")
	}
	source, err := a.account(account)
	if err != nil {
		return err
	}
	h := handler.New(handler.Config{Source: source, Log: zerolog.New(a.stderr).Level(zerolog.InfoLevel)})
	bad := false
	for _, file := range files {
		name, payload, err := a.read(file)
		if err == nil {
			payload, err = h.Handle(ctx, payload)
			if err != nil {
				err = usage("%s: %w", name, err)
			}
		}
		if err != nil {
			bad = true
			a.complain(err.Error())
			continue
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
