package main

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/spf13/pflag"

	"whydenied/pkg/scan/bucket"
)

// archiveFlags say how an archive is read that does not lie on this machine.
type archiveFlags struct {
	role          string
	requesterPays bool
}

func (f *archiveFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.role, "archive-role", "", "`ARN` of the role to assume for reading the archive, where it lies in another account")
	flags.BoolVar(&f.requesterPays, "requester-pays", false, "agree to pay for what is read from a bucket of somebody else")
}

// check refuses what does not go together.
func (f *archiveFlags) check(paths []string) error {
	switch {
	case len(paths) == 0:
		return usage("expected what to read: files, folders, patterns, s3://BUCKET/PREFIX, or - for standard input; see whydenied scan --help")
	case !inBuckets(paths) && f.requesterPays:
		return usage("--requester-pays is for s3://BUCKET/PREFIX: leave it out")
	case !inBuckets(paths) && f.role != "":
		return usage("--archive-role is for an archive in AWS: leave it out")
	case f.role != "" && !strings.HasPrefix(f.role, "arn:"):
		return usage("--archive-role %q is no ARN, expected one such as arn:aws:iam::111122223333:role/archive-reader", f.role)
	}
	_, err := locations(paths)
	return err
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

const s3Scheme = "s3://"

func isInBucket(path string) bool { return strings.HasPrefix(path, s3Scheme) }

func inBuckets(paths []string) bool {
	for _, path := range paths {
		if isInBucket(path) {
			return true
		}
	}
	return false
}

// locations are the paths that lie in S3.
func locations(paths []string) (at []bucket.Location, err error) {
	for _, path := range paths {
		if !isInBucket(path) {
			continue
		}
		l, err := bucket.Parse(path)
		if err != nil {
			return nil, usage("%w", err)
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
