package live

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"whydenied/pkg/evidence"
)

// sessionName is what CloudTrail of another account shows beside the reader
// role.
const sessionName = "whydenied"

// Caller is who these credentials belong to.
type Caller struct{ Account, Partition, ARN string }

// account is one account and the ways into it, with what was read of it.
type account struct {
	id        string
	partition partition
	cfg       aws.Config
	assumed   string // ARN of the role that was assumed to get there, "" for the own account
	iam       *iam.Client

	roles     cells[foundRole]
	list      *cell[[]evidence.Role]
	providers *cell[providers]
	alias     *cell[alias]
	trails    trails
}

// noReaderError says that another account cannot be read.
type noReaderError struct{ account, own string }

func (e *noReaderError) Error() string {
	return fmt.Sprintf("account %s was not read: these credentials are of account %s, and no role to assume in other accounts is configured", e.account, e.own)
}

// Caller tells who these credentials belong to. STS is asked once; an error is
// one line.
func (s *Source) Caller(ctx context.Context) (Caller, error) {
	c, _, err := s.caller.get(ctx, s.c.Now, always, func(ctx context.Context) (Caller, error) {
		cfg, err := s.load(ctx)
		if err != nil {
			return Caller{}, err
		}
		out, err := call(ctx, s.limits(), "sts:GetCallerIdentity", "", func(ctx context.Context) (*sts.GetCallerIdentityOutput, error) {
			return sts.NewFromConfig(cfg).GetCallerIdentity(ctx, nil)
		})
		if err != nil {
			return Caller{}, err
		}
		return Caller{Account: aws.ToString(out.Account), Partition: partOf(aws.ToString(out.Arn), 1), ARN: aws.ToString(out.Arn)}, nil
	})
	return c, err
}

// load reads the configuration once, and sees to it that there are
// credentials: each call without them would fail in its own words.
func (s *Source) load(ctx context.Context) (aws.Config, error) {
	cfg, _, err := s.config.get(ctx, s.c.Now, always, func(ctx context.Context) (aws.Config, error) {
		cfg, err := s.c.Load(ctx)
		if err != nil {
			return cfg, &failure{call: "AWS configuration", reason: line(err.Error()), err: err}
		}
		cfg = cfg.Copy()
		cfg.Retryer = retryer
		if cfg.Region == "" {
			cfg.Region = partitionOf("").home
		}
		return cfg, nil
	})
	if err != nil {
		return cfg, err
	}
	if cfg.Credentials == nil {
		return cfg, noCredentials(errors.New("none are configured"))
	}
	if _, err := within(ctx, s.c.Timeout, cfg.Credentials.Retrieve); err != nil {
		if errors.Is(ctx.Err(), context.Canceled) { // says nothing of the credentials
			return cfg, failed(ctx, "AWS credentials", "", s.c.Timeout, err)
		}
		return cfg, noCredentials(err)
	}
	return cfg, nil
}

func noCredentials(err error) error {
	reason := strings.TrimPrefix(err.Error(), "failed to refresh cached credentials, ")
	if strings.Contains(reason, "IMDS") || errors.Is(err, context.DeadlineExceeded) {
		// The last of the places where the SDK looks is the instance's role.
		reason = "none in the environment, in the shared files, or of an instance"
	}
	return &failure{call: "AWS credentials", kind: credentials, reason: line(reason), err: err}
}

// reach finds the way into an account, the own one for "". It fails with a
// [*noReaderError] where none is configured.
func (s *Source) reach(ctx context.Context, id string) (*account, error) {
	cfg, err := s.load(ctx)
	if err != nil {
		return nil, err
	}
	who := Caller{Account: s.c.Own}
	if who.Account == "" {
		if who, err = s.Caller(ctx); err != nil {
			return nil, err
		}
	}
	if id == "" {
		id = who.Account
	}
	if !isAccount(id) {
		return nil, fmt.Errorf("account %q: found no account, expected twelve digits", line(id))
	}
	if id != who.Account && s.c.ReaderRole == "" {
		return nil, &noReaderError{account: id, own: who.Account}
	}
	a := s.account(cfg, id, id == who.Account, partitionNamed(who.Partition, cfg.Region))
	return a, s.assume(ctx, a)
}

// assume sees to it that the reader role can be assumed, where one is needed.
func (s *Source) assume(ctx context.Context, a *account) error {
	if a.assumed == "" {
		return nil
	}
	_, err := call(ctx, s.limits(), "sts:AssumeRole", quote(a.assumed), a.cfg.Credentials.Retrieve)
	var f *failure
	if errors.As(err, &f) && f.kind == denied {
		f.reason = "access denied: the role does not exist, does not trust these credentials with this external id, or the permission sts:AssumeRole is missing"
	}
	return err
}

func (s *Source) account(cfg aws.Config, id string, own bool, p partition) *account {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.accounts[id]; a != nil {
		return a
	}
	if len(s.accounts) >= maxCells {
		clear(s.accounts)
	}
	a := &account{id: id, partition: p, list: newCell[[]evidence.Role](), providers: newCell[providers](), alias: newCell[alias]()}
	if !own {
		a.assumed = "arn:" + p.name + ":iam::" + id + ":role/" + strings.TrimPrefix(s.c.ReaderRole, "/")
		cfg = cfg.Copy()
		cfg.Credentials = aws.NewCredentialsCache(s.timed(stscreds.NewAssumeRoleProvider(sts.NewFromConfig(cfg), a.assumed, s.session)))
	}
	a.cfg, a.iam = cfg, iam.NewFromConfig(cfg)
	s.accounts[id] = a
	return a
}

// timed gives each try of a provider the time of one call. The SDK's cache
// takes the caller's deadline away, so a try that hangs would be waited for by
// everybody who comes later.
func (s *Source) timed(p aws.CredentialsProvider) aws.CredentialsProvider {
	return aws.CredentialsProviderFunc(func(ctx context.Context) (aws.Credentials, error) {
		return within(ctx, s.c.CallTimeout, p.Retrieve)
	})
}

func (s *Source) session(o *stscreds.AssumeRoleOptions) {
	o.RoleSessionName = sessionName
	if s.c.ExternalID != "" {
		o.ExternalID = aws.String(s.c.ExternalID)
	}
}

func (s *Source) limits() limits { return limits{call: s.c.CallTimeout} }

func isAccount(id string) bool { return len(id) == 12 && strings.Trim(id, "0123456789") == "" }

// partOf is a part of an ARN, counted from 0; "" where it has none.
func partOf(arn string, n int) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) != 6 {
		return ""
	}
	return parts[n]
}

// quote shows a name that a caller may have chosen.
func quote(name string) string { return fmt.Sprintf("%q", line(name)) }
