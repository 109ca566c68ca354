package main

import (
	"context"
	"runtime/debug"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"whydenied/pkg/scan"
	"whydenied/pkg/scan/engine"
)

// scanning is one run of scan, by its flags.
type scanning struct {
	app    *app
	cloud  *cloud
	paths  []string
	output string

	accounts     []string // files
	since, until string
	only         scan.Selection
	workers      int
	archive      archiveFlags
}

func (a *app) scan() *cobra.Command {
	s := &scanning{app: a}
	cmd := &cobra.Command{
		Use:   "scan PATH...",
		Short: "Find every denial in an archive of CloudTrail log files",
		Long: `scan reads log files, packed or not, and says which roles refuse whom and why:
denials that have role, provider, subject's shape and cause in common are one
line, the one that hurts most first. A PATH is a file, a folder, a pattern,
s3://BUCKET/PREFIX, or - for standard input. With --athena or
--event-data-store, the engine that holds the archive looks for the calls.

Roles and providers are read from AWS as they are, each once, or from the
snapshots that --account names, one for each account.

A file that is damaged is told, and costs only itself. Ctrl-C ends the reading:
what was found until then is printed, and said to be a part.

Exit status: 0 done, 2 bad usage, or a file that could not be read whole, 3
evidence could not be read, 130 interrupted.`,
		Example: `  whydenied scan trail/ --account events/account.json
  whydenied scan 'trail/**/*.json.gz' --since 30d --format html -o denials.html
  whydenied scan s3://audit-logs/AWSLogs/ --account-id 222233334444 --since 7d --reader-role WhyDeniedReader
  aws s3 cp s3://audit-logs/one.json.gz - | whydenied scan - --format csv
  whydenied scan --athena default.cloudtrail_logs --workgroup security --since 90d`,
		RunE: func(cmd *cobra.Command, paths []string) error {
			s.paths = paths
			return s.run(cmd.Context())
		},
	}
	f := cmd.Flags()
	f.StringArrayVar(&s.accounts, "account", nil, "`FILE` with a snapshot of an account, instead of AWS; may be repeated")
	f.StringVar(&s.since, "since", "", "only calls since `TIME`: 12h, 30d or 2026-03-01")
	f.StringVar(&s.until, "until", "", "only calls before `TIME`")
	f.StringSliceVar(&s.only.Regions, "region", nil, "only calls recorded in `REGION`; may be repeated")
	f.StringSliceVar(&s.only.Accounts, "account-id", nil, "only calls to the account with this `ID`; may be repeated")
	f.StringVarP(&s.output, "output", "o", stdinName, "`FILE` to write; - for standard output")
	f.IntVar(&s.workers, "workers", 0, "how many files are read at once, `N` (default one for each processor; 8 for s3://)")
	s.archive.add(f)
	s.cloud = a.profileFlag(cmd)
	s.cloud.readerFlags(cmd)
	return cmd
}

// halfAsMuch is how much may be made anew before it is collected, in percent of
// what lasts; Go's own is 100.
const halfAsMuch = 50

// run reads, and prints what was found, also where it was interrupted.
func (s *scanning) run(ctx context.Context) error {
	if err := s.check(); err != nil {
		return err
	}
	var a *asking
	var err error
	if s.archive.isEngine() {
		if a, err = s.plan(ctx); err != nil {
			return err
		}
		if s.archive.dryRun {
			return a.show(s.app)
		}
	}
	source, err := s.evidence()
	if err != nil {
		return err
	}
	if err := source.ready(ctx); err != nil {
		return err
	}
	// A scan makes little that lasts, in large pieces: collecting it twice as
	// often costs no time that can be measured, and saves a third of the memory.
	defer debug.SetGCPercent(debug.SetGCPercent(halfAsMuch))
	c := scan.NewCollector(source, scan.Options{Only: s.only})
	var m scan.Meter
	stop := s.show(&m)
	err = s.read(ctx, a, c, &m)
	stop()
	if err != nil && ctx.Err() == nil {
		return err
	}
	s.app.progress.show("explaining the groups")
	r := c.Result()
	if err := s.print(&r); err != nil {
		return err
	}
	return s.ended(ctx, &r, source)
}

// check refuses flags that do not go together, and reads the times.
func (s *scanning) check() (err error) {
	switch {
	case s.workers < 0:
		return usage("--workers %d: expected a number of files to read at once", s.workers)
	case slices.Contains(s.accounts, stdinName) && slices.Contains(s.paths, stdinName):
		return usage("standard input cannot be both the records and the account: give one of them as a file")
	}
	if err := s.archive.check(s.paths); err != nil {
		return err
	}
	if err := s.canPrint(); err != nil {
		return err
	}
	now := s.app.now()
	if s.only.Since, err = timeOf("since", s.since, now); err != nil {
		return err
	}
	if s.only.Until, err = timeOf("until", s.until, now); err != nil {
		return err
	}
	if !s.only.Until.IsZero() && !s.only.Since.Before(s.only.Until) {
		return usage("--since %s is not before --until %s: no time lies between them", s.since, s.until)
	}
	return bad(engine.Query{Regions: s.only.Regions, Accounts: s.only.Accounts}.Validate())
}

// timeOf is the time that a flag names: a time ago, a day in UTC, or a time as
// in RFC 3339. "" names none.
func timeOf(flag, text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), nil
		}
	}
	ago, err := timeAgo(text)
	if err != nil || ago <= 0 {
		return time.Time{}, usage("--%s %q is no time, expected one such as 12h, 30d, 2026-03-01 or 2026-03-01T09:00:00Z", flag, text)
	}
	return now.Add(-ago), nil
}
