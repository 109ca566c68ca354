package main

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/spf13/pflag"

	"whydenied/pkg/scan/athena"
	"whydenied/pkg/scan/bucket"
	"whydenied/pkg/scan/lake"
)

// archiveFlags say how an archive is read that does not lie on this machine.
type archiveFlags struct {
	role          string
	requesterPays bool

	athena athena.Config
	store  string // event data store of CloudTrail Lake
	dryRun bool
	flags  *pflag.FlagSet
}

func (f *archiveFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.role, "archive-role", "", "`ARN` of the role to assume for reading the archive, where it lies in another account")
	f.flags = flags
	flags.StringVar(&f.athena.Table, "athena", "", "have Athena find the calls, in the table `DATABASE.TABLE` of CloudTrail logs")
	flags.StringVar(&f.athena.Workgroup, "workgroup", "", "`NAME` of the workgroup in which Athena runs the query (default primary)")
	flags.StringVar(&f.athena.Output, "output-location", "", "`s3://BUCKET/PREFIX` for Athena's results (default the workgroup's)")
	flags.StringVar(&f.athena.Catalog, "catalog", "", "`NAME` of the table's data catalog (default AwsDataCatalog)")
	flags.StringVar(&f.store, "event-data-store", "", "have CloudTrail Lake find the calls, in the event data store with this `ARN` or ID")
	flags.BoolVar(&f.dryRun, "dry-run", false, "print the query and what is known of its cost, and ask nothing")
	flags.BoolVar(&f.requesterPays, "requester-pays", false, "agree to pay for what is read from a bucket of somebody else")
}

// check refuses what does not go together.
func (f *archiveFlags) check(paths []string) error {
	if f.role != "" && !strings.HasPrefix(f.role, "arn:") {
		return usage("--archive-role %q is no ARN, expected one such as arn:aws:iam::111122223333:role/archive-reader", f.role)
	}
	if f.athena.Table != "" || f.store != "" {
		return f.checkEngine(paths)
	}
	for _, name := range []string{"workgroup", "output-location", "catalog"} {
		if f.flags.Changed(name) {
			return usage("--%s is for --athena DATABASE.TABLE: leave it out", name)
		}
	}
	switch {
	case f.dryRun:
		return usage("--dry-run is for --athena and --event-data-store: leave it out")
	case len(paths) == 0:
		return usage("expected what to read: files, folders, patterns, s3://BUCKET/PREFIX, or - for standard input; see whydenied scan --help")
	case !inBuckets(paths) && f.requesterPays:
		return usage("--requester-pays is for s3://BUCKET/PREFIX: leave it out")
	case !inBuckets(paths) && f.role != "":
		return usage("--archive-role is for an archive in AWS: leave it out")
	}
	_, err := locations(paths)
	return err
}

// checkEngine refuses what does not go with an engine that finds the calls.
func (f *archiveFlags) checkEngine(paths []string) error {
	switch {
	case f.athena.Table != "" && f.store != "":
		return usage("--athena and --event-data-store are two archives: leave out one of them")
	case len(paths) > 0:
		return usage("an engine looks for the calls in its own table: leave out %q, or the engine", paths[0])
	case f.store != "":
		_, err := lake.ParseStore(f.store)
		return bad(err)
	}
	_, err := athena.New(f.athena)
	return bad(err)
}

// bad is bad usage for what a package says of a flag.
func bad(err error) error {
	if err == nil {
		return nil
	}
	return usage("%w", err)
}

// load is the configuration for reading the archive. The role is assumed with
// the first request.
func (f *archiveFlags) load(ctx context.Context, c *cloud) (aws.Config, error) {
	cfg, err := c.load(ctx)
	if err != nil {
		return cfg, c.unusable(err)
	}
	if f.role != "" {
		cfg = cfg.Copy()
		if cfg.Region == "" {
			cfg.Region = globalRegion // STS needs one
		}
		cfg.Credentials = aws.NewCredentialsCache(stscreds.NewAssumeRoleProvider(sts.NewFromConfig(cfg), f.role,
			func(o *stscreds.AssumeRoleOptions) { o.RoleSessionName = "whydenied" }))
	}
	return cfg, nil
}

func isInBucket(path string) bool { return strings.HasPrefix(path, bucket.Scheme) }

func inBuckets(paths []string) bool {
	for _, path := range paths {
		if isInBucket(path) {
			return true
		}
	}
	return false
}

// locations are the paths that lie in S3, each once.
func locations(paths []string) (at []bucket.Location, err error) {
	for _, path := range paths {
		if !isInBucket(path) {
			continue
		}
		l, err := bucket.Parse(path)
		if err != nil {
			return nil, usage("%w", err)
		}
		if slices.Contains(at, l) {
			continue
		}
		for _, other := range at {
			if holds(l, other) || holds(other, l) {
				return nil, usage("%s and %s overlap, and what lies in both would count twice: leave out one of them", other, l)
			}
		}
		at = append(at, l)
	}
	return at, nil
}

// onMachine are the other paths.
func onMachine(paths []string) (local []string) {
	for _, path := range paths {
		if !isInBucket(path) {
			local = append(local, path)
		}
	}
	return local
}

// holds tells whether a place is a folder that another lies in.
func holds(folder, at bucket.Location) bool {
	inside := strings.TrimSuffix(folder.Prefix, "/") + "/"
	return folder.Bucket == at.Bucket && (folder.Prefix == "" || strings.HasPrefix(at.Prefix+"/", inside))
}
