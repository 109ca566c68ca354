package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/smithy-go/logging"
	"github.com/spf13/cobra"

	"whydenied/pkg/evidence/live"
)

// cloud is how AWS is to be reached. What the flags leave open is found as the
// AWS CLI finds it: in the environment, in the shared files, from a container
// or an instance.
type cloud struct {
	app                    *app
	profile, region        string
	readerRole, externalID string

	patience time.Duration // for all that one report needs; zero is [reportTimeout]

	instead string // what helps where there are no credentials
	broken  error  // why there is no configuration
}

// The time of one call and of all that one report needs. A person waits longer
// than a Lambda may.
const (
	callTimeout   = 10 * time.Second
	reportTimeout = time.Minute
)

// global is where calls of the global STS endpoint are recorded, in the
// partition that has one (AWS Security Blog and IAM User Guide, "Logging IAM
// and AWS STS API calls").
const (
	globalPartition = "aws"
	globalRegion    = "us-east-1"
)

// cloudFlags gives a verb the flags that say who asks AWS, and where.
func (a *app) cloudFlags(cmd *cobra.Command) *cloud {
	c := a.profileFlag(cmd)
	cmd.Flags().StringVar(&c.region, "region", "", "AWS `REGION` (default $AWS_REGION, or the profile's)")
	return c
}

// profileFlag gives a verb the flag that says who asks AWS. It asks in the
// configured region.
func (a *app) profileFlag(cmd *cobra.Command) *cloud {
	c := &cloud{app: a}
	cmd.Flags().StringVar(&c.profile, "profile", "", "`NAME` of the profile in ~/.aws (default $AWS_PROFILE)")
	return c
}

// readerFlags gives a verb the flags for other accounts than the caller's.
func (c *cloud) readerFlags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&c.readerRole, "reader-role", "", "`NAME` of the role to assume in other accounts than the caller's")
	cmd.Flags().StringVar(&c.externalID, "external-id", "", "external `ID` to give when --reader-role is assumed")
}

// check refuses flags that cannot do anything.
func (c *cloud) check() error {
	switch {
	case c.externalID != "" && c.readerRole == "":
		return usage("--external-id is given when a role is assumed: give --reader-role NAME, or leave it out")
	case strings.ContainsAny(c.readerRole, ": "):
		return usage("--reader-role %q is no name of a role: the account it is assumed in is that of the call", c.readerRole)
	}
	return nil
}

// unused refuses the flags beside one that has AWS left alone.
func (c *cloud) unused(instead string) error {
	return refusing(instead, given{"profile", c.profile}, given{"region", c.region}, given{"reader-role", c.readerRole}, given{"external-id", c.externalID})
}

// unusedReader refuses the flags about accounts beside one that has them left
// alone.
func (c *cloud) unusedReader(instead string) error {
	return refusing(instead, given{"reader-role", c.readerRole}, given{"external-id", c.externalID})
}

// given is a flag as it was given.
type given struct{ name, value string }

func refusing(instead string, flags ...given) error {
	for _, flag := range flags {
		if flag.value != "" {
			return usage("with %s nothing is read from AWS: leave out --%s, or leave out %s", instead, flag.name, instead)
		}
	}
	return nil
}

// open makes a source. Nothing is read yet, neither files nor AWS.
func (c *cloud) open(maxPages int) *live.Source {
	return live.New(live.Config{
		Load: c.load, ReaderRole: c.readerRole, ExternalID: c.externalID, Now: c.app.now,
		CallTimeout: callTimeout, Timeout: cmp.Or(c.patience, reportTimeout), MaxPages: maxPages, Progress: c.app.progress.show,
	})
}

func (c *cloud) load(ctx context.Context) (aws.Config, error) {
	c.app.progress.show("looking for AWS credentials")
	// What the SDK has to say beside its errors is for those who write programs.
	options := []func(*config.LoadOptions) error{
		config.WithLogger(logging.Nop{}),
		config.WithAssumeRoleCredentialOptions(func(o *stscreds.AssumeRoleOptions) { o.TokenProvider = c.app.askMFA }),
	}
	if c.profile != "" {
		options = append(options, config.WithSharedConfigProfile(c.profile))
	}
	if c.region != "" {
		options = append(options, config.WithRegion(c.region))
	}
	cfg, err := config.LoadDefaultConfig(ctx, options...)
	var none config.SharedConfigProfileNotExistError
	switch {
	case errors.As(err, &none):
		err = fmt.Errorf("there is no profile %q in ~/.aws/config or ~/.aws/credentials", none.Profile)
	case err == nil:
		c.region = cfg.Region
	}
	c.broken = err
	return cfg, err
}

// unusable is the one line that helps where AWS cannot be read at all; nil
// where it may be. It is asked after the first call.
func (c *cloud) unusable(err error) error {
	switch {
	case c.broken != nil:
		return &failure{statusNoEvidence, fmt.Errorf("AWS configuration: %w", c.broken)}
	case live.MissingCredentials(err):
		return &failure{statusNoEvidence, fmt.Errorf(
			"%w; set AWS_PROFILE or give --profile NAME (after aws sso login, where it signs in there)%s", err, c.instead)}
	}
	return nil
}

// regions are where the calls of an account are recorded. It is asked after
// the first call.
func (c *cloud) regions(partition string) []string {
	var all []string
	if c.region != "" {
		all = append(all, c.region)
	}
	if partition == globalPartition && !slices.Contains(all, globalRegion) {
		all = append(all, globalRegion)
	}
	return all
}
