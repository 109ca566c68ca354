package main

import (
	"context"
	"errors"
	"strings"

	"whydenied/pkg/evidence"
	"whydenied/pkg/evidence/live"
	"whydenied/pkg/trail"
)

// source is where evidence comes from. It keeps account of what it could not
// give, since the exit status tells of it.
type source interface {
	evidence.Source
	// ready fails, with one line that helps, where nothing can be read at all.
	ready(ctx context.Context) error
	// roleARN makes an ARN of a role's name, for a call.
	roleARN(ctx context.Context, role string, call *trail.Denial) (string, error)
	// status tells of evidence that was not there.
	status() error
}

// source is the account's snapshot where a file is given, and AWS otherwise.
func (a *app) source(file string, c *cloud) (source, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	if file == "" {
		c.instead = ", or give a snapshot of the account with --account FILE"
		return c.source(0), nil
	}
	if err := c.unused("--account"); err != nil {
		return nil, err
	}
	return a.account(file)
}

func (c *cloud) source(maxPages int) *liveSource {
	return &liveSource{Source: c.open(maxPages), cloud: c, arns: make(map[string]string)}
}

// account reads the account's snapshot. A file that cannot be read is evidence
// that cannot be; one of the wrong shape is bad input.
func (a *app) account(file string) (*fileSource, error) {
	name, data, err := a.read(file)
	if err != nil {
		return nil, &failure{statusNoEvidence, err}
	}
	snapshot, err := evidence.ParseSnapshot(name, data)
	if err != nil {
		return nil, usage("%w", err)
	}
	return &fileSource{snapshot: snapshot}, nil
}

// fileSource is a snapshot.
type fileSource struct {
	snapshot *evidence.Snapshot
	missing  string // the last account that was asked for and is another one
}

// Account is that of the snapshot.
func (s *fileSource) Account(ctx context.Context, q evidence.Query) (evidence.Account, error) {
	account, err := s.snapshot.Account(ctx, q)
	if err == nil && account.ID == "" {
		s.missing = q.Account
	}
	return account, err
}

func (s *fileSource) ready(context.Context) error { return nil }

// roleARN is that of the snapshot's role with this name, whatever its path;
// where there is none, the ARN without a path, which the snapshot then does not
// hold either.
func (s *fileSource) roleARN(ctx context.Context, role string, call *trail.Denial) (string, error) {
	if strings.HasPrefix(role, "arn:") {
		return role, nil
	}
	// A snapshot's own account is in memory: there is nothing to fail.
	account, _ := s.snapshot.Account(ctx, evidence.Query{})
	if arn := namedLike(account.Roles, role); arn != "" {
		return arn, nil
	}
	return newRoleARN(partitionOf(call, globalPartition), s.snapshot.ID(), role), nil
}

func (s *fileSource) status() error {
	if s.missing == "" {
		return nil
	}
	return &failure{statusNoEvidence, errors.New("the snapshot is of account " + s.snapshot.ID() + ", a call was made to account " +
		s.missing + "; give the snapshot of that account")}
}

// liveSource is AWS as it is.
type liveSource struct {
	*live.Source
	cloud   *cloud
	arns    map[string]string // of the role that was asked for by name, by account
	asked   bool              // whether AWS answers
	lacking int               // answers that lack something
	failed  error             // why the last one that failed as a whole did
	unread  error             // why CloudTrail could not be searched
}

// Account reads what a diagnosis needs of an account.
func (s *liveSource) Account(ctx context.Context, q evidence.Query) (evidence.Account, error) {
	account, err := s.Source.Account(ctx, q)
	if err != nil || account.Partial {
		s.lacking++
	}
	if err != nil {
		s.failed = err
	}
	return account, err
}

// fail notes that CloudTrail could not be searched.
func (s *liveSource) fail(err error) { s.unread = err }

// ready asks once: where AWS does not answer, each report says so.
func (s *liveSource) ready(ctx context.Context) error {
	if s.asked {
		return nil
	}
	_, err := s.Caller(ctx)
	if ctx.Err() != nil {
		return interrupted()
	}
	s.asked = true
	return s.cloud.unusable(err)
}

// roleARN is that of the role with this name, whatever its path, in the
// account of the call, or in the caller's. Where IAM does not say, it is the
// ARN without a path.
func (s *liveSource) roleARN(ctx context.Context, role string, call *trail.Denial) (string, error) {
	if strings.HasPrefix(role, "arn:") {
		return role, nil
	}
	if arn := s.arns[call.Account]; arn != "" {
		return arn, nil
	}
	caller, err := s.Caller(ctx)
	if err != nil {
		return "", &failure{statusNoEvidence, err}
	}
	id := call.Account
	if id == "" {
		id = caller.Account
	}
	arn := newRoleARN(partitionOf(call, caller.Partition), id, role)
	// The same question is asked again for the report, and then costs nothing.
	account, err := s.Source.Account(ctx, evidence.Query{Account: id, Role: arn, Time: call.Time})
	if found := namedLike(account.Roles, role); err == nil && found != "" {
		arn = found
	}
	s.arns[call.Account] = arn
	return arn, nil
}

func (s *liveSource) status() error {
	for _, err := range []error{s.failed, s.unread} {
		if line := s.cloud.unusable(err); err != nil && line != nil {
			return line
		}
	}
	switch {
	case s.unread != nil:
		return &failure{statusNoEvidence, s.unread}
	case s.lacking == 0:
		return nil
	}
	return &failure{statusNoEvidence, errors.New(count(s.lacking, "report lacks", "reports lack") + " evidence that could not be read: see its notes")}
}
