package main

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"whydenied/pkg/evidence"
)

// search is what lookup was asked, by its flags.
type search struct {
	eventID, role, since, account string
	follow                        bool

	cloud *cloud
	from  time.Time // of since
}

func (a *app) lookup() *cobra.Command {
	var s search
	cmd := &cobra.Command{
		Use:   "lookup",
		Short: "Find denials in CloudTrail and explain them",
		Long: `lookup asks CloudTrail's event history for refused calls and explains each, the
newest first. It looks where calls are recorded: in the configured region, and
in us-east-1 for the global STS endpoint. CloudTrail takes two questions a
second, delivers an event within about 15 minutes and keeps it for 90 days.

CloudTrail may name no role in a denial. Then --role alone does not find it;
--event-id with --role says which role the call was for.

Exit status: 0 done, 2 bad usage, 3 CloudTrail or evidence could not be read.`,
		Example: `  whydenied lookup --since 3h
  whydenied lookup --role web-deploy --since 7d --format json
  whydenied lookup --event-id 6c5d1f1e-4c1b-4a35-8f5e-0d6f3f0a9b11 --role web-deploy
  whydenied lookup --follow --profile prod --region eu-west-1`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := s.check(cmd, a.now()); err != nil {
				return err
			}
			return a.runLookup(cmd.Context(), &s)
		},
	}
	f := cmd.Flags()
	f.StringVar(&s.eventID, "event-id", "", "`ID` of the one event to explain")
	f.StringVar(&s.role, "role", "", "`ARN` or name of the role: only denials that name it; with --event-id, the role of a record that names none")
	f.StringVar(&s.since, "since", "1h", "how far back to look, `TIME` such as 30m, 12h or 7d")
	f.BoolVar(&s.follow, "follow", false, "go on asking, every 30 seconds, until Ctrl-C")
	f.StringVar(&s.account, "account", "", "`FILE` with a snapshot of the account: only CloudTrail is then read from AWS")
	s.cloud = a.cloudFlags(cmd)
	s.cloud.readerFlags(cmd)
	a.shareFlag(cmd)
	return cmd
}

// check refuses flags that do not go together, and reads --since.
func (s *search) check(cmd *cobra.Command, now time.Time) (err error) {
	switch {
	case s.eventID == "" && cmd.Flags().Changed("event-id"):
		return usage("--event-id is empty, expected the eventID of a CloudTrail record")
	case s.eventID != "" && cmd.Flags().Changed("since"):
		return usage("--event-id finds an event however old it is: leave out --since")
	case s.eventID != "" && s.follow:
		return usage("--event-id finds one event, --follow waits for new ones: leave out one of them")
	}
	if s.eventID == "" {
		if s.from, err = since(s.since, now); err != nil {
			return err
		}
	}
	if err := checkRole(s.role); err != nil {
		return err
	}
	return s.cloud.check()
}

// everyPage is no bound on the pages of a search: a person sees how far it is,
// and has Ctrl-C.
const everyPage = 1 << 30

func (a *app) runLookup(ctx context.Context, s *search) error {
	trail, settles := s.cloud.source(everyPage), ""
	if s.eventID != "" {
		settles = s.role
	}
	f := &finding{
		explainer: a.explainer(trail, settles), search: s, trail: trail, account: evidence.AccountOf(s.role),
		seen: make(map[string]time.Time), said: make(map[string]bool),
	}
	if s.account != "" {
		file, err := a.account(s.account)
		if err != nil {
			return err
		}
		if f.account == "" {
			f.account = file.snapshot.ID()
		}
		f.source = file
	}
	if err := f.locate(ctx); err != nil {
		return err
	}
	a.progress.found = f.found
	if s.follow {
		return f.follow(ctx)
	}
	return f.once(ctx)
}

// locate finds out where to look.
func (f *finding) locate(ctx context.Context) error {
	caller, err := f.trail.Caller(ctx)
	if line := f.search.cloud.unusable(err); line != nil {
		return line
	}
	if err != nil {
		return &failure{statusNoEvidence, err}
	}
	f.regions = f.search.cloud.regions(caller.Partition)
	switch {
	case len(f.regions) == 0:
		return usage("CloudTrail is asked by region, and none is configured: give --region, or set AWS_REGION")
	case f.search.cloud.region == "":
		f.app.say("no region is configured, so only " + globalRegion + " is looked at, where calls of the global STS endpoint are recorded; give --region for another")
	}
	return nil
}

// where names the regions, for a person.
func (f *finding) where() string { return strings.Join(f.regions, " and ") }
