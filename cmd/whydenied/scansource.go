package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"whydenied/pkg/evidence"
)

// patience is for reading an account: its changes of ninety days are many pages
// of CloudTrail, at two a second, and are read once.
const patience = 15 * time.Minute

// scanSource is where the evidence of a scan comes from.
type scanSource interface {
	evidence.Source
	ready(ctx context.Context) error
	status() error
}

// evidence is that of the snapshots where files are given, and AWS otherwise.
func (s *scanning) evidence() (scanSource, error) {
	if err := s.cloud.check(); err != nil {
		return nil, err
	}
	if len(s.accounts) == 0 {
		s.cloud.instead = ", or give a snapshot of the account with --account FILE"
		s.cloud.patience = patience
		return s.cloud.source(everyPage), nil
	}
	if err := s.cloud.unusedReader("--account"); err != nil {
		return nil, err
	}
	held := &snapshots{of: make(map[string]*evidence.Snapshot)}
	for _, file := range s.accounts {
		one, err := s.app.account(file)
		if err != nil {
			return nil, err
		}
		if held.of[one.snapshot.ID()] != nil {
			return nil, usage("%s: there are two snapshots of account %s, expected one", file, one.snapshot.ID())
		}
		held.of[one.snapshot.ID()] = one.snapshot
	}
	return held, nil
}

// snapshots are those of several accounts.
type snapshots struct {
	of      map[string]*evidence.Snapshot // by account ID
	missing []string                      // accounts that were asked for and are none of these
}

// Account is the one that is asked for, if there is a snapshot of it. The
// collector asks one question at a time.
func (s *snapshots) Account(ctx context.Context, q evidence.Query) (evidence.Account, error) {
	if one := s.of[q.Account]; one != nil {
		return one.Account(ctx, q)
	}
	if !slices.Contains(s.missing, q.Account) {
		s.missing = append(s.missing, q.Account)
	}
	return evidence.Account{Notes: []string{"there is no snapshot of the account that the call was made to: nothing was read there"}}, nil
}

func (s *snapshots) ready(context.Context) error { return nil }

// mostMissing is how many accounts are named.
const mostMissing = 5

func (s *snapshots) status() error {
	if len(s.missing) == 0 {
		return nil
	}
	slices.Sort(s.missing)
	named, more := s.missing, ""
	if left := len(named) - mostMissing; left > 0 {
		named, more = named[:mostMissing], " and "+count(left, "other", "others")
	}
	return &failure{statusNoEvidence, errors.New("calls were made to accounts without a snapshot: " + strings.Join(named, ", ") + more +
		"; give each with --account")}
}
