package main

import (
	"context"
	"errors"
	"io"
	"io/fs"

	"github.com/spf13/cobra"

	"whydenied/pkg/evidence/live"
)

func (a *app) snapshot() *cobra.Command {
	var output string
	var c *cloud
	cmd := &cobra.Command{
		Use:   "snapshot",
		Short: "Write an account's roles and providers to a file",
		Long: `snapshot reads the roles, the identity providers and the changes of both that
CloudTrail keeps, of the account that the credentials belong to, and writes
them as a file that --account reads.

An existing file is replaced once all is written, or stays as it is. A new one
can be read by its owner only.

Exit status: 0 done, 2 bad usage, 3 something could not be read; what could be
is then written.`,
		Example: `  whydenied snapshot -o account.json --profile prod
  whydenied snapshot | whydenied explain event.json --account -`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if cmd.Flags().Changed("format") && a.format != formatJSON {
				return usage("snapshot writes what --account reads, which is JSON: leave out --format %s", a.format)
			}
			return a.runSnapshot(cmd.Context(), output, c)
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", stdinName, "`FILE` to write; - for standard output")
	c = a.cloudFlags(cmd)
	return cmd
}

func (a *app) runSnapshot(ctx context.Context, output string, c *cloud) error {
	source := c.open(everyPage)
	var partial *live.PartialError
	err := a.whole(output, func(w io.Writer) error {
		err := source.Snapshot(ctx, w)
		switch {
		case ctx.Err() != nil:
			return interrupted()
		case errors.As(err, &partial):
			return nil
		}
		return c.failed(output, err)
	})
	if err != nil || partial == nil {
		return err
	}
	for _, text := range partial.Missing {
		a.complain(text)
	}
	return ended(statusNoEvidence)
}

// failed gives an error of writing or of reading its exit status.
func (c *cloud) failed(output string, err error) error {
	var file *fs.PathError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &file):
		return named(output, err)
	case c.unusable(err) != nil:
		return c.unusable(err)
	}
	return &failure{statusNoEvidence, err}
}
