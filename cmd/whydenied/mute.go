package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"whydenied/pkg/alert"
)

func (a *app) mute() *cobra.Command {
	var t *table
	var end, reason string
	cmd := &cobra.Command{
		Use:   "mute ID",
		Short: "Send no message on a known incident until a time",
		Long: `mute has the Lambda send no further message on an incident, whose ID stands in
its thread, until a time. It goes on counting, and the first denial after that
time has a message that says how often it was met meanwhile, who muted it, and
why.

A mute covers one account, role, provider, subject and cause. The same caller
refused for another cause, or a probable stranger, is alerted of as ever.

Exit status: 0 done, 2 bad usage or an incident that cannot be muted, 3 the
table could not be read or written.`,
		Example: `  whydenied mute 3f2a9c1e8b47 --until 7d --reason 'moves to the new organization, OPS-12' --table whydenied-Table-1ABC
  whydenied mute 3f2a9c1e8b47 --until 2026-12-01T09:00:00Z --reason OPS-12 --profile prod`,
		Args: oneIncident,
		RunE: func(cmd *cobra.Command, args []string) error {
			at, err := until(end, a.now())
			if err != nil {
				return err
			}
			if strings.TrimSpace(reason) == "" {
				return usage("a mute needs a reason: give --reason TEXT, which the message after its end will quote")
			}
			return a.runMute(cmd.Context(), t, args[0], alert.Mute{Until: at, Reason: oneLineOf(reason)})
		},
	}
	cmd.Flags().StringVar(&end, "until", "", "how long, `TIME` such as 12h or 7d, or until which moment (RFC 3339)")
	cmd.Flags().StringVar(&reason, "reason", "", "why, as `TEXT` for whoever reads the next message")
	t = a.tableFlags(cmd)
	return cmd
}

func (a *app) runMute(ctx context.Context, t *table, id string, m alert.Mute) error {
	alerts, err := t.open(ctx)
	if err != nil {
		return err
	}
	m.By = t.caller
	in, err := alerts.Mute(ctx, id, m)
	if err != nil {
		return t.failed(ctx, err)
	}
	return a.lines("%s is muted until %s: %s\n", in.ID, sayMoment(in.Mute.Until), what(&in))
}

func (a *app) unmute() *cobra.Command {
	var t *table
	cmd := &cobra.Command{
		Use:   "unmute ID",
		Short: "End the mute of an incident now",
		Long: `unmute ends the mute of an incident. The next denial has a message, which says
how often it was met meanwhile.

Exit status: 0 done, 2 bad usage or an incident that is not muted, 3 the table
could not be read or written.`,
		Example: `  whydenied unmute 3f2a9c1e8b47 --table whydenied-Table-1ABC`,
		Args:    oneIncident,
		RunE: func(cmd *cobra.Command, args []string) error {
			alerts, err := t.open(cmd.Context())
			if err != nil {
				return err
			}
			in, err := alerts.Unmute(cmd.Context(), args[0])
			if err != nil {
				return t.failed(cmd.Context(), err)
			}
			return a.lines("%s is no longer muted; %s while it was: %s\n", in.ID, count(in.Mute.Attempts, "attempt", "attempts"), what(&in))
		},
	}
	t = a.tableFlags(cmd)
	return cmd
}
